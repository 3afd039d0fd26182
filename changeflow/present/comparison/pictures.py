"""The charts of a result: which are drawn, under which heading and caption."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from matplotlib.figure import Figure

from changeflow.model.expected.component_roles import Analysis
from changeflow.present.charts.adoption import fate_chart, survival_chart
from changeflow.present.charts.backlog import backlog_chart
from changeflow.present.charts.components import graph_chart, risk_chart
from changeflow.present.charts.cost import cost_chart
from changeflow.present.charts.network.chart import network_chart
from changeflow.present.charts.runs import runs_chart
from changeflow.present.charts.time_to_done import time_to_done_chart
from changeflow.present.comparison import frames
from changeflow.present.comparison.adoption_frames import fate_frames, survival_frame
from changeflow.present.comparison.component_tables import (
    component_graph_of,
    distinct_analyses,
    graph_title,
    risk_title,
)
from changeflow.present.comparison.findings import backlog_title, cost_title, network_title, spread_title, time_title
from changeflow.present.drawing.figures import Picture
from changeflow.present.words.adoption import fate_title, is_on, survival_title
from changeflow.present.words.plain import plain
from changeflow.present.words.undone import aside
from changeflow.study.estimates.results import Results


def pictures(results: Results) -> Iterator[Picture]:
    """Every chart that these results have something to say in."""
    yield Picture(
        "backlog",
        "Open requests",
        "Line: mean over the runs. Band: the middle 80 % of runs. The peak of a single run lies above the mean's.",
        lambda: backlog_chart(frames.backlog_frame(results), frames.backlog_marks(results), backlog_title(results)),
    )
    times = frames.time_to_done_frame(results)
    if len(times):
        yield Picture(
            "time_to_done",
            "Time to done",
            "Share of requests done within a time; open ones count as not done, undone ones not at all.",
            lambda: time_to_done_chart(times, _target_days(results), time_title(results), _left_out(results)),
        )
    richest = max(results.scenarios.values(), key=lambda result: sum(load.load[1] > 0 for load in result.load))
    if richest.load:
        yield Picture(
            "network",
            "Where requests flow",
            "Work arriving against hours available at each station, as much as the rules may send there.",
            lambda: network_chart(frames.network_of(richest), network_title(richest)),
        )
    yield from _of_components(results)
    costs, totals = frames.cost_frames(results)
    costly = totals["mean"].abs().max() > 0
    if costly:
        yield Picture(
            "cost",
            "What it costs",
            "Cost of success is adaptation and cost of error, up to completion; then ownership.",
            lambda: cost_chart(costs, totals, cost_title(results), results.currency),
        )
    yield from _of_adoption(results)
    measure = results.first.model.comparison.primary if costly else "sojourn_time_hours"
    if any(measure in result.estimates for result in results.scenarios.values()):
        runs, summary = frames.spread_frames(results, measure)
        known = bool(summary[["q10", "q90"]].notna().to_numpy().any())
        outer = " Outer marks: the 1-in-10 and 9-in-10 runs." if known else ""
        unit = next(r.estimates[measure].unit for r in results.scenarios.values() if measure in r.estimates)
        yield Picture(
            "spread",
            "Risk and error",
            "Each mark below a cloud is one run. Dark interval: where the mean lies." + outer,
            lambda: runs_chart(runs, summary, spread_title(results, measure), f"{plain(measure)} ({unit})"),
        )


def _of_components(results: Results) -> Iterator[Picture]:
    """Graph and matrix of each component graph among the scenarios."""
    for number, found in enumerate(distinct_analyses(results), start=1):
        again = "" if number == 1 else f"_{number}"
        yield Picture(
            f"components{again}",
            "How changes spread",
            "Which change makes which other necessary. Colour and marker: the change propagation index.",
            partial(_graph_of, found),
        )
        yield Picture(
            f"components_risk{again}",
            "Where changes are risky",
            "Combined likelihood x impact over all paths, by the change prediction method (Clarkson and others 2004).",
            partial(_risks_of, found),
        )


def _graph_of(found: Analysis) -> Figure:
    return graph_chart(component_graph_of(found), graph_title(found))


def _risks_of(found: Analysis) -> Figure:
    return risk_chart(found.graph.names, found.combined.risk, risk_title(found))


def _of_adoption(results: Results) -> Iterator[Picture]:
    """Systems in use over time, and both fates apart."""
    if not is_on(results):
        return
    yield Picture(
        "survival",
        "Systems in use (softest part)",
        "Share of simulated systems not yet given up (Kaplan-Meier), exact interval at each day. It is no forecast.",
        lambda: survival_chart(survival_frame(results), survival_title(results)),
    )
    runs, summary = fate_frames(results)
    if runs["value"].abs().max() > 0:
        yield Picture(
            "fates",
            "What both fates cost (softest part)",
            "Each mark is one run; systems given up and systems in use have means of their own.",
            lambda: fate_chart(
                runs, summary, fate_title(results), f"{plain('total_cost_with_undone')} ({results.currency})"
            ),
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
