"""Intervals over clusters of runs."""

import numpy as np
import pytest

from changeflow.measure.estimates.clusters import (
    clustered_curve,
    clustered_mean,
    clustered_quantile,
    groups_apart,
    share_difference,
    share_estimate,
    share_interval,
)
from changeflow.measure.estimates.replications import clopper_pearson, t_interval
from changeflow.measure.estimates.student import t_quantile

CHANCE = np.random.default_rng(5)


def drawn(organisations: int, size: int, between: float = 3.0, within: float = 1.0) -> np.ndarray:
    """Values in clusters, their true mean 0."""
    shared = between * CHANCE.normal(size=(organisations, 1))
    return (shared + within * CHANCE.normal(size=(organisations, size))).ravel()


def test_equal_clusters_have_students_interval_on_their_means() -> None:
    values = drawn(8, 5)
    means = values.reshape(8, 5).mean(axis=1)
    assert clustered_mean(values, 5) == pytest.approx(t_interval(means))
    assert clustered_mean(values, 1) == pytest.approx(t_interval(values))


def test_an_incomplete_cluster_counts_by_its_runs() -> None:
    """(1, 3), (2, 4), 9: the mean is 19/5; pseudo-values 3 x 19/5 - 2 x (19 - s) / (5 - n) give the width."""
    values = np.array([1.0, 3.0, 2.0, 4.0, 9.0])
    pseudo = [11.4 - 2 * 15 / 3, 11.4 - 2 * 13 / 3, 11.4 - 2 * 10 / 4]
    assert clustered_mean(values, 2) == pytest.approx((3.8, t_interval(pseudo)[1]))


def test_values_that_a_run_has_not_are_left_out() -> None:
    values = np.array([1.0, np.nan, 2.0, 4.0, np.nan, np.nan, 6.0, 8.0])
    mean, _ = clustered_mean(values, 2)
    assert mean == pytest.approx(21 / 5)
    gone = np.array([1.0, np.nan, 2.0, 4.0, 6.0, 8.0])
    assert clustered_mean(values, 2) == clustered_mean(gone, 2)
    assert all(np.isnan(clustered_mean(np.full(4, np.nan), 2)))
    assert clustered_mean(values[:2], 2)[1] == np.inf


def test_intervals_over_clusters_cover_and_those_over_runs_do_not() -> None:
    """400 studies of 12 organisations of 10 runs: 95 % within 4 standard errors, where runs alone reach a third."""
    over_clusters = over_runs = 0
    for _ in range(400):
        values = drawn(12, 10)
        for_clusters, for_runs = clustered_mean(values, 10), t_interval(values)
        over_clusters += abs(for_clusters[0]) <= for_clusters[1]
        over_runs += abs(for_runs[0]) <= for_runs[1]
    assert over_clusters / 400 > 0.95 - 4 * 0.0109
    assert over_runs / 400 < 0.6


def test_each_point_of_a_curve_has_its_clustered_interval() -> None:
    curves = np.column_stack([drawn(6, 4), drawn(6, 4)])
    curves[5] = np.nan
    mean, half = clustered_curve(curves, 4)
    for place in range(2):
        assert (mean[place], half[place]) == pytest.approx(clustered_mean(curves[:, place], 4))
    assert np.isnan(clustered_curve(curves[:4], 4)[1]).all()  # one organisation: no band, not one of width 0


def test_the_interval_of_a_quantile_covers_over_clusters() -> None:
    """The 0.8 quantile of N(0, 2^2 + 1) is 0.8416 x sqrt(5); a cover of 90 % or more is wanted of 95 %."""
    truth, hits, studies = 0.8416212 * np.sqrt(5), 0, 300
    for _ in range(studies):
        found = clustered_quantile(drawn(40, 5, between=2.0), 0.8, 5)
        assert found is not None
        assert found[1] <= found[0] <= found[2]
        hits += found[1] <= truth <= found[2]
    assert hits / studies > 0.88
    assert clustered_quantile(drawn(3, 5), 0.9, 5) is None
    assert clustered_quantile(np.full(6, np.nan), 0.5, 3) is None


def test_a_share_of_runs_that_share_their_luck_is_no_surer_than_that_of_organisations() -> None:
    """Eight organisations of ten runs that all end alike, half of them given up: eight answers, not eighty.

    Their variance is that of seven independent runs, of which Student's quantiles leave seven degrees as sure as five.
    """
    answers = np.repeat([1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0], 10)
    share, low, high = share_interval(answers, 10)
    worth = 7 * (t_quantile(0.95, 79) / t_quantile(0.95, 7)) ** 2
    assert (share, low, high) == pytest.approx((0.5, *clopper_pearson(worth / 2, worth)))
    alone = clopper_pearson(40, 80)
    assert high - low > 3 * (alone[1] - alone[0])
    assert share_interval(answers, 1) == (0.5, *alone)


