"""The reference engine: one SimPy process per request, told as a story. It is the specification.

A request arrives, is routed to a station, may wait for intake, joins the queue, is worked on, and its delivery
is accepted or comes back; then it moves on or is done. The order at one instant stands in clock.py.
"""

from __future__ import annotations

import math
from collections import deque
from heapq import heapify, heappop, heappush

import numpy as np

from changeflow.engine import draws, rules, tables
from changeflow.engine import trace as t
from changeflow.engine.clock import (
    ARRIVAL,
    COMPLETION,
    DISPATCH,
    END_OF_DELAY,
    RE_ENTRY,
    SHIFT,
    Clock,
    Event,
    Story,
)
from changeflow.engine.quantiles import quantile
from changeflow.engine.station_table import FRESH, INFINITE, NO_LAW, StationTable
from changeflow.engine.tables import Tables
from changeflow.engine.trace import Rows, Trace

NOT_YET = math.nan


class Request:
    """A request and where it stands."""

    __slots__ = ("category", "closed", "difficulty", "key", "number", "outcome", "passes", "source", "visits")

    def __init__(self, number: int, key: np.uint64, source: int, category: int, difficulty: float) -> None:
        self.number, self.key, self.source = number, key, source
        self.category, self.difficulty = category, difficulty
        self.passes: dict[int, int] = {}
        self.visits = 0
        self.closed, self.outcome = NOT_YET, t.OPEN

    def next_pass(self, stage: int) -> int:
        """How many times the request had entered this stage before."""
        before = self.passes.get(stage, 0)
        self.passes[stage] = before + 1
        return before


class Visit:
    """One stay at one station, from being routed there to the end of the work."""

    __slots__ = (
        "accept_luck", "attempt", "entered", "entry", "finished", "joined", "number", "outcome",
        "request", "server", "started", "station", "work_hours",
    )  # fmt: skip

    def __init__(self, request: Request, station: int, entry: int, attempt: int, entered: float) -> None:
        self.request, self.station, self.entry = request, station, entry
        self.attempt, self.entered = attempt, entered
        self.number = request.visits
        request.visits += 1
        self.joined = self.started = self.finished = self.work_hours = NOT_YET
        self.server, self.outcome, self.accept_luck = -1, t.UNFINISHED, NOT_YET


class Station:
    """Servers and the queue before them; free servers are handed out once, at the end of each round."""

    def __init__(self, run: Run, table: StationTable, number: int) -> None:
        self.run, self.table, self.number = run, table, number
        self.clock = run.clock
        self.queue: deque[tuple[Visit, Event]] = deque()
        self.infinite = table.servers == INFINITE
        self.idle = [] if self.infinite else list(range(table.servers))
        heapify(self.idle)
        self.busy = 0
        self.waits_for_opening = False
        self._since = self.clock.now
        self.in_station = self.in_queue = self.in_service = 0.0

    def tick(self) -> None:
        """Keep the integrals of queue and service up to now."""
        now = self.clock.now
        if now > self._since:
            passed = now - self._since
            waiting = len(self.queue)
            self.in_station += (waiting + self.busy) * passed
            self.in_queue += waiting * passed
            self.in_service += self.busy * passed
            self._since = now

    def join(self, visit: Visit) -> Event:
        """Queue up; the event fires when the work is finished."""
        self.tick()
        visit.joined = self.clock.now
        finished = Event(self.clock)
        self.queue.append((visit, finished))
        self.run.dispatch_later()
        return finished

    def dispatch(self) -> None:
        """Hand idle servers to those waiting, the lowest-numbered server to the first in line."""
        if not self.queue or not (self.infinite or self.idle):
            return
        now = self.clock.now
        opening = self.table.calendar.next_open(now)
        if opening > now:
            self._wait_for(opening)
            return
        self.tick()
        while self.queue and (self.infinite or self.idle):
            visit, finished = self.queue.popleft()
            self._start(visit, finished)

    def _start(self, visit: Visit, finished: Event) -> None:
        visit.started = now = self.clock.now
        visit.server = 0 if self.infinite else heappop(self.idle)
        self.busy += 1
        hours = visit.work_hours * self.table.hours_per_work_hour
        end = self.table.calendar.finish_time(now, hours)
        if end < self.run.end:
            completion = self.clock.at(end, COMPLETION, visit.request.number)
            completion.callbacks.append(lambda _: self._finish(visit, finished))

    def _finish(self, visit: Visit, finished: Event) -> None:
        self.tick()
        self.busy -= 1
        if not self.infinite:
            heappush(self.idle, visit.server)
        visit.finished = self.clock.now
        self.run.left.append(visit)
        self.run.dispatch_later()
        finished._ok, finished._value = True, visit
        for callback in finished.callbacks:
            callback(finished)

    def _wait_for(self, opening: float) -> None:
        if not self.waits_for_opening and opening < self.run.end:
            self.waits_for_opening = True
            self.clock.at(opening, SHIFT, self.number).callbacks.append(self._opens)

    def _opens(self, _: Event) -> None:
        self.waits_for_opening = False
        self.run.dispatch_later()

    def idle_now(self) -> int:
        """Servers that a dispatch now could hand out."""
        if self.table.calendar.next_open(self.clock.now) > self.clock.now:
            return 0
        return len(self.queue) + 1 if self.infinite else len(self.idle)


