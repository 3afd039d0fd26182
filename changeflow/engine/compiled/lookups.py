"""Two looks into the compiled engine's tables that all of its moves take."""

from __future__ import annotations

from changeflow.engine.chance.quantiles import quantile
from changeflow.engine.compiled.views import matches_of, pool_of, rows_of
from changeflow.engine.jit import inlined


@inlined
def match_of(state, arrays, station, category):  # type: ignore[no-untyped-def]
    """What a station (by number) is to a category."""
    return matches_of(arrays)[station * state["categories"] + category]


@inlined
def hours_of(arrays, law, luck):  # type: ignore[no-untyped-def]
    return quantile(rows_of(arrays), pool_of(arrays), law, luck)
