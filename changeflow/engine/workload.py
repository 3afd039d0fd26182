"""Demand: the root requests of one run, in order of arrival, in blocks, with what is theirs from birth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from changeflow.engine import arrivals, draws
from changeflow.engine.arrivals import ARRIVAL, BLOCK, CONSTANT, LISTED, LISTED_ROW, PIECEWISE, RENEWAL, SOURCE
from changeflow.engine.quantiles import fill_quantiles
from changeflow.engine.records import joined
from changeflow.engine.tables import Tables
from changeflow.errors import RunError
from changeflow.model.demand import GoLive, Piecewise, Poisson, Renewal, Replay, Shocks
from changeflow.model.season import hourly_rates

Rows = NDArray[Any]
Floats = NDArray[np.float64]
OPEN_TODAY = -1
MOST_OF_A_SHOCK = 100_000
_HOURS_PER_YEAR = 365.25 * 24
_MEAN_TO_ADD_UP = 500.0
"""Up to this mean of a Poisson number e to its negative is a full number, and probabilities are soon added up."""


class Demand:
    """The stream of root requests of one run: those open at the start, then arrivals by time, source, index."""

    def __init__(self, tables: Tables, run_key: np.uint64) -> None:
        self._tables, self._run_key = tables, run_key
        self._lists: list[Rows] = []
        self._edges: list[NDArray[np.float64]] = []
        self._heights: list[NDArray[np.float64]] = []
        names = list(tables.model.demand.sources)
        rows = [self._open_today(), *(self._source(number, name) for number, name in enumerate(names))]
        self._sources = joined(*rows)
        self._listed = joined(*self._lists, np.zeros(1, LISTED_ROW))
        self._edge_pool = np.concatenate([*self._edges, np.zeros(1)])
        self._height_pool = np.concatenate([*self._heights, np.zeros(1)])
        self._gaps, self._sizes = np.empty((2, len(rows) * BLOCK))
        self._first, self._second = np.empty((2, BLOCK))
        self._keys = np.empty(BLOCK, np.uint64)
        self._difficulty = np.array(tables.difficulty_law)
        self._quality = np.array(tables.quality_law)
        laws = tables.law_rows, tables.law_pool, self._edge_pool, self._height_pool
        arrivals.begin(self._sources, self._listed, tables.start, run_key, self._gaps, self._sizes, *laws)

    def next_block(self) -> Rows:
        """At most BLOCK further requests, rows of dtype ARRIVAL; empty at the end."""
        t = self._tables
        out = np.empty(BLOCK, ARRIVAL)
        count = arrivals.produce(
            out, self._keys, self._sources, self._listed, t.start, t.end, self._run_key, self._gaps, self._sizes,
            t.law_rows, t.law_pool, self._edge_pool, self._height_pool,
        )  # fmt: skip
        arrivals.attributes(
            out, count, self._keys, self._run_key, t.category_heights, self._difficulty, self._quality,
            t.law_rows, t.law_pool, self._first, self._second,
        )  # fmt: skip
        return out[:count]

    def __iter__(self) -> Iterator[Rows]:
        while len(block := self.next_block()):
            yield block

    def _row(self, kind: int, code: int, name: str, **fields: float) -> Rows:
        row = np.zeros(1, SOURCE)
        row["kind"], row["code"], row["key"] = kind, code, draws.source_key(name)
        row["category"] = row["gap_law"] = row["batch_law"] = -1
        for field, value in fields.items():
            row[field] = value
        return row

    def _listed_row(self, code: int, name: str, entries: Rows, category: int = -1) -> Rows:
        first = sum(map(len, self._lists))
        self._lists.append(entries)
        return self._row(LISTED, code, name, first=first, size=len(entries), category=category)

    def _open_today(self) -> Rows:
        count = self._tables.model.open_today
        entries = np.zeros(count, LISTED_ROW)
        entries["time"], entries["index"], entries["category"] = self._tables.start, np.arange(count), -1
        return self._listed_row(OPEN_TODAY, "open_today", entries)

    def _source(self, number: int, name: str) -> Rows:
        t = self._tables
        source = t.model.demand.sources[name]
        if isinstance(source, Replay):
            return self._listed_row(number, name, replayed(t, name, source))
        fixed = t.categories.index(source.category) if source.category else -1
        if isinstance(source, Shocks):
            return self._listed_row(number, name, shocks(t, source, t.gap_law[number], self._run_key, name), fixed)
        if isinstance(source, GoLive):
            return self._listed_row(number, name, misfits(t, source, t.gap_law[number], self._run_key, name), fixed)
        laws = {"category": fixed, "gap_law": t.gap_law[number], "batch_law": t.batch_law[number]}
        match source:
            case Poisson(season=None):
                return self._row(CONSTANT, number, name, rate=source.per_hour(t.model.organisation.users), **laws)
            case Poisson():
                return self._changing(number, name, *seasonal(t, source), laws)
            case Renewal():
                return self._row(RENEWAL, number, name, **laws)
            case Piecewise():
                edges, rates = np.array(source.edges_days) * 24, np.array(source.rates_per_day) / 24
                return self._changing(number, name, edges, rates, laws)
        raise AssertionError(source)

    def _changing(self, number: int, name: str, edges: Floats, rates: Floats, laws: dict[str, int]) -> Rows:
        heights = np.concatenate([[0.0], np.cumsum(rates * np.diff(edges))])
        first = sum(map(len, self._edges))
        self._edges.append(edges)
        self._heights.append(heights)
        passed = float(np.interp(self._tables.start, edges, heights))
        return self._row(PIECEWISE, number, name, first=first, size=len(edges), passed=passed, **laws)


def draw_workload(tables: Tables, run_key: np.uint64) -> Rows:
    """All root requests in [start, end), rows of dtype ARRIVAL; the row number is the request's number."""
    return joined(np.empty(0, ARRIVAL), *Demand(tables, run_key))


