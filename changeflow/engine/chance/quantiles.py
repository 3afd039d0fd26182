"""Laws by quantile function: closed forms and AS241 where they exist, else one monotone table per law.

A table holds ln q over the logit x of u at knots dense in both, joined by cubic Hermite pieces with exact slopes;
its relative error is below TABLE_ERROR (tested against scipy over all laws in range).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import metadata

import numpy as np
from numpy.typing import NDArray

from changeflow.engine.chance.kept import kept
from changeflow.engine.jit import borrowed, compiled
from changeflow.model.values import laws

DETERMINISTIC, EXPONENTIAL, UNIFORM, TRIANGULAR, LOGNORMAL, WEIBULL, STEPS, TABLE = range(8)
LAW = np.dtype(
    [("code", "i8"), ("a", "f8"), ("b", "f8"), ("c", "f8"), ("at_most", "f8"), ("first", "i8"), ("size", "i8")]
)
TABLE_ERROR = 1e-7
_KNOTS = 2401
_EDGE = 37.5  # the logit of 1 - 2^-54


@compiled
def normal_quantile(p):  # type: ignore[no-untyped-def]
    """Standard normal quantile to about 1e-16 (Wichura 1988, algorithm AS 241, PPND16)."""
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = ((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
              + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
              + 133.14166789178437745) * r + 3.387132872796366608  # fmt: skip
        low = ((((((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
              + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r
              + 42.313330701600911252) * r + 1.0  # fmt: skip
        return q * top / low
    r = math.sqrt(-math.log(p if q < 0 else 1.0 - p))
    if r <= 5.0:
        r -= 1.6
        top = ((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
              + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
              + 4.6303378461565452959) * r + 1.42343711074968357734  # fmt: skip
        low = ((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
              + 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r
              + 2.05319162663775882187) * r + 1.0  # fmt: skip
    else:
        r -= 5.0
        top = ((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
              + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
              + 5.4637849111641143699) * r + 6.6579046435011037772  # fmt: skip
        low = ((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
              + 7.868691311456132591e-4) * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r
              + 0.59983220655588793769) * r + 1.0  # fmt: skip
    return -top / low if q < 0 else top / low


@compiled
def _from_table(tables, first, size, u):  # type: ignore[no-untyped-def]
    x = math.log(u / (1.0 - u))
    low, high = 0, size - 2
    while low < high:
        middle = (low + high + 1) // 2
        if tables[first + 3 * middle] <= x:
            low = middle
        else:
            high = middle - 1
    k = first + 3 * low
    x0, y0, x1, y1 = tables[k], tables[k + 1], tables[k + 3], tables[k + 4]
    step, t = x1 - x0, (x - x0) / (x1 - x0)
    a = tables[k + 2] * step - (y1 - y0)
    b = (y1 - y0) - tables[k + 5] * step
    return math.exp(y0 + t * ((y1 - y0) + (1.0 - t) * (a * (1.0 - t) + b * t)))


@compiled
def _from_steps(tables, first, size, u):  # type: ignore[no-untyped-def]
    low, high = 0, size - 1
    while low < high:
        middle = (low + high) // 2
        if u < tables[first + middle]:
            high = middle
        else:
            low = middle + 1
    return tables[first + size + low]


@compiled
def quantile(rows, tables, law, u):  # type: ignore[no-untyped-def]
    """The value of law number `law` at the uniform u."""
    row = borrowed(rows)[law]
    code, a, b, c = row["code"], row["a"], row["b"], row["c"]
    if code == EXPONENTIAL:
        value = -a * math.log1p(-u)
    elif code == LOGNORMAL:
        value = math.exp(a + b * normal_quantile(u))
    elif code == DETERMINISTIC:
        value = a
    elif code == TABLE:
        value = _from_table(tables, row["first"], row["size"], u)
    elif code == WEIBULL:
        value = b * (-math.log1p(-u)) ** (1.0 / a)
    elif code == UNIFORM:
        value = a + (b - a) * u
    elif code == STEPS:
        value = _from_steps(tables, row["first"], row["size"], u)
    elif u * (c - a) < b - a:  # triangular, left of the mode b
        value = a + math.sqrt(u * (c - a) * (b - a))
    else:
        value = c - math.sqrt((1.0 - u) * (c - a) * (c - b))
    return min(value, row["at_most"])


@compiled
def fill_quantiles(rows, tables, law, uniforms, out):  # type: ignore[no-untyped-def]
    """The same for many uniforms; out is written."""
    for i in range(uniforms.shape[0]):
        out[i] = quantile(rows, tables, law, uniforms[i])


class LawBook:
    """Collects the laws of a model as numbered rows and one pool of table values."""

    def __init__(self) -> None:
        self._rows: list[tuple[float, ...]] = []
        self._pool: list[NDArray[np.float64]] = []
        self._size = 0
        self._known: dict[laws.Law, int] = {}

    def add(self, law: laws.Law) -> int:
        """The number of this law; equal laws share one."""
        if law not in self._known:
            self._known[law] = len(self._rows)
            self._rows.append(self._row(law))
        return self._known[law]

    def arrays(self) -> tuple[NDArray[np.void], NDArray[np.float64]]:
        """Rows of dtype LAW, and the pool."""
        pool = np.concatenate(self._pool) if self._pool else np.zeros(1)
        return np.array(self._rows, dtype=LAW), pool

    def _row(self, law: laws.Law) -> tuple[float, ...]:
        top = math.inf if law.at_most is None else law.at_most

        def closed(code: int, a: float, b: float = 0.0, c: float = 0.0) -> tuple[float, ...]:
            return (code, a, b, c, top, 0, 0)

        match law:
            case laws.Deterministic():
                return closed(DETERMINISTIC, law.value)
            case laws.Exponential():
                return closed(EXPONENTIAL, law.mean)
            case laws.Uniform():
                return closed(UNIFORM, law.low, law.high)
            case laws.Triangular():
                return closed(TRIANGULAR, law.low, law.mode, law.high)
            case laws.Lognormal():
                return closed(LOGNORMAL, *law.mu_sigma)
            case laws.Weibull():
                return closed(WEIBULL, law.shape, law.scale)
            case laws.Discrete():
                return self._store(STEPS, _steps(law.values, law.shares), top)
            case laws.Empirical():
                return self._store(STEPS, _steps(law.values, [1 / len(law.values)] * len(law.values)), top)
            case laws.Erlang():
                return self._store(TABLE, _erlang_table(law.k, law.mean), top)
            case laws.Gamma():
                return self._store(TABLE, _gamma_table(1 / law.scv, law.mean), top)
            case laws.Beta():
                return self._store(TABLE, _kept_beta_table(law.alpha, law.beta), top)
            case laws.Hyperexponential():
                return self._store(TABLE, _mixture_table(law.shares, law.means), top)

    def _store(self, code: int, values: NDArray[np.float64], top: float) -> tuple[float, ...]:
        first = self._size
        self._pool.append(values)
        self._size += len(values)
        return (code, 0.0, 0.0, 0.0, top, first, len(values) // (3 if code == TABLE else 2))


def _steps(values: Sequence[float], shares: Sequence[float]) -> NDArray[np.float64]:
    order = np.argsort(values, kind="stable")
    heights = np.cumsum(np.asarray(shares, dtype=float)[order])
    heights[-1] = 1.0
    return np.concatenate([heights, np.asarray(values, dtype=float)[order]])


def _uniforms(x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """u and 1 - u for a logit, each exact where it is small."""
    from scipy import special  # noqa: PLC0415  a slow import that only laws with a table need

    return special.expit(x), special.expit(-x)


def _table(
    x: NDArray[np.float64], q: NDArray[np.float64], density: NDArray[np.float64], scale: float = 1.0
) -> NDArray[np.float64]:
    """Triples (logit x, ln q, slope); d ln q / d x = u (1 - u) / (q f(q))."""
    u, v = _uniforms(x)
    return np.column_stack([x, np.log(q) + math.log(scale), u * v / (q * density)]).ravel()


_of_the_latest = lru_cache(maxsize=64)
"""A search compiles one model after another with the same laws; nobody writes into a table."""


@cache
def _scipy_version() -> str:
    return metadata.version("scipy")  # does not import it


@_of_the_latest
def _erlang_table(k: int, mean: float) -> NDArray[np.float64]:
    """The table of a sum of k exponentials: kept for mean k, as few whole numbers are ever used."""
    table = kept(f"erlang-{k}-by-scipy-{_scipy_version()}", lambda: _gamma_table(float(k), float(k))).copy()
    table[1::3] += math.log(mean / k)
    return table


@_of_the_latest
def _gamma_table(shape: float, mean: float) -> NDArray[np.float64]:
    from scipy import special  # noqa: PLC0415  see above

    x = np.linspace(-_EDGE, _EDGE, _KNOTS)
    u, v = _uniforms(x)
    q = np.where(u < 0.5, special.gammaincinv(shape, u), special.gammainccinv(shape, v))
    q = np.maximum(q, 1e-290)
    density = np.exp((shape - 1) * np.log(q) - q - special.gammaln(shape))
    return _table(x, q, density, mean / shape)


@_of_the_latest
def _kept_beta_table(alpha: float, beta: float) -> NDArray[np.float64]:
    """The table of a beta law: kept for whole numbers, as the prior sets have them."""
    if alpha != int(alpha) or beta != int(beta):
        return _beta_table(alpha, beta)
    name = f"beta-{int(alpha)}-{int(beta)}-by-scipy-{_scipy_version()}"
    return kept(name, lambda: _beta_table(alpha, beta))


def _beta_table(alpha: float, beta: float) -> NDArray[np.float64]:
    from scipy import special  # noqa: PLC0415  see above

    x = np.linspace(-_EDGE, _EDGE, _KNOTS)
    u, v = _uniforms(x)
    p = np.where(u < 0.5, 1.0 - special.betaincinv(alpha, beta, u), special.betaincinv(beta, alpha, v))
    q = np.where(u < 0.5, special.betaincinv(alpha, beta, u), 1.0 - p)
    q, p = np.maximum(q, 1e-290), np.maximum(p, 1e-290)
    logarithm = (alpha - 1) * np.log(q) + (beta - 1) * np.log(p) - special.betaln(alpha, beta)
    return _table(x, q, np.exp(logarithm))


@_of_the_latest
def _mixture_table(shares: Sequence[float], means: Sequence[float]) -> NDArray[np.float64]:
    """Knots at equal steps of ln q besides those of x: between means far apart ln q rises steeply."""
    parts = [(p, m) for p, m in zip(shares, means, strict=True) if p > 0]
    p, m = (np.array(column)[:, None] for column in zip(*parts, strict=True))
    even = np.linspace(-_EDGE, _EDGE, _KNOTS)
    q_even = _solve_mixture(even, p, m)
    q_steps = np.geomspace(q_even[0], q_even[-1], 2 * _KNOTS)[1:-1]
    q = np.unique(np.concatenate([q_even, q_steps]))
    below, above = -(p * np.expm1(-q / m)).sum(0), (p * np.exp(-q / m)).sum(0)
    x = np.log(below) - np.log(above)
    rising = np.concatenate([[True], np.diff(x) > 1e-9])
    return _table(x[rising], q[rising], (p / m * np.exp(-q / m)).sum(0)[rising])


def _solve_mixture(x: NDArray[np.float64], p: NDArray[np.float64], m: NDArray[np.float64]) -> NDArray[np.float64]:
    u, v = _uniforms(x)
    low, high = np.full(len(x), 1e-20 * m.min()), np.full(len(x), 60.0 * m.max())
    for _ in range(120):  # bisection in ln q: sure, and done once per law
        middle = np.sqrt(low * high)
        below, above = -(p * np.expm1(-middle / m)).sum(0), (p * np.exp(-middle / m)).sum(0)
        left = np.where(u < 0.5, below < u, above > v)
        low, high = np.where(left, middle, low), np.where(left, high, middle)
    return np.asarray(np.sqrt(low * high))
