"""Estimates over replications, against published and recomputed numbers."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from changeflow.measure.estimates.replications import (
    clopper_pearson,
    curve_interval,
    jackknife_difference,
    jackknife_ratio,
    jackknife_share,
    jackknife_share_difference,
    joint_level,
    quantile_interval,
    t_interval,
    unseen_share,
)
from changeflow.measure.estimates.student import t_quantile

LAW = [1.2, 0.8, 1.6, 1.1, 0.9]  # Law, Simulation Modeling and Analysis


def test_the_t_interval_of_the_textbook() -> None:
    mean, half_width = t_interval(LAW)
    assert mean == pytest.approx(1.12)
    assert half_width == pytest.approx(0.386714, abs=5e-7)


def test_the_t_interval_is_scipys_at_any_level() -> None:
    for level in (0.5, 0.9, 0.99):
        low, high = stats.t.interval(level, 4, loc=np.mean(LAW), scale=stats.sem(LAW))
        mean, half_width = t_interval(np.array(LAW), level)
        assert (mean - half_width, mean + half_width) == pytest.approx((low, high))


def test_a_run_without_the_number_is_left_out() -> None:
    assert t_interval([*LAW, math.nan]) == t_interval(LAW)
    assert all(math.isnan(part) for part in t_interval([math.nan, math.nan]))


def test_one_run_has_no_interval() -> None:
    assert t_interval([3.0]) == (3.0, math.inf)


def test_equal_runs_have_an_interval_of_no_width() -> None:
    assert t_interval([2.0, 2.0, 2.0]) == (2.0, 0.0)


def test_curves_have_the_t_interval_of_each_point() -> None:
    curves = np.array([[1.2, 5.0], [0.8, 5.0], [1.6, 5.0], [1.1, 5.0], [0.9, 5.0]])
    mean, half_width = curve_interval(curves)
    assert (mean[0], half_width[0]) == pytest.approx(t_interval(LAW))
    assert (mean[1], half_width[1]) == (5.0, 0.0)


def test_joint_intervals_share_the_error() -> None:
    """t for 4 comparisons of 10 runs at 95 % together: 3.110934."""
    assert t_quantile(joint_level(0.95, 4), 9) == pytest.approx(3.110934, abs=1e-5)
    assert joint_level(0.95, 1) == pytest.approx(0.95)
    assert joint_level(0.95, 0) == pytest.approx(0.95)


def test_a_ratio_of_proportional_sums_is_exact() -> None:
    bottoms = np.array([3.0, 1.0, 7.0, 2.0])
    ratio, half_width = jackknife_ratio(0.4 * bottoms, bottoms)
    assert ratio == pytest.approx(0.4, rel=1e-14)
    assert half_width == pytest.approx(0.0, abs=1e-13)


def test_a_ratio_by_hand() -> None:
    """
    Tops 1, 2, 3 over bottoms 2, 2, 4: 6/8 = 0.75; leaving one out 5/6, 4/6, 3/4; pseudo-values
    3 x 0.75 - 2 x these: 0.583333, 0.916667, 0.75: mean 0.75, half-width t(2) x 0.166667 / sqrt(3).
    """
    ratio, half_width = jackknife_ratio(np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 4.0]))
    assert ratio == pytest.approx(0.75)
    assert half_width == pytest.approx(4.302653 * (1 / 6) / math.sqrt(3), rel=1e-6)


def test_a_ratio_over_nothing_is_not_a_number() -> None:
    """No denominator at all: none; all of it in one run: no interval; one run: no interval."""
    assert all(math.isnan(part) for part in jackknife_ratio(np.zeros(3), np.zeros(3)))
    assert jackknife_ratio(np.array([1.0, 0.0]), np.array([4.0, 0.0])) == (0.25, math.inf)
    assert jackknife_ratio(np.array([1.0]), np.array([4.0])) == (0.25, math.inf)


def test_what_was_never_seen_may_be_rare() -> None:
    """Of very many runs the exact end remains: 1 - 0.025^(1/n), some 3.69 of n (Clopper and Pearson 1934)."""
    assert unseen_share(1000, 100_000) == pytest.approx(1 - 0.025 ** (1 / 1000), rel=1e-4)
    assert unseen_share(1000, 10) == pytest.approx(1 - 0.025 ** ((2.262157 / 1.959964) ** 2 / 1000), rel=1e-6)
    assert unseen_share(1000, 2) > unseen_share(1000, 10) > unseen_share(1000, 100)
    assert math.isinf(unseen_share(1000, 1))
    hundreds = np.full(10, 100.0)
    beyond = unseen_share(1000, 10)
    assert jackknife_share(0 * hundreds, hundreds) == (0.0, beyond)
    assert jackknife_share(hundreds, hundreds) == (1.0, beyond)
    some = np.arange(10.0), hundreds
    assert jackknife_share(*some) == jackknife_ratio(*some)
    none, all_of_them = (0 * hundreds, hundreds), (hundreds, hundreds)
    assert jackknife_share_difference(none, none, 0.95) == (0.0, pytest.approx(math.sqrt(2) * beyond))
    mean, half_width = jackknife_share_difference(some, all_of_them, 0.95)
    assert mean == pytest.approx(0.045 - 1)
    assert half_width == pytest.approx(math.hypot(jackknife_ratio(*some)[1], beyond))


@pytest.mark.parametrize("share", [0.0002, 0.001, 0.9995])
def test_a_rare_share_is_covered_though_often_none_is_seen(share: float) -> None:
    """10 runs of 100: the jackknife alone has width 0 wherever nothing is seen, as in 82 of 100 studies at 0.0002."""
    hits = np.random.default_rng(5).binomial(100, share, (2000, 10)).astype(float)
    bottoms = np.full(10, 100.0)

    def coverage(interval: Callable[..., tuple[float, float]]) -> float:
        found = (interval(tops, bottoms) for tops in hits)
        return float(np.mean([abs(mean - share) <= half_width for mean, half_width in found]))

    assert coverage(jackknife_share) >= 0.94
    assert coverage(jackknife_ratio) < 0.7


def test_the_paired_difference_of_ratios_uses_the_pairing() -> None:
    """Both ratios move together from run to run: their difference hardly does."""
    bottoms = np.array([10.0, 20.0, 30.0, 40.0])
    noise = np.array([1.0, -2.0, 3.0, -1.0])
    first, second = (0.5 * bottoms + noise, bottoms), (0.3 * bottoms + noise, bottoms)
    mean, half_width = jackknife_difference(first, second, 0.95)
    assert mean == pytest.approx(0.2)
    assert half_width == pytest.approx(0.0, abs=1e-12)
    assert jackknife_ratio(*first)[1] > 0.01


@pytest.mark.parametrize(("n", "p", "low", "high", "cover"), [(100, 0.9, 84, 96, 0.9557), (30, 0.8, 19, 29, 0.9800)])
def test_order_statistic_ranks_are_the_published_ones(n: int, p: float, low: int, high: int, cover: float) -> None:
    """The values are their own ranks, shuffled; the interval covers as often as stated."""
    values = np.random.default_rng(0).permutation(np.arange(1.0, n + 1))
    found = quantile_interval(values, p)
    assert found is not None
    assert found[1:] == (low, high)
    assert found[0] == math.ceil(n * p)
    counts = stats.binom(n, p)
    assert counts.cdf(high - 1) - counts.cdf(low - 1) == pytest.approx(cover, abs=5e-5)


def test_too_few_runs_for_a_quantile_give_none() -> None:
    """The largest of n lies above the p-quantile with 1 - p^n >= 0.975: for p = 0.9 from 36 runs on."""
    assert quantile_interval(np.arange(35.0), 0.9) is None
    assert quantile_interval(np.arange(36.0), 0.9) is not None
    assert quantile_interval(np.arange(5.0), 0.5) is None
    assert quantile_interval(np.arange(6.0), 0.5) == (2.0, 0.0, 5.0)


def test_an_event_that_never_happened_has_a_positive_upper_limit() -> None:
    low, high = clopper_pearson(0, 40)
    assert low == 0.0
    assert high == pytest.approx(0.0881, abs=5e-5)
    assert clopper_pearson(40, 40) == pytest.approx((1 - high, 1.0))


def test_the_exact_interval_is_scipys() -> None:
    found = stats.binomtest(7, 25).proportion_ci(0.9, "exact")
    assert clopper_pearson(7, 25, 0.9) == pytest.approx((found.low, found.high))
