"""Kaplan and Meier by hand, with requests that are still open."""

import math

import numpy as np
import pytest

from changeflow.measure.estimates.survival import Curve


def curve(closed: list[float], still_open: list[float]) -> Curve:
    return Curve.of(np.array(closed), np.array(still_open))


def test_without_open_requests_it_is_the_plain_mean_and_quantile() -> None:
    one = curve([4.0, 1.0, 7.0, 2.0], [])
    assert one.mean() == (3.5, 0.0)
    assert [one.quantile(p)[0] for p in (0.25, 0.26, 0.5, 0.75, 1.0)] == [1.0, 2.0, 2.0, 4.0, 7.0]


def test_the_curve_by_hand() -> None:
    """
    Closed after 1, 3, 5; open at 2 and 4. At risk 5 at 1: S = 4/5. At 3: 3 at risk, S = 4/5 x 2/3 = 8/15.
    At 5: 1 at risk, S = 0. Mean = 1 + 2 x 4/5 + 2 x 8/15 = 11/3: identified, as nobody is left.
    """
    one = curve([1.0, 3.0, 5.0], [2.0, 4.0])
    assert one.times.tolist() == [1, 2, 3, 4, 5]
    assert one.share == pytest.approx([4 / 5, 4 / 5, 8 / 15, 8 / 15, 0])
    mean, left = one.mean()
    assert mean == pytest.approx(11 / 3)
    assert left == 0
    assert one.quantile(0.2) == (1.0, 0.0)
    assert one.quantile(0.21) == (3.0, 0.0)
    assert one.quantile(0.5) == (5.0, 0.0)


def test_a_mean_with_members_left_is_restricted_and_says_so() -> None:
    """
    Closed after 1 and 3, open at 2 and 4: S = 3/4 from 1, 3/8 from 3 on. Restricted to 4:
    1 + 2 x 3/4 + 1 x 3/8 = 2.875, and 3/8 take longer than that.
    """
    one = curve([1.0, 3.0], [2.0, 4.0])
    mean, left = one.mean()
    assert mean == pytest.approx(2.875)
    assert left == pytest.approx(3 / 8)


def test_a_quantile_that_is_not_reached_is_the_largest_time_and_says_so() -> None:
    one = curve([1.0, 3.0], [2.0, 4.0])
    assert one.quantile(0.6) == (3.0, 0.0)
    assert one.quantile(0.9) == (4.0, pytest.approx(3 / 8))


def test_leaving_out_the_open_ones_would_flatter() -> None:
    """The mean of the closed alone is smaller, and so is taking the ages of the open ones for their times."""
    one = curve([1.0, 3.0, 9.0], [4.0, 4.0])
    assert one.mean()[0] > np.mean([1, 3, 9, 4, 4]) > np.mean([1, 3])


def test_a_tie_counts_as_closed_first() -> None:
    """Closed and open at 2, both of two at risk: S = 1/2 at 2, then the open one leaves."""
    one = curve([2.0], [2.0])
    assert one.mean() == (2.0, 0.5)


def test_only_open_ones_and_none_at_all() -> None:
    assert curve([], [3.0, 5.0]).mean() == (5.0, 1.0)
    assert curve([], [3.0, 5.0]).quantile(0.5) == (5.0, 1.0)
    assert math.isnan(curve([], []).mean()[0])
    assert math.isnan(curve([], []).quantile(0.5)[0])
