"""Rules as numbers: who may, who overflows, which share a uniform falls into."""

import numpy as np
import pytest

from changeflow.engine.shared import rules


@pytest.mark.parametrize(
    ("waiting", "idle", "limit", "overflows"),
    [
        # beyond 0: overflow as soon as one would have to wait
        (0, 1, 0, False), (0, 0, 0, True), (1, 1, 0, True), (1, 2, 0, False), (3, 0, 0, True),
        # beyond 1: one may wait
        (0, 0, 1, False), (1, 0, 1, True), (1, 1, 1, False), (2, 1, 1, True), (5, 9, 1, False),
        # beyond 2: two may wait; those whom idle servers would take do not count
        (2, 0, 2, True), (2, 1, 2, False), (3, 1, 2, True), (1, 0, 2, False),
    ],
)  # fmt: skip
def test_overflow_is_by_who_would_still_wait_after_a_dispatch(
    waiting: int, idle: int, limit: int, overflows: bool
) -> None:
    assert bool(rules.overflows(waiting, idle, limit)) is overflows


@pytest.mark.parametrize(("waiting", "idle", "still"), [(0, 0, 0), (0, 5, 0), (3, 0, 3), (3, 2, 1), (3, 5, 0)])
def test_a_dispatch_takes_as_many_as_are_idle(waiting: int, idle: int, still: int) -> None:
    assert rules.still_waiting(waiting, idle) == still


@pytest.mark.parametrize(("difficulty", "openness", "may"), [(0.5, 0.5, True), (0.51, 0.5, False), (0.0, 0.0, True)])
def test_a_station_may_do_what_is_no_harder_than_its_openness(difficulty: float, openness: float, may: bool) -> None:
    assert bool(rules.may_do(difficulty, openness)) is may


def test_a_delivery_never_fails_at_probability_zero_and_always_at_one() -> None:
    """The uniforms of a draw lie strictly between 0 and 1."""
    smallest, largest = 2.0**-54, 1 - 2.0**-53
    assert not rules.is_rejected(smallest, 0.0)
    assert rules.is_rejected(largest, 1.0)
    assert rules.is_rejected(0.2, 0.3)
    assert not rules.is_rejected(0.3, 0.3)


@pytest.mark.parametrize(
    ("u", "index"),
    [(2.0**-54, 0), (0.19999, 0), (0.2, 1), (0.49999, 1), (0.5, 3), (0.99999, 3), (1 - 2.0**-53, 3)],
)
def test_pick_takes_the_share_that_a_uniform_falls_into(u: float, index: int) -> None:
    """Shares 0.2, 0.3, 0, 0.5, after two foreign heights: an edge belongs to the next, a share of 0 to nobody."""
    heights = np.array([9.0, 9.0, *np.cumsum([0.2, 0.3, 0.0, 0.5])])
    assert rules.pick(heights, 2, 4, u) == index


def test_pick_gives_what_rounding_leaves_over_to_the_last() -> None:
    """Ten shares of 0.1 add up to a little less than 1."""
    heights = np.cumsum(np.full(10, 0.1))
    assert heights[-1] < 1
    assert rules.pick(heights, 0, 10, 1 - 2.0**-53) == 9
    assert rules.pick(np.array([1.0]), 0, 1, 1 - 2.0**-53) == 0
