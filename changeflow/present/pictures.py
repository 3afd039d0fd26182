"""The charts of a result: which are drawn, and the finding each title says."""

from __future__ import annotations

import math
from collections.abc import Iterator

from matplotlib.figure import Figure

from changeflow.present import frames
from changeflow.present.charts_backlog import backlog_chart
from changeflow.present.charts_cost import cost_chart
from changeflow.present.charts_network import network_chart
from changeflow.present.charts_runs import runs_chart
from changeflow.present.charts_time import time_to_done_chart
from changeflow.present.sentences import hours_in_words
from changeflow.present.terminal import clears, years_in_words
from changeflow.present.words import load_in_words, money, plain
from changeflow.study.results import Results, ScenarioResult

Picture = tuple[str, str, str, Figure]
"""File name, heading, caption, figure."""


def pictures(results: Results) -> Iterator[Picture]:
    """Every chart that these results have something to say in."""
    yield (
        "backlog",
        "Open requests",
        "Line: mean over the runs. Band: the middle 80 % of runs.",
        backlog_chart(frames.backlog_frame(results), frames.backlog_marks(results), _backlog_title(results)),
    )
    times = frames.time_to_done_frame(results)
    if len(times):
        yield (
            "time_to_done",
            "Time to done",
            "Share of requests done within so many calendar days; requests still open count as not done.",
            time_to_done_chart(times, _target_days(results), _time_title(results)),
        )
    first = next(iter(results.scenarios.values()))
    richest = max(results.scenarios.values(), key=lambda result: sum(load.load[1] > 0 for load in result.load))
    if richest.load:
        yield (
            "network",
            "Where requests flow",
            "Work arriving against hours available at each station, as much as the rules may send there.",
            network_chart(frames.network_of(richest), _network_title(richest)),
        )
    costs, totals = frames.cost_frames(results)
    if totals["mean"].abs().max() > 0:
        yield (
            "cost",
            "What it costs",
            "Cost of success is adaptation and cost of error, up to completion; then ownership.",
            cost_chart(costs, totals, _cost_title(results), results.currency),
        )
    measure = first.model.comparison.primary if totals["mean"].abs().max() > 0 else "sojourn_time_hours"
    if any(measure in result.estimates for result in results.scenarios.values()):
        runs, summary = frames.spread_frames(results, measure)
        unit = next(r.estimates[measure].unit for r in results.scenarios.values() if measure in r.estimates)
        yield (
            "spread",
            "Risk and error",
            "Each point is one run. Dark interval: where the mean lies. Outer marks: the 1-in-10 and 9-in-10 runs.",
            runs_chart(runs, summary, _spread_title(results, measure), f"{plain(measure)} ({unit})"),
        )


def _backlog_title(results: Results) -> str:
    growing = [plain(name) for name, result in results.scenarios.items() if result.growing]
    if growing:
        return f"The backlog grows without end: {', '.join(growing)}"
    peaks = {
        name: result.estimates["peak_backlog_requests"].mean
        for name, result in results.scenarios.items()
        if result.load
    }
    if not peaks:
        return "Every request is refused: nothing is ever open"
    top = max(peaks, key=lambda name: peaks[name])
    clear = clears(results.scenarios[top])
    when = f", back to normal in {clear}" if clear.startswith("week") else ""
    return f"At most about {peaks[top]:.0f} requests open at once ({plain(top)}){when}"


def _time_title(results: Results) -> str:
    named = {
        name: result.estimates["sojourn_time_hours.p90"]
        for name, result in results.scenarios.items()
        if "sojourn_time_hours.p90" in result.estimates
    }
    winner = results.verdict.winner
    best = winner if winner in named else min(named, key=lambda name: named[name].mean)
    who = "" if len(results.scenarios) == 1 else f" with {plain(best)}"
    refused = results.scenarios[best].estimates.get("refused_share")
    aside = f" ({refused.mean:.0%} refused)" if refused is not None and refused.mean >= 0.005 else ""
    within = hours_in_words(named[best]).replace("+-", "±")
    return f"9 in 10 requests are done within {within}{who}{aside}"


def _network_title(result: ScenarioResult) -> str:
    over = [load.station.replace("_", " ") for load in result.load if load.overloaded]
    if over:
        return f"More work arrives than hours are there: {', '.join(over)}"
    busiest = max(result.load, key=lambda load: load.load[1])
    low, high = busiest.load
    most = f"up to {high:.0%}" if math.isfinite(high) else load_in_words(low, high)
    return f"{busiest.station.replace('_', ' ').capitalize()}: work for {most} of its hours"


def _cost_title(results: Results) -> str:
    verdict = results.verdict
    span = years_in_words(next(iter(results.scenarios.values())).model.horizon_days)
    if verdict.kind == "wins" and verdict.winner is not None:
        total = results.scenarios[verdict.winner].estimates["total_cost_with_undone"]
        return f"{plain(verdict.winner).capitalize()} costs {money(total.mean, total.unit, total.half_width)} in {span}"
    return f"What does each configuration cost in {span}?"


def _spread_title(results: Results, measure: str) -> str:
    if len(results.scenarios) == 1:
        return f"How far do single runs lie apart in {plain(measure)}?"
    return f"Do the configurations differ more in {plain(measure)} than single runs do?"


def _target_days(results: Results) -> float | None:
    within = next(iter(results.scenarios.values())).model.targets.closed_within
    if within is None or within.working_days is not None:
        return None
    return within.days if within.days is not None else (within.hours or 0.0) / 24
