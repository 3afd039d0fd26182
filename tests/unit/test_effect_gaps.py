"""What surely moves a measure, on made-up cells with known effects."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from changeflow.measure.estimates.clusters import clustered_mean
from changeflow.measure.estimates.replications import jackknife_ratio, t_interval
from changeflow.study.estimates.columns import contributions
from changeflow.study.outcome.answer import Level
from changeflow.study.outcome.effect_gaps import Gap, gaps_of, moving_most, with_intervals
from changeflow.study.outcome.estimates import Cell, Facts, cell_of
from changeflow.study.store.packing import Columns

COST = "total_cost"
POINTS = list(itertools.product((0, 1), (0, 1)))
"""A grid of two factors, a and b."""


def cells(effects: tuple[float, float], noise: float, *, runs: int = 20, together: int = 1) -> list[Cell]:
    """Each point's runs: 100, what its settings add, luck that all points share, and luck of its own."""
    chance = np.random.default_rng(8)
    facts = Facts(together, False, 10.0, "EUR", 100.0, False)
    common = np.repeat(chance.normal(0.0, 50.0, runs // together), together)
    found = []
    for number, point in enumerate(POINTS):
        own = np.repeat(chance.normal(0.0, noise, runs // together), together)
        values = 100.0 + float(np.dot(effects, point)) + common + own
        found.append(cell_of(number, "both", facts, Columns(runs, {COST: values}, {}, {}), [COST], 0.95))
    return found


def gaps(made: list[Cell]) -> list[Gap]:
    levels = []
    for place, path in enumerate("ab"):
        for value in (0, 1):
            where = frozenset(number for number, point in enumerate(POINTS) if point[place] == value)
            mean = float(np.mean([made[number].estimates[COST].mean for number in where]))
            levels.append(Level(path, "both", value, str(value), mean, len(where), where))
    return gaps_of(levels, made, COST, 0.95)


def test_noise_alone_names_nothing() -> None:
    found = gaps(cells((0.0, 0.0), noise=10.0))
    assert all(gap.mean > 0 for gap in found)
    assert moving_most(found) is None


def test_what_moves_is_found_under_luck_that_all_points_share() -> None:
    """Common luck has a deviation of 50, own luck of 1: a gap of 5 is seen only because runs are paired."""
    found = gaps(cells((5.0, 1.0), noise=1.0))
    moving = moving_most(found)
    assert moving is not None
    assert (moving.gap.low.path, moving.gap.low.label, moving.gap.high.label) == ("a", "0", "1")
    assert moving.gap.mean == pytest.approx(5.0, abs=2 * moving.gap.half_width)
    assert moving.gap.half_width < 1.0
    assert moving.rivals == ()


def test_a_factor_that_may_move_it_as_much_is_named() -> None:
    moving = moving_most(gaps(cells((5.0, 5.0), noise=1.0)))
    assert moving is not None
    assert moving.rivals == ("b" if moving.gap.low.path == "a" else "a",)


def test_runs_of_one_organisation_count_once() -> None:
    """Own luck is an organisation's: forty runs of four organisations are four."""
    sure, unsure = (gaps(cells((9.0, 0.0), noise=5.0, runs=40, together=size))[0] for size in (1, 10))
    assert sure.surely
    assert len(unsure.by_run) == 4
    assert unsure.half_width > 2 * sure.half_width


def test_the_contributions_of_a_ratio_have_its_mean_and_interval() -> None:
    chance = np.random.default_rng(2)
    pairs = np.column_stack([chance.uniform(1, 5, 12), chance.uniform(5, 9, 12)])
    columns = Columns(12, {"rework_share": pairs[:, 0] / pairs[:, 1]}, {"rework_share": pairs}, {})
    assert t_interval(contributions(columns, "rework_share", 1)) == jackknife_ratio(*pairs.T)
    whole = pairs.reshape(4, 3, 2).sum(axis=1)
    assert t_interval(contributions(columns, "rework_share", 3)) == pytest.approx(jackknife_ratio(*whole.T))


def test_an_organisation_without_the_number_says_nothing() -> None:
    """Its two runs have none: the interval is that of the two organisations which have it."""
    columns = Columns(6, {COST: np.array([1.0, 3.0, np.nan, np.nan, 5.0, 7.0])}, {}, {})
    found = contributions(columns, COST, 2)
    assert found[[0, 2]] == pytest.approx([2.0, 6.0])
    assert np.isnan(found[1])
    assert t_interval(found) == pytest.approx(clustered_mean(columns.values[COST], 2))


def test_a_level_has_the_interval_of_its_mean_over_runs() -> None:
    """Luck that all points share is in every mean: its interval is as wide as that of a single point's."""
    made = cells((5.0, 1.0), noise=1.0)
    levels = [Level("a", "both", 0, "0", 100.0, 2, frozenset({0, 1}))]
    (one,) = with_intervals(levels, made, COST, 0.95)
    by_run = (made[0].columns.values[COST] + made[1].columns.values[COST]) / 2
    assert one.half_width == pytest.approx(t_interval(by_run, 0.95)[1])
    assert one.half_width > 20 * gaps(made)[0].half_width  # the gap is paired, the mean is not
