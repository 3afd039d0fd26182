"""A station of the reference engine: groups of servers, and the queue before them.

Free servers are handed out once, at the end of each round: requests in the order of the discipline, each to the
lowest-numbered free server who may work on it.
"""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Protocol

import numpy as np

from changeflow.engine import draws, rules
from changeflow.engine import trace as t
from changeflow.engine.clock import COMPLETION, RENEGE, SHIFT, Clock, Event, fire
from changeflow.engine.process_group import Group, Plan
from changeflow.engine.process_parts import Visit
from changeflow.engine.process_sharing import SharingGroup
from changeflow.engine.quantiles import quantile
from changeflow.engine.station_table import (
    HAND_BACK,
    NO_LAW,
    NO_LIMIT,
    RESAMPLE,
    RESTART,
    StationTable,
)
from changeflow.engine.tables import Tables


class Floor(Protocol):
    """What a station needs of the run it stands in."""

    tables: Tables
    run_key: np.uint64
    clock: Clock
    end: float
    begun: list[Visit]
    rows: list[Visit]

    def dispatch_later(self) -> None:
        """Ask for a dispatch at the end of this round."""


def by_rank(visit: Visit) -> tuple[float, int]:
    """The order of a queue: rank, then order of joining."""
    return visit.rank, visit.order


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
            first += max(group.servers, 0)
        self.first_group = first_group
        self.infinite = table.infinite
        self.busy = self.joins = self.starts = 0
        self.opens_at, self.called_until = math.inf, -math.inf
        self.calls: list[tuple[int, float, float, int]] = []
        self._since = self.clock.now
        self.in_station = self.in_queue = self.in_service = 0.0
        for staff in self.groups:
            self._await_change(staff)

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
        if not queue or by_rank(queue[-1]) <= by_rank(visit):
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

    def _end(self, visit: Visit, outcome: int) -> None:
        visit.finished, visit.outcome = self.clock.now, outcome
        self.run.rows.append(visit)
        assert visit.done is not None
        fire(visit.done, visit)

    # the servers

    def dispatch(self) -> None:
        """Hand out free servers; then let urgent requests interrupt work, where the station allows it."""
        if not self.queue:
            return
        now = self.clock.now
        while (match := self._next(now) or self._by_interruption(now)) is not None:
            self._start(*match)
        if self.queue:
            self._await_opening(now)
            if self.table.calls_beyond != NO_LIMIT and len(self.queue) > self.table.calls_beyond:
                self._call_off()

    def _next(self, now: float) -> tuple[Visit, Group] | None:
        """Who is served next, and by whom."""
        if not self.queue or self._is_at_its_limit():
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

    def _is_at_its_limit(self) -> bool:
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
        self.queue.remove(visit)
        visit.started = now = self.clock.now
        group.take(visit)
        self.busy += 1
        self.starts += 1
        visit.work_hours = visit.left / group.table.speed[visit.request.category]
        self._complete_as_planned(group.plan(visit, now))

    def _complete_as_planned(self, plans: Iterable[Plan]) -> None:
        for visit, end in plans:
            if end < self.run.end:
                completion = self.clock.at(end, COMPLETION, visit.request.number)
                completion.callbacks.append(partial(self._finish, visit, visit.plan))

    def _finish(self, visit: Visit, plan: int, _: Event) -> None:
        if visit.outcome != t.UNFINISHED or visit.plan != plan:  # it was interrupted or planned anew meanwhile
            return
        self.tick()
        group = self.groups[visit.group]
        self._free(visit)
        self._complete_as_planned(group.plan_rest(visit, self.clock.now))
        self.run.dispatch_later()
        visit.finished = self.clock.now
        assert visit.done is not None
        fire(visit.done, visit)

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
        self._interrupt(victim)
        return visit, self.groups[victim.group]

    def _interruption(self, now: float) -> tuple[Visit, Visit] | None:
        """The first in line that ranks before work in hand which it may interrupt, and that work."""
        for visit in self.queue:
            category = visit.request.category
            worst: tuple[tuple[float, float, int], Visit] | None = None
            for group in self.groups:
                if group.table.speed[category] == 0.0 or group.busy > group.on_duty:
                    continue
                if group.table.calendar.next_open(now) > now:
                    continue
                for held in group.held():
                    key = self._rank_in_hand(held, group, now), held.started, held.request.number
                    if worst is None or key > worst[0]:
                        worst = key, held
            if worst is not None and worst[0][0] > visit.rank:
                return visit, worst[1]
            if all(group.table.speed[category] > 0.0 for group in self.groups):
                return None  # those behind it rank no better, and there is no other work
        return None

    def _rank_in_hand(self, visit: Visit, group: Group, now: float) -> float:
        if self.table.discipline != rules.SHORTEST_REMAINING:
            return visit.rank
        worked = group.worked_on(visit, now) * group.table.speed[visit.request.category]
        return float(rules.left_after(visit.left, worked))

    def _interrupt(self, visit: Visit) -> None:
        """Work in hand is laid down: its row closes, a new one opens, back in the queue where it was."""
        self.tick()
        now = self.clock.now
        group = self.groups[visit.group]
        worked = group.worked_on(visit, now)
        left = float(rules.left_after(visit.left, worked * group.table.speed[visit.request.category]))
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
        law = table.service_law[request.category]
        if visit.attempt > 1 and table.rework_law != NO_LAW:
            law = table.rework_law
        return float(quantile(run.tables.law_rows, run.tables.law_pool, law, luck)) / table.speed

    # shifts and changes of staff

    def _await_opening(self, now: float) -> None:
        """Wake up when the first of the closed groups opens that has a server to spare, or work to be interrupted."""
        if self._is_at_its_limit() and not self.table.preemptive:
            return
        opening = math.inf
        for group in self.groups:
            if group.has_room or self.table.preemptive:
                at = group.table.calendar.next_open(now)
                if now < at < opening:
                    opening = at
        if opening < self.opens_at and opening < self.run.end:
            self.opens_at = opening
            self.clock.at(opening, SHIFT, 2 * self.number).callbacks.append(self._opens)

    def _opens(self, _: Event) -> None:
        self.opens_at = math.inf
        self.run.dispatch_later()

    def _await_change(self, group: Group) -> None:
        times = group.table.times
        if group.change < len(times) and times[group.change] < self.run.end:
            number = 2 * (self.first_group + group.number) + 1
            event = self.clock.at(float(times[group.change]), SHIFT, number)
            event.callbacks.append(lambda _: self._change(group))

    def _change(self, group: Group) -> None:
        """Another number on duty; work in hand of those who leave may go back to the queue, the latest start first."""
        on_duty, rule = group.table.on_duty[group.change], group.table.rule[group.change]
        self._set_on_duty(group, int(on_duty), int(rule))
        group.change += 1
        self._await_change(group)

    def _set_on_duty(self, group: Group, servers: int, rule: int) -> None:
        group.on_duty = servers
        while rule == HAND_BACK and group.busy > group.on_duty:
            self._interrupt(max(group.held(), key=lambda held: (held.started, held.request.number)))
        self.run.dispatch_later()

    def _call_off(self) -> None:
        """More engineers come after their lead time and stay for a while; one call at a time."""
        if self.called_until > self.clock.now:
            return
        group, table = self.groups[-1], self.table
        since = self.clock.now + table.call_lead_hours
        self.called_until = since + table.call_hours
        number = 2 * (self.first_group + group.number) + 1
        for time, servers in ((since, group.table.servers), (self.called_until, 0)):
            if time < self.run.end:
                event = self.clock.at(time, SHIFT, number)
                event.callbacks.append(partial(self._called, group, servers))
        self.calls.append((self.number, since, min(self.called_until, self.run.end), group.table.servers))

    def _called(self, group: Group, servers: int, _: Event) -> None:
        self._set_on_duty(group, servers, HAND_BACK)

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
                category = visit.request.category
                worked = group.worked_on(visit, now) * group.table.speed[category]
                hours += float(rules.left_after(expected[category], worked))
        return hours


def _first_for(visit: Visit, groups: Sequence[Group]) -> Group | None:
    """The first of these groups that may work on the request."""
    for group in groups:
        if group.table.speed[visit.request.category] > 0.0:
            return group
    return None
