"""Mean and squared coefficient of variation of a law, exact where a closed form exists."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise

import numpy as np

from changeflow.model.values import laws

_LARGE_BETA = 100
"""From here on the sum of a beta law with whole parameters is no shorter than the function."""


def mean(law: laws.Law) -> float:
    """Expected value."""
    return _moments(law)[0]


def scv(law: laws.Law) -> float:
    """Variance over squared mean; 0 for a law whose mean is 0."""
    first, second = _moments(law)
    return second / first**2 - 1 if first else 0.0


def cdf(law: laws.Law, x: float) -> float:
    """P(value <= x)."""
    if law.at_most is not None and x >= law.at_most:
        return 1.0
    return 1.0 - _survival(law, x)


@lru_cache(maxsize=1024)  # the loads of a model ask for the same few laws many times
def _moments(law: laws.Law) -> tuple[float, float]:
    if law.at_most is None or (isinstance(law, laws.Beta) and law.at_most >= 1):
        return _free_moments(law)
    top = law.at_most
    if isinstance(law, laws.Deterministic | laws.Discrete | laws.Empirical):
        values, shares = atoms(law)
        cut = np.minimum(values, top)
        return float(cut @ shares), float(cut**2 @ shares)
    free, _ = _free_moments(law)
    inner = [free * 2.0**k for k in range(-30, 31) if free * 2.0**k < top]  # a far cut must not hide the law
    kinks = [x for x in (getattr(law, name, None) for name in ("low", "mode", "high")) if x is not None and 0 < x < top]
    edges = sorted({0.0, *inner, *kinks, top})
    pieces = list(pairwise(edges))
    points, weights = np.polynomial.legendre.leggauss(20)
    first = second = 0.0
    for a, b in pieces:
        for x, weight in zip((a + b) / 2 + points * (b - a) / 2, weights * (b - a) / 2, strict=True):
            first += weight * _survival(law, float(x))
            second += weight * 2 * x * _survival(law, float(x))
    return first, float(second)


def _free_moments(law: laws.Law) -> tuple[float, float]:
    match law:
        case laws.Exponential(mean=m):
            return m, 2 * m * m
        case laws.Erlang(k=k, mean=m):
            return m, m * m * (1 + 1 / k)
        case laws.Gamma(mean=m, scv=c):
            return m, m * m * (1 + c)
        case laws.Lognormal():
            mu, sigma = law.mu_sigma
            return math.exp(mu + sigma**2 / 2), math.exp(2 * mu + 2 * sigma**2)
        case laws.Weibull(shape=k, scale=s):
            return s * math.gamma(1 + 1 / k), s * s * math.gamma(1 + 2 / k)
        case laws.Uniform(low=a, high=b):
            return (a + b) / 2, (a * a + a * b + b * b) / 3
        case laws.Triangular(low=a, mode=c, high=b):
            return (a + b + c) / 3, (a * a + b * b + c * c + a * b + a * c + b * c) / 6
        case laws.Beta(alpha=a, beta=b):
            return a / (a + b), a * (a + 1) / ((a + b) * (a + b + 1))
        case laws.Hyperexponential(shares=p, means=m):
            parts = list(zip(p, m, strict=True))
            return sum(q * x for q, x in parts), sum(2 * q * x * x for q, x in parts)
    values, shares = atoms(law)
    return float(values @ shares), float(values**2 @ shares)


def atoms(law: laws.Law) -> tuple[np.ndarray, np.ndarray]:
    """Values and shares of a law that has only some values."""
    match law:
        case laws.Deterministic():
            return np.array([law.value]), np.ones(1)
        case laws.Discrete():
            return np.array(law.values), np.array(law.shares)
        case laws.Empirical():
            return np.array(law.values), np.full(len(law.values), 1 / len(law.values))
    raise AssertionError(law)


def _survival(law: laws.Law, x: float) -> float:
    """P(value > x) without the cut."""
    if x < 0:
        return 1.0
    match law:
        case laws.Exponential(mean=m):
            return math.exp(-x / m)
        case laws.Erlang(k=k, mean=m):
            return _gamma_survival(k, x * k / m)
        case laws.Gamma(mean=m, scv=c):
            return _gamma_survival(1 / c, x / (m * c))
        case laws.Lognormal():
            mu, sigma = law.mu_sigma
            return 0.5 * math.erfc((math.log(x) - mu) / sigma / math.sqrt(2)) if x > 0 else 1.0
        case laws.Weibull(shape=k, scale=s):
            return math.exp(-((x / s) ** k))
        case laws.Uniform(low=a, high=b):
            return 1.0 - min(max((x - a) / (b - a), 0.0), 1.0)
        case laws.Triangular(low=a, mode=c, high=b):
            if x <= a:
                return 1.0
            if x >= b:
                return 0.0
            return 1 - (x - a) ** 2 / ((b - a) * (c - a)) if x < c else (b - x) ** 2 / ((b - a) * (b - c))
        case laws.Beta(alpha=a, beta=b):
            return _beta_survival(a, b, x)
        case laws.Hyperexponential(shares=p, means=m):
            return sum(q * math.exp(-x / y) for q, y in zip(p, m, strict=True))
    values, shares = atoms(law)
    return float(shares[values > x].sum())


def _gamma_survival(shape: float, x: float) -> float:
    if shape == int(shape) and shape <= 50:  # Erlang: a sum of Poisson terms
        term = total = math.exp(-x)
        for i in range(1, int(shape)):
            term *= x / i
            total += term
        return total
    from scipy import special  # noqa: PLC0415  a slow import that few models need

    return float(special.gammaincc(shape, x))


def _beta_survival(alpha: float, beta: float, x: float) -> float:
    if x >= 1:
        return 0.0
    if alpha.is_integer() and beta.is_integer() and alpha + beta < _LARGE_BETA:  # so many of n uniforms lie below x
        n = int(alpha + beta) - 1
        return math.fsum(math.comb(n, j) * x**j * (1 - x) ** (n - j) for j in range(int(alpha)))
    from scipy import special  # noqa: PLC0415  a slow import that few models need

    return float(special.betainc(beta, alpha, 1.0 - x))


def rounded_mean(law: laws.Law) -> float:
    """Expected value when values are rounded to whole numbers."""
    if isinstance(law, laws.Deterministic | laws.Discrete | laws.Empirical):
        values, shares = atoms(law)
        return float(np.rint(values if law.at_most is None else np.minimum(values, law.at_most)) @ shares)
    total, k = 0.0, 1
    while (above := 1.0 - cdf(law, k - 0.5)) > 1e-12 and k < 100_000:
        total, k = total + above, k + 1
    return total


def mean_below(law: laws.Law, x: float) -> float:
    """E[value; value <= x]: the part of the mean that values up to x make."""
    if x <= 0:
        return 0.0
    if isinstance(law, laws.Deterministic | laws.Discrete | laws.Empirical):
        values, shares = atoms(law)
        values = values if law.at_most is None else np.minimum(values, law.at_most)
        return float(values[values <= x] @ shares[values <= x])
    top = x if law.at_most is None else min(x, law.at_most)
    cut = mean(law.model_copy(update={"at_most": top}))
    return cut - x * (1.0 - cdf(law, x))
