"""What one factor may be, and the value at a share of its range."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Setting = tuple[Any, ...]
"""One value for each factor; None leaves the model as it is."""
Law = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Range:
    """What one factor may be: the listed values, or anything from low to high; also from one law to another."""

    path: str
    values: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0
    levels: int = 2
    whole: bool = False
    """Whole numbers only: both ends are."""
    laws: tuple[Law, Law] | None = None
    """Two laws of one kind: in between, each of their numbers is."""

    def at(self, share: float) -> Any:
        """The value at a share in [0, 1] of the range; each listed value and each whole number has the same part."""
        if self.values:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        if self.laws is not None:
            return _between(*self.laws, share)
        if self.whole:
            return int(min(self.low + math.floor(share * (self.high - self.low + 1)), self.high))
        return self.low + share * (self.high - self.low)

    @property
    def steps(self) -> tuple[Any, ...]:
        """The values in a grid: as listed, or evenly spaced with both ends."""
        if self.values:
            return self.values
        if self.laws is not None:
            return tuple(_between(*self.laws, step / (self.levels - 1)) for step in range(self.levels))
        spaced = [self.low + (self.high - self.low) * step / (self.levels - 1) for step in range(self.levels)]
        return tuple(dict.fromkeys(round(value) for value in spaced)) if self.whole else tuple(spaced)

    @property
    def ends(self) -> tuple[Any, Any]:
        """Both levels of a two-level design."""
        steps = self.steps
        return steps[0], steps[-1]

    def number(self, value: Any) -> Any:
        """A value as it is; of a law between two others the first number that differs between those."""
        if self.laws is None or not isinstance(value, Mapping):
            return value
        first, last = self.laws
        return value[next(name for name in first if first[name] != last[name])]

    def position(self, value: Any) -> float:
        """How far a value of the range is from its beginning, 0 to 1; NaN for what the range does not hold."""
        if self.values:
            return self.values.index(value) / max(len(self.values) - 1, 1) if value in self.values else math.nan
        if self.laws is not None:
            first, last = self.laws
            key = next(name for name in first if first[name] != last[name])
            return float((value[key] - first[key]) / (last[key] - first[key])) if value else math.nan
        return (value - self.low) / (self.high - self.low) if isinstance(value, int | float) else math.nan


def range_between(path: str, low: Any, high: Any, levels: int = 2) -> Range | None:
    """The range between two ends of any sort; None where they are no ends.

    Numbers: all between; laws of one kind whose numbers alone differ: each number between; else: one or the other.
    """
    if low is None or high is None or low == high:
        return None
    if _is_number(low) and _is_number(high):
        return Range(path, (), low, high, levels, isinstance(low, int) and isinstance(high, int))
    if isinstance(low, Mapping) and isinstance(high, Mapping) and _are_alike(low, high):
        return Range(path, levels=levels, laws=(low, high))
    return Range(path, (low, high))


def _are_alike(low: Law, high: Law) -> bool:
    return low.keys() == high.keys() and all(
        low[key] == high[key] or (_is_number(low[key]) and _is_number(high[key])) for key in low
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _between(low: Law, high: Law, share: float) -> Law:
    return {
        key: value if value == high[key] else float(value + share * (high[key] - value)) for key, value in low.items()
    }
