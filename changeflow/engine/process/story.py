"""The reference engine: the story of each request, told step by step on a SimPy clock. It is the specification.

A request arrives, is routed to a station, may wait for intake, joins the queue, is worked on, and its delivery
is accepted or comes back; then it moves on or is done. The order at one instant stands in shared/turns.py.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np

from changeflow.engine import trace as t
from changeflow.engine.chance import draws
from changeflow.engine.chance.quantiles import quantile
from changeflow.engine.first_pass import first_work
from changeflow.engine.process.clock import Clock, Event, Story, fire, tell
from changeflow.engine.process.follow_ups import FollowUps
from changeflow.engine.process.requests import NOBODY, ROOT, Request, Visit
from changeflow.engine.process.routes import Router
from changeflow.engine.process.station import Station
from changeflow.engine.process.users import Users
from changeflow.engine.shared import rules
from changeflow.engine.shared.mistakes import AT_REVIEW, ESCAPED
from changeflow.engine.shared.turns import ARRIVAL, DISPATCH, END_OF_DELAY, HELD, RE_ENTRY, RELEASE
from changeflow.engine.tables import routes as route_table
from changeflow.engine.tables.model import Tables
from changeflow.engine.tables.station import FRESH, NO_LAW, NO_LIMIT, NO_PLACE
from changeflow.engine.trace import Rows
from changeflow.model.values.spans import HOURS_PER_MONTH


class Run:
    """One replication."""

    def __init__(self, model: Tables, workload: Rows, run_key: np.uint64, *, decisions: bool) -> None:
        self.tables, self.workload, self.run_key = model, workload, run_key
        self.end = model.end
        self.clock = Clock(model.start)
        self.rows: list[Visit] = []
        self._dispatch_due = False
        self.stations: list[Station] = []
        self.staff = model.staff_of_run(run_key)
        groups = 0
        for number, table in enumerate(model.as_staffed(self.staff)):
            self.stations.append(Station(self, table, number, groups))
            groups += len(table.groups)
        self.router = Router(self, self.stations, decisions=decisions)
        self.follow_ups = FollowUps(self, model.graph)
        self.requests: list[Request] = []
        self.begun: list[Visit] = []
        self.held: dict[int, list[Event]] = {number: [] for number in range(len(self.stations))}
        self.open = self.lost = 0
        self.users = Users(self)

    def to_the_horizon(self) -> None:
        """Run to the horizon; what would happen at that very instant does not."""
        if len(self.workload) or self.users.is_on:
            tell(self._demand())
            self.clock.run(until=self.end)
        for station in self.stations:
            station.integrate(self.end)

    def _demand(self) -> Story:
        """Requests arrive one by one, numbered in the order of the instant rule."""
        load = self.workload
        others = (load[name].tolist() for name in ("source", "category", "difficulty", "quality"))
        candidates = zip(load["arrived"].tolist(), load["key"], *others)
        for candidate, (arrived, key, source, category, difficulty, quality) in enumerate(candidates):
            yield self.clock.at(arrived, ARRIVAL, candidate)
            if not self.users.would_ask(source, key):
                continue
            origin, learned = self.follow_ups.root(key, category), self.users.quality(source, quality)
            self.appear(Request(NOBODY, arrived, key, source, category, difficulty, learned, origin))

    def appear(self, request: Request) -> None:
        """A request is there: it gets its number, and its story begins."""
        request.number = len(self.requests)
        self.requests.append(request)
        self.open += not self.tables.background[request.source]
        tell(self._life(request))

    def is_silent(self, source: int) -> bool:
        """Nobody tells a defect, or asks for what follows, in a system that was given up."""
        return self.users.is_silent(source)

    def _life(self, request: Request) -> Story:
        """The story of one request, from arrival to its outcome."""
        entry = self.tables.entry_route[request.source]
        place = request.origin.first_place
        if place < 0:
            place = self.router.place(entry, request, draws.NO_STAGE, 0)
        if place == route_table.GO_WAIT:
            place = yield from self._wait_for_money(entry, request, draws.NO_STAGE, 0)
        while place >= 0:
            station = self.stations[place]
            table = station.table
            visit = self._enter(request, station, attempt=1)
            turned_away = 0
            if station.has_door:
                yield from self._before_the_queue(visit, station)
                turned_away = self._turned_away(visit, station)
            if turned_away == t.BALKED:
                self._close(request, t.WITHDRAWN)
                return
            if turned_away:
                place = table.when_full
                continue
            last = yield from self._work(visit, station)
            if last is None or (last.outcome == t.REWORK and not table.at_limit_done):
                self._close(request, t.WITHDRAWN)
                return
            if last.error and last.caught == ESCAPED and table.mistakes:
                self.follow_ups.escape(last, table, table.mistakes)
            route = self.tables.next_route[place]
            place = self.router.place(route, request, table.stage, last.entry)
            if place == route_table.GO_WAIT:
                place = yield from self._wait_for_money(route, request, table.stage, last.entry)
            if place >= 0:
                yield self.clock.at(self.clock.now, RE_ENTRY, request.number)
        self._close(request, t.DONE if place == route_table.GO_DONE else t.REFUSED)
        if request.outcome == t.DONE and request.visits:
            self.follow_ups.spread(request)

    def _work(self, visit: Visit, station: Station) -> Generator[Event, Any, Visit | None]:
        """Work, again and again until a delivery is accepted; the last visit, None when nobody waits any more."""
        table, request = station.table, visit.request
        while True:
            visit = yield station.join(visit)
            if visit.outcome in (t.RENEGED, t.GIVEN_UP):
                return None
            visit.outcome = self._judge(visit, station)
            self.rows.append(visit)
            if station.has_aftermath and visit.caught != AT_REVIEW:
                tested = yield from self._after_the_work(visit, station)
                if not tested:
                    return None
            if visit.outcome == t.DELIVERED or visit.attempt == table.max_attempts:
                return visit
            yield self.clock.at(self.clock.now, RE_ENTRY, request.number)
            visit = self._enter(request, station, visit.attempt + 1, visit)

    def _wait_for_money(self, route: int, request: Request, stage: np.uint64, entry: int) -> Generator[Event, Any, int]:
        """Where the rule sends it at the start of the first month that has money for it."""
        place = route_table.GO_WAIT
        while place == route_table.GO_WAIT:
            month = float(rules.date_after(self.clock.now, HOURS_PER_MONTH))
            yield self._at(month, RELEASE, request.number)
            place = self.router.place(route, request, stage, entry)
        return place

    def _enter(self, request: Request, station: Station, attempt: int, failed: Visit | None = None) -> Visit:
        """Begin a visit; the pass fixes its luck, whichever station of the stage it is at."""
        table = station.table
        entry = request.next_pass(table.stage_number)
        visit = Visit(request, station.number, entry, attempt if table.accepts else 0, self.clock.now)
        self.begun.append(visit)
        if failed is None and request.origin is ROOT:  # most of them: the same numbers in one call
            law = table.service_law[request.category]
            hours, visit.accept_luck = first_work(
                self.run_key, request.key, table.stage, entry, self.tables.law_rows, self.tables.law_pool, law
            )
            visit.full = visit.left = visit.work_hours = hours / table.speed
            return visit
        work_luck, visit.accept_luck = draws.uniform_pair(self.run_key, request.key, table.stage, draws.WORK, entry)
        origin = request.origin
        if origin.work_key is not None:
            work_luck, _ = draws.uniform_pair(self.run_key, request.work_key, table.stage, draws.WORK, entry)
        share = 1.0
        law = table.service_law[request.work_category]
        if failed is not None and (table.mistakes or table.rework_share != FRESH):
            share = self.follow_ups.repair_share(failed, table.mistakes) if table.mistakes else table.rework_share
            first_pass = entry - (attempt - 1)
            work_luck, _ = draws.uniform_pair(self.run_key, request.work_key, table.stage, draws.WORK, first_pass)
        elif attempt > 1 and table.rework_law != NO_LAW:
            law = table.rework_law
        reference_hours = quantile(self.tables.law_rows, self.tables.law_pool, law, work_luck)
        visit.full = visit.left = visit.work_hours = origin.scale * share * reference_hours / table.speed
        return visit

    def _before_the_queue(self, visit: Visit, station: Station) -> Story:
        """Intake in open hours, the requester's answer in clock hours, and being held for a batch or a date."""
        table, request, now = station.table, visit.request, self.clock.now
        ready = now
        if table.delay_law != NO_LAW:
            luck, _ = draws.uniform_pair(self.run_key, request.key, table.stage, draws.DELAY, visit.entry)
            ready = table.calendar.finish_time(now, self._hours(table.delay_law, luck))
        if table.requester_law != NO_LAW:
            luck, length = draws.uniform_pair(self.run_key, request.key, table.stage, draws.REQUESTER, visit.entry)
            if luck < table.requester_chance:
                ready += self._hours(table.requester_law, length)
        if ready > now:
            yield self._at(ready, END_OF_DELAY, request.number)
        if table.hold_size or table.hold_hours:
            yield self._hold(station)

    def _hold(self, station: Station) -> Event:
        """Wait until enough others are held, or for the date."""
        held, table, now = self.held[station.number], station.table, self.clock.now
        if table.hold_hours and not held:
            date = float(rules.date_after(now, table.hold_hours))
            self._at(date, RELEASE, HELD + station.number).callbacks.append(lambda _: self._let_in(station))
        event = Event(self.clock)
        held.append(event)
        if len(held) == table.hold_size:
            self.clock.at(now, RELEASE, HELD + len(self.stations) + station.number).callbacks.append(
                lambda _: self._let_in(station)
            )
        return event

    def _let_in(self, station: Station) -> None:
        """All that are held go on, in the order in which they came."""
        held, self.held[station.number] = self.held[station.number], []
        for event in held:
            fire(event, None)

    def _turned_away(self, visit: Visit, station: Station) -> int:
        """Does the station take it in, and does it want in? 0, BALKED or TURNED_AWAY."""
        table, request = station.table, visit.request
        outcome = 0
        if table.capacity != NO_LIMIT and station.present >= table.capacity:
            outcome = t.TURNED_AWAY
        elif table.joins:
            chance = table.joins[min(station.present, len(table.joins) - 1)]
            _, luck = draws.uniform_pair(self.run_key, request.key, table.stage, draws.PATIENCE, visit.entry)
            outcome = 0 if luck < chance else t.BALKED
        if outcome:
            visit.finished, visit.outcome = self.clock.now, outcome
            self.rows.append(visit)
            request.undo_pass(table.stage_number)
        return outcome

    def _after_the_work(self, visit: Visit, station: Station) -> Generator[Event, Any, bool]:
        """The delivery waits for its release date, is tested where a station does that, and the verdict takes time.

        False when the system was given up before the test began.
        """
        table, request = station.table, visit.request
        if table.release_hours:
            date = float(rules.next_date(self.clock.now, table.release_hours))
            if date > self.clock.now:
                yield self._at(date, RELEASE, request.number)
        if table.tester != NO_PLACE:
            yield self.clock.at(self.clock.now, RE_ENTRY, request.number)
            tester = self.stations[table.tester]
            test = yield tester.join(self._enter(request, tester, attempt=1))
            if test.outcome == t.GIVEN_UP:
                return False
            test.outcome = t.DELIVERED
            self.rows.append(test)
        if table.verdict_law != NO_LAW:
            luck, _ = draws.uniform_pair(self.run_key, request.key, table.stage, draws.VERDICT, visit.entry)
            yield self._at(self.clock.now + self._hours(table.verdict_law, luck), END_OF_DELAY, request.number)
        return True

    def _hours(self, law: int, luck: float) -> float:
        return float(quantile(self.tables.law_rows, self.tables.law_pool, law, luck))

    def _at(self, time: float, kind: int, number: int) -> Event:
        """An event at a time; beyond the horizon it never happens."""
        return self.clock.at(time, kind, number) if time < self.end else Event(self.clock)

    def _judge(self, visit: Visit, station: Station) -> int:
        """The verdict that the luck of a delivery will bring."""
        table = station.table
        if table.mistakes:
            return self.follow_ups.judge(visit, table, table.mistakes)
        chance = table.rework_probability[visit.request.category]
        return t.REWORK if table.accepts and rules.is_rejected(visit.accept_luck, chance) else t.DELIVERED

    def _close(self, request: Request, outcome: int) -> None:
        request.closed, request.outcome = self.clock.now, outcome
        if not self.tables.background[request.source]:
            self.open -= 1
            self.lost += outcome != t.DONE

    def dispatch_later(self) -> None:
        """One dispatch at the end of this round, for all stations in the order of the file."""
        if not self._dispatch_due:
            self._dispatch_due = True
            self.clock.at(self.clock.now, DISPATCH, 0).callbacks.append(self._dispatch)

    def _dispatch(self, _: Event) -> None:
        self._dispatch_due = False
        for station in self.stations:
            if station.queue:
                station.dispatch()
