"""Requests that end undone: how many a configuration refuses, how many withdraw and why, how many are never asked."""

from __future__ import annotations

from collections.abc import Iterator

from changeflow.present.words.plain import digits, plain
from changeflow.study.estimates.results import Results, ScenarioResult

HARDLY_ANY = 0.005
_REASONS = {"balked_share": "too many there", "reneged_share": "too long a wait", "given_up_share": "system given up"}


def not_done(result: ScenarioResult) -> float:
    """Share of the requests that end undone, refused and withdrawn together."""
    return _share(result, "refused_share") + _share(result, "withdrawn_share")


def aside(result: ScenarioResult) -> str:
    """'59% refused, 3% withdrawn'; '' where hardly any."""
    shares = {word: _share(result, f"{word}_share") for word in ("refused", "withdrawn")}
    return ", ".join(f"{share:.0%} {word}" for word, share in shares.items() if share >= HARDLY_ANY)


def undone_sentences(results: Results) -> Iterator[str]:
    """What an answer must not hide, one sentence over all configurations."""
    alone = len(results.scenarios) == 1
    undone = {name: aside(result) + _why(result) for name, result in results.scenarios.items() if aside(result)}
    if undone:
        yield f"Not done: {_by_name(undone, alone)}."
    unasked = {name: _unasked(result) for name, result in results.scenarios.items() if _unasked(result)}
    if unasked:
        left = any(result.model.adoption.is_coupled for result in results.scenarios.values())
        why = "as much is open or users have left" if left else "as much is open"
        yield f"Never asked in a run, {why}: {_by_name(unasked, alone)}."


def _by_name(said: dict[str, str], alone: bool) -> str:
    return "; ".join(words if alone else f"{words} with {plain(name)}" for name, words in said.items())


def _why(result: ScenarioResult) -> str:
    """Why requests withdraw."""
    shares = {words: _share(result, name) for name, words in _REASONS.items()}
    known = {words: share for words, share in shares.items() if share >= HARDLY_ANY}
    if len(known) < 2:
        return "".join(f" ({words})" for words in known)
    return " (" + ", ".join(f"{words} {share:.0%}" for words, share in known.items()) + ")"


def _unasked(result: ScenarioResult) -> str:
    unasked = result.estimates.get("unasked_requests")
    if unasked is None or unasked.mean < 1:
        return ""
    return f"{digits(unasked.mean, unasked.half_width)} requests"


def _share(result: ScenarioResult, measure: str) -> float:
    estimate = result.estimates.get(measure)
    return 0.0 if estimate is None else estimate.mean
