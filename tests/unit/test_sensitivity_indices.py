"""Sobol indices and Morris' effects on functions whose answer is exact, without and with noise."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.random import Generator, Philox

from changeflow.measure.records import Floats
from changeflow.study.design.range import Range
from changeflow.study.design.sensitivity import morris_shares, saltelli_shares
from changeflow.study.file.study import Design
from changeflow.study.sensitivity.indices import Indices, indices_of
from changeflow.study.sensitivity.morris import elementary_effects, morris_of
from changeflow.study.sensitivity.most import Most
from changeflow.study.sensitivity.resampling import noise_variance, product_of_means
from changeflow.study.sensitivity.responses import Response

RESPONSE = Response("total_cost", "both", None, "EUR")
ISHIGAMI = ((0.313905, 0.442411, 0.0), (0.557589, 0.442411, 0.243684))
VARIANCE = 13.844588
G_WEIGHTS = (0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0)
G = (
    (0.71619, 0.17905, 0.02368, 0.00716, 0.00007, 0.00007, 0.00007, 0.00007),
    (0.78714, 0.24220, 0.03432, 0.01046, 0.00010, 0.00010, 0.00010, 0.00010),
)


def ishigami(shares: Floats) -> Floats:
    """sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1 on (-pi, pi)^3 (Ishigami and Homma 1990)."""
    x = math.pi * (2 * shares - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def g_function(shares: Floats) -> Floats:
    """The product of (|4 x - 2| + a) / (1 + a) (Sobol's g)."""
    a = np.array(G_WEIGHTS)
    return np.prod((np.abs(4 * shares - 2) + a) / (1 + a), axis=1)


def indices(function: Callable[[Floats], Floats], factors: int, points: int, noise: Floats | None = None) -> Indices:
    shares = saltelli_shares(Design(kind="saltelli", points=points), factors)
    exact = function(shares)[:, None]
    table = np.repeat(exact, 2, axis=1) if noise is None else exact + noise
    return indices_of(table, tuple(str(i) for i in range(factors)), RESPONSE, 0.95, 1)


def in_order(found: Indices) -> tuple[list[float], list[float]]:
    ordered = sorted(found.indices, key=lambda one: int(one.path))
    return [one.first for one in ordered], [one.total for one in ordered]


@pytest.mark.parametrize(
    ("function", "exact", "points"), [(ishigami, ISHIGAMI, 2048), (g_function, G, 2048)], ids=["ishigami", "g"]
)
def test_indices_of_known_functions(
    function: Callable[[Floats], Floats], exact: tuple[tuple[float, ...], ...], points: int
) -> None:
    found = indices(function, len(exact[0]), points)
    for mine, known in zip(in_order(found), exact):
        assert mine == pytest.approx(known, abs=0.02)
    assert found.noise_share == pytest.approx(0, abs=1e-12)
    for one in found.indices:
        place = int(one.path)
        assert one.first_low - 0.01 <= exact[0][place] <= one.first_high + 0.01
        assert one.total_low - 0.01 <= exact[1][place] <= one.total_high + 0.01
    if function is ishigami:
        assert found.variance == pytest.approx(VARIANCE, rel=0.02)


@pytest.mark.parametrize("common", [True, False], ids=["common", "independent"])
def test_noise_is_in_no_index_and_its_share_is_told(common: bool) -> None:
    """As much noise as variance, in 8 runs a point: a plain estimate is off by a ninth, this one by chance only."""
    points, runs = 1024, 8
    rows = points * 5
    deviation = math.sqrt(VARIANCE)
    noise = Generator(Philox(5)).normal(0, deviation, (1 if common else rows, runs))
    found = indices(ishigami, 3, points, np.broadcast_to(noise, (rows, runs)))
    assert in_order(found)[0] == pytest.approx(ISHIGAMI[0], abs=0.06)
    assert in_order(found)[1] == pytest.approx(ISHIGAMI[1], abs=0.06)
    assert found.variance == pytest.approx(VARIANCE, rel=0.06)
    if not common:
        assert found.noise_share == pytest.approx(0.5, abs=0.03)
        assert found.noise_low < 0.5 < found.noise_high


def test_products_of_different_runs_have_no_noise_in_them() -> None:
    """By hand: runs (1, 3) and (2, 6): (1 x 6 + 3 x 2) / 2 = 6, while the product of the means is 8."""
    first, second, even = np.array([[1.0, 3.0]]), np.array([[2.0, 6.0]]), np.ones(2)
    assert product_of_means(first, second, even) == pytest.approx([6.0])
    assert noise_variance(first, even) == pytest.approx([2.0])
    doubled = np.array([2.0, 2.0])  # two copies of each run: pairs of copies stay out
    assert product_of_means(first, second, doubled) == pytest.approx([6.0])


def steps_of(
    function: Callable[[Floats], Floats], ranges: list[Range], runs: Floats, trajectories: int = 20
) -> list[Floats]:
    design = Design(kind="morris", trajectories=trajectories)
    shares = morris_shares(design, len(ranges))
    points = [tuple(one.at(share) for one, share in zip(ranges, row)) for row in shares]
    table = function(np.array(points, float))[:, None] + runs
    return elementary_effects(table, shares, points, ranges)


def test_a_linear_function_has_its_slopes_and_no_spread() -> None:
    """mu* = coefficient x range, sigma = 0; whole numbers and lists by their place in the range."""
    ranges = [Range("a", (), 0.0, 2.0), Range("b", (), 1, 6, whole=True), Range("c", (10, 20))]
    steps = steps_of(lambda x: 3 * x[:, 0] - 2 * x[:, 1] + 0.5 * x[:, 2], ranges, np.zeros(4))
    found = morris_of(RESPONSE, ("a", "b", "c"), steps, 0.95, 1)
    effects = found.effects
    assert [one.mu_star for one in effects] == pytest.approx([10, 6, 5])
    assert [one.mu for one in effects] == pytest.approx([-10, 6, 5])
    assert found.most == Most("b", ())
    assert [one.sigma for one in effects] == pytest.approx([0, 0, 0], abs=1e-6)
    assert all(one.noise < 1e-9 < one.low for one in effects)


def test_spread_that_is_noise_is_taken_out_and_an_idle_factor_is_not_seen() -> None:
    """Noise of 4 a run in 10 runs: the idle factor's effect is noise, and the linear one's spread is none."""
    ranges = [Range("a", (), 0.0, 1.0), Range("idle", (), 0.0, 1.0)]
    noise = Generator(Philox(3)).normal(0, 4, (60 * 3, 10))
    steps = steps_of(lambda x: 30 * x[:, 0], ranges, noise, trajectories=60)
    found = morris_of(RESPONSE, ("linear", "idle"), steps, 0.95, 1)
    linear, idle = found.effects
    assert linear.visible
    assert linear.mu_star == pytest.approx(30, abs=1.5)
    assert linear.sigma < 1.5
    assert not idle.visible
    assert idle.mu_star == pytest.approx(idle.noise, rel=0.35)


def test_what_is_only_noise_is_not_called_visible() -> None:
    """40 times 8 idle factors, 50 walks of 20 runs, noise of its own at each point: all 8 are noise 38 times or so."""
    chance, seen = Generator(Philox(11)), 0
    for _ in range(40):
        steps = list(chance.normal(0, 1, (8, 50, 20)))
        found = morris_of(RESPONSE, tuple("abcdefgh"), steps, 0.95, 1)
        seen += found.most is not None
        assert all(one.low <= one.mu_star <= one.high for one in found.effects)
    assert seen <= 6  # four standard errors above 2


def test_a_factor_is_most_only_beside_all_others_together() -> None:
    """Twelve factors that move the response alike, over walks that differ much: one is called the most seldom."""
    chance, alone = Generator(Philox(12)), 0
    for _ in range(60):
        steps = list(chance.normal(10, 3, (12, 12, 1)) + chance.normal(0, 0.5, (12, 12, 4)))
        most = morris_of(RESPONSE, tuple("abcdefghijkl"), steps, 0.95, 1).most
        assert most is not None
        alone += not most.rivals
    assert alone <= 4


def test_a_factor_that_moves_more_in_every_walk_is_most_though_walks_differ_much() -> None:
    """Sizes from 1 to 40 by walk, one always 3 above the other: apart their intervals overlap, paired they do not."""
    walks = np.linspace(1.0, 40.0, 20)[:, None] + Generator(Philox(13)).normal(0, 0.1, (20, 5))
    found = morris_of(RESPONSE, ("more", "less"), [walks + 3, walks], 0.95, 1)
    assert found.effects[0].low < found.effects[1].high
    assert found.most == Most("more", ())


def test_totals_are_compared_with_each_other_row_by_row() -> None:
    """The first factor has twice the share of the second; two alike are rivals."""
    far = indices(lambda x: 2 * x[:, 0] + x[:, 1] + 0.1 * x[:, 2], 3, 64)
    assert far.most == Most("0", ())
    alike = indices(lambda x: x[:, 0] + x[:, 1] + 0.1 * x[:, 2], 3, 64)
    assert alike.most is not None
    assert set(alike.most.rivals) | {alike.most.path} == {"0", "1"}