class Run:
    """One replication."""

    def __init__(self, model: Tables, workload: Rows, run_key: np.uint64, *, decisions: bool) -> None:
        self.tables, self.workload, self.run_key = model, workload, run_key
        self.end = model.end
        self.clock = Clock(model.start)
        self.stations = [Station(self, table, number) for number, table in enumerate(model.stations)]
        self.requests: list[Request] = []
        self.begun: list[Visit] = []
        self.left: list[Visit] = []
        self.decisions: list[tuple[int, float, int, float, float, bool]] | None = [] if decisions else None
        self._dispatch_due = False
        self._routes = [tuple(int(part) for part in route) for route in model.routes]
        self._places: list[int] = model.route_places.tolist()

    def to_the_horizon(self) -> None:
        """Run to the horizon; what would happen at that very instant does not."""
        if len(self.workload):
            self.clock.process(self._demand())
            self.clock.run(until=self.end)
        for station in self.stations:
            station._since, last = self.end, station._since
            passed = self.end - last
            station.in_station += (len(station.queue) + station.busy) * passed
            station.in_queue += len(station.queue) * passed
            station.in_service += station.busy * passed

    def _demand(self) -> Story:
        """Requests arrive one by one, numbered in the order of the instant rule."""
        load = self.workload
        columns = zip(
            load["arrived"].tolist(),
            load["key"],
            load["source"].tolist(),
            load["category"].tolist(),
            load["difficulty"].tolist(),
        )
        for number, (arrived, key, source, category, difficulty) in enumerate(columns):
            yield self.clock.at(arrived, ARRIVAL, number)
            request = Request(number, key, source, category, difficulty)
            self.requests.append(request)
            self.clock.process(self._life(request))

    def _life(self, request: Request) -> Story:
        """The story of one request, from arrival to its outcome."""
        place = self._route(self.tables.entry_route[request.source], request, draws.NO_STAGE, 0)
        while place >= 0:
            station = self.stations[place]
            visit = self._enter(request, station, attempt=1)
            delay = self._intake_delay(visit, station)
            if delay > 0.0:
                over = station.table.calendar.finish_time(self.clock.now, delay)
                if over >= self.end:
                    return
                yield self.clock.at(over, END_OF_DELAY, request.number)
            yield station.join(visit)
            while self._is_rejected(visit, station):
                visit.outcome = t.REWORK
                if visit.attempt == station.table.max_attempts:
                    break
                yield self.clock.at(self.clock.now, RE_ENTRY, request.number)
                visit = self._enter(request, station, visit.attempt + 1)
                yield station.join(visit)
            else:
                visit.outcome = t.DELIVERED
            if visit.outcome == t.REWORK and not station.table.at_limit_done:
                self._close(request, t.WITHDRAWN)
                return
            place = self._route(self.tables.next_route[place], request, station.table.stage, visit.entry)
            if place >= 0:
                yield self.clock.at(self.clock.now, RE_ENTRY, request.number)
        self._close(request, t.DONE if place == tables.GO_DONE else t.REFUSED)

    def _enter(self, request: Request, station: Station, attempt: int) -> Visit:
        """Begin a visit; the pass fixes its luck, whichever station of the stage it is at."""
        table = station.table
        entry = request.next_pass(table.stage_number)
        visit = Visit(request, station.number, entry, attempt if table.accepts else 0, self.clock.now)
        self.begun.append(visit)
        work_luck, visit.accept_luck = draws.uniform_pair(self.run_key, request.key, table.stage, draws.WORK, entry)
        share = 1.0
        if attempt > 1 and table.rework_share != FRESH:
            share = table.rework_share
            first_pass = entry - (attempt - 1)
            work_luck, _ = draws.uniform_pair(self.run_key, request.key, table.stage, draws.WORK, first_pass)
        law = table.service_law[request.category]
        reference_hours = quantile(self.tables.law_rows, self.tables.law_pool, law, work_luck)
        visit.work_hours = share * reference_hours / table.speed
        return visit

    def _intake_delay(self, visit: Visit, station: Station) -> float:
        """Open hours between routing and queue."""
        table = station.table
        if table.delay_law == NO_LAW:
            return 0.0
        luck, _ = draws.uniform_pair(self.run_key, visit.request.key, table.stage, draws.DELAY, visit.entry)
        return float(quantile(self.tables.law_rows, self.tables.law_pool, table.delay_law, luck))

    @staticmethod
    def _is_rejected(visit: Visit, station: Station) -> bool:
        chance = station.table.rework_probability[visit.request.category]
        return station.table.accepts and bool(rules.is_rejected(visit.accept_luck, chance))

    def _route(self, route: int, request: Request, stage: np.uint64, entry: int) -> int:
        """The next place: a station's number, or an outcome."""
        rule, first, size, limit = self._routes[route]
        places = self._places
        if rule == tables.TO:
            return places[first]
        if rule == tables.BY_CATEGORY:
            return places[first + request.category]
        if rule == tables.SPLIT:
            luck, _ = draws.uniform_pair(self.run_key, request.key, stage, draws.ROUTE, entry)
            return places[first + int(rules.pick(self.tables.route_heights, first, size, luck))]
        return self._first_open(request, places[first : first + size], limit)

    def _first_open(self, request: Request, prefer: list[int], limit: int) -> int:
        """The first station open to the request that is not full; the last open one takes what overflows."""
        seen: list[tuple[int, float]] = []
        chosen = tables.GO_REFUSED
        for place in prefer:
            station = self.stations[place]
            if not rules.may_do(request.difficulty, station.table.openness[request.category]):
                continue
            chosen = place
            waiting, idle = len(station.queue), station.idle_now()
            seen.append((place, float(rules.still_waiting(waiting, idle))))
            if limit == tables.NO_LIMIT or not rules.overflows(waiting, idle, limit):
                break
        if self.decisions is not None:
            bound = math.inf if limit == tables.NO_LIMIT else float(limit)
            for place, waits in seen:
                self.decisions.append((request.number, self.clock.now, place, waits, bound, place == chosen))
        return chosen

    def _close(self, request: Request, outcome: int) -> None:
        request.closed, request.outcome = self.clock.now, outcome

    def dispatch_later(self) -> None:
        """One dispatch at the end of this round, for all stations in the order of the file."""
        if not self._dispatch_due:
            self._dispatch_due = True
            self.clock.at(self.clock.now, DISPATCH, 0).callbacks.append(self._dispatch)

    def _dispatch(self, _: Event) -> None:
        self._dispatch_due = False
        for station in self.stations:
            station.dispatch()


