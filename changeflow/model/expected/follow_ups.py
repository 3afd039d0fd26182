"""Requests that requests draw after them, before any run: defects that come back, and changes of other components.

A matrix M of expected direct follow-ups by kind of request (category and component), with a least and a largest value
where the state decides which station delivers. Defects, and propagation without limit, go on from follow-up to
follow-up: their sum is that of (I - M)^-1 and has a limit only if the spectral radius is below 1. A cascade that comes
to each component at most once ends by itself: its components are counted once, each with the defects of its own
delivery (a repair begins no cascade).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from changeflow.model.components.graph import ComponentGraph
from changeflow.model.components.propagation import (
    Floats,
    effective_likelihood,
    reach,
    spectral_radius,
    unlimited_changes,
)
from changeflow.model.expected import effort
from changeflow.model.expected.choices import open_share
from changeflow.model.expected.flexibility import flexibility_by_category
from changeflow.model.expected.requests import categories_of, expected_arrivals
from changeflow.model.schema import Model

Defects = Mapping[tuple[str, str], float]
"""Expected escaped defects of one stay, all its deliveries together, by station and category."""
Kind = tuple[str, str]
"""Category and component of a request; '' for none."""
Blocks = list[Floats]
"""Matrices between kinds, one after another along the diagonal of a whole one."""


@dataclass(frozen=True, slots=True)
class FollowUps:
    """What requests of each kind draw after them; (least, largest) where the state decides."""

    kinds: tuple[Kind, ...]
    radius: tuple[float, float]
    """Spectral radius of what goes on without limit: defects and unlimited propagation."""
    requests: Floats
    """2 x kinds x kinds: requests of the second kind that one of the first is in the end, itself counted; infinite
    without end."""
    root_share: Floats
    """Of the root requests over the run, the share of each kind."""

    @property
    def expected(self) -> Floats:
        """2 x kinds: requests that one of each kind draws after it in the end."""
        return np.asarray(self.requests.sum(axis=2) - 1)

    @property
    def per_request(self) -> tuple[float, float]:
        """Follow-ups per root request."""
        least, largest = (_mean(values, self.root_share) for values in self.expected)
        return least, largest

    def by_category(self) -> dict[str, tuple[float, float]]:
        """Follow-ups per root request of each category that is asked for."""
        return {
            category: (sum(least for least, _ in drawn.values()) - 1, sum(largest for _, largest in drawn.values()) - 1)
            for category, drawn in self.of_categories().items()
        }

    def of_categories(self) -> dict[str, dict[str, tuple[float, float]]]:
        """Requests of each category that a root request of each category is in the end, itself counted."""
        found = {}
        of = {category: np.array([kind[0] == category for kind in self.kinds]) for category, _ in self.kinds}
        for category, here in of.items():
            share = np.where(here, self.root_share, 0.0)
            if share.any():
                drawn = {other: self.requests[:, :, there].sum(axis=2) for other, there in of.items()}
                sides = {other: [_mean(side, share / share.sum()) for side in both] for other, both in drawn.items()}
                found[category] = {other: (least, largest) for other, (least, largest) in sides.items()}
        return found


def expected_defects(model: Model) -> Defects:
    """What the model's errors let escape, for each station that may deliver a category; none without errors."""
    testers = {station.acceptance.by for station in model.stations.values() if station.acceptance}
    return {
        (name, category): effort.defects(model, name, category)[0]
        for name in model.stations
        for category in (categories_of(model) if model.errors and name not in testers else ())
        if open_share(model, name, effort.Kind(category)) > 0
    }


def follow_ups(model: Model, defects: Defects | None = None) -> FollowUps | None:
    """Follow-ups of a model's requests; None where nothing draws anything after it.

    `defects` are the expected ones of the model unless others are given.
    """
    graph = model.component_graph
    defects = expected_defects(model) if defects is None else defects
    if not any(defects.values()) and (graph is None or graph.mode != "cascade"):
        return None
    kinds, spread = kinds_of(model, graph)
    unlimited = graph is not None and graph.mode == "cascade" and graph.unlimited
    direct = spread if unlimited else [np.zeros_like(block) for block in spread]
    sides = [
        [block + repairs for block, repairs in zip(direct, repairs_of(defects, kinds, spread, side), strict=True)]
        for side in (min, max)
    ]
    radius = [max(map(spectral_radius, side)) for side in sides]
    requests = [_in_the_end(side, unlimited, spread) for side in sides]
    return FollowUps(kinds, (radius[0], radius[1]), np.array(requests), _root_share(model, graph, kinds))


