"""Working time: frozen at closing, resumed at opening; 2026-01-05 is a Monday."""

from pathlib import Path

import pytest

from tests.stories.story import OFFICE, play, told, visits

DESK = OFFICE + '[stations.desk]\ncalendar = "office"\n'


def test_work_is_frozen_at_closing_and_resumed_at_opening(tmp_path: Path, engine: str) -> None:
    """
    r0 starts Monday 16:00 with 3 hours: 1 on Monday, 2 on Tuesday, done at 11:00. The server is frozen with it:
    r1, waiting since Monday 16:30, starts only then.
    """
    trace = play(tmp_path, engine, "at work\nMon16:00 3\nMon16:30 1", DESK)
    rows = """
        request joined   started  finished work_hours
        0       Mon16:00 Mon16:00 Tue11:00 3
        1       Mon16:30 Tue11:00 Tue12:00 1
        """
    assert visits(trace, rows) == told(rows)


def test_work_that_fills_the_day_is_done_at_closing_not_next_morning(tmp_path: Path, engine: str) -> None:
    """8 hours from 9:00 are done at 17:00; r1, in line, must wait for the opening; r2 fills two days exactly."""
    trace = play(tmp_path, engine, "at work\nMon09:00 8\nMon10:00 8\nMon11:00 16", DESK)
    rows = """
        request started  finished
        0       Mon09:00 Mon17:00
        1       Tue09:00 Tue17:00
        2       Wed09:00 Thu17:00
        """
    assert visits(trace, rows) == told(rows)


def test_an_arrival_outside_hours_waits_for_the_opening(tmp_path: Path, engine: str) -> None:
    """
    At 07:00 before the opening, at 17:00 sharp (closed: the hours are half-open), at 20:00: each starts at the
    next 9:00. At 9:00 sharp it is open.
    """
    trace = play(tmp_path, engine, "at work\nMon07:00 1\nMon17:00 1\nTue20:00 1\nThu09:00 1", DESK)
    rows = """
        request joined   started  finished
        0       Mon07:00 Mon09:00 Mon10:00
        1       Mon17:00 Tue09:00 Tue10:00
        2       Tue20:00 Wed09:00 Wed10:00
        3       Thu09:00 Thu09:00 Thu10:00
        """
    assert visits(trace, rows) == told(rows)


def test_the_opening_serves_the_queue_before_a_new_arrival(tmp_path: Path, engine: str) -> None:
    """Two waited through the night and one arrives at 9:00 sharp; one server, an hour each."""
    trace = play(tmp_path, engine, "at work\nMon18:00 1\nMon19:00 1\nTue09:00 1", DESK)
    rows = "request started\n0 Tue09:00\n1 Tue10:00\n2 Tue11:00"
    assert visits(trace, rows) == told(rows)


def test_nobody_works_at_the_weekend(tmp_path: Path, engine: str) -> None:
    """2 hours begun on Friday 16:00 end on Monday 10:00; a request of Saturday starts after it."""
    trace = play(tmp_path, engine, "at work\nFri16:00 2\nSat12:00 1", DESK)
    rows = """
        request started    finished
        0       Fri16:00   Mon10:00+1
        1       Mon10:00+1 Mon11:00+1
        """
    assert visits(trace, rows) == told(rows)


@pytest.mark.parametrize("closed", ["closed = [2026-01-06]", 'holidays = "DE-BW"'])
def test_nobody_works_on_a_holiday(tmp_path: Path, engine: str, closed: str) -> None:
    """Tuesday 2026-01-06 is Epiphany, a holiday in Baden-Wuerttemberg: Monday's work goes on on Wednesday."""
    system = DESK.replace("[calendars.office]", f"[calendars.office]\n{closed}")
    trace = play(tmp_path, engine, "at work\nMon16:00 2\nTue10:00 1", system)
    rows = """
        request started  finished
        0       Mon16:00 Wed10:00
        1       Wed10:00 Wed11:00
        """
    assert visits(trace, rows) == told(rows)


