"""Clock time and open hours: two maps that are inverse to each other, left-continuous at closing."""

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from changeflow.engine.shared.worktime import WorkTime, always, lay_out
from changeflow.model.schema import Model
from tests.unit.small import model_of

FIXED = settings(
    derandomize=True, deadline=None, database=None, max_examples=200, suppress_health_check=list(HealthCheck)
)
OFFICE = """
title = "office"
go_live = 2026-01-05
horizon_days = 20
[demand]
kind = "poisson"
rate_per_day = 1
[stations.desk]
service_hours = 1
[calendars.office]
"""


def office(rest: str = 'hours = ["09:00-17:00"]', go_live: str = "2026-01-05") -> WorkTime:
    """The calendar of a model from Monday 2026-01-05 on, laid out for 480 hours."""
    model: Model = model_of(OFFICE.replace("2026-01-05", go_live) + rest)
    return lay_out(model, "office", 480.0)


@st.composite
def calendars(draw: st.DrawFn) -> WorkTime:
    """Intervals of any length, some back to back after a gap of almost nothing."""
    lengths = draw(st.lists(st.tuples(st.floats(0.01, 20), st.floats(0.01, 20)), min_size=1, max_size=12))
    edges = np.cumsum(np.array(lengths).ravel())
    opens, closes = edges[0::2], edges[1::2]
    return WorkTime(opens, closes, np.concatenate([[0.0], np.cumsum(closes - opens)[:-1]]))


times = st.floats(0, 300)


@FIXED
@given(calendar=calendars(), t=times, hours=st.floats(0, 60))
def test_open_hours_at_the_finish_are_the_hours_worked(calendar: WorkTime, t: float, hours: float) -> None:
    end = calendar.finish_time(t, hours)
    if math.isinf(end):
        assert calendar.open_hours(1e9) - calendar.open_hours(t) < hours + 1e-9
        return
    assert end >= t
    assert calendar.open_hours(end) == pytest.approx(calendar.open_hours(t) + hours, abs=1e-9)
    if end > t:  # left-continuous: the moment before, something was still left to do
        assert calendar.open_hours(end - 1e-6) < calendar.open_hours(t) + hours


@FIXED
@given(calendar=calendars(), pair=st.tuples(times, times).map(sorted), hours=st.floats(0, 60))
def test_who_starts_earlier_or_works_less_is_not_finished_later(
    calendar: WorkTime, pair: list[float], hours: float
) -> None:
    early, late = pair
    assert calendar.finish_time(early, hours) <= calendar.finish_time(late, hours) + 1e-9
    assert calendar.finish_time(early, hours / 2) <= calendar.finish_time(early, hours)
    assert calendar.open_hours(early) <= calendar.open_hours(late)


@FIXED
@given(calendar=calendars(), t=times)
def test_the_next_opening_is_the_first_open_instant(calendar: WorkTime, t: float) -> None:
    opening = calendar.next_open(t)
    assert opening >= t
    if math.isfinite(opening):
        assert np.any((calendar.opens <= opening) & (opening < calendar.closes))
        assert calendar.open_hours(opening) == pytest.approx(calendar.open_hours(t), abs=1e-12)


@FIXED
@given(calendar=calendars(), many=st.lists(times, min_size=1, max_size=8))
def test_many_times_at_once_are_each_time_alone(calendar: WorkTime, many: list[float]) -> None:
    found = calendar.open_hours_at(np.array([*many, np.nan]))
    assert found[:-1] == pytest.approx([calendar.open_hours(t) for t in many], abs=1e-9)
    assert np.isnan(found[-1])


@pytest.mark.parametrize(
    ("t", "hours", "end"),
    [
        (9, 8, 17), (9, 8.5, 33.5), (16, 1, 17), (16, 1.5, 33.5), (17, 1, 34), (8, 1, 10), (0, 8, 17), (9, 0, 9),
        (20, 0, 20), (9, 16, 41), (9, 40, 4 * 24 + 17), (9, 40.5, 7 * 24 + 9.5), (4 * 24 + 17, 8, 7 * 24 + 17),
    ],
)  # fmt: skip
def test_work_in_office_hours_by_hand(t: float, hours: float, end: float) -> None:
    """Monday to Friday 9 to 17; the clock starts on Monday at midnight."""
    assert office().finish_time(t, hours) == end


@pytest.mark.parametrize(
    ("t", "opening"), [(0, 9), (9, 9), (16.99, 16.99), (17, 33), (4 * 24 + 17, 7 * 24 + 9), (6 * 24, 7 * 24 + 9)]
)
def test_the_next_opening_by_hand(t: float, opening: float) -> None:
    assert office().next_open(t) == opening


def test_open_hours_stand_still_when_closed() -> None:
    calendar = office()
    assert [calendar.open_hours(t) for t in (0, 9, 10, 17, 20, 33, 34, 168, 177)] == [0, 0, 1, 8, 8, 8, 9, 40, 40]


def test_always_is_the_clock_itself() -> None:
    calendar = always()
    assert calendar.finish_time(3.5, 2.25) == 5.75
    assert calendar.next_open(1e9) == 1e9
    assert calendar.open_hours(77.0) == 77.0
    assert calendar.open_hours_at(np.array([1.0, np.nan]))[0] == 1.0


def test_days_back_to_back_are_one_interval() -> None:
    """Round the clock, and an interval over midnight, do not stop at midnight."""
    rest = 'days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]\nhours = ["00:00-24:00"]'
    calendar = office(rest)
    assert len(calendar.opens) == 1
    assert calendar.finish_time(5.0, 400.0) == 405.0
    night = office('week = { mon = ["22:00-24:00"], tue = ["00:00-06:00", "06:00-07:00"] }')
    assert (night.opens[0], night.closes[0]) == (22.0, 31.0)
    assert night.opens[1] == 7 * 24 + 22


def test_the_week_follows_the_date_of_go_live() -> None:
    """Go-live on Thursday 2026-01-08: open today and tomorrow, then not until day 4."""
    calendar = office(go_live="2026-01-08")
    assert calendar.opens[:3].tolist() == [9, 33, 4 * 24 + 9]


def test_closed_days_and_holidays_are_left_out() -> None:
    """Germany: Good Friday 2026-04-03 and Easter Monday 2026-04-06; 2026-04-07 is closed by the file."""
    calendar = office('hours = ["09:00-17:00"]\nholidays = "DE"\nclosed = [2026-04-07]', go_live="2026-04-02")
    days = [date.fromordinal(date(2026, 4, 2).toordinal() + int(opening // 24)) for opening in calendar.opens[:3]]
    assert days == [date(2026, 4, 2), date(2026, 4, 8), date(2026, 4, 9)]


def test_beyond_its_last_day_a_calendar_never_finishes() -> None:
    """It is laid out some weeks beyond the run, and says infinity where it knows nothing."""
    calendar = office()
    assert calendar.closes[-1] >= 480
    assert math.isinf(calendar.finish_time(calendar.closes[-1] + 1, 1))
    assert math.isinf(calendar.finish_time(9, 1e6))
    assert calendar.finish_time(calendar.closes[-1] - 1, 1) == calendar.closes[-1]
    assert math.isinf(calendar.next_open(calendar.closes[-1]))
