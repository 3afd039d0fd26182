"""The split of a variance between and within organisations."""

import numpy as np
import pytest

from changeflow.measure.estimates.anova import split_variance

DYESTUFF = np.array([
    1545, 1440, 1440, 1520, 1580, 1540, 1555, 1490, 1560, 1495, 1595, 1550, 1605, 1510, 1560, 1445, 1440, 1595, 1465,
    1545, 1595, 1630, 1515, 1635, 1625, 1520, 1455, 1450, 1480, 1445,
], dtype=float)  # fmt: skip
"""Yield of dyestuff, five samples of each of six batches (Davies 1947, table 6.3)."""


def test_the_published_components_of_the_dyestuff() -> None:
    """Between 1764.05, within 2451.25 (Davies 1947; balanced, so the same as by restricted likelihood)."""
    found = split_variance(DYESTUFF, 5)
    assert found is not None
    assert (found.between, found.within) == pytest.approx((1764.05, 2451.25), abs=0.005)
    assert found.share == pytest.approx(1764.05 / 4215.30, abs=1e-5)
    assert (found.organisations, found.runs_each) == (6, 5)
    assert 0 < found.low < found.share < found.high < 1


def test_an_incomplete_organisation_is_left_out() -> None:
    assert split_variance(np.append(DYESTUFF, [1.0, 2.0]), 5) == split_variance(DYESTUFF, 5)


def test_what_cannot_be_split_is_not() -> None:
    assert split_variance(DYESTUFF[:9], 5) is None
    assert split_variance(DYESTUFF, 1) is None
    assert split_variance(np.full(20, 3.0), 5) is None
    assert split_variance(np.where(DYESTUFF > 1600, np.nan, DYESTUFF), 5) is None


def test_organisations_that_are_alike_have_no_variance_between() -> None:
    """Means exactly equal: the estimate is below 0, and the interval begins at 0."""
    found = split_variance(np.tile([1.0, 2.0, 6.0], 4), 3)
    assert found is not None
    assert (found.between, found.low) == (0.0, 0.0)
    assert found.within == 7.0


def test_runs_that_are_alike_have_all_of_it() -> None:
    found = split_variance(np.repeat([1.0, 2.0, 6.0], 4), 4)
    assert found is not None
    assert (found.share, found.low, found.high) == (1.0, 1.0, 1.0)
    assert found.between == pytest.approx(7.0)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_the_interval_of_the_share_is_exact_for_normal_values(share: float) -> None:
    """500 studies of 8 organisations of 6 runs: 95 % within 4.5 standard errors (at share 0 at least 95 %)."""
    chance, studies, hits = np.random.default_rng(11), 500, 0
    for _ in range(studies):
        shared = np.sqrt(share) * chance.normal(size=(8, 1))
        values = shared + np.sqrt(1 - share) * chance.normal(size=(8, 6))
        found = split_variance(values.ravel(), 6)
        assert found is not None
        hits += found.low <= share <= found.high
    error = 4.5 * np.sqrt(0.95 * 0.05 / studies)
    assert hits / studies > 0.95 - error
    assert share == 0 or hits / studies < 0.95 + error
