"""Servers with several requests in hand at once: each gets its share of a server's time, less what switching costs.

With m requests in hand each is worked at (1 - loss x (m - 1)) / m of the server's speed, at least 5 % in all. Whenever
m changes, all that the server has in hand is planned anew.
"""

from __future__ import annotations

from collections.abc import Iterable

from changeflow.engine.process.group import Group, Plan
from changeflow.engine.process.requests import Visit
from changeflow.engine.tables.station import GroupTable

LEAST_SPEED = 0.05


class SharingGroup(Group):
    """A group whose servers work on up to `at_once` requests at a time."""

    def __init__(self, table: GroupTable, number: int, first_server: int, at_once: int, loss: float) -> None:
        super().__init__(table, number, first_server)
        self.at_once, self.loss = at_once, loss
        self._hands: dict[int, list[Visit]] = {server: [] for server in range(max(table.servers, 0))}
        self._since: dict[int, float] = {}

    @property
    def has_room(self) -> bool:
        """Fewer in hand than all on duty can hold."""
        return self.busy < self.on_duty * self.at_once

    def free_now(self, now: float) -> int:
        """Further requests that could be taken in hand now."""
        free = max(self.on_duty * self.at_once - self.busy, 0)
        return free if self.table.calendar.next_open(now) <= now else 0

    def take(self, visit: Visit) -> None:
        """The server with the fewest in hand takes it; ties: the lowest number."""
        server = min(range(self.on_duty), key=lambda one: (len(self._hands[one]), one))
        visit.group, visit.server = self.number, self.first_server + server
        self.busy += 1

    def release(self, visit: Visit) -> None:
        """It is out of its server's hands; its hours are those that the server gave to it."""
        self.busy -= 1

    def held(self) -> list[Visit]:
        """Work in hand, by server, in order of starting."""
        return [visit for server in sorted(self._hands) for visit in self._hands[server]]

    def plan(self, visit: Visit, now: float) -> Iterable[Plan]:
        """The newcomer slows down the others."""
        return self._plan_anew(visit.server - self.first_server, now, joins=visit)

    def plan_rest(self, visit: Visit, now: float) -> Iterable[Plan]:
        """Those that remain are faster now."""
        return self._plan_anew(visit.server - self.first_server, now, leaves=visit)

    def worked_on(self, visit: Visit, now: float) -> float:
        """Working hours of the server that went into this stay until now."""
        server = visit.server - self.first_server
        return visit.given + self._hours_since(server, now) / max(len(self._hands[server]), 1)

    def _pace(self, in_hand: int) -> float:
        return max(1.0 - self.loss * (in_hand - 1), LEAST_SPEED) / in_hand

    def _hours_since(self, server: int, now: float) -> float:
        calendar = self.table.calendar
        return (calendar.open_hours(now) - calendar.open_hours(self._since.get(server, now))) / (
            self.table.hours_per_work_hour
        )

    def _plan_anew(
        self, server: int, now: float, *, joins: Visit | None = None, leaves: Visit | None = None
    ) -> list[Plan]:
        hand = self._hands[server]
        passed = self._hours_since(server, now)
        for visit in hand:
            visit.to_do = max(visit.to_do - passed * self._pace(len(hand)), 0.0)
            visit.given += passed / len(hand)
        self._since[server] = now
        if joins is not None:
            joins.to_do, joins.given = joins.work_hours, 0.0
            hand.append(joins)
        if leaves is not None:
            hand.remove(leaves)
            leaves.work_hours = leaves.given
        plans = []
        for visit in hand:
            visit.plan += 1
            hours = visit.to_do / self._pace(len(hand)) * self.table.hours_per_work_hour
            plans.append((visit, self.table.calendar.finish_time(now, hours)))
        return plans
