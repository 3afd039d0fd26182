"""Requests that requests draw after them, before any run: defects that come back, and changes of other components.

A matrix M of expected direct follow-ups by kind of request (category and component), with a least and a largest value
where the state decides which station delivers. Defects, and propagation without limit, go on from follow-up to
follow-up: their sum is that of (I - M)^-1 and has a limit only if the spectral radius is below 1. A cascade that comes
to each component at most once ends by itself: its components are counted once, each with the defects of its own
delivery (a repair begins no cascade).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from changeflow.model.component_graph import ComponentGraph
from changeflow.model.expected import categories_of, expected_arrivals
from changeflow.model.flexibility import flexibility_by_category
from changeflow.model.propagation import Floats, effective_likelihood, reach, spectral_radius
from changeflow.model.schema import Model

Defects = Mapping[tuple[str, str], float]
"""Expected escaped defects of one delivery, by station and category."""
NO_DEFECTS: Defects = MappingProxyType({})
Kind = tuple[str, str]
"""Category and component of a request; '' for none."""


@dataclass(frozen=True, slots=True)
class FollowUps:
    """What requests of each kind draw after them; (least, largest) where the state decides."""

    kinds: tuple[Kind, ...]
    radius: tuple[float, float]
    """Spectral radius of what goes on without limit: defects and unlimited propagation."""
    expected: Floats
    """2 x kinds: requests that one of each kind draws after it in the end, itself not counted; infinite without end."""
    root_share: Floats
    """Of the root requests over the run, the share of each kind."""

    @property
    def per_request(self) -> tuple[float, float]:
        """Follow-ups per root request."""
        least, largest = (_mean(values, self.root_share) for values in self.expected)
        return least, largest

    def by_category(self) -> dict[str, tuple[float, float]]:
        """Follow-ups per root request of each category that is asked for."""
        found = {}
        for category in dict.fromkeys(category for category, _ in self.kinds):
            share = np.where([kind[0] == category for kind in self.kinds], self.root_share, 0.0)
            if share.any():
                least, largest = (_mean(values, share / share.sum()) for values in self.expected)
                found[category] = (least, largest)
        return found


def follow_ups(model: Model, defects: Defects = NO_DEFECTS) -> FollowUps | None:
    """Follow-ups of a model's requests; None where nothing draws anything after it."""
    graph = model.component_graph
    if not defects and (graph is None or graph.mode != "cascade"):
        return None
    kinds, spread = _kinds(model, graph)
    unlimited = graph is not None and graph.mode == "cascade" and graph.unlimited
    direct = spread if unlimited else np.zeros_like(spread)
    sides = [direct + np.diag([side(_of_category(defects, kind[0])) for kind in kinds]) for side in (min, max)]
    radius = [spectral_radius(side) for side in sides]
    expected = [_endless(side, unlimited, spread) for side in sides]
    return FollowUps(kinds, (radius[0], radius[1]), np.array(expected), _root_share(model, graph, kinds))


def _kinds(model: Model, graph: ComponentGraph | None) -> tuple[tuple[Kind, ...], Floats]:
    """The kinds of request, and the chances that one draws another directly along a link."""
    categories = categories_of(model)
    if graph is None or graph.mode != "cascade":
        return tuple((category, "") for category in categories), np.zeros((len(categories),) * 2)
    flexibility = flexibility_by_category(model)
    if graph.has_categories:
        of = [categories[number] for number in graph.category]
        without = [category for root, category in enumerate(categories) if not graph.start_shares(root).any()]
        kinds = [*zip(of, graph.names, strict=True), *((category, "") for category in without)]
        return tuple(kinds), _blocks([effective_likelihood(graph, flexibility), *(np.zeros((1, 1)) for _ in without)])
    kinds = [(category, name) for category in categories for name in graph.names]
    return tuple(kinds), _blocks([effective_likelihood(graph, flexibility, root) for root in range(len(categories))])


def _blocks(blocks: list[Floats]) -> Floats:
    """Matrices along a diagonal."""
    whole = np.zeros((sum(map(len, blocks)),) * 2)
    at = 0
    for block in blocks:
        whole[at : at + len(block), at : at + len(block)] = block
        at += len(block)
    return whole


def _of_category(defects: Defects, category: str) -> list[float]:
    return [number for (_, of), number in defects.items() if of == category] or [0.0]


def _endless(matrix: Floats, unlimited: bool, spread: Floats) -> Floats:
    """Expected follow-ups of each kind."""
    if spectral_radius(matrix) >= 1:
        return np.full(len(matrix), math.inf)
    with_defects = np.linalg.inv(np.eye(len(matrix)) - matrix).sum(axis=1)
    return np.asarray((with_defects if unlimited else reach(spread).chance @ with_defects) - 1)


def _root_share(model: Model, graph: ComponentGraph | None, kinds: tuple[Kind, ...]) -> Floats:
    """Root requests by kind, over the run."""
    begin, end = model.start_hours, model.start_hours + model.horizon_days * 24
    asked: dict[str, float] = {}
    for source, counts in expected_arrivals(model, begin, end).items():
        for category, count in counts.items() if not model.demand.sources[source].background else ():
            asked[category] = asked.get(category, 0.0) + count
    share = dict.fromkeys(kinds, 0.0)
    for number, category in enumerate(categories_of(model)):
        for kind, part in _starts(graph, number, category):
            share[kind] += part * asked.get(category, 0.0)
    total = sum(share.values())
    return np.array([value / total if total else 0.0 for value in share.values()])


def _starts(graph: ComponentGraph | None, number: int, category: str) -> Iterator[tuple[Kind, float]]:
    shares = graph.start_shares(number) if graph is not None and graph.mode == "cascade" else np.zeros(0)
    if graph is None or not shares.any():
        yield (category, ""), 1.0
        return
    yield from (((category, name), float(share)) for name, share in zip(graph.names, shares, strict=True) if share)


def _mean(values: Floats, share: Floats) -> float:
    """A weighted mean in which what nobody asks for does not count, infinite or not."""
    return float(values[share > 0] @ share[share > 0])
