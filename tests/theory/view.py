"""One run as columns in the case's unit of time, with the window that is measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from changeflow.engine.trace import BALKED, INTERRUPTED, REFUSED, RENEGED, TURNED_AWAY, Trace

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rows:
    """Visits as columns; infinity is 'not yet' or 'never'."""

    request: Ints
    station: Ints
    entry: Ints
    """Which pass of the request through the station's stage, from 0."""
    visit: Ints
    outcome: Ints
    server: Ints
    entered: Floats
    joined: Floats
    left_queue: Floats
    """The first start of work, or the departure without any."""
    started: Floats
    finished: Floats
    work: Floats

    def take(self, chosen: Mask | Ints) -> Rows:
        """Some of the rows."""
        return Rows(*(getattr(self, field.name)[chosen] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class View:
    """Requests and visits of one run. Infinity is 'not yet'; the cohort arrived in [begin, end)."""

    begin: float
    end: float
    arrived: Floats
    closed: Floats
    category: Ints
    outcome: Ints
    cohort: Mask
    lost: Mask
    """Requests turned away, or that did not want to join."""
    rows: Rows
    """Stays in queue and hand; work that was interrupted has several rows for one pass."""
    stays: Rows
    """The same with one row a pass: the first start, the last end, all the work."""
    away: Rows
    """Visits that ended at the door, because it was full or the request did not want to join."""

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


Metric = Callable[[View], float]


def view_of(trace: Trace, hours: float, begin: float, end: float) -> View:
    """The columns of a trace."""
    requests = trace.requests
    arrived = requests["arrived"] / hours
    rows = _rows(trace, hours)
    at_door = np.isin(rows.outcome, (TURNED_AWAY, BALKED))
    away, rows = rows.take(at_door), rows.take(~at_door)
    lost = requests["outcome"] == REFUSED
    lost[away.request[away.outcome == BALKED]] = True
    return View(
        begin=begin,
        end=end,
        arrived=arrived,
        closed=_times(requests["closed"], hours),
        category=requests["category"].astype(np.int64),
        outcome=requests["outcome"].astype(np.int64),
        cohort=(arrived >= begin) & (arrived < end) & (requests["source"] >= 0),
        lost=lost,
        rows=rows,
        stays=_stays(rows),
        away=away,
    )


def _times(values: Floats, hours: float) -> Floats:
    found: Floats = np.where(np.isnan(values), np.inf, values) / hours
    return found


def _rows(trace: Trace, hours: float) -> Rows:
    visits = trace.visits
    started, finished = _times(visits["started"], hours), _times(visits["finished"], hours)
    return Rows(
        request=visits["request"],
        station=visits["station"].astype(np.int64),
        entry=visits["pass"].astype(np.int64),
        visit=visits["visit"].astype(np.int64),
        outcome=visits["outcome"].astype(np.int64),
        server=visits["server"].astype(np.int64),
        entered=_times(visits["entered"], hours),
        joined=_times(visits["joined"], hours),
        left_queue=np.minimum(started, finished),
        started=started,
        finished=finished,
        work=np.where(np.isfinite(started), visits["work_hours"] / hours, 0.0),
    )


def _stays(rows: Rows) -> Rows:
    """Interrupted work and what became of it as one row."""
    if not np.any(rows.outcome == INTERRUPTED):
        return rows
    rows = rows.take(np.lexsort((rows.visit, rows.request)))
    goes_on = np.append(False, rows.outcome[:-1] == INTERRUPTED)
    first = np.flatnonzero(~goes_on)
    last = np.append(first[1:], len(goes_on)) - 1
    found = {field.name: getattr(rows, field.name)[first] for field in fields(rows)}
    found |= {name: getattr(rows, name)[last] for name in ("outcome", "server", "finished")}
    found["work"] = np.add.reduceat(rows.work, first)
    return Rows(**found)


def chosen_rows(rows: Rows, view: View, place: int | None, category: int | None) -> Mask:
    """The rows of a station, of a class, or all."""
    chosen = np.ones(len(rows.request), dtype=bool) if place is None else rows.station == place
    return chosen if category is None else chosen & (view.category[rows.request] == category)


def reneged(rows: Rows) -> Mask:
    """Which stays ended in the queue, for want of patience."""
    found: Mask = rows.outcome == RENEGED
    return found
