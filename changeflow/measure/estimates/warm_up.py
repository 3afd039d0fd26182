"""Where the warm-up of a steady-state run ends: MSER-5, and Welch's curve for the eye."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from changeflow.errors import PlanError
from changeflow.measure.estimates.batch_means import batched
from changeflow.measure.records import Floats

BATCH = 5
LAST = 5
"""The statistic of the very last batches is small by chance alone: they cannot be the cut (Hoad and others 2010)."""


@dataclass(frozen=True, slots=True)
class Truncation:
    """A cut of the start of a series."""

    batches: int
    """Batches to leave out."""
    observations: int
    mean: float
    """Mean of what is kept."""
    statistic: float
    """Squared standard error of that mean, as if the batches were independent."""
    sufficient: bool
    """False: the best cut would lie in the second half, so the series is too short to tell."""


def mser(values: Floats, batch: int = BATCH) -> Truncation:
    """The cut d that minimises sum_{i > d} (Y_i - mean)^2 / (n - d)^2 over the first half, the first of equals.

    MSER of White (1997) on batch means Y: MSER-5 of White, Cobb and Spratt (2000). Raises PlanError below 2 batches.
    """
    data = batched(values, batch)
    n = len(data)
    if n < 2:
        raise PlanError(f"MSER: expected at least 2 batches of {batch}, found {len(values)} values")
    means, squares = np.empty(n), np.empty(n)
    mean = total = 0.0
    for d in range(n - 1, -1, -1):  # updating from the end is exact for constant series, sums of squares are not
        step = data[d] - mean
        mean += step / (n - d)
        total += step * (data[d] - mean)
        means[d], squares[d] = mean, total
    statistics = squares / (n - np.arange(n)) ** 2
    cut = int(np.argmin(statistics[: n // 2]))
    later = statistics[n // 2 : max(n - LAST, n // 2)]
    sufficient = not np.any(later < statistics[cut])
    return Truncation(cut, cut * batch, float(means[cut]), float(statistics[cut]), sufficient)


def welch_curve(runs: Floats, half_window: int) -> Floats:
    """Mean over replications (rows), smoothed by a moving average of 2 w + 1 points, fewer near the start.

    Welch (1983); the last w points have no full window and are left out. Raises PlanError for a window too wide.
    """
    mean = np.asarray(runs, dtype=float).mean(axis=0)
    n = len(mean)
    if not 0 <= half_window <= n // 4:
        raise PlanError(f"Welch's curve: expected a half window from 0 to {math.floor(n / 4)}, found {half_window}")
    sums = np.concatenate([[0.0], np.cumsum(mean)])
    places = np.arange(n - half_window)
    reach = np.minimum(places, half_window)
    curve: Floats = (sums[places + reach + 1] - sums[places - reach]) / (2 * reach + 1)
    return curve
