"""Intervals from one long run: means of batches, apart or overlapping."""

from __future__ import annotations

import math

import numpy as np

from changeflow.errors import PlanError
from changeflow.measure.estimates.replications import t_interval
from changeflow.measure.estimates.student import t_quantile
from changeflow.measure.records import Floats


def batched(values: Floats, size: int) -> Floats:
    """Means of consecutive batches of `size`; what is left over at the end is dropped."""
    count = len(values) // size
    means: Floats = np.asarray(values, dtype=float)[: count * size].reshape(count, size).mean(axis=1)
    return means


def batch_means_interval(values: Floats, batches: int, level: float = 0.95) -> tuple[float, float]:
    """Mean and half-width of a stationary series from the means of its batches (Law 2015, section 9.5.3).

    Values left over are dropped at the start, where a series has not yet settled. Raises PlanError below two batches.
    """
    size = len(values) // max(batches, 1)
    if batches < 2 or not size:
        raise PlanError(f"batch means: expected at least 2 batches of 1 value, found {len(values)} in {batches}")
    return t_interval(batched(values[len(values) - size * batches :], size), level)


def overlapping_interval(values: Floats, size: int, level: float = 0.95) -> tuple[float, float]:
    """Mean and half-width from all batches of `size` values, overlapping (Meketon and Schmeiser 1984).

    Its variance estimate has two thirds of the variance of the batches apart, so 1.5 (n / size - 1) degrees of freedom.
    Raises PlanError for fewer than two batches apart.
    """
    data = np.asarray(values, dtype=float)
    n = len(data)
    if not 1 <= size <= n // 2:
        raise PlanError(f"overlapping batch means: expected a size from 1 to {n // 2}, found {size}")
    mean = float(data.mean())
    sums = np.concatenate([[0.0], np.cumsum(data - mean)])
    windows = (sums[size:] - sums[:-size]) / size
    variance = size * float(np.sum(windows**2)) / ((n - size + 1) * (n - size))
    return mean, t_quantile(level, int(1.5 * (n / size - 1))) * math.sqrt(variance)
