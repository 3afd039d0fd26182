"""Servers of the reference engine that are alike: who is busy, with what, until when."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heapify, heappop, heappush

from changeflow.engine.process.people import Person
from changeflow.engine.process.requests import Request, Visit
from changeflow.engine.shared.rules import may_do
from changeflow.engine.tables.station import INFINITE, GroupTable

Plan = tuple[Visit, float]
"""Work in hand and the clock time at which it will be done."""


class Group:
    """Servers that are alike: who is busy, and how many are on duty. Numbers are only names for them."""

    def __init__(self, table: GroupTable, number: int, first_server: int) -> None:
        self.table, self.number, self.first_server = table, number, first_server
        self.infinite = table.servers == INFINITE
        self.idle = [] if self.infinite else list(range(table.servers))
        heapify(self.idle)
        self.in_hand: dict[int, Visit] = {}
        self.busy = 0
        self.on_duty = int(table.on_duty[0])
        self.change = 1
        """The next change of the number on duty."""
        self.person: Person | None = None
        """Who holds the job, where people learn."""
        self._may_do_all = min(table.authority) >= 1.0

    @property
    def has_room(self) -> bool:
        """Fewer busy than on duty."""
        return self.on_duty > 0 if self.infinite else self.busy < self.on_duty

    def is_free(self, now: float) -> bool:
        """Could take a request now."""
        return self.has_room and self.table.calendar.next_open(now) <= now

    def free_now(self, now: float) -> int:
        """Servers that a dispatch now could hand out."""
        return max(self.on_duty - self.busy, 0) if self.table.calendar.next_open(now) <= now else 0

    def may_change(self, request: Request) -> bool:
        """Have they skill and authority for it?"""
        return self._may_do_all or bool(may_do(request.difficulty, self.table.authority[request.category]))

    def skill(self, visit: Visit, now: float) -> float:
        """What multiplies speed in work that begins now."""
        return 1.0 if self.person is None else self.person.skill(visit.request.category, now)

    def take(self, visit: Visit) -> None:
        """The lowest-numbered idle server takes the request in hand."""
        server = 0 if self.infinite else heappop(self.idle)
        visit.group, visit.server = self.number, self.first_server + server
        self.busy += 1
        if not self.infinite:
            self.in_hand[server] = visit

    def release(self, visit: Visit) -> None:
        """Its server is idle again."""
        self.busy -= 1
        if not self.infinite:
            server = visit.server - self.first_server
            del self.in_hand[server]
            heappush(self.idle, server)

    def held(self) -> list[Visit]:
        """Work in hand, by server."""
        return [self.in_hand[server] for server in sorted(self.in_hand)]

    def due(self, visit: Visit, now: float) -> float:
        """When work that has been taken in hand will be done."""
        return self.table.calendar.finish_time(now, visit.work_hours * self.table.hours_per_work_hour)

    def plan(self, visit: Visit, now: float) -> Iterable[Plan]:
        """What work in hand is due when now that this one has been taken in hand."""
        return ((visit, self.due(visit, now)),)

    def plan_rest(self, visit: Visit, now: float) -> Iterable[Plan]:
        """What changes for the rest of the work in hand when one request is done."""
        return ()

    def worked_on(self, visit: Visit, now: float) -> float:
        """Working hours of this stay until now."""
        calendar = self.table.calendar
        return (calendar.open_hours(now) - calendar.open_hours(visit.started)) / self.table.hours_per_work_hour
