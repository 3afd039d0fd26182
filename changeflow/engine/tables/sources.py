"""The sources of demand as rows and pools: what of them is the same in all runs of a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from changeflow.engine.chance.arrivals import CONSTANT, LISTED, LISTED_ROW, PIECEWISE, RENEWAL, SOURCE
from changeflow.engine.chance.draws import source_key
from changeflow.model.requests.demand import GoLive, Piecewise, Poisson, Renewal, Replay, Shocks
from changeflow.model.requests.season import hourly_rates
from changeflow.model.schema import Model

Rows = NDArray[Any]
Floats = NDArray[np.float64]
OPEN_TODAY = -1


@dataclass(frozen=True, slots=True)
class SourceTable:
    """Rows of dtype SOURCE, those open at the start first, then the sources as in the file."""

    rows: Rows
    listed: Rows
    """Requests known before the run: open at the start, or replayed; rows of dtype LISTED_ROW and one more."""
    edges: Floats
    heights: Floats
    """Cumulated rates at the edges, one source after another."""
    drawn: tuple[tuple[int, str, GoLive | Shocks], ...]
    """Sources whose requests each run lists anew: row, name and source."""

    @classmethod
    def of(
        cls,
        model: Model,
        categories: tuple[str, ...],
        window: tuple[float, float],
        gap_law: Sequence[int],
        batch_law: Sequence[int],
    ) -> SourceTable:
        """Lay out the sources of a model for the hours of a window."""
        pools = _Pools(model, categories, *window)
        rows = [pools.open_today()]
        rows += [
            pools.row(number, name, gap_law[number], batch_law[number]) for number, name in enumerate(pools.sources)
        ]
        return cls(
            rows=np.concatenate(rows),
            listed=np.concatenate([*pools.lists, np.zeros(1, LISTED_ROW)]),
            edges=np.concatenate([*pools.edges, np.zeros(1)]),
            heights=np.concatenate([*pools.heights, np.zeros(1)]),
            drawn=tuple(
                (number + 1, name, source)
                for number, (name, source) in enumerate(pools.sources.items())
                if isinstance(source, GoLive | Shocks)
            ),
        )


@dataclass
class _Pools:
    model: Model
    categories: tuple[str, ...]
    start: float
    end: float
    lists: list[Rows] = field(default_factory=list)
    edges: list[Floats] = field(default_factory=list)
    heights: list[Floats] = field(default_factory=list)

    @property
    def sources(self) -> dict[str, Any]:
        return self.model.demand.sources

    def open_today(self) -> Rows:
        count = self.model.open_today
        row = _row(LISTED, OPEN_TODAY, "open_today")
        return self._list(row, listed_rows(np.full(count, self.start), np.arange(count), np.full(count, -1)))

    def row(self, number: int, name: str, gap_law: int, batch_law: int) -> Rows:
        source = self.sources[name]
        row = _row(LISTED, number, name)
        if isinstance(source, Replay):
            return self._list(row, self._replayed(name, source))
        row["category"] = self.categories.index(source.category) if source.category else -1
        if isinstance(source, GoLive | Shocks):
            return row
        row["gap_law"], row["batch_law"] = gap_law, batch_law
        match source:
            case Poisson(season=None):
                row["kind"], row["rate"] = CONSTANT, source.per_hour(self.model.organisation.users)
            case Poisson():
                self._changing(row, *self._seasonal(source))
            case Renewal():
                row["kind"], row["rate"] = RENEWAL, 1.0
            case Piecewise():
                self._changing(row, np.array(source.edges_days) * 24, np.array(source.rates_per_day) / 24)
            case _:
                raise AssertionError(source)
        return row

    def _list(self, row: Rows, entries: Rows) -> Rows:
        row["first"], row["size"] = sum(map(len, self.lists)), len(entries)
        self.lists.append(entries)
        return row

    def _changing(self, row: Rows, edges: Floats, rates: Floats) -> None:
        heights = np.concatenate([[0.0], np.cumsum(rates * np.diff(edges))])
        row["kind"], row["rate"] = PIECEWISE, 1.0
        row["first"], row["size"] = sum(map(len, self.edges)), len(edges)
        row["passed"] = np.interp(self.start, edges, heights)
        self.edges.append(edges)
        self.heights.append(heights)

    def _seasonal(self, source: Poisson) -> tuple[Floats, Floats]:
        """Edges and rates from clock zero to the end of the run."""
        assert source.season is not None
        base = source.per_hour(self.model.organisation.users)
        return hourly_rates(source.season, base, self.model.first_day, 0.0, self.end)

    def _replayed(self, name: str, source: Replay) -> Rows:
        """The log's requests within the run; the index is the request's place in the log."""
        log = self.model.logs[name]
        offset = (log.first_day - self.model.first_day).days * 24.0
        times = np.array(log.arrived_hours) + offset
        inside = (times >= self.start) & (times < self.end)
        codes = {category: code for code, category in enumerate(self.categories)}
        default = codes[source.default_category] if source.default_category else 0
        mapped = {value: codes[category] for value, category in source.category_map.items()}
        category = np.array([mapped.get(value, default) for value in log.values], dtype=np.int64)
        return listed_rows(times[inside], np.flatnonzero(inside), category[inside])


def _row(kind: int, code: int, name: str) -> Rows:
    row = np.zeros(1, SOURCE)
    row["kind"], row["code"], row["key"] = kind, code, source_key(name)
    row["category"] = row["gap_law"] = row["batch_law"] = -1
    return row


def listed_rows(times: Rows, index: Rows, category: Rows) -> Rows:
    """Requests of a list in order of time, then of index; category -1: that of the source."""
    entries = np.zeros(len(times), LISTED_ROW)
    entries["time"], entries["index"], entries["category"] = times, index, category
    return entries[np.lexsort((index, times))]
