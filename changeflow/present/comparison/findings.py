"""The finding that each chart's title says."""

from __future__ import annotations

import math

import numpy as np

from changeflow.measure.records import Estimate
from changeflow.measure.units import MEASURES, base_name
from changeflow.present.comparison.terminal import clears
from changeflow.present.words.plain import (
    capitalised,
    digits,
    load_in_words,
    money,
    plain,
    plain_name,
    plus_minus,
    years_in_words,
)
from changeflow.present.words.sentences import hours_in_words
from changeflow.present.words.undone import aside
from changeflow.study.estimates.evaluate import column
from changeflow.study.estimates.results import Results, ScenarioResult

TOTAL = "total_cost_with_undone"


def backlog_title(results: Results) -> str:
    """Whose backlog grows; else whose is highest, and when it is back to normal."""
    growing = [plain(name) for name, result in results.scenarios.items() if result.growing]
    if growing:
        return f"The backlog grows without end: {', '.join(growing)}"
    peaks = {
        name: result.estimates["peak_backlog_requests"] for name, result in results.scenarios.items() if result.load
    }
    if not peaks:
        return "Every request is refused: nothing is ever open"
    top = max(peaks, key=lambda name: peaks[name].mean)
    who = "" if len(results.scenarios) == 1 else f" with {plain(top)}"
    clear = clears(results.scenarios[top])
    when = f", back to normal in {clear}" if clear.startswith("week") else ""
    most = plus_minus(peaks[top].mean, peaks[top].half_width)
    return f"At its worst moment an average run has {_unbroken(most)} requests open{who}{when}"


def time_title(results: Results) -> str:
    """How long 9 in 10 requests take with the winner, else with the quickest."""
    named = {
        name: result.estimates["sojourn_time_hours.p90"]
        for name, result in results.scenarios.items()
        if "sojourn_time_hours.p90" in result.estimates
    }
    winner = results.verdict.winner
    best = winner if winner in named else min(named, key=lambda name: named[name].mean)
    who = "" if len(results.scenarios) == 1 else f" with {plain(best)}"
    left_out = aside(results.scenarios[best])
    within = hours_in_words(named[best]).replace("+-", "±")
    return f"9 in 10 requests are done within {within}{who}" + (f" ({left_out})" if left_out else "")


def network_title(result: ScenarioResult) -> str:
    """Which station is overloaded, else which is busiest."""
    over = [plain_name(load.station) for load in result.load if load.overloaded]
    if over:
        return f"More work arrives than hours are there: {', '.join(over)}"
    busiest = max(result.load, key=lambda load: load.load[1])
    low, high = busiest.load
    most = f"up to {high:.0%}" if math.isfinite(high) and low < high else load_in_words(low, high)
    return f"{capitalised(plain_name(busiest.station))}: work for {most} of its hours"


def cost_title(results: Results) -> str:
    """What the winner costs, if it costs least; else what the cheapest ones cost."""
    span = years_in_words(results.first.model.horizon_days)
    ranked = sorted(results.scenarios, key=lambda name: results.scenarios[name].estimates[TOTAL].mean)
    totals = [results.scenarios[name].estimates[TOTAL] for name in ranked]
    costs = [_unbroken(_with_error(total)) for total in totals]
    if len(ranked) == 1:
        return f"{capitalised(span)} cost {costs[0]}"
    first = capitalised(plain(ranked[0]))
    if results.verdict.winner == ranked[0]:
        return f"{first} costs least in {span}: {costs[0]}"
    return f"{first} costs {costs[0]} in {span}, {plain(ranked[1])} {costs[1]}"


def spread_title(results: Results, measure: str) -> str:
    """In how many runs the leader is ahead of the second; of one configuration, how far runs lie apart."""
    verdict = results.verdict
    what = plain(measure)
    if verdict.leader is None or verdict.second is None:
        values = np.concatenate([column(result.runs, measure) for result in results.scenarios.values()])
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        unit = next(r.estimates[measure].unit for r in results.scenarios.values() if measure in r.estimates)
        return f"Single runs lie between {_amount(low, low, high, unit)} and {_amount(high, low, high, unit)} in {what}"
    leader, second = (column(results.scenarios[name].runs, measure) for name in (verdict.leader, verdict.second))
    more = MEASURES[base_name(measure)].more_is_better
    ahead = int(np.sum(leader > second if more else leader < second))
    name = capitalised(plain(verdict.leader))
    return f"{name} has the {'higher' if more else 'lower'} {what} in {ahead} of {len(leader)} runs"


def _with_error(total: Estimate) -> str:
    """'EUR 500,000 ± 20,000'."""
    arms = money(total.half_width, "", total.half_width).strip() if 0 < total.half_width < math.inf else ""
    return money(total.mean, total.unit, total.half_width) + (f" ± {arms}" if arms else "")


def _amount(value: float, low: float, high: float, unit: str) -> str:
    """A number with the digits that tell one end of the spread from the other."""
    fine = (high - low) / 5
    return _unbroken(money(value, unit, fine) if unit.isupper() else f"{digits(value, fine)} {unit}")


def _unbroken(amount: str) -> str:
    """No line of a title ends between a number and its unit."""
    return amount.replace(" ", "\N{NO-BREAK SPACE}")
