"""Mean, scv and distribution function of every law, against the quantile function that is sampled."""

import math

import numpy as np
import pytest
from scipy import special

from changeflow.engine.chance.quantiles import LawBook, fill_quantiles
from changeflow.model.values import laws, moments
from tests.unit.small import EVERY_LAW

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)


def integrated(law: laws.Law) -> tuple[float, float]:
    """E[X] and E[X^2]: the quantile over (0, 1) by Gauss pieces in the logit of u, 40 nodes a piece."""
    edges = np.linspace(-37, 37, 149)
    middle, half = (edges[1:] + edges[:-1]) / 2, (edges[1:] - edges[:-1]) / 2
    x = (middle[:, None] + half[:, None] * _NODES).ravel()
    u = np.minimum(special.expit(x), 1 - 2.0**-53)
    weight = (half[:, None] * _WEIGHTS).ravel() * special.expit(x) * special.expit(-x)
    book = LawBook()
    number = book.add(law)
    out = np.empty_like(u)
    fill_quantiles(*book.arrays(), number, u, out)
    return float(weight @ out), float(weight @ out**2)


SMOOTH = [name for name in EVERY_LAW if name not in {"discrete", "empirical", "gamma 100"}]


@pytest.mark.parametrize("name", SMOOTH)
def test_mean_and_scv_are_those_of_the_sampled_values(name: str) -> None:
    law = EVERY_LAW[name]
    first, second = integrated(law)
    assert moments.mean(law) == pytest.approx(first, rel=1e-5)
    assert 1 + moments.scv(law) == pytest.approx(second / first**2, rel=1e-4)


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("top", [0.5, 2.0, 30.0])
def test_mean_and_scv_of_a_cut_law(name: str, top: float) -> None:
    """The kink at the cut costs the reference some digits."""
    law = EVERY_LAW[name].model_copy(update={"at_most": top})
    first, second = integrated(law)
    assert moments.mean(law) == pytest.approx(first, rel=1e-3)
    assert 1 + moments.scv(law) == pytest.approx(second / first**2, rel=2e-3)


def test_the_mean_of_a_cut_exponential_is_known() -> None:
    """E[min(X, t)] = m (1 - exp(-t / m)); E[min(X, t)^2] = 2 m^2 (1 - exp(-t/m) (1 + t/m))."""
    law = laws.Exponential(law="exponential", mean=3.0, at_most=2.0)
    first = 3 * (1 - math.exp(-2 / 3))
    second = 18 * (1 - math.exp(-2 / 3) * (1 + 2 / 3))
    assert moments.mean(law) == pytest.approx(first, rel=1e-12)
    assert moments.scv(law) == pytest.approx(second / first**2 - 1, rel=1e-10)


@pytest.mark.parametrize("name", [name for name in SMOOTH if name != "deterministic"])
def test_a_cut_far_beyond_the_tail_changes_nothing(name: str) -> None:
    """A cut at a million, as one writes it to be safe, must not lose the law."""
    free = EVERY_LAW[name]
    cut = free.model_copy(update={"at_most": 1e6})
    assert moments.mean(cut) == pytest.approx(moments.mean(free), rel=1e-6)
    assert moments.scv(cut) == pytest.approx(moments.scv(free), rel=1e-3, abs=1e-9)


def test_laws_of_points_are_summed() -> None:
    """4 (0.5), 1 (0.3), 9 (0.2): mean 4.1, second moment 24.5; cut at 5: mean 3.3, second moment 13.3."""
    law = EVERY_LAW["discrete"]
    assert moments.mean(law) == pytest.approx(4.1)
    assert moments.scv(law) == pytest.approx(24.5 / 4.1**2 - 1)
    cut = law.model_copy(update={"at_most": 5.0})
    assert moments.mean(cut) == pytest.approx(3.3)
    assert moments.scv(cut) == pytest.approx(13.3 / 3.3**2 - 1)
    assert moments.mean(EVERY_LAW["empirical"]) == 3.0
    assert moments.scv(EVERY_LAW["empirical"]) == pytest.approx(58 / 4 / 9 - 1)


def test_declared_moments_are_kept() -> None:
    """A law given by its mean and scv has them; lognormal by median and sigma by its formula."""
    assert moments.mean(EVERY_LAW["lognormal by mean"]) == pytest.approx(4.0)
    assert moments.scv(EVERY_LAW["lognormal by mean"]) == pytest.approx(2.0)
    assert moments.mean(EVERY_LAW["lognormal by median"]) == pytest.approx(1.82 * math.exp(1.15**2 / 2))
    assert moments.scv(EVERY_LAW["gamma 100"]) == pytest.approx(100.0)
    assert moments.scv(EVERY_LAW["erlang 4"]) == pytest.approx(0.25)
    assert moments.scv(laws.Deterministic(value=0.0)) == 0.0


@pytest.mark.parametrize("name", sorted(EVERY_LAW))
def test_the_distribution_function_is_the_inverse_of_the_quantile(name: str) -> None:
    """F(q(u)) = u where q is continuous; F steps over u at a point of mass."""
    law = EVERY_LAW[name]
    u = np.array([0.02, 0.2, 0.45, 0.55, 0.77, 0.99])
    book = LawBook()
    number = book.add(law)
    q = np.empty_like(u)
    fill_quantiles(*book.arrays(), number, u, q)
    points = isinstance(law, laws.Deterministic | laws.Discrete | laws.Empirical)
    for share, value in zip(u, q, strict=True):
        if points:
            assert moments.cdf(law, value) >= share > moments.cdf(law, value - 1e-9)
        else:
            assert moments.cdf(law, value) == pytest.approx(share, abs=1e-6)


def test_the_distribution_function_is_one_from_the_cut_on_and_zero_below_the_support() -> None:
    law = laws.Exponential(law="exponential", mean=3.0, at_most=2.0)
    assert moments.cdf(law, 2.0) == 1.0
    assert moments.cdf(law, 1.999) == pytest.approx(1 - math.exp(-1.999 / 3))
    for free in EVERY_LAW.values():
        assert moments.cdf(free, -1.0) == 0.0


def test_a_beta_law_with_whole_parameters_needs_no_special_function() -> None:
    """P(X <= x) of a beta law of 2 and 3 is 6 x^2 - 8 x^3 + 3 x^4; and as the special function has it."""
    law = laws.Beta(law="beta", alpha=2.0, beta=3.0)
    for x in (0.0, 0.1, 0.5, 0.9, 1.0):
        assert moments.cdf(law, x) == pytest.approx(6 * x**2 - 8 * x**3 + 3 * x**4, abs=1e-15)
    for alpha, beta in ((1, 1), (7, 2), (30, 60)):
        found = moments.cdf(laws.Beta(law="beta", alpha=float(alpha), beta=float(beta)), 0.35)
        assert found == pytest.approx(special.betainc(alpha, beta, 0.35), rel=1e-12)
