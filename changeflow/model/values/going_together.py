"""Difficulty that goes with size, in loads: which share of the small and of the large a station is open to."""

from __future__ import annotations

from functools import lru_cache
from statistics import NormalDist

import numpy as np

from changeflow.model.values import moments
from changeflow.model.values.laws import Law

CUTS = (*(part / 16 for part in range(16)), *(1.0 - 2.0**-power for power in range(5, 9)))
"""Ranks of size between which requests are taken for alike: finer where few requests are much of the work."""
_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(12)
_NORMAL = NormalDist()


@lru_cache(maxsize=4096)
def open_given_size(share: float, correlation: float, low: float, high: float) -> float:
    """Of the requests whose size has its rank in (low, high], the share that is among the `share` easiest.

    A Gaussian copula: given the score z of the size that of the difficulty is normal around correlation x z.
    """
    if share in {0.0, 1.0}:
        return share
    rest = (1.0 - correlation**2) ** 0.5
    if not rest:
        easy = (0.0, share) if correlation > 0 else (1.0 - share, 1.0)
        return max(0.0, min(high, easy[1]) - max(low, easy[0])) / (high - low)
    limit = _NORMAL.inv_cdf(share)
    ranks = (low + high) / 2 + _POINTS * (high - low) / 2
    below = [_NORMAL.cdf((limit - correlation * _NORMAL.inv_cdf(float(rank))) / rest) for rank in ranks]
    return float(np.dot(below, _WEIGHTS)) / 2


@lru_cache(maxsize=4096)
def mean_of_ranks(law: Law, low: float, high: float) -> float:
    """Expected value of those values of a law whose rank lies in (low, high]."""
    return (_lower_part(law, high) - _lower_part(law, low)) / (high - low)


@lru_cache(maxsize=4096)
def _lower_part(law: Law, rank: float) -> float:
    """E[value; rank <= this]: all below the quantile, and of an atom there only what is needed."""
    if rank in {0.0, 1.0}:
        return rank * moments.mean(law)
    low, high = 0.0, max(moments.mean(law), 1e-300)
    while moments.cdf(law, high) < rank:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if moments.cdf(law, middle) >= rank else (middle, high)
    return moments.mean_below(law, high) - high * (moments.cdf(law, high) - rank)
