"""Demand: the root requests of one run, in order of arrival, in blocks, with what is theirs from birth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from changeflow.engine.chance import arrivals, draws
from changeflow.engine.chance.arrivals import ARRIVAL, BLOCK
from changeflow.engine.chance.draws import MISFIT, NO_STAGE, uniform_pair
from changeflow.engine.chance.quantiles import fill_quantiles, quantile
from changeflow.engine.jit import compiled
from changeflow.engine.tables.model import Tables
from changeflow.engine.tables.records import joined
from changeflow.engine.tables.sources import listed_rows
from changeflow.errors import RunError
from changeflow.model.requests.demand import GoLive, Shocks, Source
from changeflow.model.values.spans import HOURS_PER_YEAR

Rows = NDArray[Any]
MOST_OF_A_SHOCK = 100_000
_MEAN_TO_ADD_UP = 500.0
"""Up to this mean of a Poisson number e to its negative is a full number, and probabilities are soon added up."""


class Demand:
    """The stream of root requests of one run: those open at the start, then arrivals by time, source, index."""

    def __init__(self, tables: Tables, run_key: np.uint64) -> None:
        self._tables, self._run_key = tables, run_key
        sources, listed = tables.sources.rows.copy(), [tables.sources.listed]
        sources["rate"][1:] *= [_pace(tables, source) for source in tables.model.demand.sources.values()]
        for row, name, source in tables.sources.drawn:
            law = tables.gap_law[row - 1]
            draw = misfits if isinstance(source, GoLive) else shocks
            entries = draw(tables, source, law, run_key, name)  # type: ignore[arg-type]
            sources["first"][row], sources["size"][row] = sum(map(len, listed)), len(entries)
            listed.append(entries)
        self._sources = sources
        self._listed = joined(*listed) if tables.sources.drawn else tables.sources.listed
        self._gaps, self._sizes = np.empty((2, len(sources) * BLOCK))
        self._scratch = tuple(np.empty((3, BLOCK)))
        self._keys = np.empty(BLOCK, np.uint64)
        self._laws = tables.law_rows, tables.law_pool, tables.sources.edges, tables.sources.heights
        arrivals.begin(self._sources, self._listed, tables.start, run_key, self._gaps, self._sizes, *self._laws)

    def next_block(self) -> Rows:
        """At most BLOCK further requests, rows of dtype ARRIVAL; empty at the end."""
        t = self._tables
        out = np.empty(BLOCK, ARRIVAL)
        count = arrivals.produce(
            out, self._keys, self._sources, self._listed, t.start, t.end, self._run_key, self._gaps, self._sizes,
            *self._laws,
        )  # fmt: skip
        arrivals.attributes(
            out, count, self._keys, self._run_key, t.category_heights, t.difficulty_law, t.correlation, t.work_stage,
            t.quality_law, t.profile.quality_shift, t.law_rows, t.law_pool, *self._scratch,
        )  # fmt: skip
        return out[:count]

    def __iter__(self) -> Iterator[Rows]:
        while len(block := self.next_block()):
            yield block


def draw_workload(tables: Tables, run_key: np.uint64) -> Rows:
    """All root requests in [start, end), rows of dtype ARRIVAL, in the order of their numbers.

    A row's place is its request's number where every candidate asks and nothing follows from requests.
    """
    return joined(np.empty(0, ARRIVAL), *Demand(tables, run_key))


def _pace(tables: Tables, source: Source) -> float:
    """Factor on the rate of a source: that of the organisation; other customers go their own way."""
    return 1.0 if source.background else tables.profile.request_rate


def misfits(tables: Tables, source: GoLive, law: int, run_key: np.uint64, name: str) -> Rows:
    """The misfits that show within the run, in order of discovery."""
    key = draws.source_key(name)
    mean = source.misfits_per_100_users * tables.model.organisation.users / 100 * _pace(tables, source)
    fit = tables.fits[tuple(tables.model.demand.sources).index(name)]
    u_count, _ = uniform_pair(run_key, key, NO_STAGE, draws.COUNT, 0)
    count = poisson_quantile(u_count, mean)
    decay_hours = source.time_days * 24 if source.shape == "decay" else math.nan
    times, index = np.empty(count), np.empty(count, np.int64)
    shown = _misfits_shown(
        run_key, key, decay_hours, law, tables.law_rows, tables.law_pool, fit, tables.start, tables.end, times, index,
    )  # fmt: skip
    return listed_rows(times[:shown], index[:shown], np.full(shown, -1))


@compiled
def _misfits_shown(  # type: ignore[no-untyped-def]
    run_key, key, decay_hours, law, rows, pool, fit, start, end, times, index
):
    """Write times and indices of the misfits above the threshold that show in [start, end); returns how many."""
    shown = 0
    for i in range(times.shape[0]):
        u, threshold = uniform_pair(run_key, key | np.uint64(i), NO_STAGE, MISFIT, 0)
        time = quantile(rows, pool, law, u) if math.isnan(decay_hours) else -decay_hours * math.log1p(-u)
        if threshold > fit and start <= time < end:
            times[shown], index[shown] = time, i
            shown += 1
    return shown


def shocks(tables: Tables, source: Shocks, law: int, run_key: np.uint64, name: str) -> Rows:
    """Requests of shocks within the run; a request's index is its shock's first index and its place in it."""
    key, per_year = draws.source_key(name), source.per_year * _pace(tables, source)
    events = np.empty(0)
    while not len(events) or events[-1] < tables.end:  # in blocks, so that a longer run begins with the same shocks
        numbers = draws.root_keys(key, 0, len(events) + BLOCK)
        gaps, sizes = draws.pairs(run_key, numbers, draws.SHOCK)
        events = np.cumsum(-np.log1p(-gaps)) * (HOURS_PER_YEAR / per_year)
    drawn = np.empty(len(events))
    fill_quantiles(tables.law_rows, tables.law_pool, law, sizes, drawn)
    inside = events < tables.end
    counts = np.rint(drawn[inside]).astype(np.int64)
    place = np.concatenate([np.arange(count) for count in (*counts, 0)])
    index = np.repeat(np.arange(len(counts)) * MOST_OF_A_SHOCK, counts) + np.minimum(place, MOST_OF_A_SHOCK - 1)
    if counts.max(initial=0) > MOST_OF_A_SHOCK:
        raise RunError(f"source {name}: a shock of {counts.max()} requests (at most {MOST_OF_A_SHOCK})")
    spread, _ = draws.pairs(run_key, key | index.astype(np.uint64), draws.SHOCK_REQUEST)
    times = np.repeat(events[inside], counts) - np.log1p(-spread) * source.spread_days * 24
    shown = (times >= tables.start) & (times < tables.end)
    return listed_rows(times[shown], index[shown], np.full(int(shown.sum()), -1))


def poisson_quantile(u: float, mean: float) -> int:
    """The smallest n with P(N <= n) >= u for N ~ Poisson(mean)."""
    if mean > _MEAN_TO_ADD_UP:
        from scipy import special  # noqa: PLC0415  a slow import that few models need

        n = max(int(special.pdtrik(u, mean)) - 2, 0)
        while special.pdtr(n, mean) < u:
            n += 1
        return n
    return int(_added_up(u, mean))


@compiled
def _added_up(u, mean):  # type: ignore[no-untyped-def]
    n, term = 0, math.exp(-mean)
    total = term
    while total < u and term > 0:
        n += 1
        term *= mean / n
        total += term
    return n
