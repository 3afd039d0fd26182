"""Open requests over time, by hand."""

import numpy as np
import pytest

from changeflow.measure.trace.backlog import Backlog, clear_day, completion_day

NAN = np.nan


def backlog(arrived: list[float], closed: list[float], start: float = 0.0, end: float = 96.0) -> Backlog:
    return Backlog.of(np.array(arrived), np.array(closed), start, end)


def test_daily_means_by_hand() -> None:
    """
    Four days. One open from 12 to 36, one from 24 to the end: day 1 half of one (12 h), day 2 12 h + 24 h =
    1.5, days 3 and 4 one.
    """
    one = backlog([12.0, 24.0], [36.0, NAN])
    assert one.daily() == pytest.approx([0.5, 1.5, 1.0, 1.0])
    assert one.mean(0.0, 96.0) == pytest.approx(1.0)
    assert one.mean(24.0, 48.0) == pytest.approx(1.5)


def test_days_are_counted_from_the_start_of_the_run() -> None:
    one = backlog([100.0, 124.0], [112.0, NAN], start=100.0, end=148.0)
    assert one.daily() == pytest.approx([0.5, 1.0])


def test_the_peak_is_the_largest_number_at_one_instant() -> None:
    """1 from 0, 2 from 10, 3 from 20; one closes at 30 as another comes: still 3."""
    one = backlog([0.0, 10.0, 20.0, 30.0], [30.0, 50.0, NAN, NAN])
    assert one.peak(0.0) == 3
    assert one.peak(40.0) == 3
    assert one.peak(60.0) == 2


def test_a_request_closed_when_it_came_was_never_open() -> None:
    one = backlog([5.0, 5.0], [5.0, 5.0])
    assert one.peak(0.0) == 0
    assert one.mean(0.0, 96.0) == 0


def test_growth_is_the_slope_of_weekly_means_over_the_last_half() -> None:
    """
    Eight weeks, one more request open at the start of each week, none closed: in the last four whole weeks the
    means are 5, 6, 7, 8: one a week.
    """
    one = backlog([168.0 * week for week in range(8)], [NAN] * 8, end=8 * 168.0)
    assert one.growth_per_week(0.0) == pytest.approx(1.0)


def test_a_level_backlog_does_not_grow_and_a_shrinking_one_has_a_negative_slope() -> None:
    weeks = [168.0 * week for week in range(8)]
    assert backlog([0.0] * 3, [NAN] * 3, end=8 * 168.0).growth_per_week(0.0) == pytest.approx(0.0, abs=1e-12)
    assert backlog([0.0] * 8, weeks, end=8 * 168.0).growth_per_week(0.0) == pytest.approx(-1.0)


def test_growth_counts_after_the_warm_up_only() -> None:
    """Twelve weeks, steep until week 8: after a warm-up of four the last half is weeks 8 to 12, and level."""
    arrived = [168.0 * week for week in range(9) for _ in range(10)]
    one = backlog(arrived, [NAN] * 90, end=12 * 168.0)
    assert one.growth_per_week(4 * 168.0) == pytest.approx(0.0, abs=1e-12)


def test_under_four_weeks_there_is_no_slope() -> None:
    assert np.isnan(backlog([0.0], [NAN], end=3 * 168.0).growth_per_week(0.0))
    assert not np.isnan(backlog([0.0], [NAN], end=4 * 168.0).growth_per_week(0.0))


def test_the_clear_day_by_hand() -> None:
    """
    40 days: 10 open on days 0 to 9, then 2. The peak of the 7-day mean is at once; the last quarter's mean is
    2, so 2.2 counts as clear. The first week with a mean of at most 2.2 is days 10 to 16: over on day 17.
    """
    assert clear_day(np.array([10.0] * 10 + [2.0] * 30)) == 17


@pytest.mark.parametrize(("level", "day"), [(2.19, 17), (2.21, 31)])
def test_clear_is_a_tenth_above_the_usual(level: float, day: int) -> None:
    """
    10 open on days 0 to 9, a level on days 10 to 29, 2 in the last quarter, so 2.2 is clear: 2.19 is at once, and
    with 2.21 the week from day 24 on is the first, its last day a 2: mean 2.18.
    """
    assert clear_day(np.array([10.0] * 10 + [level] * 20 + [2.0] * 10)) == day


def test_the_clear_day_counts_after_the_peak_only() -> None:
    """Calm before the burst does not count: 1 until day 20, 10 until day 30, then 1: clear on day 37."""
    assert clear_day(np.array([1.0] * 20 + [10.0] * 10 + [1.0] * 30)) == 37


def test_a_growing_backlog_is_never_clear() -> None:
    assert np.isnan(clear_day(np.arange(100.0)))


def test_four_weeks_are_the_least_for_a_clear_day() -> None:
    assert np.isnan(clear_day(np.zeros(27)))
    assert clear_day(np.zeros(28)) == 7


def test_the_completion_day_is_when_few_misfits_are_open() -> None:
    """Peak 20 on day 2; below 2 for the first time on day 5 (2.0 itself is not below)."""
    assert completion_day(np.array([5.0, 10.0, 20.0, 8.0, 2.0, 1.9, 3.0])) == 5


def test_completion_is_at_once_without_misfits_and_never_if_they_stay() -> None:
    assert completion_day(np.array([])) == 0
    assert completion_day(np.zeros(5)) == 0
    assert np.isnan(completion_day(np.array([1.0, 5.0, 4.0, 3.0])))
