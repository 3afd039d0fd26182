"""Demand: the root requests of one run, in order of arrival, with what is theirs from birth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from changeflow.engine import draws
from changeflow.engine.quantiles import LawBook, fill_quantiles
from changeflow.engine.tables import NO_LAW, Tables
from changeflow.model.demand import GoLive, Piecewise, Poisson, Renewal, Replay
from changeflow.model.laws import Erlang

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
BLOCK = 1024
OPEN_TODAY = -1


@dataclass(frozen=True, slots=True)
class Workload:
    """Columns over root requests; the row number is the request's number."""

    arrived: Floats
    source: Ints
    key: NDArray[np.uint64]
    category: Ints
    difficulty: Floats
    quality: Floats


def draw_workload(tables: Tables, run_key: np.uint64) -> Workload:
    """All root requests in [start, end): those open at the start, then arrivals by time, source, index."""
    columns = [_open_today(tables)]
    for number, name in enumerate(tables.model.demand.sources):
        columns.append(_source(tables, run_key, number, draws.source_key(name)))
    arrived = np.concatenate([times for times, _, _, _ in columns])
    source = np.concatenate([np.full(len(times), number, np.int64) for times, number, _, _ in columns])
    index = np.concatenate([indices for _, _, indices, _ in columns])
    fixed = np.concatenate([category for _, _, _, category in columns])
    order = np.lexsort((index, source, arrived))
    arrived, source, index, fixed = arrived[order], source[order], index[order], fixed[order]
    key = _roots(tables, source) | index.astype(np.uint64)
    u_category, u_difficulty = draws.pairs(run_key, key, draws.ATTRIBUTES)
    drawn = np.searchsorted(tables.category_heights, u_category, side="right")
    drawn = np.minimum(drawn, len(tables.categories) - 1)
    category = np.where(fixed >= 0, fixed, drawn)
    return Workload(
        arrived=arrived,
        source=source,
        key=key,
        category=category,
        difficulty=_by_category(tables, tables.difficulty_law, category, u_difficulty),
        quality=_quality(tables, run_key, key, category),
    )


Column = tuple[Floats, int, Ints, Ints]
"""Times, source number, index within the source, category (-1: to be drawn)."""


def _roots(tables: Tables, source: Ints) -> NDArray[np.uint64]:
    names = (*tables.model.demand.sources, "open_today")  # source -1 is the last one
    return np.array([draws.source_key(name) for name in names], dtype=np.uint64)[source]


def _open_today(tables: Tables) -> Column:
    count = tables.model.open_today
    return np.full(count, tables.start), OPEN_TODAY, np.arange(count), np.full(count, -1)


def _source(tables: Tables, run_key: np.uint64, number: int, key: np.uint64) -> Column:
    source = list(tables.model.demand.sources.values())[number]
    match source:
        case Replay():
            return _replay(tables, number)
        case GoLive():
            times, index = _misfits(tables, source, run_key, key)
        case Poisson():
            rate = source.per_hour(tables.model.organisation.users)
            times, index = _counted(tables, number, run_key, key, lambda sums: tables.start + sums / rate)
        case Piecewise():
            times, index = _piecewise(tables, number, source, run_key, key)
        case Renewal():
            times, index = _counted(tables, number, run_key, key, lambda sums: tables.start + sums)
    fixed = tables.categories.index(source.category) if source.category else -1
    return times, number, index, np.full(len(times), fixed)


def _counted(tables: Tables, number: int, run_key: np.uint64, key: np.uint64, clock) -> tuple[Floats, Ints]:  # type: ignore[no-untyped-def]
    """Events whose sums of gaps `clock` turns into times; a batch law makes several requests of one event.

    Gap i depends on i alone, so a longer horizon never moves an earlier event.
    """
    times: list[Floats] = []
    sizes: list[Ints] = []
    total, first = 0.0, 0
    while True:
        u_gap, u_size = draws.pairs(run_key, draws.root_keys(key, first, BLOCK), draws.GAP)
        sums = np.cumsum(np.concatenate([[total], _gaps(tables, number, u_gap)]))[1:]
        block = clock(sums)
        times.append(block)
        sizes.append(_sizes(tables, number, u_size))
        total, first = float(sums[-1]), first + BLOCK
        if not block[-1] < tables.end:
            break
    at, size = np.concatenate(times), np.concatenate(sizes)
    inside = at < tables.end
    repeated = np.repeat(at[inside], size[inside])
    return repeated, np.arange(len(repeated))


