"""Constants of ranking and selection against published tables and other ways of computing them."""

import math

import numpy as np
import pytest
from scipy import stats

from changeflow.errors import PlanError
from changeflow.study.selection.constants import (
    dudewicz_dalal_h,
    dunnett_one_sided,
    kim_nelson_eta,
    kim_nelson_h2,
    rinott_h,
    screening_t,
)

RINOTT = {
    (10, 0.90): (1.9986, 2.5875, 2.9126, 3.1367, 3.7459),
    (20, 0.90): (1.8957, 2.4312, 2.7201, 2.9164, 3.4374),
    (10, 0.95): (2.6141, 3.1657, 3.4763, 3.6926, 4.2895),
    (20, 0.95): (2.4525, 2.9372, 3.2032, 3.3854, 3.8753),
}
DUDEWICZ_DALAL = {
    (20, 0.90): (1.896, 2.342, 2.583, 2.747, 2.870),
    (40, 0.90): (1.852, 2.283, 2.514, 2.669, 2.785),
    (20, 0.95): (2.452, 2.872, 3.101, 3.258, 3.377),
}


@pytest.mark.parametrize(("first", "level"), RINOTT)
def test_rinotts_table(first: int, level: float) -> None:
    found = [rinott_h(k, first, level) for k in (2, 3, 4, 5, 10)]
    assert found == pytest.approx(RINOTT[first, level], abs=6e-5)


@pytest.mark.parametrize(("first", "level"), DUDEWICZ_DALAL)
def test_the_table_of_dudewicz_and_dalal(first: int, level: float) -> None:
    found = [dudewicz_dalal_h(k, first, level) for k in (2, 3, 4, 5, 6)]
    assert found == pytest.approx(DUDEWICZ_DALAL[first, level], abs=6e-4)
    if level == 0.9:
        assert dudewicz_dalal_h(10, first, level) == pytest.approx({20: 3.182, 40: 3.076}[first], abs=6e-4)


@pytest.mark.parametrize("first", [2, 3, 10, 50, 1000])
def test_for_two_systems_both_are_the_same(first: int) -> None:
    """Two quite different integrals; with ever more first replications it is sqrt(2) times the normal quantile."""
    assert rinott_h(2, first, 0.9) == pytest.approx(dudewicz_dalal_h(2, first, 0.9), rel=1e-6)
    if first == 1000:
        assert rinott_h(2, first, 0.9) == pytest.approx(math.sqrt(2) * stats.norm.ppf(0.9), rel=2e-3)


def test_rinotts_probability_by_simulation() -> None:
    """k = 5, n0 = 10: Z_i / sqrt(9 (1/X_i + 1/Y)) all below h, given Y independent, with .9."""
    rng = np.random.default_rng(6)
    x, y = rng.chisquare(9, (400_000, 4)), rng.chisquare(9, (400_000, 1))
    inside = stats.norm.cdf(rinott_h(5, 10, 0.9) / np.sqrt(9 * (1 / x + 1 / y))).prod(axis=1)
    assert inside.mean() == pytest.approx(0.9, abs=4 * inside.std() / math.sqrt(400_000))


@pytest.mark.parametrize(
    ("k", "first", "eta", "h2"),
    [
        (2, 10, 0.334050, 6.012905),
        (5, 10, 0.634967, 11.429411),
        (5, 20, 0.237238, 9.015056),
        (10, 20, 0.302934, 11.511485),
    ],
)
def test_the_constants_of_kim_and_nelson(k: int, first: int, eta: float, h2: float) -> None:
    assert kim_nelson_eta(k, first, 0.05) == pytest.approx(eta, abs=6e-7)
    assert kim_nelson_h2(k, first, 0.05) == pytest.approx(h2, abs=6e-6)


def test_the_constants_of_wider_continuation_regions() -> None:
    """c = 2: (1 + 3 eta)^p - (1 + 4 eta)^p / 2 = .05 / 4 with p = -19 / 2, by hand; c = 1 is a special case."""
    eta = kim_nelson_eta(5, 20, 0.05, 2)
    assert (1 + 3 * eta) ** -9.5 - 0.5 * (1 + 4 * eta) ** -9.5 == pytest.approx(0.0125, rel=1e-9)
    assert kim_nelson_h2(5, 20, 0.05, 2) == pytest.approx(4 * eta * 19)


def test_dunnetts_one_sided_table() -> None:
    """Dunnett 1955, table 1a, 95 %: 10 degrees and (nearly) infinitely many, 1 to 4 comparisons."""
    assert [dunnett_one_sided(p, 10, 0.95) for p in (1, 2, 3, 4)] == pytest.approx([1.81, 2.15, 2.34, 2.47], abs=0.006)
    assert [dunnett_one_sided(p, 10**5, 0.95) for p in (1, 2, 3)] == pytest.approx([1.64, 1.92, 2.06], abs=0.006)


def test_dunnetts_point_is_that_of_the_multivariate_t() -> None:
    shape = 0.5 * np.eye(4) + 0.5
    point = dunnett_one_sided(4, 7, 0.9)
    below = stats.multivariate_t(np.zeros(4), shape, df=7, seed=1).cdf(np.full(4, point))
    assert below == pytest.approx(0.9, abs=5e-4)


def test_screening_constants() -> None:
    assert screening_t(5, 10, 0.95, paired=False) == pytest.approx(2.673333, abs=5e-7)
    assert screening_t(10, 20, 0.95, paired=False) == pytest.approx(2.802319, abs=5e-7)
    assert screening_t(5, 10, 0.95, paired=True) == pytest.approx(stats.t.ppf(0.9875, 9))


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ((1, 10, 0.9), "at least 2 systems, found 1"),
        ((3, 1, 0.9), "at least 2 first replications, found 1"),
        ((4, 10, 0.2), "between 1/4 and 1, found 0.2"),
        ((4, 10, 1.0), "between 1/4 and 1, found 1"),
    ],
)
def test_tasks_without_sense_are_refused(task: tuple[int, int, float], message: str) -> None:
    for function in (rinott_h, dudewicz_dalal_h):
        with pytest.raises(PlanError, match=message):
            function(*task)
