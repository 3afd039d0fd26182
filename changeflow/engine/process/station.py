"""A station of the reference engine: groups of servers, and the queue before them.

Free servers are handed out once, at the end of each round: requests in the order of the discipline, each to the
lowest-numbered free server who may work on it.
"""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Iterable, Sequence
from functools import partial

import numpy as np

from changeflow.engine import trace as t
from changeflow.engine.chance import draws
from changeflow.engine.chance.quantiles import quantile
from changeflow.engine.process.clock import Event, fire
from changeflow.engine.process.duty import Duty, Floor
from changeflow.engine.process.group import Group, Plan
from changeflow.engine.process.people import Person
from changeflow.engine.process.requests import Visit
from changeflow.engine.process.sharing import SharingGroup
from changeflow.engine.shared import rules
from changeflow.engine.shared.turns import COMPLETION, RENEGE
from changeflow.engine.tables.station import (
    NO_LAW,
    NO_LIMIT,
    RESAMPLE,
    RESTART,
    StationTable,
)


def by_rank(visit: Visit) -> tuple[float, int]:
    """The order of a queue: rank, then order of joining."""
    return visit.rank, visit.order


def is_behind(visit: Visit, other: Visit) -> bool:
    """Does the visit come after another one?"""
    return visit.rank > other.rank or (visit.rank == other.rank and visit.order > other.order)


