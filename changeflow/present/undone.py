"""Requests that end undone: how many a configuration refuses, how many withdraw and why, how many are never asked."""

from __future__ import annotations

from collections.abc import Iterator

from changeflow.present.words import digits, plain
from changeflow.study.results import ScenarioResult

HARDLY_ANY = 0.005
_REASONS = {"balked_share": "too many there", "reneged_share": "too long a wait"}


def not_done(result: ScenarioResult) -> float:
    """Share of the requests that end undone, refused and withdrawn together."""
    return _share(result, "refused_share") + _share(result, "withdrawn_share")


def aside(result: ScenarioResult) -> str:
    """'59% refused, 3% withdrawn'; '' where hardly any."""
    shares = {word: _share(result, f"{word}_share") for word in ("refused", "withdrawn")}
    return ", ".join(f"{share:.0%} {word}" for word, share in shares.items() if share >= HARDLY_ANY)


def undone_sentences(name: str, result: ScenarioResult, *, alone: bool) -> Iterator[str]:
    """What an answer must not hide; `alone` where there is only one configuration."""
    refused, withdrawn = _share(result, "refused_share"), _share(result, "withdrawn_share")
    who = plain(name)[:1].upper() + plain(name)[1:]
    said = [f"would refuse {refused:.0%} of requests"] if refused >= HARDLY_ANY else []
    if withdrawn >= HARDLY_ANY:
        said.append(f"would lose {withdrawn:.0%} of requests that withdraw{_why(result)}")
    if alone:
        who = "It"
    if said:
        yield f"{who} {' and '.join(said)}."
    unasked = result.estimates.get("unasked_requests")
    if unasked is not None and unasked.mean >= 1:
        number = digits(unasked.mean, unasked.half_width)
        yield f"{'' if alone else f'{who}: '}{number} requests a run are never asked, as much is open."


def _why(result: ScenarioResult) -> str:
    shares = {words: _share(result, name) for name, words in _REASONS.items()}
    known = {words: share for words, share in shares.items() if share >= HARDLY_ANY}
    if len(known) < 2:
        return "".join(f" ({words})" for words in known)
    return " (" + ", ".join(f"{words} {share:.0%}" for words, share in known.items()) + ")"


def _share(result: ScenarioResult, measure: str) -> float:
    estimate = result.estimates.get(measure)
    return 0.0 if estimate is None else estimate.mean