def test_where_all_runs_answer_alike_the_exact_interval_is_over_organisations() -> None:
    assert share_interval(np.zeros(80), 10) == (0.0, *clopper_pearson(0, 8))
    assert share_interval(np.ones(80), 10) == (1.0, *clopper_pearson(8, 8))
    assert share_estimate(np.zeros(80), 10)[1] == pytest.approx(clopper_pearson(0, 8)[1])


def test_the_interval_of_a_share_ends_within_nothing_and_all() -> None:
    share, low, high = share_interval(np.array([1.0] + [0.0] * 39), 10)
    assert 0.0 < low < share < high < 1.0
    assert share_interval(np.array([1.0, 0.0, 0.0]), 3) == (pytest.approx(1 / 3), 0.0, 1.0)  # one organisation


@pytest.mark.parametrize("share", [0.05, 0.1, 0.5])
def test_a_share_over_organisations_is_covered(share: float) -> None:
    """20 organisations of 5 runs with shares of their own (a beta law). Student's interval covers .834, .909, .96."""
    chance, tries, hits = np.random.default_rng(1), 1500, 0
    for _ in range(tries):
        own = chance.beta(3 * share, 3 * (1 - share), (20, 1))
        _, low, high = share_interval((chance.random((20, 5)) < own).astype(float).ravel(), 5)
        hits += low <= share <= high
    assert hits / tries > 0.95 - 4 * (0.95 * 0.05 / tries) ** 0.5


def test_groups_of_other_runs_are_apart_by_welchs_interval() -> None:
    """By hand: (1, 3) against (10, 10, 16): -10, variances 1 and 4, 25 / (1/1 + 16/2) = 2.8, so 2 degrees."""
    first = np.array([1.0, 3.0, np.nan, np.nan, np.nan])
    second = np.array([np.nan, np.nan, 10.0, 10.0, 16.0])
    assert groups_apart(first, second, 1) == pytest.approx((-10.0, t_quantile(0.95, 2) * np.sqrt(5)))
    assert groups_apart(first[[0, 2, 3, 4]], second[[0, 2, 3, 4]], 1)[1] == np.inf


@pytest.mark.parametrize(("size", "share"), [(1, 0.2), (5, 0.5)])
def test_the_interval_of_groups_covers(size: int, share: float) -> None:
    """400 times 40 runs, single and in organisations; the groups are 2 apart."""
    rng, hits = np.random.default_rng(6), 0
    for _ in range(400):
        values = np.repeat(rng.normal(size=40 // size), size) + rng.normal(size=40)
        gone = rng.random(40) < share
        gone[:2], gone[-2:] = True, False
        mean, half_width = groups_apart(np.where(gone, values + 2, np.nan), np.where(gone, np.nan, values), size)
        hits += abs(mean - 2) <= half_width
    assert hits / 400 >= 0.95 - 4 * np.sqrt(0.0475 / 400)


def test_shares_that_agree_in_every_run_may_still_differ() -> None:
    """By hand, 20 runs: 0 of either kind leaves 3/20 open, as exactly as 0 of 20 does; 5 against 1 with one more."""
    nothing = np.zeros(20)
    assert share_difference(nothing, nothing, 1) == pytest.approx((0.0, clopper_pearson(0, 20)[1]))
    assert share_difference(nothing, nothing, 5) == pytest.approx((0.0, clopper_pearson(0, 4)[1]))
    one, other = nothing.copy(), nothing.copy()
    one[:5], other[5:6] = 1.0, 1.0
    deviation = np.sqrt((6 + 1 - 16 / 22) / 21)
    arm = 4 / 20 - 4 / 22 + t_quantile(0.95, 21) * deviation / np.sqrt(22)
    assert share_difference(one, other, 1) == pytest.approx((0.2, arm))


@pytest.mark.parametrize(("more", "less"), [(0.03, 0.0), (0.1, 0.0), (0.1, 0.1), (0.4, 0.3)])
def test_the_difference_of_shares_covers(more: float, less: float) -> None:
    """20 runs; Student's interval alone covers .45 of the first."""
    rng, hits = np.random.default_rng(9), 0
    for _ in range(1000):
        luck = rng.random(20)
        mean, arm = share_difference((luck < more).astype(float), (luck > 1 - less).astype(float), 1)
        hits += abs(mean - (more - less)) <= arm
    assert hits / 1000 >= 0.95 - 4 * np.sqrt(0.0475 / 1000)
