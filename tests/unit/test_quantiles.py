"""Quantiles against scipy, in the tails too."""

import math

import numpy as np
import pytest
from scipy import special, stats

from changeflow.engine.chance.quantiles import TABLE_ERROR, LawBook, fill_quantiles, normal_quantile, quantile
from changeflow.model.values import laws
from tests.unit.small import EVERY_LAW

TAIL = np.logspace(-16, math.log10(0.5), 3000, endpoint=False)
LOGITS = np.random.default_rng(7).uniform(-36, 36, 3000)
UNIFORMS = np.unique(np.concatenate([TAIL, 1 - TAIL, special.expit(LOGITS), [0.5, 2.0**-54, 1 - 2.0**-53]]))
UNIFORMS = UNIFORMS[(UNIFORMS > 0) & (UNIFORMS < 1)]
REST = 1 - UNIFORMS  # exact: both are multiples of 2^-53 where UNIFORMS is above 1/2, and unused below it


def values_of(law: laws.Law, uniforms: np.ndarray = UNIFORMS) -> np.ndarray:
    """Quantiles of one law."""
    book = LawBook()
    number = book.add(law)
    out = np.empty_like(uniforms)
    fill_quantiles(*book.arrays(), number, uniforms, out)
    return out


def two_sided(below: np.ndarray, above: np.ndarray) -> np.ndarray:
    """The quantile by its lower tail up to the median, by its upper tail beyond."""
    return np.where(UNIFORMS < 0.5, below, above)


def gamma_reference(shape: float, mean: float) -> np.ndarray:
    """scipy's own inverse incomplete gamma functions."""
    below, above = special.gammaincinv(shape, UNIFORMS), special.gammainccinv(shape, REST)
    return two_sided(below, above) * mean / shape


REFERENCES = {
    "exponential": lambda: two_sided(stats.expon(scale=3).ppf(UNIFORMS), stats.expon(scale=3).isf(REST)),
    "lognormal by mean": lambda: two_sided(
        stats.lognorm(math.sqrt(math.log(3)), scale=4 / math.sqrt(3)).ppf(UNIFORMS),
        stats.lognorm(math.sqrt(math.log(3)), scale=4 / math.sqrt(3)).isf(REST),
    ),
    "lognormal by median": lambda: two_sided(
        stats.lognorm(1.15, scale=1.82).ppf(UNIFORMS), stats.lognorm(1.15, scale=1.82).isf(REST)
    ),
    "weibull 0.5": lambda: two_sided(
        stats.weibull_min(0.5, scale=2).ppf(UNIFORMS), stats.weibull_min(0.5, scale=2).isf(REST)
    ),
    "weibull 3": lambda: two_sided(
        stats.weibull_min(3, scale=2).ppf(UNIFORMS), stats.weibull_min(3, scale=2).isf(REST)
    ),
    "uniform": lambda: stats.uniform(1, 3).ppf(UNIFORMS),
    "triangular": lambda: stats.triang(0.25, loc=1, scale=4).ppf(UNIFORMS),
    "triangular left": lambda: stats.triang(0.0, loc=1, scale=4).ppf(UNIFORMS),
    "triangular right": lambda: stats.triang(1.0, loc=0, scale=5).ppf(UNIFORMS),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(REFERENCES))
def test_closed_forms_are_exact_to_rounding(name: str) -> None:
    assert np.allclose(values_of(EVERY_LAW[name]), REFERENCES[name](), rtol=1e-11, atol=0)


@pytest.mark.parametrize("shape", [0.01, 0.03, 0.1, 0.4, 1.0, 2.0, 4.0, 30.0, 1000.0])
def test_gamma_tables_keep_their_stated_error(shape: float) -> None:
    """Over every shape in range; below 1e-280 of the mean a value is nothing, and its error too."""
    law = laws.Gamma(law="gamma", mean=5.0, scv=1 / shape)
    found, wanted = values_of(law), gamma_reference(shape, 5.0)
    big = wanted > 1e-280
    assert big.sum() > 2000
    assert np.max(np.abs(found[big] / wanted[big] - 1)) < TABLE_ERROR


@pytest.mark.parametrize("alpha", [0.2, 0.5, 1.0, 2.0, 7.0, 1000.0])
@pytest.mark.parametrize("beta", [0.2, 1.0, 3.0, 40.0, 1000.0])
def test_beta_tables_keep_their_stated_error(alpha: float, beta: float) -> None:
    """Over every pair in range, against scipy's own inverse; no value leaves 0 to 1."""
    found = values_of(laws.Beta(law="beta", alpha=alpha, beta=beta))
    below, above = special.betaincinv(alpha, beta, UNIFORMS), 1 - special.betaincinv(beta, alpha, REST)
    assert np.max(np.abs(found / two_sided(below, above) - 1)) < TABLE_ERROR
    assert found.max() <= 1
    assert np.all(np.diff(found) >= 0)


@pytest.mark.parametrize("k", [1, 2, 7, 100, 1000])
def test_erlang_is_gamma_with_a_whole_shape(k: int) -> None:
    found = values_of(laws.Erlang(law="erlang", k=k, mean=0.02))
    assert np.max(np.abs(found / gamma_reference(float(k), 0.02) - 1)) < TABLE_ERROR


