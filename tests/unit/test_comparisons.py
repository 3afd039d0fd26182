"""Subsets, intervals against the best and expected losses: by hand, and promises kept in simulation."""

import math

import numpy as np
import pytest
from scipy import integrate, stats

from changeflow.study.selection.comparisons import against_best, expected_loss, loss_integral, subset_with_best
from changeflow.study.selection.nelson_matejcik import nelson_matejcik
from changeflow.study.selection.procedure import Zone, select

MEANS = np.array([0.0, 0.3, 1.0, 3.0])
RUNS = 1500


def losses(seed: int, runs: int = 15) -> np.ndarray:
    """Four systems with unequal spread, half of it shared."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(4, runs)) * np.array([[1.0], [1.5], [1.0], [2.0]]) + rng.normal(size=runs)
    return MEANS[:, None] + noise


def test_a_subset_by_hand() -> None:
    """Differences +-1 about 4 and 0.5: t(.95^(1/2), 3) and t(.975, 3) times the standard errors."""
    one = np.array([0.0, 1.0, 0.0, 1.0])
    far, near = one + np.array([3.0, 5, 5, 3]), one + np.array([-0.5, 1.5, 1.5, -0.5])
    assert subset_with_best([one, far, near], 0.95, paired=True).tolist() == [True, False, True]
    width = stats.t.ppf(0.975, 3) * math.sqrt((4 / 3) / 4)
    shifted = one + np.array([-1, 1, 1, -1.0])
    for lead, stays in ((0.99 * width, True), (1.01 * width, False)):
        assert subset_with_best([one, shifted + lead, shifted + 9], 0.95, paired=True).tolist() == [True, stays, False]
        zoned = subset_with_best([one, shifted + lead, shifted + 9], 0.95, paired=True, indifference=0.1)
        assert zoned.tolist() == [True, False, False]


def test_a_subset_of_independent_systems_by_hand() -> None:
    """Unequal numbers: W^2 = t(4)^2 s^2 / 5 + t(2)^2 s^2 / 3."""
    one, other = np.array([0.0, 1, 2, 3, 4]), np.array([0.0, 1, 2])
    width = math.sqrt(stats.t.ppf(0.9, 4) ** 2 * 2.5 / 5 + stats.t.ppf(0.9, 2) ** 2 * 1 / 3)
    for lead, stays in ((0.99 * width, True), (1.01 * width, False)):
        assert subset_with_best([one, other + 1 + lead], 0.9, paired=False).tolist() == [True, stays]


@pytest.mark.parametrize("paired", [True, False])
def test_the_subset_holds_the_best(paired: bool) -> None:
    found = np.array([subset_with_best(losses(seed), 0.9, paired=paired) for seed in range(RUNS)])
    assert found[:, 0].mean() >= 0.9 - 4 * math.sqrt(0.09 / RUNS)
    assert found[:, 3].mean() < 0.2


def test_intervals_against_the_best_hold_jointly() -> None:
    """The truth: -0.3 for the best, its distance from the best for the others."""
    truth = np.array([-0.3, 0.3, 1.0, 3.0])
    hits = 0
    for seed in range(RUNS):
        found = against_best(losses(seed), 0.9)
        hits += all(one.low <= value <= one.high for one, value in zip(found, truth))
    assert hits / RUNS >= 0.9 - 4 * math.sqrt(0.09 / RUNS)


def test_intervals_against_the_best_by_hand() -> None:
    """Two systems: a one-sided paired t each way, cut at nothing."""
    one, other = np.array([0.0, 1, 2, 3]), np.array([2.0, 2, 5, 4])
    mean, half = 1.75, stats.t.ppf(0.95, 3) * np.std([2.0, 1, 3, 1], ddof=1) / 2
    first, second = against_best(np.array([one, other]), 0.95)
    assert (first.low, first.high, first.surely_best) == (pytest.approx(-mean - half), 0.0, True)
    assert (second.low, second.high) == (0.0, pytest.approx(mean + half))
    assert not second.may_be_best
    close = against_best(np.array([one, other - 1.5]), 0.95)
    assert [one.may_be_best for one in close] == [True, True]
    assert not any(one.surely_best for one in close)
    assert close[0].low == pytest.approx(-0.25 - half)
    assert close[0].high == pytest.approx(half - 0.25)


def test_systems_that_are_the_same() -> None:
    found = against_best(np.tile([1.0, 2.0, 4.0], (3, 1)))
    assert [(one.low, one.high, one.may_be_best) for one in found] == [(0.0, 0.0, True)] * 3


def test_a_selection_with_intervals_of_the_zone() -> None:
    """Nelson and Matejcik: each mean minus the best of the others, +- the zone, jointly with the selection."""
    truth, hits, runs = np.array([-0.3, 0.3, 1.0, 3.0]), 0, 300
    for seed in range(runs):
        values = losses(seed, 3000) - 0.0
        selection = select(
            nelson_matejcik(Zone(4, 0.5, 0.9, 20)), lambda who, first, last, values=values: values[who, first:last]
        )
        means = np.array(selection.means)
        others = np.array([np.delete(means, who).min() for who in range(4)])
        low, high = np.minimum(means - others - 0.5, 0.0), np.maximum(means - others + 0.5, 0.0)
        hits += bool(np.all((low <= truth) & (truth <= high)))
    assert hits / runs >= 0.9 - 4 * math.sqrt(0.09 / runs)


def test_intervals_hold_where_first_variances_chose_the_number_of_runs() -> None:
    """Two systems, five first runs, 95 %: the zone for half-width holds, Student's from all runs .926 of the time."""
    rng, tries, kept = np.random.default_rng(2), 3000, {True: 0, False: 0}
    for _ in range(tries):
        values = np.array([[0.0], [1.0]]) + 1.2 * rng.normal(size=(2, 400))
        chosen = select(
            nelson_matejcik(Zone(2, 1.0, 0.95, 5)), lambda who, first, last, values=values: values[who, first:last]
        )
        used = values[:, : chosen.replications[0]]
        for zone in (True, False):
            first, second = against_best(used, 0.95, 1.0 if zone else None)
            kept[zone] += first.low <= -1.0 <= first.high and second.low <= 1.0 <= second.high
    assert kept[True] / tries >= 0.95
    assert kept[False] / tries < 0.94


