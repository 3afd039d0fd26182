"""Numbers over points and runs of which the noise of the runs is taken out, and their bootstrap intervals.

Runs share their luck over the points (common random numbers), so a product of two points' means has the covariance
of their noise in it. Products of different runs have not: the sum over all pairs r != s of a_r b_s, which is
(sum a)(sum b) - sum a b, estimates without bias what it would be after endless runs. Weighted, pairs of copies of one
run stay out, too, so that a bootstrap over runs sees no noise as signal.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, Philox

from changeflow.measure.estimates.student import t_quantile
from changeflow.measure.records import Floats

DRAWS = 500
Statistic = Callable[[Floats, Floats], Floats]
"""Weights of rows and of runs -> numbers."""


def product_of_means(first: Floats, second: Floats, runs: Floats) -> Floats:
    """Row by row the product of two means over runs, without their common noise; rows x runs, weights of runs."""
    total = runs.sum()
    pairs = total**2 - (runs**2).sum()
    return np.asarray(((first @ runs) * (second @ runs) - (first * second) @ runs**2) / pairs)


def noise_variance(table: Floats, runs: Floats) -> Floats:
    """Row by row the variance of one run around the row's mean."""
    share = runs / runs.sum()
    mean = table @ share
    square = (table - mean[:, None]) ** 2 @ share
    return np.asarray(square / (1 - (share**2).sum()))


@dataclass(frozen=True, slots=True)
class Resampled:
    """Numbers and what becomes of them with other rows and runs."""

    found: Floats
    draws: Floats
    """Draws x numbers."""
    rows: int

    def ends(self, level: float) -> tuple[Floats, Floats]:
        """Percentile ends of each number (Efron 1979); NaN where it never is one."""
        there, ends = ~np.isnan(self.draws).all(axis=0), np.full((2, len(self.found)), np.nan)
        ends[:, there] = np.nanquantile(self.draws[:, there], [(1 - level) / 2, (1 + level) / 2], axis=0)
        return ends[0], ends[1]

    def surely_above(self, place: int, other: int | None, level: float) -> bool:
        """Is a number surely above another one (None: above nothing)? By the half-width of their difference."""
        found, draws = self.found[place], self.draws[:, place]
        if other is not None:
            found, draws = found - self.found[other], draws - self.draws[:, other]
        return bool(found - self.half_width(draws, level) > 0)

    def half_width(self, draws: Floats, level: float) -> float:
        """t(rows - 1) times the standard deviation of the draws: few draws tell it also at a level near 1."""
        there = draws[~np.isnan(draws)]
        return t_quantile(level, self.rows - 1) * float(there.std(ddof=1)) if len(there) > 1 else math.inf


def bootstrap(statistic: Statistic, rows: int, runs: int, seed: int) -> Resampled:
    """The numbers, also from resampled rows and runs, both at once."""
    chance = Generator(Philox(seed))
    found = statistic(np.ones(rows), np.ones(runs))
    draws = []
    for _ in range(DRAWS):
        of_rows = np.bincount(chance.integers(rows, size=rows), minlength=rows).astype(float)
        of_runs = np.bincount(chance.integers(runs, size=runs), minlength=runs).astype(float)
        if (of_runs > 0).sum() > 1:
            draws.append(statistic(of_rows, of_runs))
    return Resampled(found, np.array(draws), rows)
