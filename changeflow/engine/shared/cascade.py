"""Which changes a change draws after it: a pure function of the root's key, compiled for both engines."""

from __future__ import annotations

import numpy as np

from changeflow.engine.chance.draws import EDGE, NO_STAGE, uniform_pair
from changeflow.engine.jit import compiled
from changeflow.engine.shared.rules import pick

NO_COMPONENT = -1
BEGIN, LIVE = 0, 1
"""Passes of the draws on a root's key: where it begins, and whether a link is live."""


@compiled
def first_component(run_key, key, category, starts, size):  # type: ignore[no-untyped-def]
    """The component at which a root request begins; NO_COMPONENT where its category has none."""
    first = category * size
    if starts[first + size - 1] == 0.0:
        return NO_COMPONENT
    luck, _ = uniform_pair(run_key, key, NO_STAGE, EDGE, BEGIN)
    return pick(starts, first, size, luck)


@compiled
def children_once(  # type: ignore[no-untyped-def]
    run_key, root_key, root, root_category, component, components, links, softness, out
):
    """Links to the changes that one of a component draws directly, each component at most once for a root.

    Each link is live or not by the root's own luck; the change of a component comes from the first of its neighbours
    in breadth-first order from the root. Returns how many links were written into `out`.
    """
    reached, queue = np.zeros(components.shape[0], np.int8), np.empty(components.shape[0], np.int64)
    reached[root], queue[0] = 1, root
    head, tail, count = 0, 1, 0
    while head < tail:
        here = queue[head]
        head += 1
        category = components[here]["category"]
        soft = softness[category if category >= 0 else root_category]
        first = components[here]["first"]
        for link in range(first, first + components[here]["links"]):
            to = links[link]["to"]
            if reached[to] == 0:
                luck, _ = uniform_pair(run_key, root_key, links[link]["key"], EDGE, LIVE)
                if luck < links[link]["likelihood"] * soft:
                    reached[to], queue[tail] = 1, to
                    tail += 1
                    if here == component:
                        out[count] = link
                        count += 1
        if here == component:
            break
    return count


@compiled
def children_each_time(run_key, key, category, component, components, links, softness, out):  # type: ignore[no-untyped-def]
    """The same where nothing limits how often a component is changed: by the luck of the change itself."""
    count, first = 0, components[component]["first"]
    own = components[component]["category"]
    soft = softness[own if own >= 0 else category]
    for link in range(first, first + components[component]["links"]):
        luck, _ = uniform_pair(run_key, key, links[link]["key"], EDGE, LIVE)
        if luck < links[link]["likelihood"] * soft:
            out[count] = link
            count += 1
    return count