def run_process(model: Tables, workload: Rows, run_key: np.uint64, *, decisions: bool = False) -> Trace:
    """Simulate one replication with SimPy."""
    run = Run(model, workload, run_key, decisions=decisions)
    run.to_the_horizon()
    return _trace(run)


def _trace(run: Run) -> Trace:
    load, count = run.workload, len(run.requests)
    requests = np.zeros(count, dtype=t.REQUEST)
    requests["number"] = np.arange(count)
    requests["parent"] = requests["component"] = -1
    for field in ("key", "source", "category", "arrived", "difficulty", "quality"):
        requests[field] = load[field][:count]
    requests["closed"] = [request.closed for request in run.requests]
    requests["outcome"] = [request.outcome for request in run.requests]
    unfinished = [visit for visit in run.begun if visit.outcome == t.UNFINISHED]
    rows = [_row(run, visit) for visit in (*run.left, *sorted(unfinished, key=lambda visit: visit.request.number))]
    return Trace(
        requests=requests,
        visits=np.array(rows, dtype=t.VISIT),
        decisions=np.array(run.decisions or [], dtype=t.DECISION),
        start=run.tables.start,
        end=run.end,
        stations=tuple(table.name for table in run.tables.stations),
        stages=run.tables.stages,
        categories=run.tables.categories,
        sources=tuple(run.tables.model.demand.sources),
        in_station=np.array([station.in_station for station in run.stations]),
        in_queue=np.array([station.in_queue for station in run.stations]),
        in_service=np.array([station.in_service for station in run.stations]),
    )


def _row(run: Run, visit: Visit) -> tuple[float, ...]:
    stage = run.tables.stations[visit.station].stage_number
    return (
        visit.request.number, visit.number, stage, visit.entry, visit.attempt, visit.station, visit.server,
        visit.entered, visit.joined, visit.started, visit.finished, visit.work_hours, visit.outcome,
    )  # fmt: skip
