"""The component graph as numbers, for both engines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from changeflow.engine.chance.draws import stage_key
from changeflow.model.components.clarkson import combined
from changeflow.model.components.propagation import effective_likelihood
from changeflow.model.expected.flexibility import flexibility_by_category
from changeflow.model.schema import Model

NONE, ONCE, UNLIMITED, MORE_WORK = range(4)
"""What a change does to other components: nothing that is simulated; each is changed at most once for a root; again
and again; no further requests, but more work."""
MODES = {"off": NONE, "cascade": ONCE, "clarkson": MORE_WORK}

COMPONENT = np.dtype([("first", "i8"), ("links", "i8"), ("category", "i8")])
"""Its links in the table of links; its category, -1: that of the change before."""
LINK = np.dtype([("to", "i8"), ("likelihood", "f8"), ("impact", "f8"), ("key", "u8")])


@dataclass(frozen=True, slots=True)
class GraphTable:
    """Components and links; without [components] the mode is NONE and nothing else matters."""

    mode: int
    components: NDArray[np.void]
    links: NDArray[np.void]
    softness: NDArray[np.float64]
    """By category: the share of likelihoods that its flexibility leaves."""
    starts: NDArray[np.float64]
    """By category and component: cumulated shares of where requests begin; all 0: at none."""
    factors: NDArray[np.float64]
    """By category and component: work of a change that begins there, as a multiple of its own."""

    @property
    def most_children(self) -> int:
        """Changes that one change may draw directly."""
        return int(self.components["links"].max(initial=0)) if self.mode in (ONCE, UNLIMITED) else 0


def graph_table(model: Model, categories: int) -> GraphTable:
    """The numbers of a model's component graph."""
    graph, softness = model.component_graph, 1 - flexibility_by_category(model)
    if graph is None:
        nothing = np.zeros(categories)
        return GraphTable(NONE, np.zeros(1, COMPONENT), np.zeros(1, LINK), softness, nothing, nothing + 1.0)
    size = len(graph.names)
    components = np.zeros(size, COMPONENT)
    keys = link_keys((graph.names[one], graph.names[other]) for one, other in np.argwhere(graph.likelihood > 0))
    links: list[tuple[Any, ...]] = []
    for number, name in enumerate(graph.names):
        ahead = np.flatnonzero(graph.likelihood[number])
        components[number] = len(links), len(ahead), graph.category[number]
        links += [
            (to, graph.likelihood[number, to], graph.impact[number, to], keys[name, graph.names[to]]) for to in ahead
        ]
    mode = UNLIMITED if graph.unlimited else MODES[graph.mode]
    factors = np.ones((categories, size))
    if mode == MORE_WORK:
        flexibility = flexibility_by_category(model)
        for category in range(categories):
            factors[category] = combined(effective_likelihood(graph, flexibility, category), graph.impact).work_factors
    starts = np.array([np.cumsum(graph.start_shares(category)) for category in range(categories)])
    return GraphTable(
        mode, components, np.array(links or [(0, 0.0, 0.0, 0)], LINK), softness, starts.ravel(), factors.ravel()
    )


def link_keys(links: Iterable[tuple[str, str]]) -> dict[tuple[str, str], np.uint64]:
    """The key of each link's luck: a hash of both names, never their place in the file.

    It has 32 bits; of links with the same one the later by name takes another, else they would share their luck.
    """
    found: dict[tuple[str, str], np.uint64] = {}
    taken: set[np.uint64] = set()
    for one, other in sorted(links):
        between = "\0" if ">" in one or ">" in other else ">"  # a > (b>c) is not (a>b) > c
        text = f"{one}{between}{other}"
        while (key := stage_key(text)) in taken:
            text += "\0"
        taken.add(key)
        found[one, other] = key
    return found
