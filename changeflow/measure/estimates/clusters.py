"""Estimates where runs come in clusters: those of one organisation share its luck and are not independent.

Clusters are `size` runs in a row, the last one perhaps fewer. Every estimate is a ratio of sums over clusters (a mean:
sum over count), jackknifed over clusters (Miller 1974); with equal clusters that is Student's interval on their means.
"""

from __future__ import annotations

import math

import numpy as np

from changeflow.measure.estimates.replications import clopper_pearson, jackknife_ratio, pseudo_values
from changeflow.measure.estimates.student import t_quantile
from changeflow.measure.records import Floats


def cluster_sums(values: Floats, size: int) -> Floats:
    """Sums over each `size` rows."""
    return np.add.reduceat(values, np.arange(0, len(values), size), axis=0)


def clustered_mean(values: Floats, size: int, level: float = 0.95) -> tuple[float, float]:
    """Mean of the values and half-width; NaNs are left out; infinite with one cluster."""
    sums, counts = _known(*sums_and_counts(np.asarray(values, dtype=float), size))
    _, half_width = jackknife_ratio(sums, counts, level)
    return float(sums.sum() / counts.sum()) if len(counts) else math.nan, half_width


def groups_apart(first: Floats, second: Floats, size: int, level: float = 0.95) -> tuple[float, float]:
    """Mean of one group of runs minus that of the others, and half-width; NaN where a run is of the other group.

    Welch (1947) on the groups' pseudo-values, with his degrees of freedom. A cluster with runs in both groups counts in
    both: what its runs share makes the interval wider than it need be. Infinite below two clusters of a group.
    """
    parts = [pseudo_values(*_known(*sums_and_counts(group, size))) for group in (first, second)]
    mean = float(np.nanmean(first) - np.nanmean(second))
    if min(map(len, parts)) < 2:
        return mean, math.inf
    variances = [float(one.var(ddof=1)) / len(one) for one in parts]
    whole = sum(variances)
    below = sum(variance**2 / (len(one) - 1) for variance, one in zip(variances, parts, strict=True))
    degrees = int(whole**2 / below) if below > 0 else 1
    return mean, t_quantile(level, max(degrees, 1)) * math.sqrt(whole)


def share_interval(answers: Floats, size: int, level: float = 0.95) -> tuple[float, float, float]:
    """Share of ones among yes (1) or no (0) of each run, and the ends of its interval.

    Single runs: exact. Clusters: the exact interval of as many independent runs as have the variance found between
    clusters, fewer by what few clusters leave unsure of it, and not more than there are (Korn and Graubard 1998).
    Where all runs answer alike no variance is found: it is the exact interval of "does a cluster have any other
    answer?", which bounds the share's.
    """
    answers = np.asarray(answers, dtype=float)
    share, clusters = float(answers.mean()), -(-len(answers) // size)
    if size == 1:
        return share, *clopper_pearson(int(answers.sum()), len(answers), level)
    if share in {0.0, 1.0}:
        return share, *clopper_pearson(clusters if share else 0, clusters, level)
    _, half_width = clustered_mean(answers, size, level)
    runs = len(answers)
    most = share * (1 - share) * t_quantile(level, runs - 1) ** 2  # over the square of the half-width: t alone is left
    worth = min(most / half_width**2, runs) if half_width > 0 else float(runs)
    return share, *clopper_pearson(share * worth, worth, level)


def share_estimate(answers: Floats, size: int, level: float = 0.95) -> tuple[float, float]:
    """The same with the larger arm of the interval, so that share +- arm holds at the level."""
    share, low, high = share_interval(answers, size, level)
    return share, max(share - low, high - share)


def share_difference(first: Floats, second: Floats, size: int, level: float = 0.95) -> tuple[float, float]:
    """Difference of two shares whose answers (1, 0) are paired by run, and an arm on both sides that holds.

    Student's interval over runs, or clusters, with half an answer more for the one, half for the other, and one for
    neither (Agresti and Min 2005); where all differences are alike, at least the exact interval of "is any other?",
    for answers that all agree are no proof that all others would. NaNs are left out.
    """
    sums, counts = _known(*sums_and_counts(np.asarray(first - second, dtype=float), size))
    if not len(sums):
        return math.nan, math.nan
    apart, n = sums / counts, len(sums) + 2
    mean, middle = float(sums.sum() / counts.sum()), float(apart.sum()) / n
    variance = (float(np.sum(apart**2)) + 1 - n * middle**2) / (n - 1)
    arm = abs(mean - middle) + t_quantile(level, n - 1) * math.sqrt(variance / n)
    return mean, arm if np.ptp(apart) > 0 else max(arm, clopper_pearson(0, len(sums), level)[1])


def clustered_curve(curves: Floats, size: int, level: float = 0.95) -> tuple[Floats, Floats]:
    """Pointwise mean and half-width of curves, one row a run; a row of NaN is left out. NaN below two clusters."""
    sums, counts = _known(*sums_and_counts(curves, size))
    n, total, number = len(sums), sums.sum(axis=0), counts.sum(axis=0)
    mean = total / number
    if n < 2:
        return mean, np.full_like(mean, np.nan)
    pseudo = n * mean - (n - 1) * (total - sums) / (number - counts)
    return mean, t_quantile(level, n - 1) * np.asarray(pseudo.std(axis=0, ddof=1)) / math.sqrt(n)


def clustered_quantile(values: Floats, p: float, size: int, level: float = 0.95) -> tuple[float, float, float] | None:
    """Quantile across runs and its interval: that of the share below it, turned back (Woodruff 1952).

    None where the interval of the share leaves (0, 1): too few clusters.
    """
    data = values[~np.isnan(values)]
    if not len(data):
        return None
    middle = float(np.quantile(data, p, method="inverted_cdf"))
    below = np.where(np.isnan(values), np.nan, values <= middle)
    _, half_width = clustered_mean(below, size, level)
    if not (p - half_width > 0 and p + half_width < 1):
        return None
    low, high = np.quantile(data, [p - half_width, p + half_width], method="inverted_cdf")
    return middle, float(low), float(high)


def sums_and_counts(values: Floats, size: int) -> tuple[Floats, Floats]:
    """Of each cluster: the sum of its values and their number; NaNs are left out."""
    there = ~np.isnan(values)
    return cluster_sums(np.where(there, values, 0.0), size), cluster_sums(there.astype(float), size)


def _known(sums: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Of the clusters that have a value."""
    some = counts.reshape(len(counts), -1).any(axis=1)
    return sums[some], counts[some]