def kinds_of(model: Model, graph: ComponentGraph | None) -> tuple[tuple[Kind, ...], Blocks]:
    """The kinds of request, and the chances that one draws another directly along a link: kinds of different blocks
    have nothing to do with each other."""
    categories = categories_of(model)
    if graph is None or graph.mode != "cascade":
        return tuple((category, "") for category in categories), [np.zeros((1, 1)) for _ in categories]
    flexibility = flexibility_by_category(model)
    along = [effective_likelihood(graph, flexibility, root) for root in range(len(categories))]
    if graph.has_categories:
        of = [categories[number] for number in graph.category]
        without = [category for root, category in enumerate(categories) if not graph.start_shares(root).any()]
        kinds = [*zip(of, graph.names, strict=True), *((category, "") for category in without)]
        return tuple(kinds), [along[0], *(np.zeros((1, 1)) for _ in without)]
    kinds = [(category, name) for category in categories for name in graph.names]
    return tuple(kinds), along


def repairs_of(
    defects: Defects, kinds: tuple[Kind, ...], like: Blocks, side: Callable[[list[float]], float]
) -> Iterator[Floats]:
    """Defects that kinds draw after them, in the same blocks: each is of the kind of what it repairs."""
    found = iter([side(of_category(defects, category)) for category, _ in kinds])
    return (np.diag([next(found) for _ in block]) for block in like)


def along_a_diagonal(blocks: Blocks) -> Floats:
    """One matrix of all kinds; 0 between the blocks."""
    whole = np.zeros((sum(map(len, blocks)),) * 2)
    at = 0
    for block in blocks:
        whole[at : at + len(block), at : at + len(block)] = block
        at += len(block)
    return whole


def of_category(defects: Defects, category: str) -> list[float]:
    """Expected escaped defects of a category's deliveries, by station that may deliver it."""
    return [number for (_, of), number in defects.items() if of == category] or [0.0]


def _in_the_end(sides: Blocks, unlimited: bool, spread: Blocks) -> Floats:
    """Expected requests of each kind, by the kind that begins; block by block, which a large graph needs."""
    if max(map(spectral_radius, sides)) >= 1:
        return np.full((sum(map(len, sides)),) * 2, math.inf)
    without_limit = [unlimited_changes(side) for side in sides]
    if unlimited:
        return along_a_diagonal(without_limit)
    return along_a_diagonal([reach(one).chance @ of for one, of in zip(spread, without_limit, strict=True)])


def _root_share(model: Model, graph: ComponentGraph | None, kinds: tuple[Kind, ...]) -> Floats:
    """Root requests by kind, over the run."""
    begin, end = model.start_hours, model.start_hours + model.horizon_days * 24
    asked: dict[str, float] = {}
    for source, counts in expected_arrivals(model, begin, end).items():
        for category, count in counts.items() if not model.demand.sources[source].background else ():
            asked[category] = asked.get(category, 0.0) + count
    share = dict.fromkeys(kinds, 0.0)
    for number, category in enumerate(categories_of(model)):
        for kind, part in starts_of(graph, number, category):
            share[kind] += part * asked.get(category, 0.0)
    total = sum(share.values())
    return np.array([value / total if total else 0.0 for value in share.values()])


def starts_of(graph: ComponentGraph | None, number: int, category: str) -> Iterator[tuple[Kind, float]]:
    """Kinds at which root requests of a category begin, with their shares."""
    shares = graph.start_shares(number) if graph is not None and graph.mode == "cascade" else np.zeros(0)
    if graph is None or not shares.any():
        yield (category, ""), 1.0
        return
    yield from (((category, name), float(share)) for name, share in zip(graph.names, shares, strict=True) if share)


def _mean(values: Floats, share: Floats) -> float:
    """A weighted mean in which what nobody asks for does not count, infinite or not."""
    return float(values[share > 0] @ share[share > 0])