def _gaps(tables: Tables, number: int, uniforms: Floats) -> Floats:
    law = tables.gap_law[number]
    if law == NO_LAW:
        return -np.log1p(-uniforms)
    gaps = np.empty_like(uniforms)
    fill_quantiles(tables.law_rows, tables.law_pool, law, uniforms, gaps)
    return gaps


def _sizes(tables: Tables, number: int, uniforms: Floats) -> Ints:
    law = tables.batch_law[number]
    if law == NO_LAW:
        return np.ones(len(uniforms), np.int64)
    sizes = np.empty_like(uniforms)
    fill_quantiles(tables.law_rows, tables.law_pool, law, uniforms, sizes)
    return sizes.astype(np.int64)


def _piecewise(
    tables: Tables, number: int, source: Piecewise, run_key: np.uint64, key: np.uint64
) -> tuple[Floats, Ints]:
    """Exact inversion of the cumulated rate (Cinlar 1975, chapter 4): no rate is frozen at the last arrival."""
    edges = np.array(source.edges_days) * 24
    rates = np.array(source.rates_per_day) / 24
    cumulated = np.concatenate([[0.0], np.cumsum(rates * np.diff(edges))])
    passed = np.interp(tables.start, edges, cumulated)

    def clock(sums: Floats) -> Floats:
        mass = passed + sums
        piece = np.searchsorted(cumulated, mass, side="left") - 1
        inside = piece < len(rates)
        piece = np.minimum(piece, len(rates) - 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            times = edges[piece] + (mass - cumulated[piece]) / rates[piece]
        return np.where(inside, times, np.inf)

    return _counted(tables, number, run_key, key, clock)


def _misfits(tables: Tables, source: GoLive, run_key: np.uint64, key: np.uint64) -> tuple[Floats, Ints]:
    mean = source.misfits_per_100_users * tables.model.organisation.users / 100
    u_count, _ = draws.pairs(run_key, draws.root_keys(key, 0, 1), draws.COUNT)
    count = poisson_quantile(float(u_count[0]), mean)
    index = np.arange(count)
    u_time, threshold = draws.pairs(run_key, draws.root_keys(key, 0, count), draws.MISFIT)
    if source.shape == "decay":
        times = -source.time_days * 24 * np.log1p(-u_time)
    else:  # density t exp(-t / peak): it rises to its peak, then decays
        book = LawBook()
        law = book.add(Erlang(law="erlang", k=2, mean=2 * source.time_days * 24))
        times = np.empty(count)
        fill_quantiles(*book.arrays(), law, u_time, times)
    shown = (threshold > source.fit) & (times >= tables.start) & (times < tables.end)
    return times[shown], index[shown]


def poisson_quantile(u: float, mean: float) -> int:
    """The smallest n with P(N <= n) >= u for N ~ Poisson(mean)."""
    n = max(int(special.pdtrik(u, mean)) - 2, 0) if u > np.exp(-mean) else 0
    while special.pdtr(n, mean) < u:
        n += 1
    return n


def _replay(tables: Tables, number: int) -> Column:
    name, source = list(tables.model.demand.sources.items())[number]
    log = tables.model.logs[name]
    offset = (log.first_day - tables.model.first_day).days * 24.0
    times = np.array(log.arrived_hours) + offset
    inside = (times >= tables.start) & (times < tables.end)
    codes = {category: code for code, category in enumerate(tables.categories)}
    assert isinstance(source, Replay)
    default = codes[source.default_category] if source.default_category else 0
    mapped = {value: codes[category] for value, category in source.category_map.items()}
    category = np.array([mapped.get(value, default) for value in log.values], dtype=np.int64)
    return times[inside], number, np.arange(len(times))[inside], category[inside]


def _by_category(tables: Tables, law_of: tuple[int, ...], category: Ints, uniforms: Floats) -> Floats:
    values = uniforms.copy()
    for code, law in enumerate(law_of):
        if law != NO_LAW:
            chosen = category == code
            out = np.empty(int(chosen.sum()))
            fill_quantiles(tables.law_rows, tables.law_pool, law, uniforms[chosen], out)
            values[chosen] = out
    return values


def _quality(tables: Tables, run_key: np.uint64, key: NDArray[np.uint64], category: Ints) -> Floats:
    if all(law == NO_LAW for law in tables.quality_law):
        return np.full(len(key), np.nan)
    uniforms, _ = draws.pairs(run_key, key, draws.QUALITY)
    return _by_category(tables, tables.quality_law, category, uniforms)
