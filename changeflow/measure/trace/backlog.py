"""Open requests over time: a step function, and what is read off it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from changeflow.measure.records import Floats
from changeflow.measure.trace.tallies import mean_open, most_open

DAY = 24.0
WEEK = 168.0
CLEAR_FACTOR = 1.1
CLEAR_DAYS = 7
COMPLETE_SHARE = 0.1
_WEEKLY = np.full(CLEAR_DAYS, 1 / CLEAR_DAYS)


@dataclass(frozen=True, slots=True)
class Backlog:
    """The number of open requests from `start` to `end` (clock hours); closed is the end where still open."""

    arrived: Floats
    closed: Floats
    start: float
    end: float

    @classmethod
    def of(cls, arrived: Floats, closed: Floats, start: float, end: float) -> Backlog:
        """NaN in `closed` means still open."""
        return cls(np.sort(arrived), np.sort(np.where(np.isnan(closed), end, closed)), start, end)

    def means(self, edges: Floats, width: float) -> Floats:
        """Mean number open between sorted edges that lie `width` apart."""
        found = np.empty(len(edges) - 1)
        mean_open(self.arrived, self.closed, edges, width, found)
        return found

    def mean(self, begin: float, end: float) -> float:
        """Time average over [begin, end)."""
        return float(self.means(np.array([begin, end]), end - begin)[0])

    def peak(self, begin: float) -> float:
        """Largest number open at any time from `begin` to the end."""
        return float(most_open(self.arrived, self.closed, begin, self.end))

    def daily(self) -> Floats:
        """Mean number open on each whole day since the start."""
        return self.means(_days(self.start, int((self.end - self.start) / DAY)), DAY)

    def growth_per_week(self, begin: float) -> float:
        """Least-squares slope of the weekly means over the last half of the window, in whole weeks."""
        weeks = int((self.end - begin) / 2 / WEEK)
        if weeks < 2:
            return np.nan
        edges, x, squares = _weeks(self.end, weeks)
        return float(x @ self.means(edges, WEEK)) / squares


@lru_cache(maxsize=32)
def _days(start: float, days: int) -> Floats:
    """Edges of the days of a run, the same in all of its replications."""
    return start + DAY * np.arange(days + 1)


@lru_cache(maxsize=32)
def _weeks(end: float, weeks: int) -> tuple[Floats, Floats, float]:
    """Edges of the last weeks of a run, their centred numbers, and the sum of the squares of these."""
    x = np.arange(weeks) - (weeks - 1) / 2
    return end - WEEK * np.arange(weeks, -1, -1), x, float(x @ x)


def clear_day(daily: Floats) -> float:
    """First day after the peak at which the 7-day mean is at most 1.1 x the mean of the last quarter; NaN: never."""
    if len(daily) < 4 * CLEAR_DAYS:
        return np.nan
    week = np.correlate(daily, _WEEKLY, mode="valid")
    usual = CLEAR_FACTOR * daily[-(len(daily) // 4) :].mean()
    peak = int(np.argmax(week))
    calm = np.flatnonzero(week[peak:] <= usual)
    return float(peak + calm[0] + CLEAR_DAYS) if len(calm) else np.nan


def completion_day(daily_misfits: Floats) -> float:
    """First day after their peak on which open latent misfits fall under 10 % of it; NaN: never, 0: none."""
    if not len(daily_misfits) or daily_misfits.max() <= 0:
        return 0.0
    peak = int(np.argmax(daily_misfits))
    few = np.flatnonzero(daily_misfits[peak:] < COMPLETE_SHARE * daily_misfits[peak])
    return float(peak + few[0]) if len(few) else np.nan
