"""Warm-up and batches: published series, brute force, and the textbook's coverage table."""

import math

import numpy as np
import pytest

from changeflow.errors import PlanError
from changeflow.measure.estimates.batch_means import batch_means_interval, batched, overlapping_interval
from changeflow.measure.estimates.student import t_quantile
from changeflow.measure.estimates.warm_up import mser, welch_curve

RAMP = np.array([0, 2, 4, 6, 8, 10, 9, 11, 10, 9, 11, 10, 10, 9, 11, 10, 9, 11, 10, 10.0])


def test_the_ramp_is_cut_where_it_ends() -> None:
    cut = mser(RAMP, 1)
    assert (cut.batches, cut.observations, cut.sufficient) == (5, 5, True)
    assert cut.mean == pytest.approx(10.0)
    assert cut.statistic == pytest.approx(0.0355556, abs=5e-8)


def test_batches_of_five() -> None:
    i = np.arange(200)
    cut = mser(10 - 10 * np.exp(-i / 20) + (-1.0) ** i)
    assert (cut.batches, cut.observations) == (14, 70)
    assert cut.mean == pytest.approx(9.952443, abs=5e-7)


@pytest.mark.parametrize("seed", range(5))
def test_the_cut_is_the_best_of_the_first_half(seed: int) -> None:
    values = np.random.default_rng(seed).normal(5.0, 1.0, 101) - 4 * np.exp(-np.arange(101) / 15)
    parts = values[:100].reshape(20, 5).mean(axis=1)
    objective = [np.sum((parts[d:] - parts[d:].mean()) ** 2) / (20 - d) ** 2 for d in range(10)]
    cut = mser(values)
    assert cut.batches == int(np.argmin(objective))
    assert cut.statistic == pytest.approx(min(objective))
    assert cut.mean == pytest.approx(parts[cut.batches :].mean())


def test_equal_statistics_keep_most() -> None:
    assert mser(np.full(60, 0.1)).batches == 0
    assert mser(np.concatenate([np.arange(10.0), np.full(50, 0.1)]), 1).batches == 10


def test_a_series_that_goes_on_rising_is_too_short() -> None:
    assert not mser(np.arange(100.0)).sufficient
    with pytest.raises(PlanError, match="at least 2 batches of 5"):
        mser(np.arange(9.0))


def test_welchs_curve_by_hand() -> None:
    """Means 2 4 6 8 10 12 14 16; half window 2: alone, then three, then five points; the last two have none."""
    runs = np.array([[1, 3, 5, 7, 9, 11, 13, 15], [3, 5, 7, 9, 11, 13, 15, 17.0]])
    assert welch_curve(runs, 2).tolist() == [2, 4, 6, 8, 10, 12]
    spike = np.array([[0, 0, 0, 15, 0, 0, 0, 0.0]])
    assert welch_curve(spike, 1).tolist() == [0, 0, 5, 5, 5, 0, 0]
    assert welch_curve(spike, 2).tolist() == pytest.approx([0, 0, 3, 3, 3, 3])
    assert welch_curve(spike, 0).tolist() == spike[0].tolist()
    with pytest.raises(PlanError, match="from 0 to 2, found 3"):
        welch_curve(spike, 3)


def test_batches_drop_what_is_left_over() -> None:
    assert batched(np.arange(7.0), 3).tolist() == [1.0, 4.0]
    mean, _ = batch_means_interval(np.array([100.0, 1, 2, 3, 4]), 2)
    assert mean == 2.5
    with pytest.raises(PlanError, match="at least 2 batches"):
        batch_means_interval(np.arange(7.0), 1)


def waits(runs: int, length: int, load: float) -> np.ndarray:
    """Waits of the first customers of M/M/1 from empty (Lindley 1952)."""
    rng = np.random.default_rng(4)
    found, wait = np.empty((length, runs)), np.zeros(runs)
    for i in range(length):
        found[i] = wait
        wait = np.maximum(wait + rng.exponential(load, runs) - rng.exponential(1.0, runs), 0.0)
    return found.T


@pytest.mark.parametrize(
    ("length", "published"),
    [(320, (0.662, 0.581, 0.477)), (1280, (0.784, 0.744, 0.690)), (2560, (0.827, 0.800, 0.766))],
)
def test_batch_means_cover_as_often_as_the_textbook_says(length: int, published: tuple[float, ...]) -> None:
    """M/M/1 at load .8, mean wait 3.2, 90 % intervals from 5, 10, 20 batches (Law 2015, section 9.5; recomputed)."""
    runs = waits(4000, length, 0.8)
    for batches, expected in zip((5, 10, 20), published):
        hits = 0
        for run in runs:
            mean, half_width = batch_means_interval(run, batches, 0.9)
            hits += abs(mean - 3.2) <= half_width
        # Two estimates, each with its own error.
        assert hits / 4000 == pytest.approx(expected, abs=4 * math.sqrt(2 * expected * (1 - expected) / 4000))


def test_overlapping_batches_by_hand() -> None:
    """1 3 2 6 in pairs: means 2, 2.5, 4 about 3; variance 2 (1 + .25 + 1) / (3 x 2) = .75; 1.5 degrees make 1."""
    mean, half_width = overlapping_interval(np.array([1.0, 3, 2, 6]), 2)
    assert mean == 3.0
    assert half_width == pytest.approx(t_quantile(0.95, 1) * math.sqrt(0.75))
    with pytest.raises(PlanError, match="from 1 to 2, found 3"):
        overlapping_interval(np.arange(4.0), 3)


def test_overlapping_batches_vary_two_thirds_as_much() -> None:
    """Meketon and Schmeiser 1984: the variance of the variance estimate, batches overlapping over batches apart."""
    runs = np.random.default_rng(5).normal(size=(4000, 600))
    apart = [(batch_means_interval(run, 30)[1] / t_quantile(0.95, 29)) ** 2 for run in runs]
    over = [(overlapping_interval(run, 20)[1] / t_quantile(0.95, 43)) ** 2 for run in runs]
    assert np.mean(over) == pytest.approx(1 / 600, rel=0.02)
    assert np.mean(apart) == pytest.approx(1 / 600, rel=0.02)
    assert np.var(over) / np.var(apart) == pytest.approx(2 / 3, abs=0.07)
