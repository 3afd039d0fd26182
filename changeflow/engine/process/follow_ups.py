"""Errors of deliveries in the reference engine, and the requests that follow from them."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from changeflow.engine import trace as t
from changeflow.engine.chance import draws
from changeflow.engine.process.clock import Clock, Event
from changeflow.engine.process.requests import NOBODY, ROOT, Origin, Request, Visit
from changeflow.engine.shared import cascade, mistakes
from changeflow.engine.shared.turns import FOLLOW_UP
from changeflow.engine.tables.graph import NONE, ONCE, UNLIMITED, GraphTable
from changeflow.engine.tables.mistakes import MistakeTable
from changeflow.engine.tables.station import StationTable


class Place(Protocol):
    """What a judgement needs of the run it stands in."""

    run_key: np.uint64
    clock: Clock
    end: float

    def appear(self, request: Request) -> None:
        """A request that follows from another one is found."""

    def is_silent(self, source: int) -> bool:
        """Would nobody tell it?"""


class FollowUps:
    """What is wrong with deliveries, when that is found, and what changes a change draws after it."""

    def __init__(self, run: Place, graph: GraphTable) -> None:
        self.run, self.graph = run, graph
        self._children = np.empty(graph.most_children, np.int64)
        self.planned = 0

    def judge(self, visit: Visit, table: StationTable, own: MistakeTable) -> int:
        """The outcome of a delivery: rework when its error is noticed at once, else delivered."""
        request = visit.request
        quality = mistakes.quality_after(request.quality, own.quality_gain, visit.attempt - 1)
        slip = mistakes.slip_at(own.slip, own.slip_unskilled, visit.skill)
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
                root_component=origin.root_component,
                root_category=request.work_category,
                base=origin.base,
                scale=origin.base * share * own.rigidity[request.category],
                first_place=NOBODY if own.to_entry else visit.station,
            ),
        )
        self._plan(repair)

    def root(self, key: np.uint64, category: int) -> Origin:
        """Where a root request comes from: it begins at a component, if there are any."""
        graph = self.graph
        if graph.mode == NONE:
            return ROOT
        size = len(graph.components)
        component = int(cascade.first_component(self.run.run_key, key, category, graph.starts, size))
        if component == cascade.NO_COMPONENT:
            return ROOT
        factor = float(graph.factors[category * size + component])
        return Origin(component=component, root_component=component, base=factor, scale=factor)

    def spread(self, request: Request) -> None:
        """It is done: the changes that it draws after it are asked for at once."""
        graph, run, origin = self.graph, self.run, request.origin
        links = self._links(request) if self._may_spread(request) else ()
        for link in links:
            to, impact = int(graph.links[link]["to"]), float(graph.links[link]["impact"])
            category = int(graph.components[to]["category"])
            change = Request(
                NOBODY,
                run.clock.now,
                mistakes.child_key(request.key, t.PROPAGATION, graph.links[link]["key"], 0),
                request.source,
                category if category >= 0 else request.category,
                request.difficulty,
                request.quality,
                Origin(
                    parent=request.number,
                    cause=t.PROPAGATION,
                    component=to,
                    work_key=request.work_key,
                    root_component=origin.root_component,
                    root_category=request.work_category,
                    base=origin.base * impact,
                    scale=origin.base * impact,
                ),
            )
            self._plan(change)

    def _may_spread(self, request: Request) -> bool:
        if request.origin.component < 0:
            return False
        if self.graph.mode == ONCE:  # a repair changes again what its cascade has changed
            return request.origin.cause != t.DEFECT
        return self.graph.mode == UNLIMITED

    def _links(self, request: Request) -> list[int]:
        graph, origin, key = self.graph, request.origin, self.run.run_key
        parts = graph.components, graph.links, graph.softness, self._children
        if graph.mode == UNLIMITED:
            count = cascade.children_each_time(key, request.key, request.work_category, origin.component, *parts)
        else:
            count = cascade.children_once(
                key, request.work_key, origin.root_component, request.work_category, origin.component, *parts
            )
        found: list[int] = self._children[:count].tolist()
        return found

    def _plan(self, request: Request) -> None:
        number, self.planned = self.planned, self.planned + 1

        def found(_: Event) -> None:
            if not self.run.is_silent(request.source):
                self.run.appear(request)

        self.run.clock.at(request.arrived, FOLLOW_UP, number).callbacks.append(found)
