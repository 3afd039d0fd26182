"""How much of a measure's variance lies between organisations, and how much between the runs of one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from changeflow.measure.records import Floats


@dataclass(frozen=True, slots=True)
class VarianceSplit:
    """Components of variance of a measure, in the square of its unit, with the interval of the share between."""

    between: float
    """Of the organisations' true means; 0 where the estimate is below."""
    within: float
    """Of the runs of one organisation."""
    low: float
    """Ends of the interval of the share that lies between."""
    high: float
    level: float
    organisations: int
    runs_each: int

    @property
    def share(self) -> float:
        """Between over between plus within."""
        return self.between / (self.between + self.within)


def split_variance(values: Floats, size: int, level: float = 0.95) -> VarianceSplit | None:
    """One-way random-effects analysis of variance over whole organisations of `size` runs in a row.

    Estimators by mean squares, exact F interval of the share for normal effects (Searle, Casella and McCulloch 1992,
    sections 3.5 and 3.6). None below two organisations or two runs each, where a run has no value, or nothing varies.
    """
    organisations = len(values) // size
    if organisations < 2 or size < 2 or np.isnan(values).any():
        return None
    table = np.asarray(values[: organisations * size], dtype=float).reshape(organisations, size)
    between = size * float(table.mean(axis=1).var(ddof=1))
    within = float(table.var(axis=1, ddof=1).mean())
    if not between + within:
        return None
    low, high = _share_interval(between, within, organisations, size, level)
    return VarianceSplit(max((between - within) / size, 0.0), within, low, high, level, organisations, size)


def _share_interval(between: float, within: float, organisations: int, size: int, level: float) -> tuple[float, float]:
    """From F = between / within over (1 + size x ratio of variances), which has the F law."""
    from scipy import special  # noqa: PLC0415  a slow import that models without variation do without

    if within == 0:
        return 1.0, 1.0
    degrees = organisations - 1, organisations * (size - 1)
    tail = (1 - level) / 2
    ratios = [(between / within / float(special.fdtri(*degrees, p)) - 1) / size for p in (1 - tail, tail)]
    low, high = (max(ratio, 0.0) / (1 + max(ratio, 0.0)) for ratio in ratios)
    return low, high
