"""What a block of new requests can know before it arrives: where a rule without eyes sends it, and its first luck.

Drawn for a whole block in one loop that the compiler turns into vector instructions; the very same numbers as
`uniform_pair` gives one by one.
"""

from __future__ import annotations

import numpy as np

from changeflow.engine.draws import NO_STAGE, ROUTE, WORK, fill_pairs, fill_pairs_by_stage
from changeflow.engine.jit import borrowed, compiled
from changeflow.engine.route_table import BY_CATEGORY, SPLIT, TO
from changeflow.engine.rules import pick

UNKNOWN = -9
"""The place depends on the state at the request's arrival."""

FIRST = np.dtype([("place", "i8"), ("stage", "u8"), ("work_luck", "f8"), ("accept_luck", "f8")])
"""`stage` is the stage that the luck belongs to; 0: none was drawn."""


@compiled
def foresee(  # type: ignore[no-untyped-def]
    out, block, entrances, route_stage, station_stage, routes, places, heights, run_key, keys, stages, one, two
):
    """Write the place and first-pass luck of each row of a block; keys, stages, one and two are scratch."""
    out, block, routes, entrances = borrowed(out), borrowed(block), borrowed(routes), borrowed(entrances)
    places, heights = borrowed(places), borrowed(heights)
    count = block.shape[0]
    draws_route = False
    for i in range(count):
        keys[i] = block[i]["key"]
        draws_route = draws_route or routes[entrances[block[i]["source"]]["route"]]["rule"] == SPLIT
    if draws_route:
        fill_pairs(run_key, keys[:count], NO_STAGE, ROUTE, 0, one, two)
    for i in range(count):
        route = entrances[block[i]["source"]]["route"]
        rule, first, size = routes[route]["rule"], routes[route]["first"], routes[route]["size"]
        place = UNKNOWN
        if rule == TO:
            place = places[first]
        elif rule == BY_CATEGORY:
            place = places[first + block[i]["category"]]
        elif rule == SPLIT:
            place = places[first + pick(heights, first, size, one[i])]
        out[i]["place"] = place
        stages[i] = station_stage[place] if place >= 0 else route_stage[route]
        out[i]["stage"] = stages[i]
    fill_pairs_by_stage(run_key, keys[:count], stages, WORK, 0, one, two)
    for i in range(count):
        out[i]["work_luck"], out[i]["accept_luck"] = one[i], two[i]
