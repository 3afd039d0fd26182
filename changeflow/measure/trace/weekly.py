"""A run week by week, for steady-state studies: sums and counts, so that weeks can be put together to batches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from changeflow.engine import trace as t
from changeflow.engine.trace import Trace
from changeflow.measure.records import Floats, RunMeasures
from changeflow.measure.trace.backlog import WEEK, Backlog
from changeflow.measure.trace.capacity import hours_on_duty
from changeflow.measure.trace.checks import check_trace
from changeflow.measure.trace.tallies import APART
from changeflow.measure.trace.times import Cohort, resumptions
from changeflow.measure.trace.window import Window

Series = dict[str, tuple[Floats, Floats]]
"""Measure -> a sum and a count for each week."""


def weeks_of(window: Window) -> int:
    """Whole weeks whose requests are followed to their end: from the start to the horizon less the follow-up."""
    return int((window.cohort_end - window.start) / WEEK)


def week_name(measure: str, week: int) -> str:
    """The name of a week's sum and count among a run's ratios."""
    return f"{measure}@week-{week}"


def measure_weeks(window: Window, trace: Trace) -> RunMeasures:
    """Sum and count of every measure in each week from the start on; the run's own mean over all of them.

    Times belong to the week in which the request arrived; what is still open at the horizon counts as it is there,
    and its share makes the measure a lower bound.
    """
    check_trace(trace)
    weeks = weeks_of(window)
    edges = window.start + WEEK * np.arange(weeks + 1)
    ours = window.ours(trace.requests)
    open_mean = Backlog.of(ours["arrived"], ours["closed"], window.start, window.end).means(edges, WEEK)
    closed, _ = np.histogram(ours["closed"][~np.isnan(ours["closed"])], edges)
    series: Series = {
        "backlog_requests": (open_mean, np.ones(weeks)),
        "throughput_per_week": (closed.astype(float), np.ones(weeks)),
        **_utilisation(window, trace, edges),
    }
    cohort = Cohort.of(replace(window, begin=window.start), trace)
    week = ((cohort.requests["arrived"] - window.start) / WEEK).astype(np.int64)
    at_least = {}
    for name, (times, counted, still_open) in _times(window, cohort).items():
        mine = counted & (week < weeks)
        series[name] = (
            np.bincount(week[mine], times[mine], minlength=weeks).astype(float),
            np.bincount(week[mine], minlength=weeks).astype(float),
        )
        if still_open:
            at_least[name] = still_open / max(int(mine.sum()), 1)
    return RunMeasures(
        values={name: _mean(*sums) for name, sums in series.items()},
        ratios={
            week_name(name, number): (float(top), float(bottom))
            for name, sums in series.items()
            for number, (top, bottom) in enumerate(zip(*sums, strict=True))
        },
        at_least=at_least,
        daily_backlog=np.empty(0),
        sojourn_days=np.empty(0),
        open_days=np.empty(0),
    )


def _utilisation(window: Window, trace: Trace, edges: Floats) -> Series:
    """Hours worked and hours on duty, of each station that is not infinite and of all of them."""
    worked = window.worked_by_period(trace.visits, edges)
    there = hours_on_duty(window.tables, trace, edges)
    limited = ~np.isnan(window.servers)
    found = {
        f"utilisation.{name}": (worked[:, number], there[:, number])
        for number, name in enumerate(trace.stations)
        if limited[number]
    }
    if not found:
        return {}
    return {"utilisation": (worked[:, limited].sum(axis=1), there[:, limited].sum(axis=1)), **found}


def _times(window: Window, cohort: Cohort) -> dict[str, tuple[Floats, NDArray[np.bool_], int]]:
    """Per member: its time so far, whether it counts, and how many of those are still open."""
    rows, visits = cohort.requests, cohort.visits
    still = rows["outcome"] == t.OPEN
    done = rows["outcome"] == t.DONE
    sojourn = np.where(still, window.end, rows["closed"]) - rows["arrived"]
    clock, _, _, codes = window.queue_waits(visits)
    clock = np.where(resumptions(visits), 0.0, clock)
    waits = np.bincount(cohort.member_of_visit, clock, minlength=len(rows)).astype(float, copy=False)
    queued = np.zeros(len(rows), bool)
    queued[cohort.member_of_visit[codes != APART]] = True
    return {
        "waiting_time_hours": (waits, queued, int((queued & still).sum())),
        "sojourn_time_hours": (sojourn, done | still, int(still.sum())),
    }


def _mean(tops: Floats, bottoms: Floats) -> float:
    return float(tops.sum() / bottoms.sum()) if bottoms.sum() else float("nan")
