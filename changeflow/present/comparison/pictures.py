"""The charts of a result: which are drawn, under which heading and caption."""

from __future__ import annotations

from collections.abc import Iterator

from matplotlib.figure import Figure

from changeflow.present.charts.adoption import fate_chart, survival_chart
from changeflow.present.charts.backlog import backlog_chart
from changeflow.present.charts.cost import cost_chart
from changeflow.present.charts.network.chart import network_chart
from changeflow.present.charts.runs import runs_chart
from changeflow.present.charts.time_to_done import time_to_done_chart
from changeflow.present.comparison import frames
from changeflow.present.comparison.adoption_frames import fate_frames, survival_frame
from changeflow.present.comparison.component_tables import pictures_of
from changeflow.present.comparison.findings import backlog_title, cost_title, network_title, spread_title, time_title
from changeflow.present.words.adoption import fate_title, is_on, survival_title
from changeflow.present.words.plain import plain
from changeflow.present.words.undone import aside
from changeflow.study.estimates.results import Results

Picture = tuple[str, str, str, Figure]
"""File name, heading, caption, figure."""


def pictures(results: Results) -> Iterator[Picture]:
    """Every chart that these results have something to say in."""
    yield (
        "backlog",
        "Open requests",
        "Line: mean over the runs. Band: the middle 80 % of runs. The peak of a single run lies above the mean's.",
        backlog_chart(frames.backlog_frame(results), frames.backlog_marks(results), backlog_title(results)),
    )
    times = frames.time_to_done_frame(results)
    if len(times):
        yield (
            "time_to_done",
            "Time to done",
            "Share of requests done within a time; open ones count as not done, undone ones not at all.",
            time_to_done_chart(times, _target_days(results), time_title(results), _left_out(results)),
        )
    first = results.first
    richest = max(results.scenarios.values(), key=lambda result: sum(load.load[1] > 0 for load in result.load))
    if richest.load:
        yield (
            "network",
            "Where requests flow",
            "Work arriving against hours available at each station, as much as the rules may send there.",
            network_chart(frames.network_of(richest), network_title(richest)),
        )
    yield from pictures_of(results)
    costs, totals = frames.cost_frames(results)
    if totals["mean"].abs().max() > 0:
        yield (
            "cost",
            "What it costs",
            "Cost of success is adaptation and cost of error, up to completion; then ownership.",
            cost_chart(costs, totals, cost_title(results), results.currency),
        )
    yield from _of_adoption(results)
    measure = first.model.comparison.primary if totals["mean"].abs().max() > 0 else "sojourn_time_hours"
    if any(measure in result.estimates for result in results.scenarios.values()):
        runs, summary = frames.spread_frames(results, measure)
        known = bool(summary[["q10", "q90"]].notna().to_numpy().any())
        outer = " Outer marks: the 1-in-10 and 9-in-10 runs." if known else ""
        unit = next(r.estimates[measure].unit for r in results.scenarios.values() if measure in r.estimates)
        yield (
            "spread",
            "Risk and error",
            "Each mark below a cloud is one run. Dark interval: where the mean lies." + outer,
            runs_chart(runs, summary, spread_title(results, measure), f"{plain(measure)} ({unit})"),
        )


def _of_adoption(results: Results) -> Iterator[Picture]:
    """Systems in use over time, and both fates apart."""
    if not is_on(results):
        return
    yield (
        "survival",
        "Systems in use (softest part)",
        "Share of simulated systems not yet given up (Kaplan-Meier), exact interval at each day. It is no forecast.",
        survival_chart(survival_frame(results), survival_title(results)),
    )
    runs, summary = fate_frames(results)
    if runs["value"].abs().max() > 0:
        yield (
            "fates",
            "What both fates cost (softest part)",
            "Each mark is one run; systems given up and systems in use have means of their own.",
            fate_chart(runs, summary, fate_title(results), f"{plain('total_cost_with_undone')} ({results.currency})"),
        )


def _left_out(results: Results) -> dict[str, str]:
    """What each configuration refuses or loses, where it is more than hardly any."""
    found = {name: aside(result) for name, result in results.scenarios.items()}
    return {name: words for name, words in found.items() if words}


def _target_days(results: Results) -> float | None:
    within = results.first.model.targets.closed_within
    if within is None or within.working_days is not None:
        return None
    return within.days if within.days is not None else (within.hours or 0.0) / 24
