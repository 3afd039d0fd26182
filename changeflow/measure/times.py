"""Time to done and waiting of the cohort: root requests that arrived in [warm-up, horizon - follow-up)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from changeflow.engine import trace as t
from changeflow.engine.trace import Rows, Trace
from changeflow.measure.loops import summarise
from changeflow.measure.records import Floats
from changeflow.measure.window import Window

Mask = NDArray[np.bool_]
QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95}
_SHARES = np.array(list(QUANTILES.values()))
_NO_SHARES = np.empty(0)
Found = tuple[str, float, float]
"""Measure, value, and the share of requests because of which it is only a lower bound."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """The measured requests of a run, and their visits."""

    requests: Rows
    visits: Rows
    member_of_visit: NDArray[np.int64]
    """Row in `requests` of each visit."""
    arrived_working: Floats
    """Office hours before each arrival."""

    @classmethod
    def of(cls, window: Window, trace: Trace) -> Cohort:
        """Members and their visits, in order of request and visit."""
        rows = trace.requests
        inside = (rows["arrived"] >= window.begin) & (rows["arrived"] < window.cohort_end)
        inside &= (rows["parent"] < 0) & (rows["source"] >= 0) & ~window.of_others[rows["source"]]
        row_of = np.cumsum(inside) - 1
        request = trace.visits["request"]
        mine = inside[request]
        members = rows.compress(inside)
        arrived_working = window.office.open_hours_at(members["arrived"])
        return cls(members, trace.visits.compress(mine), row_of[request[mine]], arrived_working)


def time_measures(window: Window, trace: Trace, cohort: Cohort) -> Iterator[Found]:
    """Mean and quantiles of time to done and of waiting, in clock and working hours."""
    rows = cohort.requests
    done, still_open = rows["outcome"] == t.DONE, rows["outcome"] == t.OPEN
    until = np.where(still_open, window.end, rows["closed"])
    clock = until - rows["arrived"]
    yield from _summary("sojourn_time_hours", clock, done, still_open)
    working = window.office.open_hours_at(until) - cohort.arrived_working
    yield from _summary("sojourn_time_working_hours", working, done, still_open)
    for code, name in enumerate(trace.categories):
        mine = rows["category"] == code
        yield f"sojourn_time_hours@{name}", *_mean(clock, mine & done, mine & still_open)
    yield from _waits(window, trace, cohort)


def _waits(window: Window, trace: Trace, cohort: Cohort) -> Iterator[Found]:
    visits, rows = cohort.visits, cohort.requests
    clock, working = window.queue_waits(visits)
    resumed = resumptions(visits)
    if resumed.any():  # laid down is not waiting
        laid_down = np.where(resumed, clock, 0.0)
        clock, working = np.where(resumed, 0.0, clock), np.where(resumed, 0.0, working)
    served = np.zeros(len(rows), dtype=bool)
    served[cohort.member_of_visit[~np.isnan(visits["joined"])]] = True  # not those who never queued
    still_open = served & (rows["outcome"] == t.OPEN)
    ended = served & ~still_open
    for name, waits in (("waiting_time_hours", clock), ("waiting_time_working_hours", working)):
        yield from _summary(name, _per_member(cohort, waits), ended, still_open)
    joined = ~np.isnan(visits["joined"]) & ~resumed
    earliest = np.full(len(rows), np.iinfo(np.int64).max)
    np.minimum.at(earliest, cohort.member_of_visit[joined], visits["visit"][joined])
    first = joined & (visits["visit"] == earliest[cohort.member_of_visit])
    started = ~np.isnan(visits["started"])
    for name, waits in (("first_wait_hours", clock), ("first_wait_working_hours", working)):
        yield from _summary(name, waits, first & started, first & ~started)
    until = np.where(rows["outcome"] == t.OPEN, window.end, rows["closed"])
    delay = until - rows["arrived"] - _per_member(cohort, _stays(visits, window.end))
    yield "delay_time_hours", *_mean(np.maximum(delay, 0.0), ended, still_open)
    if resumed.any():
        yield "laid_down_time_hours", *_mean(_per_member(cohort, laid_down), ended, still_open)
    for number, station in enumerate(trace.stations):
        here = joined & (visits["station"] == number)
        for name, waits in (("visit_wait_hours", clock), ("visit_wait_working_hours", working)):
            yield f"{name}.{station}", *_mean(waits, here & started, here & ~started)


def resumptions(visits: Rows) -> Mask:
    """Stays that go on with work that was interrupted: the row after an interrupted one of the same request."""
    interrupted: Mask = visits["outcome"] == t.INTERRUPTED
    if not interrupted.any():
        return interrupted
    place = visits["request"].astype(np.int64) << 24 | visits["visit"]
    found: Mask = np.isin(place, place[interrupted] + 1)
    return found


def _per_member(cohort: Cohort, values: Floats) -> Floats:
    return np.bincount(cohort.member_of_visit, values, minlength=len(cohort.requests)).astype(float)


def _stays(visits: Rows, end: float) -> Floats:
    """Time in queue and in hand of each visit so far."""
    left = np.where(np.isnan(visits["finished"]), end, visits["finished"])
    return np.where(np.isnan(visits["joined"]), 0.0, left - visits["joined"])


def _summary(name: str, times: Floats, closed: Mask, still_open: Mask) -> Iterator[Found]:
    out = np.empty(2 + 2 * len(_SHARES))
    summarise(np.sort(times[closed]), np.sort(times[still_open]), _SHARES, out)
    yield name, out[0], out[1]
    for number, label in enumerate(QUANTILES, start=1):
        yield f"{name}.{label}", out[2 * number], out[2 * number + 1]


def _mean(times: Floats, closed: Mask, still_open: Mask) -> tuple[float, float]:
    ended, censored = times[closed], times[still_open]
    if not len(censored):  # the plain mean, without an order
        return float(ended.mean()) if len(ended) else np.nan, 0.0
    out = np.empty(2)
    summarise(np.sort(ended), np.sort(censored), _NO_SHARES, out)
    return out[0], out[1]
