"""Errors of deliveries in the reference engine, and the requests that follow from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from changeflow.engine import draws, mistakes
from changeflow.engine import trace as t
from changeflow.engine.clock import FOLLOW_UP, Clock, Event
from changeflow.engine.mistake_table import MistakeTable
from changeflow.engine.process_parts import NOBODY, Origin, Request, Visit
from changeflow.engine.station_table import StationTable

Appear = Callable[[Request], None]


class Place(Protocol):
    """What a judgement needs of the run it stands in."""

    run_key: np.uint64
    clock: Clock
    end: float

    def appear(self, request: Request) -> None:
        """A request that follows from another one is found."""


class Mistakes:
    """What is wrong with deliveries, and when that is found."""

    def __init__(self, run: Place) -> None:
        self.run = run
        self.planned = 0

    def judge(self, visit: Visit, table: StationTable, own: MistakeTable) -> int:
        """The outcome of a delivery: rework when its error is noticed at once, else delivered."""
        request = visit.request
        quality = mistakes.quality_after(request.quality, own.quality_gain, visit.attempt - 1)
        slip = mistakes.slip_at(own.slip, own.slip_unskilled, 1.0)
        visit.error = mistakes.error_kind(
            visit.accept_luck, quality, request.difficulty, own.links, own.per_link, own.quality_effect,
            own.omission_share, own.promise, slip, own.irreducible,
        )  # fmt: skip
        if visit.error == mistakes.NO_ERROR:
            return t.DELIVERED
        luck, _ = draws.uniform_pair(self.run.run_key, request.key, table.stage, draws.ERROR, visit.entry)
        at_review, at_acceptance, _ = own.notices[visit.error]
        visit.caught = mistakes.caught(luck, at_review, at_acceptance)
        return t.DELIVERED if visit.caught == mistakes.ESCAPED else t.REWORK

    @staticmethod
    def repair_share(visit: Visit, own: MistakeTable) -> float:
        """Work of the repair as a share of the first pass's, by who noticed the error."""
        share = own.review if visit.caught == mistakes.AT_REVIEW else own.acceptance
        return share * own.rigidity[visit.request.category]

    def escape(self, visit: Visit, table: StationTable, own: MistakeTable) -> None:
        """An error that nobody noticed is in use now; in time it comes back as a request of its own."""
        run, request, now = self.run, visit.request, self.run.clock.now
        _, luck = draws.uniform_pair(run.run_key, request.key, table.stage, draws.ERROR, visit.entry)
        hours = mistakes.discovery_hours(luck, own.notices[visit.error][2])
        if not now + hours < run.end:
            return
        share = mistakes.in_use(hours, own.production, own.built_on, own.built_on_after)
        origin = request.origin
        repair = Request(
            NOBODY,
            now + hours,
            mistakes.child_key(request.key, t.DEFECT, table.stage, visit.entry),
            request.source,
            request.category,
            request.difficulty,
            mistakes.quality_after(request.quality, own.quality_gain, visit.attempt),
            Origin(
                parent=request.number,
                cause=t.DEFECT,
                component=origin.component,
                work_key=request.work_key,
                base=origin.base,
                scale=origin.base * share * own.rigidity[request.category],
                first_place=NOBODY if own.to_entry else visit.station,
            ),
        )
        self._plan(repair)

    def _plan(self, request: Request) -> None:
        number, self.planned = self.planned, self.planned + 1

        def found(_: Event) -> None:
            self.run.appear(request)

        self.run.clock.at(request.arrived, FOLLOW_UP, number).callbacks.append(found)
