"""The constants of ranking and selection, by quadrature instead of tables.

k systems, n0 first replications of each, p the probability of a right selection. All integrals are over smooth
densities on a finite interval (Gauss-Legendre), cut where less than 1e-14 of the probability is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import numpy as np
from scipy import special

from changeflow.errors import PlanError
from changeflow.measure.records import Floats

POINTS = 160
OUTSIDE = 1e-14
LARGEST = 1e6


@cache
def kim_nelson_eta(systems: int, first: int, error: float, c: int = 1) -> float:
    """eta of Kim and Nelson (2001): sum_l (-1)^(l+1) (1 - [l = c] / 2) (1 + 2 eta (2c - l) l / c)^(-(n0-1)/2)
    = error / (k - 1). For c = 1 in closed form: eta = ((2 error / (k - 1))^(-2 / (n0 - 1)) - 1) / 2.
    """
    _check(systems, first, 1 - error)
    power, share = -(first - 1) / 2, error / (systems - 1)
    if c == 1:
        return (math.pow(2 * share, 1 / power) - 1) / 2

    def right(eta: float) -> float:
        terms = (
            (-1) ** (i + 1) * (0.5 if i == c else 1.0) * (1 + 2 * eta * (2 * c - i) * i / c) ** power
            for i in range(1, c + 1)
        )
        return 1 - math.fsum(terms)

    return _solve(right, 1 - share)


def kim_nelson_h2(systems: int, first: int, error: float, c: int = 1) -> float:
    """h^2 = 2 c eta (n0 - 1) of Kim and Nelson (2001)."""
    return 2 * c * kim_nelson_eta(systems, first, error, c) * (first - 1)


@cache
def rinott_h(systems: int, first: int, probability: float) -> float:
    """h of Rinott (1978): E[ E[ Phi(h / sqrt((n0 - 1) (1/X + 1/Y))) | Y ]^(k-1) ] = p, X and Y chi-square(n0 - 1)."""
    _check(systems, first, probability)
    scale, weights = _chi_over_root(first - 1)
    spread = np.sqrt(1 / scale[:, None] ** 2 + 1 / scale[None, :] ** 2)

    def right(h: float) -> float:
        inner = special.ndtr(h / spread) @ weights
        return float(weights @ inner ** (systems - 1))

    return _solve(right, probability)


@cache
def dudewicz_dalal_h(systems: int, first: int, probability: float) -> float:
    """h of Dudewicz and Dalal (1975): integral of F(t + h)^(k-1) f(t) dt = p, F Student's law with n0 - 1 degrees."""
    _check(systems, first, probability)
    degrees = first - 1
    # t = sqrt(degrees) tan(angle): the density of the angle is proportional to cos(angle)^(degrees - 1).
    edge = math.atan(-float(special.stdtrit(degrees, OUTSIDE)) / math.sqrt(degrees))
    angles, weights = _legendre(-edge, edge)
    weights = weights * np.cos(angles) ** (degrees - 1)
    weights /= weights.sum()
    t = math.sqrt(degrees) * np.tan(angles)
    return _solve(lambda h: float(weights @ special.stdtr(degrees, t + h) ** (systems - 1)), probability)


@cache
def dunnett_one_sided(others: int, degrees: int, level: float) -> float:
    """The point that the largest of `others` Student variables with common correlation 1/2 stays below: P = level.

    Dunnett (1955): T_i = (Z_i - Z_0) / (sqrt(2) S). Nelson and Matejcik (1995) call it T^(alpha)_(k-1, degrees, 1/2).
    """
    if others < 1 or degrees < 1:
        raise PlanError(f"expected at least 1 comparison and 1 degree, found {others} and {degrees}")
    scale, by_scale = _chi_over_root(degrees)
    edge = -float(special.ndtri(OUTSIDE))
    z, by_z = _legendre(-edge, edge)
    by_z = by_z * np.exp(-0.5 * z**2) / math.sqrt(2 * math.pi)

    def below(g: float) -> float:
        return float(by_scale @ (special.ndtr(z[None, :] + math.sqrt(2) * g * scale[:, None]) ** others @ by_z))

    return _solve(below, level)


def screening_t(systems: int, first: int, level: float, *, paired: bool) -> float:
    """The factor of the standard error in a subset screen.

    Independent systems: t at level^(1/(k-1)) (Gupta 1965; Nelson, Swann, Goldsman and Song 2001). Paired:
    t at 1 - (1 - level)/(k - 1), which needs no independence (Bonferroni).
    """
    _check(systems, first, level)
    one = 1 - (1 - level) / (systems - 1) if paired else level ** (1 / (systems - 1))
    return float(special.stdtrit(first - 1, one))


def _legendre(low: float, high: float) -> tuple[Floats, Floats]:
    nodes, weights = special.roots_legendre(POINTS)
    half = (high - low) / 2
    return low + half * (nodes + 1), half * weights


@cache
def _chi_over_root(degrees: int) -> tuple[Floats, Floats]:
    """Nodes and probabilities of sqrt(chi-square / degrees), whose density is smooth for every number of degrees."""
    low, high = (math.sqrt(float(special.chdtri(degrees, tail)) / degrees) for tail in (1 - OUTSIDE, OUTSIDE))
    nodes, weights = _legendre(low, high)
    logarithm = (degrees - 1) * np.log(nodes) - degrees * nodes**2 / 2
    weights = weights * np.exp(logarithm - logarithm.max())
    return nodes, weights / weights.sum()


def _solve(rising: Callable[[float], float], level: float) -> float:
    """Where a rising function passes the level; bisection, so nothing can go wrong."""
    low, high = 0.0, 1.0
    while rising(high) < level:
        low, high = high, 2 * high
        if high > LARGEST:
            raise PlanError("too few first replications for this probability: the constant has no useful value")
    while high - low > 1e-13 * high:
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (middle, high) if rising(middle) < level else (low, middle)
    return (low + high) / 2


def _check(systems: int, first: int, probability: float) -> None:
    if systems < 2:
        raise PlanError(f"selection: expected at least 2 systems, found {systems}")
    if first < 2:
        raise PlanError(f"selection: expected at least 2 first replications, found {first}")
    if not 1 / systems < probability < 1:
        raise PlanError(f"selection: expected a probability between 1/{systems} and 1, found {probability:g}")
