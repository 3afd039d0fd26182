"""Measures that few models have: overtime, and why requests went away."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from changeflow.engine.tables.station import GroupTable
from changeflow.engine.trace import Rows, Trace
from changeflow.measure.trace.times import Cohort
from changeflow.measure.trace.window import Window


def overtime(window: Window, trace: Trace) -> dict[str, float]:
    """Working hours beyond shift and dates, by station and in all, where work in hand is finished first."""
    found = dict(_overtime(window, trace))
    return found | {"overtime_hours": sum(found.values())} if found else {}


def _overtime(window: Window, trace: Trace) -> Iterator[tuple[str, float]]:
    visits = trace.visits
    for number, station in enumerate(window.tables.as_staffed(trace.staff)):
        if station.infinite or not any(len(group.times) > 1 for group in station.groups):
            continue
        total, first = 0.0, 0
        for group in station.groups:
            mine = visits[
                (visits["station"] == number)
                & (visits["server"] >= first)
                & (visits["server"] < first + group.servers)
                & ~np.isnan(visits["started"])
            ]
            first += group.servers
            total += _beyond_duty(window, group, mine) / group.hours_per_work_hour
        yield f"overtime_hours.{station.name}", total


def _beyond_duty(window: Window, group: GroupTable, mine: Rows) -> float:
    """Open hours that servers of a group work while fewer are on duty, each of those too many counted."""
    left = np.where(np.isnan(mine["finished"]), window.end, mine["finished"])
    moments = np.clip(np.concatenate([mine["started"], left, group.times]), window.begin, window.end)
    steps = np.concatenate([np.ones(len(mine)), -np.ones(len(mine)), -np.diff(group.on_duty, prepend=0)])
    order = np.argsort(moments, kind="stable")
    too_many = np.maximum(np.cumsum(steps[order]), 0.0)
    return float(too_many[:-1] @ np.diff(group.calendar.open_hours_at(moments[order])))


def reasons(window: Window, cohort: Cohort) -> dict[str, tuple[float, float]]:
    """Shares of the cohort that ran out of patience, did not want to join, or found a station full."""
    members = float(len(cohort.requests))
    return {
        name: (float(len(np.unique(cohort.member_of_visit[cohort.visits["outcome"] == outcome]))), members)
        for name, outcome in window.leaving.items()
    }
