"""Clock time and working time: a monotone, piecewise linear map, shared by both engines.

A calendar is three arrays: opening times, closing times, and the open hours before each opening. Work that
ends exactly at closing time ends then, not at the next opening (left-continuous).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from changeflow.engine.jit import borrowed, compiled
from changeflow.model.schema import Model

_MARGIN_DAYS = 60


@compiled
def _last_at_most(values, first, size, t):  # type: ignore[no-untyped-def]
    """Index of the last of `size` values from `first` on that is <= t; first - 1 when there is none.

    Weeks are alike, so a straight line comes within a few places of it, whatever the number of years.
    """
    last = first + size - 1
    i = first - 1
    if size > 0 and values[first] <= t:
        i = first
        if values[last] > values[first]:
            i += int(min((t - values[first]) / (values[last] - values[first]), 1.0) * (size - 1))
    while i < last and values[i + 1] <= t:
        i += 1
    while i > first and values[i] > t:
        i -= 1
    return i


@compiled
def open_hours(opens, closes, before, first, size, t):  # type: ignore[no-untyped-def]
    """Open hours from the calendar's begin to clock time t; it has `size` intervals from `first` on."""
    opens, closes, before = borrowed(opens), borrowed(closes), borrowed(before)
    i = _last_at_most(opens, first, size, t)
    if i < first:
        return 0.0
    return before[i] + min(t, closes[i]) - opens[i]


@compiled
def fill_open_hours(opens, closes, before, times, out):  # type: ignore[no-untyped-def]
    """The same for many times and one calendar; NaN stays NaN."""
    for i in range(times.shape[0]):
        t = times[i]
        out[i] = math.nan if math.isnan(t) else open_hours(opens, closes, before, 0, opens.shape[0], t)


@compiled
def finish_time(opens, closes, before, first, size, t, hours):  # type: ignore[no-untyped-def]
    """Clock time at which `hours` open hours after t have passed; infinity beyond the calendar's end."""
    if hours <= 0.0:
        return t
    opens, closes, before = borrowed(opens), borrowed(closes), borrowed(before)
    i = _last_at_most(opens, first, size, t)
    left = hours
    if i >= first and t < closes[i]:
        if t + hours <= closes[i]:
            return t + hours
        left = hours - (closes[i] - t)
    i += 1
    if i >= first + size:
        return math.inf
    goal = before[i] + left
    if goal == before[i]:  # less than a float can tell: done when it closed, not when it opens next
        return max(t, closes[i - 1]) if i > first else t
    j = _last_at_most(before, first, size, goal)
    if before[j] == goal and j > i:
        j -= 1
    done = opens[j] + (goal - before[j])
    if j == first + size - 1 and done > closes[j]:
        return math.inf
    return min(done, closes[j])


@compiled
def next_open(opens, closes, first, size, t):  # type: ignore[no-untyped-def]
    """t when open at t, else the next opening; infinity beyond the calendar's end."""
    opens = borrowed(opens)
    i = _last_at_most(opens, first, size, t)
    if i >= first and t < closes[i]:
        return t
    return opens[i + 1] if i + 1 < first + size else math.inf


@dataclass(frozen=True, slots=True)
class WorkTime:
    """One calendar, laid out over a run. Always-open calendars have one interval without end."""

    opens: NDArray[np.float64]
    closes: NDArray[np.float64]
    before: NDArray[np.float64]
    never_closes: bool = False

    def open_hours(self, t: float) -> float:
        """Open hours from the calendar's begin to t."""
        if self.never_closes:
            return t
        return float(open_hours(self.opens, self.closes, self.before, 0, len(self.opens), t))

    def open_hours_at(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same for an array of times (NaN stays NaN)."""
        hours = np.empty(len(times))
        fill_open_hours(self.opens, self.closes, self.before, np.ascontiguousarray(times), hours)
        return hours

    def finish_time(self, t: float, hours: float) -> float:
        """Clock time at which `hours` open hours after t have passed."""
        if self.never_closes:
            return t + hours if hours > 0.0 else t
        return float(finish_time(self.opens, self.closes, self.before, 0, len(self.opens), t, hours))

    def next_open(self, t: float) -> float:
        """t when open at t, else the next opening."""
        return t if self.never_closes else float(next_open(self.opens, self.closes, 0, len(self.opens), t))


@cache
def always() -> WorkTime:
    """A calendar that never closes."""
    return WorkTime(np.zeros(1), np.full(1, math.inf), np.zeros(1), never_closes=True)


def lay_out(model: Model, name: str, end_hours: float) -> WorkTime:
    """A calendar of the model from clock zero to some weeks beyond the end of the run."""
    if name == "always":
        return always()
    calendar, first, days = model.calendars[name], model.first_day, math.ceil(end_hours / 24) + _MARGIN_DAYS
    return _laid_out(calendar.pattern(), calendar.closed_dates(first, first + timedelta(days=days)), first, days)


@lru_cache(maxsize=32)
def _laid_out(
    pattern: tuple[tuple[tuple[float, float], ...], ...], closed: frozenset[date], first: date, days: int
) -> WorkTime:
    """Kept, for the scenarios of a comparison mostly have the same calendars."""
    opens: list[float] = []
    closes: list[float] = []
    for day in range(days):
        today = first + timedelta(days=day)
        if today in closed:
            continue
        for start, end in pattern[today.weekday()]:
            if closes and closes[-1] == day * 24 + start:  # midnight or back to back: one interval
                closes[-1] = day * 24 + end
            else:
                opens.append(day * 24 + start)
                closes.append(day * 24 + end)
    lengths = np.array(closes) - np.array(opens)
    before = np.concatenate([[0.0], np.cumsum(lengths)])[: len(opens)]  # as many as opens, also when there are none
    return WorkTime(np.array(opens), np.array(closes), before)