class Station:
    """Queue and servers."""

    def __init__(self, run: Floor, table: StationTable, number: int, first_group: int) -> None:
        self.run, self.table, self.number = run, table, number
        self.clock = run.clock
        self.queue: list[Visit] = []
        self.groups: list[Group] = []
        first = 0
        for place, group in enumerate(table.groups):
            shared = SharingGroup(group, place, first, table.at_once, table.switching_loss)
            self.groups.append(shared if table.at_once > 1 else Group(group, place, first))
            if table.learns:
                self.groups[-1].person = Person(table, group)
            first += max(group.servers, 0)
        self.first_group = first_group
        self.infinite, self.shares = table.infinite, table.at_once > 1
        self.is_plain = table.is_plain and not self.shares and table.calls_beyond == NO_LIMIT
        self.has_door, self.has_aftermath = table.has_door, table.has_aftermath
        self.busy = self.joins = self.starts = 0
        self._since = self.clock.now
        self.in_station = self.in_queue = self.in_service = 0.0
        self.duty = Duty(self)

    @property
    def present(self) -> int:
        """Requests in the station, waiting and in hand."""
        return len(self.queue) + self.busy

    def tick(self) -> None:
        """Keep the integrals of queue and service up to now."""
        now = self.clock.now
        if now > self._since:
            self.integrate(now)

    def integrate(self, now: float) -> None:
        """Add the time since the last change to the integrals."""
        passed = now - self._since
        waiting = len(self.queue)
        self.in_station += (waiting + self.busy) * passed
        self.in_queue += waiting * passed
        self.in_service += self.busy * passed
        self._since = now

    # the queue

    def join(self, visit: Visit) -> Event:
        """Queue up; the event tells the end of the stay."""
        self.tick()
        visit.joined = self.clock.now
        visit.order = self.joins
        self.joins += 1
        visit.done = Event(self.clock)
        self._line_up(visit)
        law = self.table.patience_law[visit.request.category]
        if law != NO_LAW:
            self._run_out_of_patience(visit, law)
        if not self.is_plain or self.groups[0].has_room:  # else a dispatch would do nothing
            self.run.dispatch_later()
        return visit.done

    def _line_up(self, visit: Visit) -> None:
        table, request = self.table, visit.request
        ranks = table.rank_again if visit.attempt > 1 else table.rank
        if table.discipline == rules.LIFO:
            visit.rank = float(-visit.order)
        elif table.discipline != rules.FIFO:
            visit.rank = float(
                rules.rank(table.discipline, ranks[request.category], request.arrived, visit.full, visit.left)
            )
        queue = self.queue
        if not queue or is_behind(visit, queue[-1]):
            queue.append(visit)
        else:
            insort(queue, visit, key=by_rank)

    def _run_out_of_patience(self, visit: Visit, law: int) -> None:
        run = self.run
        luck, _ = draws.uniform_pair(run.run_key, visit.request.key, self.table.stage, draws.PATIENCE, visit.entry)
        until = self.clock.now + float(quantile(run.tables.law_rows, run.tables.law_pool, law, luck))
        if until < run.end:
            self.clock.at(until, RENEGE, visit.request.number).callbacks.append(lambda _: self._renege(visit))

    def _renege(self, visit: Visit) -> None:
        """It leaves if it has not been started meanwhile."""
        if visit.outcome == t.UNFINISHED and math.isnan(visit.started):
            self.tick()
            self.queue.remove(visit)
            self._end(visit, t.RENEGED)

    def send_away(self, visit: Visit) -> None:
        """The system is given up, and what waits with it."""
        self.tick()
        self.queue.remove(visit)
        visit.work_hours = visit.left
        self._end(visit, t.GIVEN_UP)

    def _end(self, visit: Visit, outcome: int) -> None:
        visit.finished, visit.outcome = self.clock.now, outcome
        self.run.rows.append(visit)
        self._tell(visit)

    @staticmethod
    def _tell(visit: Visit) -> None:
        """The request's own story goes on; the event is let go, else stays and events keep one another alive."""
        done, visit.done = visit.done, None
        assert done is not None
        fire(done, visit)

    # the servers

    def dispatch(self) -> None:
        """Hand out free servers; then let urgent requests interrupt work, where the station allows it."""
        now = self.clock.now
        if self.is_plain:
            self._hand_out(now)
            return
        while (match := self._next(now) or self._by_interruption(now)) is not None:
            self._start(*match)
        if self.queue:
            self.duty.await_opening(now)
            if self.table.calls_beyond != NO_LIMIT and len(self.queue) > self.table.calls_beyond:
                self.duty.call_off()

    def _hand_out(self, now: float) -> None:
        """Free servers of a plain station take the head of the queue."""
        group = self.groups[0]
        if not group.has_room:
            return
        if group.table.calendar.next_open(now) > now:
            self.duty.await_opening(now)
            return
        while self.queue and group.has_room:
            self._start(self.queue[0], group)

    def _next(self, now: float) -> tuple[Visit, Group] | None:
        """Who is served next, and by whom."""
        if not self.queue or self.is_at_its_limit():
            return None
        free = [group for group in self.groups if group.is_free(now)]
        if not free:
            return None
        if self.table.discipline == rules.RANDOM:
            return self._at_random(free)
        for visit in self._in_order(now):
            group = _first_for(visit, free)
            if group is not None:
                return visit, group
        return None

    def is_at_its_limit(self) -> bool:
        return self.table.most_in_hand != NO_LIMIT and self.busy >= self.table.most_in_hand

    def _in_order(self, now: float) -> Sequence[Visit]:
        table = self.table
        if table.urgent_hours == rules.NEVER_URGENT:
            return self.queue

        def rank_now(visit: Visit) -> tuple[float, int]:
            request = visit.request
            due = table.due_hours[request.category]
            return rules.escalated(visit.rank, request.arrived, due, table.urgent_hours, now), visit.order

        return sorted(self.queue, key=rank_now)

    def _at_random(self, free: Sequence[Group]) -> tuple[Visit, Group] | None:
        able = [(visit, group) for visit in self.queue if (group := _first_for(visit, free)) is not None]
        if not able:
            return None
        luck, _ = draws.uniform_pair(self.run.run_key, np.uint64(self.starts), self.table.key, draws.ORDER, 0)
        return able[int(rules.place_in_random_order(luck, len(able)))]

    def _start(self, visit: Visit, group: Group) -> None:
        self.tick()
        if self.queue[0] is visit:
            del self.queue[0]
        else:
            self.queue.remove(visit)
        visit.started = now = self.clock.now
        group.take(visit)
        self.busy += 1
        self.starts += 1
        visit.skill = group.skill(visit, now)
        visit.pace = group.table.speed[visit.request.category] * visit.skill
        visit.work_hours = visit.left / visit.pace
        if self.shares:
            self._plan_anew(group.plan(visit, now))
        else:
            self._plan(visit, group.due(visit, now))

    def _plan(self, visit: Visit, end: float) -> None:
        if end < self.run.end:
            completion = self.clock.at(end, COMPLETION, visit.request.number)
            completion.callbacks.append(partial(self._finish, visit, visit.plan))

    def _plan_anew(self, plans: Iterable[Plan]) -> None:
        for visit, end in plans:
            self._plan(visit, end)

    def _finish(self, visit: Visit, plan: int, _: Event) -> None:
        if visit.outcome != t.UNFINISHED or visit.plan != plan:  # it was interrupted or planned anew meanwhile
            return
        self.tick()
        group = self.groups[visit.group]
        self._free(visit)
        if group.person is not None:
            group.person.finish(visit, self.clock.now)
        if self.shares:
            self._plan_anew(group.plan_rest(visit, self.clock.now))
        if self.queue:
            self.run.dispatch_later()
        visit.finished = self.clock.now
        self._tell(visit)

    def _free(self, visit: Visit) -> None:
        self.busy -= 1
        self.groups[visit.group].release(visit)

    # interruptions

    def _by_interruption(self, now: float) -> tuple[Visit, Group] | None:
        """An urgent request takes the place of work in hand, where the station allows it."""
        interruption = self._interruption(now) if self.table.preemptive else None
        if interruption is None:
            return None
        visit, victim = interruption
        self.interrupt(victim)
        return visit, self.groups[victim.group]

    def _interruption(self, now: float) -> tuple[Visit, Visit] | None:
        """The first in line that ranks before work in hand which it may interrupt, and that work."""
        for visit in self.queue:
            worst: tuple[tuple[float, float, int], Visit] | None = None
            for group in self.groups:
                if not group.may_change(visit.request) or group.busy > group.on_duty:
                    continue
                if group.table.calendar.next_open(now) > now:
                    continue
                for held in group.held():
                    key = self._rank_in_hand(held, group, now), held.started, held.request.number
                    if worst is None or key > worst[0]:
                        worst = key, held
            if worst is not None and worst[0][0] > visit.rank:
                return visit, worst[1]
            if all(group.may_change(visit.request) for group in self.groups):
                return None  # those behind it rank no better, and there is no other work
        return None

    def _rank_in_hand(self, visit: Visit, group: Group, now: float) -> float:
        if self.table.discipline != rules.SHORTEST_REMAINING:
            return visit.rank
        return float(rules.left_after(visit.left, group.worked_on(visit, now) * visit.pace))

    def interrupt(self, visit: Visit) -> None:
        """Work in hand is laid down: its row closes, a new one opens, back in the queue where it was."""
        self.tick()
        now = self.clock.now
        group = self.groups[visit.group]
        worked = group.worked_on(visit, now)
        left = float(rules.left_after(visit.left, worked * visit.pace))
        self._free(visit)
        visit.finished, visit.outcome, visit.work_hours = now, t.INTERRUPTED, worked
        self.run.rows.append(visit)
        again = visit.interrupted(now)
        self.run.begun.append(again)
        if self.table.interrupted == RESTART:
            left = again.full
        elif self.table.interrupted == RESAMPLE:
            left = again.full = self._redraw(again)
        again.joined, again.left, again.work_hours = now, left, left
        self._line_up(again)

    def _redraw(self, visit: Visit) -> float:
        run, table, request = self.run, self.table, visit.request
        visit.redraws += 1
        place = int(draws.again_entry(visit.entry, visit.redraws))
        luck, _ = draws.uniform_pair(run.run_key, request.key, table.stage, draws.AGAIN, place)
        law = table.service_law[request.work_category]
        if visit.attempt > 1 and table.rework_law != NO_LAW:
            law = table.rework_law
        return request.origin.scale * float(quantile(run.tables.law_rows, run.tables.law_pool, law, luck)) / table.speed

    # what a rule sees

    def idle_now(self) -> int:
        """Servers that a dispatch now could hand out."""
        now = self.clock.now
        if self.infinite:
            return len(self.queue) + 1 if self.groups[0].is_free(now) else 0
        return sum(group.free_now(now) for group in self.groups)

    def work_ahead(self) -> float:
        """Expected working hours, at station speed, of all that is here."""
        now, expected = self.clock.now, self.table.expected_hours
        hours = 0.0
        for visit in self.queue:
            hours += expected[visit.request.category]
        for group in self.groups:
            for visit in group.held():
                worked = group.worked_on(visit, now) * visit.pace
                hours += float(rules.left_after(expected[visit.request.category], worked))
        return hours


def _first_for(visit: Visit, groups: Sequence[Group]) -> Group | None:
    """The first of these groups that may work on the request."""
    for group in groups:
        if group.may_change(visit.request):
            return group
    return None
