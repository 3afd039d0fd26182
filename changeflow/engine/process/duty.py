"""Openings, changes of staff and engineers called off at one station of the process engine (SimPy)."""

from __future__ import annotations

import math
from functools import partial
from typing import Protocol

import numpy as np

from changeflow.engine.process.clock import Clock, Event
from changeflow.engine.process.group import Group
from changeflow.engine.process.requests import Visit
from changeflow.engine.shared.turns import SHIFT
from changeflow.engine.tables.model import Tables
from changeflow.engine.tables.station import HAND_BACK, StationTable


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


class Staffed(Protocol):
    """What it needs of the station whose people it minds."""

    run: Floor
    table: StationTable
    groups: list[Group]
    number: int
    first_group: int

    def is_at_its_limit(self) -> bool:
        """Is as much in hand as there may be?"""

    def interrupt(self, visit: Visit) -> None:
        """Work in hand is laid down."""


class Duty:
    """Who is at work when: what changes without a request's doing."""

    def __init__(self, station: Staffed) -> None:
        self.station, self.run, self.clock = station, station.run, station.run.clock
        self.opens_at, self.called_until = math.inf, -math.inf
        self.calls: list[tuple[int, float, float, int]] = []
        for group in station.groups:
            self._await_change(group)

    def await_opening(self, now: float) -> None:
        """Wake up when the first of the closed groups opens that has a server to spare, or work to be interrupted."""
        station = self.station
        if station.is_at_its_limit() and not station.table.preemptive:
            return
        opening = math.inf
        for group in station.groups:
            if group.has_room or station.table.preemptive:
                at = group.table.calendar.next_open(now)
                if now < at < opening:
                    opening = at
        if opening < self.opens_at and opening < self.run.end:
            self.opens_at = opening
            self.clock.at(opening, SHIFT, 2 * station.number).callbacks.append(self._opens)

    def _opens(self, _: Event) -> None:
        self.opens_at = math.inf
        self.run.dispatch_later()

    def _await_change(self, group: Group) -> None:
        times = group.table.times
        if group.change < len(times) and times[group.change] < self.run.end:
            event = self.clock.at(float(times[group.change]), SHIFT, self._number(group))
            event.callbacks.append(lambda _: self._change(group))

    def _number(self, group: Group) -> int:
        return 2 * (self.station.first_group + group.number) + 1

    def _change(self, group: Group) -> None:
        """Another number on duty; work in hand of those who leave may go back to the queue, the latest start first."""
        on_duty, rule = group.table.on_duty[group.change], group.table.rule[group.change]
        if group.person is not None:
            group.person.take_news(int(group.table.news[group.change]), self.clock.now)
        self._set_on_duty(group, int(on_duty), int(rule))
        group.change += 1
        self._await_change(group)

    def _set_on_duty(self, group: Group, servers: int, rule: int) -> None:
        group.on_duty = servers
        while rule == HAND_BACK and group.busy > group.on_duty:
            self.station.interrupt(max(group.held(), key=lambda held: (held.started, held.request.number)))
        self.run.dispatch_later()

    def call_off(self) -> None:
        """More engineers come after their lead time and stay for a while; one call at a time."""
        if self.called_until > self.clock.now:
            return
        group, table = self.station.groups[-1], self.station.table
        since = self.clock.now + table.call_lead_hours
        self.called_until = since + table.call_hours
        for time, servers in ((since, group.table.servers), (self.called_until, 0)):
            if time < self.run.end:
                event = self.clock.at(time, SHIFT, self._number(group))
                event.callbacks.append(partial(self._called, group, servers))
        self.calls.append((self.station.number, since, min(self.called_until, self.run.end), group.table.servers))

    def _called(self, group: Group, servers: int, _: Event) -> None:
        self._set_on_duty(group, servers, HAND_BACK)
