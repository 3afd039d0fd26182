"""One run as columns in the case's unit of time, with the window that is measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from changeflow.engine.trace import Trace

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class View:
    """Requests and visits of one run. Infinity is 'not yet'; the cohort arrived in [begin, end)."""

    begin: float
    end: float
    arrived: Floats
    closed: Floats
    category: NDArray[np.int64]
    outcome: NDArray[np.int64]
    cohort: Mask
    request: NDArray[np.int64]
    station: NDArray[np.int64]
    entry: NDArray[np.int64]
    """Which pass of the request through the station's stage, from 0."""
    visit: NDArray[np.int64]
    joined: Floats
    started: Floats
    finished: Floats
    work: Floats

    @property
    def length(self) -> float:
        """Length of the window."""
        return self.end - self.begin

    def average(self, since: Floats, until: Floats) -> float:
        """Time average over the window of how many intervals [since, until) are under way."""
        stay = np.clip(until, self.begin, self.end) - np.clip(since, self.begin, self.end)
        return float(stay.sum()) / self.length

    def inside(self, times: Floats) -> Mask:
        """Which times lie in the window."""
        found: Mask = (times >= self.begin) & (times < self.end)
        return found

    @property
    def settled(self) -> bool:
        """Everything that arrived before the end of the window has been closed."""
        return bool(np.all(np.isfinite(self.closed[self.arrived < self.end])))


def view_of(trace: Trace, hours: float, begin: float, end: float) -> View:
    """The columns of a trace."""
    requests, visits = trace.requests, trace.visits

    def time(values: Floats) -> Floats:
        found: Floats = np.where(np.isnan(values), np.inf, values) / hours
        return found

    arrived = requests["arrived"] / hours
    return View(
        begin=begin,
        end=end,
        arrived=arrived,
        closed=time(requests["closed"]),
        category=requests["category"].astype(np.int64),
        outcome=requests["outcome"].astype(np.int64),
        cohort=(arrived >= begin) & (arrived < end) & (requests["source"] >= 0),
        request=visits["request"],
        station=visits["station"].astype(np.int64),
        entry=visits["pass"].astype(np.int64),
        visit=visits["visit"].astype(np.int64),
        joined=time(visits["joined"]),
        started=time(visits["started"]),
        finished=time(visits["finished"]),
        work=visits["work_hours"] / hours,
    )
