"""Estimates over replications: means, ratios, paired differences, quantiles across runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from changeflow.measure.estimates.student import t_quantile
from changeflow.measure.records import Floats


def t_interval(values: Sequence[float] | Floats, level: float = 0.95) -> tuple[float, float]:
    """Mean and half-width t(n-1) s / sqrt(n); NaNs are left out; infinite below two values."""
    data = np.asarray(values, dtype=float)
    data = data[~np.isnan(data)]
    if not len(data):
        return math.nan, math.nan
    if len(data) < 2:
        return float(data.mean()), math.inf
    spread = float(data.std(ddof=1))
    return float(data.mean()), t_quantile(level, len(data) - 1) * spread / math.sqrt(len(data))


def curve_interval(curves: Floats, level: float = 0.95) -> tuple[Floats, Floats]:
    """Pointwise mean and half-width of curves, one row a replication; NaN below two: no band, not one of width 0."""
    n = len(curves)
    mean = np.asarray(curves.mean(axis=0))
    if n < 2:
        return mean, np.full_like(mean, np.nan)
    return mean, t_quantile(level, n - 1) * np.asarray(curves.std(axis=0, ddof=1)) / math.sqrt(n)


def jackknife_ratio(tops: Floats, bottoms: Floats, level: float = 0.95) -> tuple[float, float]:
    """Ratio of sums with jackknife interval over replications (Miller 1974)."""
    n = len(tops)
    top, bottom = float(tops.sum()), float(bottoms.sum())
    if bottom == 0:
        return math.nan, math.nan
    if n < 2:
        return top / bottom, math.inf
    if np.any(bottom - bottoms == 0):
        return top / bottom, math.inf
    return t_interval(pseudo_values(tops, bottoms), level)


def pseudo_values(tops: Floats, bottoms: Floats) -> Floats:
    """Those of the jackknife of a ratio of sums; NaN where a ratio without one of them is none."""
    n, top, bottom = len(tops), float(tops.sum()), float(bottoms.sum())
    rest = bottom - bottoms
    if bottom == 0 or np.any(rest == 0):
        return np.full(n, np.nan)
    return np.asarray(n * top / bottom - (n - 1) * (top - tops) / rest)


def jackknife_difference(
    first: tuple[Floats, Floats], second: tuple[Floats, Floats], level: float
) -> tuple[float, float]:
    """Paired difference of two ratios of sums, jackknifed together."""
    return t_interval(pseudo_values(*first) - pseudo_values(*second), level)


def jackknife_share(tops: Floats, bottoms: Floats, level: float = 0.95) -> tuple[float, float]:
    """The same of a share of what is counted; of none, or of all, the width is that of what may have been missed."""
    mean, half_width = jackknife_ratio(tops, bottoms, level)
    return mean, math.hypot(half_width, _beyond_seen(tops, bottoms, level))


def jackknife_share_difference(
    first: tuple[Floats, Floats], second: tuple[Floats, Floats], level: float
) -> tuple[float, float]:
    """Paired difference of two shares of what is counted."""
    mean, half_width = jackknife_difference(first, second, level)
    return mean, math.hypot(half_width, *(_beyond_seen(*one, level) for one in (first, second)))


def unseen_share(trials: float, runs: int, level: float = 0.95) -> float:
    """How far above 0 the share of what was never seen in so many trials may be, or below 1 that of what always was.

    The exact end for independent trials, of which there are fewer by what few runs leave unsure of how those of a run
    hang together; no variance is found that would tell (Korn and Graubard 1998). Infinite below two runs.
    """
    if runs < 2 or not trials:
        return math.inf
    worth = trials * (NormalDist().inv_cdf(0.5 + level / 2) / t_quantile(level, runs - 1)) ** 2
    return -math.expm1(math.log((1 - level) / 2) / worth)


def _beyond_seen(tops: Floats, bottoms: Floats, level: float) -> float:
    """0 where some were seen and some not: then the runs differ, and the jackknife tells."""
    top, bottom = float(tops.sum()), float(bottoms.sum())
    return 0.0 if bottom == 0 or 0 < top < bottom else unseen_share(bottom, int(np.count_nonzero(bottoms)), level)


def joint_level(level: float, comparisons: int) -> float:
    """Level of each interval so that all hold together at `level` (Bonferroni)."""
    return 1 - (1 - level) / max(comparisons, 1)


def quantile_interval(values: Floats, p: float, level: float = 0.95) -> tuple[float, float, float] | None:
    """Quantile across replications and its order-statistic interval; None below the minimal number of runs.

    Ranks l < u with P(l <= Binomial(n, p) < u) >= level (David 1981, section 2.5).
    """
    from scipy import special  # noqa: PLC0415  a slow import that a plain comparison does without

    n = len(values)
    tail = (1 - level) / 2
    counts = np.arange(n + 1)
    below = special.bdtr(counts, n, p)
    low_ranks = np.flatnonzero(below <= tail)
    high_ranks = np.flatnonzero(below >= 1 - tail)
    if not len(low_ranks) or not len(high_ranks) or high_ranks[0] + 1 > n:
        return None
    ordered = np.sort(values)
    middle = float(ordered[min(math.ceil(n * p), n) - 1])
    return middle, float(ordered[low_ranks[-1]]), float(ordered[high_ranks[0]])


def clopper_pearson(hits: float, trials: float, level: float = 0.95) -> tuple[float, float]:
    """Exact interval of a probability from one yes or no per replication (Clopper and Pearson 1934).

    Also between whole numbers, where answers that hang together are worth fewer independent ones.
    """
    from scipy import special  # noqa: PLC0415  a slow import that a plain comparison does without

    tail = (1 - level) / 2
    low = 0.0 if hits == 0 else float(special.betaincinv(hits, trials - hits + 1, tail))
    high = 1.0 if hits == trials else float(special.betaincinv(hits + 1, trials - hits, 1 - tail))
    return low, high