MIXTURES = [
    ((1.0,), (3.0,)),
    ((0.5, 0.5), (1.0, 1.0)),
    ((0.6, 0.4), (1.0, 3.0)),
    pytest.param((0.9, 0.1), (0.5, 5.5), id="ten times longer"),
    pytest.param((0.887298, 0.112702), (0.563508, 4.436492), id="balanced means, scv 4"),
    pytest.param((0.99, 0.01), (0.1, 90.0), id="a hundredth is 900 times longer"),
    pytest.param((0.5, 0.5), (0.01, 1.0), id="half is 100 times longer"),
]


@pytest.mark.parametrize(("shares", "means"), MIXTURES)
def test_hyperexponential_tables_keep_their_stated_error(shares: tuple[float, ...], means: tuple[float, ...]) -> None:
    """Put back into the exact distribution function: F(q(u)) must be u to the table's error in q."""
    law = laws.Hyperexponential(law="hyperexponential", shares=shares, means=means)
    found = values_of(law)
    p, m = np.array(shares)[:, None], np.array(means)[:, None]
    # Newton's step from the found value, in ln q: (F - u) / (q f) is its relative error to first order.
    below, above = -(p * np.expm1(-found / m)).sum(0), (p * np.exp(-found / m)).sum(0)
    density = (p / m * np.exp(-found / m)).sum(0)
    error = np.where(UNIFORMS < 0.5, below - UNIFORMS, REST - above) / (found * density)
    assert np.max(np.abs(error)) < TABLE_ERROR


@pytest.mark.parametrize("name", sorted(EVERY_LAW))
def test_a_larger_uniform_is_never_a_smaller_value(name: str) -> None:
    """Monotone, also across the knots of a table; values stay in the support."""
    found = values_of(EVERY_LAW[name])
    real = found > 1e-280  # a gamma of scv 100 has values that are 0 for every purpose
    assert np.all(np.diff(found[real]) >= 0)
    assert np.all(np.isfinite(found))
    assert found[0] >= 0


def test_gamma_with_scv_one_is_exponential() -> None:
    found = values_of(laws.Gamma(law="gamma", mean=3.0, scv=1.0))
    assert np.max(np.abs(found / values_of(EVERY_LAW["exponential"]) - 1)) < TABLE_ERROR


def test_a_cut_tail_is_the_largest_value() -> None:
    """`at_most` holds for every kind of law and leaves smaller values alone."""
    for law in EVERY_LAW.values():
        free, cut = values_of(law), values_of(law.model_copy(update={"at_most": 1.75}))
        assert np.array_equal(cut, np.minimum(free, 1.75))


def test_discrete_values_change_exactly_at_the_cumulated_shares() -> None:
    """Sorted values 1 (0.3), 4 (0.5), 9 (0.2): below 0.3 it is 1, from 0.3 on 4, from 0.8 on 9."""
    edges = np.array([2.0**-54, 0.3 - 1e-15, 0.3, 0.5, 0.8 - 1e-15, 0.8 + 1e-15, 1 - 2.0**-53])
    assert values_of(EVERY_LAW["discrete"], edges).tolist() == [1, 1, 4, 4, 4, 9, 9]


def test_empirical_values_are_equally_likely() -> None:
    """1, 2, 2, 7: a quarter, a half, a quarter."""
    edges = np.array([2.0**-54, 0.2499, 0.25, 0.7499, 0.75, 1 - 2.0**-53])
    assert values_of(EVERY_LAW["empirical"], edges).tolist() == [1, 1, 2, 2, 7, 7]


def test_a_discrete_law_never_gives_a_value_without_a_share() -> None:
    law = laws.Discrete(law="discrete", values=(1.0, 2.0, 3.0), shares=(0.5, 0.0, 0.5))
    assert set(values_of(law).tolist()) == {1.0, 3.0}


def test_the_normal_quantile_is_accurate_to_sixteen_digits() -> None:
    """AS 241 against scipy, and the published value at 0.975."""
    found = np.array([normal_quantile(u) for u in UNIFORMS])
    wanted = two_sided(special.ndtri(UNIFORMS), -special.ndtri(REST))
    assert np.max(np.abs(found - wanted) / np.maximum(np.abs(wanted), 1e-3)) < 1e-13
    assert normal_quantile(0.975) == pytest.approx(1.959963984540054, rel=1e-15)
    assert normal_quantile(0.5) == 0.0


def test_laws_of_one_model_share_a_pool_without_mixing() -> None:
    """Every law in one book gives what it gives alone; equal laws share a number."""
    book = LawBook()
    numbers = {name: book.add(law) for name, law in EVERY_LAW.items()}
    assert book.add(laws.Exponential(law="exponential", mean=3.0)) == numbers["exponential"]
    rows, pool = book.arrays()
    for name, law in EVERY_LAW.items():
        alone = values_of(law, UNIFORMS[::400])
        assert [quantile(rows, pool, numbers[name], u) for u in UNIFORMS[::400]] == alone.tolist()
