"""What a block of new requests can know before it arrives: where a rule without eyes sends it, and its first luck.

Drawn for a whole block in one loop that the compiler turns into vector instructions; the very same numbers as
`uniform_pair` gives one by one.
"""

from __future__ import annotations

import numpy as np

from changeflow.engine.chance.draws import NO_STAGE, ROUTE, WORK, fill_pairs, fill_pairs_by_stage, uniform_pair
from changeflow.engine.chance.quantiles import quantile
from changeflow.engine.jit import borrowed, compiled
from changeflow.engine.shared.rules import pick
from changeflow.engine.tables.routes import BY_CATEGORY, SPLIT, TO
from changeflow.engine.tables.station import NO_LAW

UNKNOWN = -9
"""The place depends on the state at the request's arrival."""

FIRST = np.dtype([("place", "i8"), ("stage", "u8"), ("law", "i8"), ("hours", "f8"), ("accept_luck", "f8")])
"""`stage`: that the luck belongs to, 0: none was drawn; `law`: that `hours` follow, NO_LAW: it depends on the place."""


@compiled
def foresee(  # type: ignore[no-untyped-def]
    out, block, entrances, route_stage, route_law, station_stage, routes, places, heights, matches, categories, rows,
    pool, run_key, keys, stages, one, two,
):  # fmt: skip
    """Write place, luck and hours of the first pass of each row of a block; keys, stages, one and two are scratch."""
    out, block, routes, entrances = borrowed(out), borrowed(block), borrowed(routes), borrowed(entrances)
    places, heights, matches, route_law = borrowed(places), borrowed(heights), borrowed(matches), borrowed(route_law)
    rows, pool, one, two = borrowed(rows), borrowed(pool), borrowed(one), borrowed(two)
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
        category = block[i]["category"]
        if place >= 0:
            out[i]["law"] = matches[place * categories + category]["service_law"]
        else:
            out[i]["law"] = route_law[route * categories + category]
    fill_pairs_by_stage(run_key, keys[:count], stages, WORK, 0, one, two)
    for i in range(count):
        out[i]["accept_luck"] = two[i]
        if out[i]["law"] != NO_LAW:
            out[i]["hours"] = quantile(rows, pool, out[i]["law"], one[i])


@compiled
def first_work(run_key, key, stage, entry, rows, pool, law):  # type: ignore[no-untyped-def]
    """Reference hours and luck at the acceptance of one pass, as `uniform_pair` and `quantile` give them."""
    luck, accept_luck = uniform_pair(run_key, key, stage, WORK, entry)
    return quantile(rows, pool, law, luck), accept_luck
