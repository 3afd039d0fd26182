"""How often few runs mislead: counted against hand-made and normal systems, whose shares are known."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest

from changeflow.study.estimates.wrong_choice import misleading


def below(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2))


def normal_pair(lead: float, correlation: float, runs: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    shared, own, other = rng.normal(size=(3, runs))
    mix = [math.sqrt(correlation) * shared + math.sqrt(1 - correlation) * noise for noise in (own, other)]
    return mix[0], mix[1] + lead


def test_shares_of_normal_systems_are_those_of_theory() -> None:
    """P(wrong) = Phi(-lead sqrt(n) / sd of the difference): 2 independent, 2 (1 - .99) paired."""
    lead, rho = 0.2, 0.99
    found = misleading(normal_pair(lead, rho, 8000), (1, 4, 16), 0.99)
    assert found.right == 0
    for row in found.rows:
        alone = below(-lead * math.sqrt(row.replications / 2))
        paired = below(-lead * math.sqrt(row.replications / (2 - 2 * rho)))
        assert row.independent.low <= alone <= row.independent.high
        assert row.independent.high - row.independent.low < 0.12
        assert row.paired.low <= paired <= row.paired.high


def test_every_group_meets_every_other_group_of_the_other_system() -> None:
    rng = np.random.default_rng(3)
    better, worse = rng.integers(0, 6, 20).astype(float), rng.integers(2, 9, 20).astype(float)
    found = misleading((worse, better), (1,), 0.95)
    assert found.right == 1
    wrong = [better[g] > worse[h] for g, h in permutations(range(20), 2)]
    assert found.rows[0].independent.share == pytest.approx(np.mean(wrong))
    assert found.rows[0].paired.share == np.mean(better > worse)


def test_nothing_is_wrong_where_nothing_is_right() -> None:
    same = np.random.default_rng(1).normal(size=(2, 400))
    found = misleading((same[0], same[1]), (1, 5), 0.95)
    assert found.right is None
    assert not found.rows


def test_no_wrong_choice_among_few_groups_is_no_promise() -> None:
    """20 groups never chose wrong: up to 16.8 % may, with runs of their own as with the same requests."""
    rng = np.random.default_rng(5)
    found = misleading((rng.normal(size=20), rng.normal(size=20) + 50), (1,), 0.95).rows[0]
    for one in (found.independent, found.paired):
        assert (one.share, one.low) == (0.0, 0.0)
        assert one.high == pytest.approx(1 - 0.025 ** (1 / 20))
