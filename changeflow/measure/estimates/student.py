"""Student's quantile from the closed form that its distribution has for whole degrees of freedom.

Written out here because scipy.special takes as long to import as a small comparison takes to run.
"""

from __future__ import annotations

import math
from functools import lru_cache

_MOST_STEPS = 1_000


@lru_cache(maxsize=1_024)
def t_quantile(level: float, degrees: int) -> float:
    """Two-sided Student quantile: P(|T| <= t) = level; infinite at level 1.

    Newton's method on the angle atan(t / sqrt(degrees)), in which the probability is concave: from 0 upwards it
    never passes the root.
    """
    if level >= 1:
        return math.inf
    angle, log_slope = 0.0, math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2)
    slope = 2 / math.sqrt(math.pi) * math.exp(log_slope)
    for _ in range(_MOST_STEPS):
        step = (level - _within(angle, degrees)) / (slope * math.cos(angle) ** (degrees - 1))
        if angle + step <= angle:
            break
        angle += step
    return math.sqrt(degrees) * math.tan(angle)


def _within(angle: float, degrees: int) -> float:
    """P(|T| <= sqrt(degrees) tan(angle)) (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4)."""
    sine, square = math.sin(angle), math.cos(angle) ** 2
    odd = degrees % 2
    total, term = 0.0, math.cos(angle) if odd else 1.0
    for k in range(2 + odd, degrees + 1, 2):
        total += term
        term *= (k - 1) / k * square
    return 2 / math.pi * (angle + sine * total) if odd else sine * total
