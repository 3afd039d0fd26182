"""Time to done and waiting of the cohort: root requests that arrived in [warm-up, horizon - follow-up)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from changeflow.engine import trace as t
from changeflow.engine.trace import Rows, Trace
from changeflow.measure.records import Floats
from changeflow.measure.trace.loops import summarise
from changeflow.measure.trace.tallies import APART, CENSORED, ENDED, find_cohort, sums_by_group
from changeflow.measure.trace.window import Window

Mask = NDArray[np.bool_]
QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95}
_SHARES = np.array(list(QUANTILES.values()))
_NO_SHARES = np.empty(0)
_OF_SOJOURN = np.array([CENSORED, ENDED, APART, APART], np.int8)
"""What is known of the time to done, by outcome of a request."""
_OF_WAIT = np.array([CENSORED, ENDED, ENDED, ENDED], np.int8)
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
        requests, visits = trace.requests, trace.visits
        rows, places = np.empty(len(requests), np.int64), np.empty(len(visits), np.int64)
        members = np.empty(len(visits) + len(requests), np.int64)
        known, seen = find_cohort(
            requests, visits, window.of_others, window.begin, window.cohort_end, rows, places, members
        )
        found = requests.take(rows[:known])
        arrived_working = window.office.open_hours_at(found["arrived"])
        return cls(found, visits.take(places[:seen]), members[:seen], arrived_working)


@dataclass(frozen=True, slots=True)
class _Known:
    """Places of the times that are known to their end, and of those known so far."""

    ended: NDArray[np.intp]
    censored: NDArray[np.intp]

    @classmethod
    def of(cls, codes: NDArray[np.int8]) -> _Known:
        return cls((codes == ENDED).nonzero()[0], (codes == CENSORED).nonzero()[0])


def time_measures(window: Window, trace: Trace, cohort: Cohort) -> Iterator[Found]:
    """Mean and quantiles of time to done and of waiting, in clock and working hours."""
    rows = cohort.requests
    until = np.where(rows["outcome"] == t.OPEN, window.end, rows["closed"])
    clock = until - rows["arrived"]
    codes = _OF_SOJOURN[rows["outcome"]]
    known = _Known.of(codes)
    working = window.office.open_hours_at(until) - cohort.arrived_working
    yield from _summaries("sojourn_time", clock, working, known)
    for name, mean in zip(trace.categories, _means(clock, rows["category"], codes, len(trace.categories)), strict=True):
        yield f"sojourn_time_hours@{name}", *mean
    yield from _waits(window, trace, cohort, clock)


def _waits(window: Window, trace: Trace, cohort: Cohort, sojourn: Floats) -> Iterator[Found]:
    visits, rows = cohort.visits, cohort.requests
    clock, working, stay, codes = window.queue_waits(visits)
    resumed = resumptions(visits)
    some_resumed = resumed.any()
    if some_resumed:  # laid down is not waiting
        laid_down = np.where(resumed, clock, 0.0)
        clock, working = np.where(resumed, 0.0, clock), np.where(resumed, 0.0, working)
    queued = codes != APART
    if some_resumed:
        codes = np.where(resumed, np.int8(APART), codes)
    served = np.zeros(len(rows), np.int8)
    served[cohort.member_of_visit[queued]] = 1  # not those who never queued
    served *= _OF_WAIT[rows["outcome"]]
    members = _Known.of(served)
    yield from _summaries("waiting_time", _per_member(cohort, clock), _per_member(cohort, working), members)
    first = _Known.of(np.where(_at_first_queue(cohort, queued), codes, np.int8(APART)))
    yield from _summaries("first_wait", clock, working, first)
    delay = np.maximum(sojourn - _per_member(cohort, stay), 0.0)
    yield "delay_time_hours", *_mean(delay.take(members.ended), delay.take(members.censored))
    if some_resumed:
        away = _per_member(cohort, laid_down)
        yield "laid_down_time_hours", *_mean(away.take(members.ended), away.take(members.censored))
    count = len(trace.stations)
    means = (_means(waits, visits["station"], codes, count) for waits in (clock, working))
    for station, in_clock, in_working in zip(trace.stations, *means, strict=True):
        yield f"visit_wait_hours.{station}", *in_clock
        yield f"visit_wait_working_hours.{station}", *in_working


def _at_first_queue(cohort: Cohort, queued: Mask) -> Mask:
    """The visits at which each member queued for the first time: the first ones, unless it was turned away there."""
    visits = cohort.visits["visit"]
    opening: Mask = visits == 0
    if queued[opening].all():
        return opening
    earliest = np.full(len(cohort.requests), np.iinfo(np.int64).max)
    np.minimum.at(earliest, cohort.member_of_visit[queued], visits[queued])
    found: Mask = queued & (visits == earliest[cohort.member_of_visit])
    return found


def resumptions(visits: Rows) -> Mask:
    """Stays that go on with work that was interrupted: the row after an interrupted one of the same request."""
    interrupted: Mask = visits["outcome"] == t.INTERRUPTED
    if not interrupted.any():
        return interrupted
    place = visits["request"].astype(np.int64) << 24 | visits["visit"]
    found: Mask = np.isin(place, place[interrupted] + 1)
    return found


def _per_member(cohort: Cohort, values: Floats) -> Floats:
    return np.bincount(cohort.member_of_visit, values, minlength=len(cohort.requests)).astype(float, copy=False)


def _summaries(name: str, clock: Floats, working: Floats, known: _Known) -> Iterator[Found]:
    """Mean and quantiles of the same times by the clock and in working hours."""
    times = np.array([clock, working])
    ended, censored = times.take(known.ended, axis=1), times.take(known.censored, axis=1)
    ended.sort()
    censored.sort()
    out = np.empty((2, 2 + 2 * len(_SHARES)))
    summarise(ended, censored, _SHARES, out)
    for unit, found in zip(("hours", "working_hours"), out.tolist(), strict=True):
        yield f"{name}_{unit}", found[0], found[1]
        for number, label in enumerate(QUANTILES, start=1):
            yield f"{name}_{unit}.{label}", found[2 * number], found[2 * number + 1]


def _means(times: Floats, groups: Rows, codes: NDArray[np.int8], count: int) -> list[tuple[float, float]]:
    """The mean of each group, and the share that it hangs on."""
    sums, (ended, censored) = np.zeros(count), np.zeros((2, count), np.int64)
    sums_by_group(times, groups, codes, sums, ended, censored)
    found = []
    for group, (total, closed, still_open) in enumerate(zip(sums.tolist(), ended.tolist(), censored.tolist())):
        if still_open:
            mine = groups == group
            found.append(_mean(times[mine & (codes == ENDED)], times[mine & (codes == CENSORED)]))
        else:
            found.append((total / closed if closed else np.nan, 0.0))
    return found


def _mean(ended: Floats, censored: Floats) -> tuple[float, float]:
    if not len(censored):  # the plain mean, without an order
        return float(ended.sum()) / len(ended) if len(ended) else np.nan, 0.0
    out = np.empty((1, 2))
    summarise(np.sort(ended)[None], np.sort(censored)[None], _NO_SHARES, out)
    return float(out[0, 0]), float(out[0, 1])
