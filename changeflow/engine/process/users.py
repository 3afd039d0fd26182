"""Users in the reference engine: who asks at all, and what the end of a week does to requests; softest part."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from changeflow.engine import trace as t
from changeflow.engine.chance import draws
from changeflow.engine.process.clock import Clock, Event
from changeflow.engine.process.requests import Request
from changeflow.engine.process.station import Station
from changeflow.engine.shared import adoption, rules
from changeflow.engine.shared.turns import HELD, RELEASE
from changeflow.engine.tables.model import Tables


class System(Protocol):
    """What users see of a run."""

    tables: Tables
    clock: Clock
    end: float
    run_key: np.uint64
    stations: list[Station]
    requests: list[Request]
    open: int
    lost: int


class Users:
    """Those who ask: their mood, week by week."""

    def __init__(self, run: System) -> None:
        self.run = run
        tables = run.tables
        self.mood = tables.mood.copy()
        self.is_on = bool(self.mood["mode"][0] != adoption.OFF)
        self.rows = np.zeros(adoption.weeks_in(tables.start, tables.end), t.ADOPTION)
        self.unasked = 0
        if self.is_on:
            self._await_week()

    @property
    def unserved(self) -> int:
        """Requests not asked because users have left."""
        return int(self.mood["unserved"][0])

    @property
    def weeks(self) -> np.ndarray:
        """The rows so far."""
        return self.rows[: int(self.mood["weeks"][0])]

    def would_ask(self, source: int, key: np.uint64) -> bool:
        """Would they, with so much open and so few of them left? Thinning of candidates (Lewis and Shedler 1979)."""
        run, tables, share = self.run, self.run.tables, 1.0
        if source < 0:  # open at the start: asked already
            self._count(source)
            return True
        for beyond, less in zip(tables.asks_beyond[source], tables.asks_share[source]):
            if run.open >= beyond:
                share = less
        of_all = share
        if self.is_on and not tables.background[source]:
            if adoption.is_mended(self.mood[0], run.run_key, key, tables.fits[source]):
                return False
            share *= adoption.asking_share(self.mood[0])
        if share < 1.0:
            luck, _ = draws.uniform_pair(run.run_key, key, draws.NO_STAGE, draws.ASK, 0)
            if luck >= share:
                self.unasked += 1
                self.mood["unserved"] += luck < of_all
                return False
        self._count(source)
        return True

    def is_silent(self, source: int) -> bool:
        """Nobody tells a defect, or asks for what follows, in a system that was given up."""
        return self.is_on and not self.run.tables.background[source] and bool(adoption.is_given_up(self.mood[0]))

    def quality(self, source: int, quality: float) -> float:
        """Specification quality of a request: a second attempt knows better what it wants."""
        if not self.is_on or self.run.tables.background[source]:
            return quality
        return float(adoption.learned_quality(self.mood[0], quality))

    def _count(self, source: int) -> None:
        """One more need, where anybody looks at it."""
        if self.is_on and not self.run.tables.background[source] and self.run.tables.fits[source] == adoption.NO_MISFIT:
            self.mood["asked"] += 1

    def _await_week(self) -> None:
        """The end of the week, after all releases of that instant."""
        run = self.run
        date = float(rules.date_after(run.clock.now, adoption.WEEK_HOURS))
        if date < run.end:
            week = run.clock.at(date, RELEASE, HELD + 2 * len(run.tables.stations))
            week.callbacks.append(self._end_week)

    def _end_week(self, _: Event) -> None:
        """They look at what is open; a system that they give up loses all requests that wait."""
        run, tables, now = self.run, self.run.tables, self.run.clock.now
        ours = [one for one in run.requests if one.outcome == t.OPEN and not tables.background[one.source]]
        overdue = sum(now - one.arrived > tables.overdue_hours[one.category] for one in ours)
        roots = [one for one in ours if one.origin.cause == t.ROOT]
        misfits = sum(tables.fits[one.source] != adoption.NO_MISFIT for one in roots)
        defects = sum(one.origin.cause == t.DEFECT for one in ours)
        gives_up = adoption.pass_week(
            self.mood, self.rows, run.run_key, now, run.open, int(overdue), misfits, defects, run.lost
        )
        if gives_up and self.mood["mode"][0] == adoption.COUPLED:
            self._send_away()
        self._await_week()

    def _send_away(self) -> None:
        """Our requests in the queues are withdrawn: stations in file order, each queue in its own."""
        for station in self.run.stations:
            for visit in list(station.queue):
                if not self.run.tables.background[visit.request.source]:
                    station.send_away(visit)
