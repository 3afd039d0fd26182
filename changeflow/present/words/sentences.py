"""What the numbers say, in sentences: the answer, the load, what is unsure, what to do next."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from changeflow.measure.records import Difference, Estimate
from changeflow.measure.units import MEASURES, base_name
from changeflow.model.load.topology import Load
from changeflow.model.targets import Comparison
from changeflow.present.words.adoption import adoption_sentences
from changeflow.present.words.paths import path_words
from changeflow.present.words.plain import (
    QUICK,
    capitalised,
    digits,
    load_in_words,
    money,
    percent,
    plain,
    plain_name,
    time_unit,
)
from changeflow.present.words.prices import price_sentence
from changeflow.present.words.undone import undone_sentences
from changeflow.study.estimates.met import targets_met
from changeflow.study.estimates.results import Results, ScenarioResult, Verdict
from changeflow.study.scenarios.screening import SCREENING_REPLICATIONS


def answer_sentence(results: Results) -> str:
    """Who wins, by how much and how surely; or why nobody can be named."""
    verdict = results.verdict
    parts = [_verdict_sentence(results, verdict)]
    parts += _left_out(results, verdict)
    target = _target_sentence(results)
    if target:
        parts.append(target)
    parts += adoption_sentences(results)
    check = results.prior_check
    if check is not None and not check.agrees:
        other = f"{plain(check.winner)} wins" if check.winner else "no winner"
        parts.append(f"But by the other set of assumptions ({check.prior_set}): {other}.")
    price = price_sentence(results)
    if price:
        parts.append(price)
    if results.quick:
        parts.append(QUICK)
    return " ".join(parts)


def _verdict_sentence(results: Results, verdict: Verdict) -> str:
    comparison = results.scenarios[verdict.leader or results.first.name].model.comparison
    what = plain(comparison.primary)
    if verdict.kind == "single":
        return _single(results.first)
    if verdict.kind == "no_number":
        return "No winner: " + (
            f"in every configuration the backlog grows without end, or nothing gives a {what}."
            if verdict.growing
            else f"nothing gives a {what} in any configuration."
        )
    if verdict.kind == "all_grow":
        return "No winner: in every configuration the backlog grows without end."
    leader = capitalised(plain(verdict.leader or ""))
    if verdict.lead is None:
        if set(verdict.growing) | {verdict.leader} < set(results.scenarios):
            return f"{leader} wins: no other configuration has a {what} and a backlog that settles."
        return f"{leader} wins: it is the only configuration whose backlog settles."
    return lead_sentence(verdict, verdict.lead, comparison, several=len(results.scenarios) > 2)


def lead_sentence(verdict: Verdict, lead: Difference, comparison: Comparison, *, several: bool) -> str:
    """What became of the leader against the second; `several`: there are other pairs, and the level is that of all."""
    what, leader, second = plain(lead.measure), capitalised(plain(verdict.leader or "")), plain(verdict.second or "")
    by, bound = _amount(lead), _matters(verdict.matters, lead.unit)
    if verdict.kind == "wins":
        side = "higher" if MEASURES[base_name(lead.measure)].more_is_better else "lower"
        together = ", all differences together" if several else ""
        return f"{leader} wins: {what} is {by} {side} than with {second} ({comparison.level:.0%} sure{together})."
    if verdict.kind == "same":
        return f"{leader} and {second} are the same within what matters: {what} differs by {by}, less than {bound}."
    bare = bound.removeprefix(lead.unit).strip()
    return f"Too close to call: {leader} leads {second} by {by} ({bare} would matter) in {what}."


def _amount(lead: Difference) -> str:
    if _is_money(lead.unit):
        half = money(lead.half_width, "", lead.half_width).strip()
        return f"{money(lead.mean, lead.unit, lead.half_width)} +- {half}"
    return f"{digits(lead.mean, lead.half_width)} +- {digits(lead.half_width, lead.half_width)} {lead.unit}"


def _matters(matters: float, unit: str) -> str:
    return money(matters, unit, matters / 5) if _is_money(unit) else f"{digits(matters, matters / 5)} {unit}"


def _is_money(unit: str) -> bool:
    """A currency is all that is no other unit."""
    return unit not in {"share", "days", "hours", "requests"} and " " not in unit


def _left_out(results: Results, verdict: Verdict) -> list[str]:
    """Growing backlogs and undone requests stand in the answer, whoever wins."""
    said = []
    growing = [name for name in verdict.growing if verdict.kind != "all_grow"]
    if growing and verdict.kind != "single":
        said.append(f"Out of the race, the backlog grows: {', '.join(plain(name) for name in growing)}.")
    return [*said, *undone_sentences(results)]


def _single(result: ScenarioResult) -> str:
    estimates = result.estimates
    if result.growing:
        slope = estimates.get("backlog_growth_per_week")
        by = f" by {digits(slope.mean, slope.half_width)} requests a week" if slope and slope.mean > 0 else ""
        return f"Overload: the backlog grows{by}; times to done say only 'at least'."
    time, quantile = estimates.get("sojourn_time_hours"), estimates.get("sojourn_time_hours.p90")
    if time is None or quantile is None:
        return "No request was done."
    return f"A request is done in {hours_in_words(time)} on average, 9 in 10 within {hours_in_words(quantile)}."


def hours_in_words(estimate: Estimate) -> str:
    """'5.7 +- 0.2 days', 'at least 30 days', '0.2 +- 0.01 hours'."""
    scale, unit = time_unit(estimate.mean)
    mean, half = estimate.mean / scale, estimate.half_width / scale
    text = f"{digits(mean, half)} +- {digits(half, half)} {unit}s"
    return f"at least {text}" if estimate.bound else text


def _target_sentence(results: Results) -> str:
    models = [result.model for result in results.scenarios.values()]
    words = models[0].targets.in_words()
    if not words or any(model.targets != models[0].targets for model in models):
        return ""
    met = [plain(name) for name, result in results.scenarios.items() if target_met(result) is True]
    missed = [name for name, result in results.scenarios.items() if target_met(result) is False]
    if len(results.scenarios) == 1:
        state = "met" if met else ("missed" if missed else "too close to call")
        share = results.scenarios[next(iter(results.scenarios))].estimates.get("within_target_share")
        found = f" ({percent(share.mean, share.half_width)})" if share else ""
        return f"Target ({words}): {state}{found}."
    who = "all" if len(met) == len(models) else ", ".join(met) or "none"
    unsure = [plain(name) for name, result in results.scenarios.items() if target_met(result) is None]
    close = f"; too close to call: {', '.join(unsure)}" if unsure else ""
    return f"Target ({words}) surely met by: {who}{close}."


def target_met(result: ScenarioResult) -> bool | None:
    """True or False when the interval decides, None when it cannot tell."""
    return targets_met(result.model.targets, result.estimates, settles=result.settles)


def load_sentence(results: Results) -> str:
    """Work arriving against hours available, scenario by scenario and station by station; overload named."""
    parts = []
    for name, result in results.scenarios.items():
        stations = [
            (plain_name(load.station), _load_share(load))
            for load in result.load
            if load.servers is not None and load.work_per_week[1] > 0
        ]
        if len(results.scenarios) == 1:
            parts += [", ".join(map(" ".join, stations))] if stations else []
        elif len(stations) == 1:
            parts.append(f"{plain(name)} {stations[0][1]}")
        elif stations:
            parts.append(f"{plain(name)}: {', '.join(map(' '.join, stations))}")
    return "work against hours: " + "; ".join(parts) + _of_others(results) if parts else "no work reaches a station"


def _of_others(results: Results) -> str:
    """Work of other customers is in the load, and is not ours."""
    sources = {
        plain_name(source): None
        for result in results.scenarios.values()
        for source, about in result.model.demand.sources.items()
        if about.background
    }
    return f" (with the work of other customers: {', '.join(sources)})" if sources else ""


def _load_share(load: Load) -> str:
    return load_in_words(*load.load) + (" OVERLOAD" if load.overloaded else "")


def unsure_sentence(results: Results) -> str:
    """Whether another set of assumptions says the same, and the ones that decide, most decisive first."""
    check = results.prior_check
    same = f"set {check.prior_set} agrees; " if check is not None and check.agrees else ""
    return same + _open_assumptions(results)


def _open_assumptions(results: Results) -> str:
    if not results.swings:
        noted = results.first.model.assumptions
        open_ones = [path for path, note in noted.items() if note.is_assumption]
        if not open_ones:
            return "no input is noted as an assumption under [assumptions] or in a prior set"
        return f"{len(open_ones)} inputs are assumed (changeflow check lists them)"
    flips = [swing for swing in results.swings if swing.flips_to]
    shown = (flips or list(results.swings))[:3]
    texts = []
    for swing in shown:
        span = f"{path_words(swing.path)} ({swing.low} to {swing.high})"
        texts.append(f"{span} -> {plain(swing.flips_to)}" if swing.flips_to else span)
    who = "winner" if results.verdict.winner else "leader"
    head = (
        f"can flip the {who}, by {SCREENING_REPLICATIONS} runs at each end: "
        if flips
        else "no single assumption flips it; most moves it: "
    )
    return head + "; ".join(texts)


def next_command(results: Results, where: str | None, sets: Sequence[str] = ()) -> str:
    """The command one would want now; it can be typed as it stands."""
    model = results.first.model
    flips = [swing for swing in results.swings if swing.flips_to]
    if flips:
        sets = [*sets, f"{flips[0].path}={flips[0].high}"]
    options = "".join(f" --set {shlex.quote(option)}" for option in sets)
    if flips:
        return f"changeflow compare {model.place} --who {','.join(results.scenarios)}{options}"
    if results.command == "run" and len({station.kind for station in model.stations.values()}) == 2:
        return f"changeflow compare {model.place} --who vendor,power_users,both{options}"
    if results.command != "run" and where:
        return f"open {where}/report.html"
    return f"changeflow check {model.place}{options}"
