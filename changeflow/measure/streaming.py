"""Measures of a run too long to keep: folds over chunks of finished rows, in memory that does not grow.

Means are exact; quantiles come from a histogram with 128 bins an octave, so within 0.6 % of a value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from changeflow.engine.trace import DONE, Rows
from changeflow.measure.records import Floats

BINS_PER_OCTAVE = 128
_SMALLEST, _LARGEST = -30, 40  # octaves of an hour


def _empty() -> Floats:
    return np.zeros((_LARGEST - _SMALLEST) * BINS_PER_OCTAVE + 1)


@dataclass(slots=True)
class Tally:
    """Count, sum and log-linear histogram of non-negative values; bin 0 holds zeros."""

    count: int = 0
    total: float = 0.0
    bins: Floats = field(default_factory=_empty)

    def add(self, values: Floats) -> None:
        """Fold a chunk in."""
        self.count += len(values)
        self.total += float(values.sum())
        with np.errstate(divide="ignore"):
            octaves = np.log2(values) - _SMALLEST
        places = np.clip(np.floor(octaves * BINS_PER_OCTAVE) + 1, 0, len(self.bins) - 1).astype(np.int64)
        self.bins += np.bincount(places, minlength=len(self.bins))

    def merge(self, other: Tally) -> None:
        """Fold another tally in, of another chunk, thread or replication."""
        self.count += other.count
        self.total += other.total
        self.bins += other.bins

    @property
    def mean(self) -> float:
        """Exact mean; NaN without values."""
        return self.total / self.count if self.count else math.nan

    def quantile(self, p: float) -> float:
        """The middle of the bin that the quantile lies in, by ratio."""
        if not self.count:
            return math.nan
        place = int(np.searchsorted(np.cumsum(self.bins), p * self.count))
        return 0.0 if place == 0 else 2.0 ** (_SMALLEST + (place - 0.5) / BINS_PER_OCTAVE)


@dataclass(slots=True)
class StreamingMeasures:
    """A fold of one run: waits of started visits, times to done, and the backlog's time average."""

    begin: float
    end: float
    stations: tuple[str, ...]
    sojourn_hours: Tally = field(default_factory=Tally)
    visit_wait_hours: dict[str, Tally] = field(default_factory=dict)
    closed: int = 0
    still_open: int = 0
    open_hours: float = 0.0

    def __call__(self, requests: Rows, visits: Rows) -> None:
        """Fold a chunk of rows in; measured is what arrives or joins from `begin` on."""
        arrived, closed = requests["arrived"], requests["closed"]
        until = np.where(np.isnan(closed), self.end, closed)
        self.open_hours += float(np.maximum(until - np.maximum(arrived, self.begin), 0.0).sum())
        done = (requests["outcome"] == DONE) & (arrived >= self.begin)
        self.sojourn_hours.add((closed - arrived)[done])
        self.closed += int((~np.isnan(closed)).sum())
        self.still_open += int(np.isnan(closed).sum())
        started = (visits["joined"] >= self.begin) & ~np.isnan(visits["started"])
        waits = visits["started"] - visits["joined"]
        for number, name in enumerate(self.stations):
            tally = self.visit_wait_hours.setdefault(name, Tally())
            tally.add(waits[started & (visits["station"] == number)])

    @property
    def backlog_requests(self) -> float:
        """Time average of open requests over [begin, end)."""
        return self.open_hours / (self.end - self.begin)
