"""Student's quantile against scipy's, and where it is known in closed form."""

import math

import pytest
from scipy import special

from changeflow.measure.estimates.student import t_quantile


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 5, 9, 10, 29, 30, 99, 100, 999, 10_000])
def test_it_is_scipys(degrees: int) -> None:
    for level in (0.01, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 1 - 0.05 / 280):
        expected = special.stdtrit(degrees, 0.5 + level / 2)
        assert t_quantile(level, degrees) == pytest.approx(expected, rel=1e-10)


def test_one_degree_is_cauchys_and_two_have_a_root() -> None:
    assert t_quantile(0.5, 1) == pytest.approx(1.0, rel=1e-15)
    assert t_quantile(0.95, 2) == pytest.approx(0.95 * math.sqrt(2 / (1 - 0.95**2)), rel=1e-14)


def test_the_ends_of_the_levels() -> None:
    assert t_quantile(0.0, 7) == 0.0
    assert t_quantile(1.0, 7) == math.inf