def test_a_holiday_elsewhere_is_a_working_day_here(tmp_path: Path, engine: str) -> None:
    """Epiphany is no holiday in Berlin."""
    system = DESK.replace("[calendars.office]", '[calendars.office]\nholidays = "DE-BE"')
    trace = play(tmp_path, engine, "at work\nMon16:00 2\nTue11:00 1", system)
    rows = "request finished\n0 Tue10:00\n1 Tue12:00"
    assert visits(trace, rows) == told(rows)


def test_a_lunch_break_freezes_work_too(tmp_path: Path, engine: str) -> None:
    """9 to 12 and 13 to 17: 4 hours from 10:00 are 2 before lunch and 2 after it, until 15:00."""
    system = DESK.replace('"09:00-17:00"', '"09:00-12:00", "13:00-17:00"')
    trace = play(tmp_path, engine, "at work\nMon10:00 4\nTue09:00 3\nTue12:30 1", system)
    rows = """
        request started  finished
        0       Mon10:00 Mon15:00
        1       Tue09:00 Tue12:00
        2       Tue13:00 Tue14:00
        """
    assert visits(trace, rows) == told(rows)


def test_a_week_may_differ_day_by_day_and_run_past_midnight(tmp_path: Path, engine: str) -> None:
    """
    Monday 22 to 24 and Tuesday 0 to 2 are one shift: 3 hours from 22:30 end on Tuesday 01:30. The half hour
    left to 02:00 is worked by r1, whose second half hour comes the next Monday at 22:00.
    """
    system = """
        [calendars.night]
        week = { mon = ["22:00-24:00"], tue = ["00:00-02:00"] }
        [stations.desk]
        calendar = "night"
        """
    trace = play(tmp_path, engine, "at work\nMon22:30 3\nMon23:00 1", system)
    rows = """
        request started  finished
        0       Mon22:30 Tue01:30
        1       Tue01:30 Mon22:30+1
        """
    assert visits(trace, rows) == told(rows)


@pytest.mark.parametrize("share", ["availability = 0.5", "hours_per_week = 20.0", "share_for_us = 0.5"])
def test_half_a_person_takes_twice_the_open_hours(tmp_path: Path, engine: str, share: str) -> None:
    """Half the office hours, 20 of 40: 5 hours of work take 10 open hours, Monday 15:00 to Tuesday 17:00."""
    trace = play(tmp_path, engine, "at work\nMon15:00 5\nWed09:00 1", DESK + share)
    rows = """
        request started  finished work_hours
        0       Mon15:00 Tue17:00 5
        1       Wed09:00 Wed11:00 1
        """
    assert visits(trace, rows) == told(rows)


def test_intake_delay_is_counted_in_open_hours(tmp_path: Path, engine: str) -> None:
    """
    Delay 4 open hours. r0, Monday 15:00: 2 on Monday, 2 on Tuesday, joins at 11:00. r1, Tuesday 13:00: its
    delay ends at closing, so it joins at 17:00 and starts on Wednesday. r2, on Saturday: counted from Monday.
    """
    trace = play(
        tmp_path, engine, "at work\nMon15:00 1\nTue13:00 1\nSat12:00 1", DESK + "intake_delay_hours = 4"
    )  # fmt: skip
    rows = """
        request entered  joined     started    finished
        0       Mon15:00 Tue11:00   Tue11:00   Tue12:00
        1       Tue13:00 Tue17:00   Wed09:00   Wed10:00
        2       Sat12:00 Mon13:00+1 Mon13:00+1 Mon14:00+1
        """
    assert visits(trace, rows) == told(rows)


def test_each_station_keeps_its_own_hours(tmp_path: Path, engine: str) -> None:
    """
    desk (office) then check (always open): r0 is done at the desk on Monday 17:00 and checked at once, at
    night, until 18:00.
    """
    system = DESK + '[stations.check]\nservice_hours = 1\n[routing]\nentry = "desk"\nnext.desk = "check"'
    trace = play(tmp_path, engine, "at work\nMon15:00 2\nFri09:00 1", system)
    rows = """
        request station started  finished
        0       desk    Mon15:00 Mon17:00
        0       check   Mon17:00 Mon18:00
        1       desk    Fri09:00 Fri10:00
        1       check   Fri10:00 Fri11:00
        """
    assert visits(trace, rows) == told(rows)
