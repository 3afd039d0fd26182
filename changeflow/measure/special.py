"""Measures that few models have: overtime, and why requests went away."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from changeflow.engine import trace as t
from changeflow.engine.station_table import NO_LAW, NO_LIMIT
from changeflow.engine.trace import Trace
from changeflow.measure.times import Cohort
from changeflow.measure.window import Window


def overtime(window: Window, trace: Trace) -> dict[str, float]:
    """Working hours beyond the shift, by station and in all, where work in hand is finished first."""
    found = dict(_overtime(window, trace))
    return found | {"overtime_hours": sum(found.values())} if found else {}


def _overtime(window: Window, trace: Trace) -> Iterator[tuple[str, float]]:
    visits = trace.visits
    for number, station in enumerate(window.tables.stations):
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
            since = np.maximum(mine["started"], window.begin)
            until = np.minimum(np.where(np.isnan(mine["finished"]), window.end, mine["finished"]), window.end)
            on_duty = np.concatenate([[0.0], np.cumsum((group.on_duty > 0)[:-1] * np.diff(group.times))])
            inside = _within(group.times, group.on_duty > 0, on_duty, until) - _within(
                group.times, group.on_duty > 0, on_duty, since
            )
            hours = np.maximum(np.maximum(until - since, 0.0) - np.maximum(inside, 0.0), 0.0)
            total += float(hours.sum()) / group.hours_per_work_hour
        yield f"overtime_hours.{station.name}", total


def _within(times: np.ndarray, on: np.ndarray, before: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Hours with anybody on duty, from the start to each time."""
    place = np.maximum(np.searchsorted(times, at, side="right") - 1, 0)
    return np.asarray(before[place] + on[place] * (at - times[place]))


def reasons(window: Window, cohort: Cohort) -> dict[str, tuple[float, float]]:
    """Shares of the cohort that ran out of patience, did not want to join, or found a station full."""
    stations = window.tables.stations
    asked = {
        "reneged_share": (t.RENEGED, any(law != NO_LAW for s in stations for law in s.patience_law)),
        "balked_share": (t.BALKED, any(s.joins for s in stations)),
        "turned_away_share": (t.TURNED_AWAY, any(s.capacity != NO_LIMIT for s in stations)),
    }
    members = float(len(cohort.requests))
    return {
        name: (float(len(np.unique(cohort.member_of_visit[cohort.visits["outcome"] == outcome]))), members)
        for name, (outcome, there) in asked.items()
        if there
    }
