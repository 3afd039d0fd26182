"""Measures of a run too long to keep: folds over chunks of finished rows, in memory that does not grow.

Means are exact; quantiles come from a histogram with 128 bins an octave, so within 0.4 % of a value. A bin is the
leading bits of a float: its exponent and seven bits of its fraction; cheaper than a logarithm, and exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from changeflow.engine.trace import Rows
from changeflow.measure.records import Floats
from changeflow.measure.trace.folds import fold_requests, fold_waits

BINS_PER_OCTAVE = 128
_SMALLEST, _LARGEST = -30, 40  # octaves of an hour
_DROPPED_BITS = 52 - 7
_FIRST = ((1023 + _SMALLEST) * BINS_PER_OCTAVE) - 1


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
        places = (values.view(np.int64) >> _DROPPED_BITS) - _FIRST
        np.clip(places, 0, len(self.bins) - 1, out=places)
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
        """The middle of the bin that the quantile lies in."""
        if not self.count:
            return math.nan
        place = int(np.searchsorted(np.cumsum(self.bins), p * self.count))
        middle = ((place + _FIRST) << _DROPPED_BITS) + (1 << (_DROPPED_BITS - 1))
        return 0.0 if place == 0 else float(np.int64(middle).view(np.float64))


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
        sums = np.zeros(4)
        bins = self.sojourn_hours.bins
        fold_requests(requests, self.begin, self.end, bins, _FIRST, _DROPPED_BITS, sums)
        self.sojourn_hours.count += int(sums[0])
        self.sojourn_hours.total += float(sums[1])
        self.open_hours += float(sums[2])
        self.still_open += int(sums[3])
        self.closed += len(requests) - int(sums[3])
        for number, name in enumerate(self.stations):
            tally = self.visit_wait_hours.setdefault(name, Tally())
            count, total = fold_waits(visits, number, self.begin, tally.bins, _FIRST, _DROPPED_BITS)
            tally.count += count
            tally.total += total

    @property
    def backlog_requests(self) -> float:
        """Time average of open requests over [begin, end)."""
        return self.open_hours / (self.end - self.begin)