def misfits(tables: Tables, source: GoLive, law: int, run_key: np.uint64, name: str) -> Rows:
    """The misfits that show within the run, in order of discovery."""
    key = draws.source_key(name)
    mean = source.misfits_per_100_users * tables.model.organisation.users / 100
    u_count, _ = draws.pairs(run_key, draws.root_keys(key, 0, 1), draws.COUNT)
    count = poisson_quantile(float(u_count[0]), mean)
    u_time, threshold = draws.pairs(run_key, draws.root_keys(key, 0, count), draws.MISFIT)
    if source.shape == "decay":
        times = -source.time_days * 24 * np.log1p(-u_time)
    else:
        times = np.empty(count)
        fill_quantiles(tables.law_rows, tables.law_pool, law, u_time, times)
    shown = (threshold > source.fit) & (times >= tables.start) & (times < tables.end)
    return _in_order(times[shown], np.flatnonzero(shown), np.full(int(shown.sum()), -1))


def seasonal(tables: Tables, source: Poisson) -> tuple[Floats, Floats]:
    """Edges and rates of a seasonal source, from clock zero to the end of the run."""
    model = tables.model
    assert source.season is not None
    base = source.per_hour(model.organisation.users)
    return hourly_rates(source.season, base, model.first_day, 0.0, tables.end)


def shocks(tables: Tables, source: Shocks, law: int, run_key: np.uint64, name: str) -> Rows:
    """Requests of shocks within the run; a request's index is its shock's first index and its place in it."""
    key = draws.source_key(name)
    events = np.empty(0)
    while not len(events) or events[-1] < tables.end:  # in blocks, so that a longer run begins with the same shocks
        numbers = draws.root_keys(key, 0, len(events) + BLOCK)
        gaps, sizes = draws.pairs(run_key, numbers, draws.SHOCK)
        events = np.cumsum(-np.log1p(-gaps)) * (_HOURS_PER_YEAR / source.per_year)
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
    return _in_order(times[shown], index[shown], np.full(int(shown.sum()), -1))


def replayed(tables: Tables, name: str, source: Replay) -> Rows:
    """The log's requests within the run; the index is the request's place in the log."""
    log = tables.model.logs[name]
    offset = (log.first_day - tables.model.first_day).days * 24.0
    times = np.array(log.arrived_hours) + offset
    inside = (times >= tables.start) & (times < tables.end)
    codes = {category: code for code, category in enumerate(tables.categories)}
    default = codes[source.default_category] if source.default_category else 0
    mapped = {value: codes[category] for value, category in source.category_map.items()}
    category = np.array([mapped.get(value, default) for value in log.values], dtype=np.int64)
    return _in_order(times[inside], np.flatnonzero(inside), category[inside])


def poisson_quantile(u: float, mean: float) -> int:
    """The smallest n with P(N <= n) >= u for N ~ Poisson(mean)."""
    if mean > _MEAN_TO_ADD_UP:
        from scipy import special  # noqa: PLC0415  a slow import that few models need

        n = max(int(special.pdtrik(u, mean)) - 2, 0)
        while special.pdtr(n, mean) < u:
            n += 1
        return n
    n, term = 0, math.exp(-mean)
    total = term
    while total < u and term > 0:
        n += 1
        term *= mean / n
        total += term
    return n


def _in_order(times: Rows, index: Rows, category: Rows) -> Rows:
    entries = np.zeros(len(times), LISTED_ROW)
    entries["time"], entries["index"], entries["category"] = times, index, category
    return entries[np.lexsort((index, times))]
