"""Changes of other components that requests draw after them, as the traffic equations need them: how many, how large.

Taken as new requests of their category that go where those of their source go. Approximations: the difficulty of a
change is taken as anybody's, its size as that of its category where a rule looks at it, and it comes when its root
does. Repairs of defects are in `traffic`, only what they draw is here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from changeflow.model.components.cascade_work import cascade_work
from changeflow.model.components.clarkson import combined
from changeflow.model.components.graph import ComponentGraph
from changeflow.model.components.propagation import (
    Floats,
    effective_likelihood,
    reach,
    spectral_radius,
    unlimited_changes,
)
from changeflow.model.expected.flexibility import flexibility_by_category
from changeflow.model.expected.follow_ups import (
    Blocks,
    Kind,
    along_a_diagonal,
    expected_defects,
    kinds_of,
    repairs_of,
    starts_of,
)
from changeflow.model.expected.requests import categories_of
from changeflow.model.schema import Model
from changeflow.model.values.once import once_a_model


@dataclass(frozen=True, slots=True)
class Propagated:
    """By category of a root request that is done: what comes of it, (least, largest) where defects depend on the state.

    Arrays are 2 x categories x categories, the root's category first.
    """

    changes: Floats
    """Requests drawn by propagation, in the end."""
    work: Floats
    """Their work, each as a share of a request's mean work in its category."""
    own_work: Floats
    """By category: work of the root itself, as a multiple of its mean (mode clarkson)."""


@once_a_model
def propagated(model: Model) -> Propagated | None:
    """What a model's changes draw after them; None where they draw nothing."""
    graph = model.component_graph
    if graph is None or graph.mode == "off" or not graph.links:
        return None
    categories = categories_of(model)
    nothing = np.zeros((2, len(categories), len(categories)))
    if graph.mode == "clarkson":
        return Propagated(nothing, nothing, np.array([_more_work(model, graph, n) for n in range(len(categories))]))
    kinds, spread = kinds_of(model, graph)
    impact = [graph.impact if len(block) == len(graph.names) else np.zeros_like(block) for block in spread]
    if graph.unlimited:
        sides = [_without_limit(model, kinds, spread, impact, side) for side in (min, max)]
    else:
        sides = [_once(spread, impact)] * 2
    begin, end = (
        _starts(graph, categories, kinds),
        np.array([[kind[0] == name for name in categories] for kind in kinds]),
    )
    changes, work = (np.array([_folded(begin, side[what], end) for side in sides]) for what in (0, 1))
    return Propagated(changes, work, np.ones(len(categories)))


def _more_work(model: Model, graph: ComponentGraph, category: int) -> float:
    shares = graph.start_shares(category)
    likelihood = effective_likelihood(graph, flexibility_by_category(model), category)
    return float(shares @ combined(likelihood, graph.impact).work_factors) if shares.any() else 1.0


def _once(spread: Blocks, impact: Blocks) -> tuple[Floats, Floats]:
    """Changes drawn in cascades, and their work."""
    once = np.eye(sum(map(len, spread)))
    work = [cascade_work(block, of) for block, of in zip(spread, impact, strict=True)]
    return along_a_diagonal([reach(block).chance for block in spread]) - once, along_a_diagonal(work) - once


def _without_limit(
    model: Model, kinds: tuple[Kind, ...], spread: Blocks, impact: Blocks, side: Callable[[list[float]], float]
) -> tuple[Floats, Floats]:
    """Changes drawn by every change, repairs too; a repair is of what it repairs, so it draws as much work."""
    repairs = list(repairs_of(expected_defects(model), kinds, spread, side))
    every, weighed = [], []
    for block, of, back in zip(spread, impact, repairs, strict=True):
        if spectral_radius(block + back) >= 1:
            endless = np.full((len(kinds),) * 2, math.inf)
            return endless, endless
        every.append(unlimited_changes(block + back) @ block)
        weighed.append(unlimited_changes(block * of + back) @ (block * of))
    return along_a_diagonal(every), along_a_diagonal(weighed)


def _starts(graph: ComponentGraph, categories: tuple[str, ...], kinds: tuple[Kind, ...]) -> Floats:
    begin = np.zeros((len(categories), len(kinds)))
    for number, category in enumerate(categories):
        for kind, share in starts_of(graph, number, category):
            begin[number, kinds.index(kind)] = share
    return begin


def _folded(begin: Floats, matrix: Floats, end: Floats) -> Floats:
    """From kinds to categories; 0 x infinite is 0: what does not begin draws nothing."""
    if np.isinf(matrix).any():
        return np.full((len(begin), end.shape[1]), math.inf)
    return np.asarray(begin @ matrix @ end)