@pytest.mark.parametrize(("s", "degrees"), [(0.0, 5), (1.3, 2), (-2.0, 9), (4.0, 30)])
def test_the_loss_integral_is_the_integral(s: float, degrees: int) -> None:
    expected = integrate.quad(lambda u: (u - s) * stats.t.pdf(u, degrees), s, np.inf)[0]
    assert loss_integral(s, degrees) == pytest.approx(expected, rel=1e-6)


def test_what_a_choice_may_cost() -> None:
    """Two systems 1 apart, differences with standard error .5 over 16 runs: exact; the other costs the lead more."""
    rng = np.random.default_rng(8)
    difference = rng.normal(size=16)
    difference = 1 + 2 * (difference - difference.mean()) / difference.std(ddof=1)
    one = rng.normal(size=16)
    values = np.array([one, one + difference])
    assert expected_loss(values, 0) == pytest.approx(0.5 * loss_integral(2.0, 15))
    assert expected_loss(values, 1) == pytest.approx(expected_loss(values, 0) + 1.0)
    drawn = -1 + 0.5 * np.random.default_rng(9).standard_t(15, 400_000)
    assert expected_loss(values, 0) == pytest.approx(np.maximum(drawn, 0).mean(), rel=0.05)


def test_without_spread_the_loss_is_certain() -> None:
    values = np.array([[1.0, 2.0, 3.0], [2.0, 3.0, 4.0]])
    assert expected_loss(values, 0) == 0.0
    assert expected_loss(values, 1) == 1.0
