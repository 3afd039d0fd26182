"""Work in hand when the working day ends: it pauses, is finished first, or is handed on; overtime is measured."""

from pathlib import Path

from changeflow.engine.simulate import simulate
from tests.stories.story import OFFICE, measured, play, story, told, visits

DESK = OFFICE + '[stations.desk]\ncalendar = "office"\nshift_end = "{}"\n'
EARLY_AND_LATE = """
[calendars.early]
hours = ["09:00-13:00"]
[calendars.late]
hours = ["13:00-17:00"]
[stations.desk]
shift_end = "{}"
[stations.desk.staff.anna]
calendar = "early"
[stations.desk.staff.ben]
calendar = "late"
"""
EVENING = "at work\nMon16:00 3\nMon16:30 1\nMon17:00 1\nFri16:00 30"


def test_work_in_hand_is_finished_and_nothing_else_begun(tmp_path: Path, engine: str) -> None:
    """
    r0 is finished on Monday at 19:00, 2 hours after closing. r1, waiting, and r2, of 17:00 sharp, start on Tuesday.
    r3 is worked on through Friday night, 29 hours after closing. Overtime 31 hours.
    """
    model = story(tmp_path, EVENING, DESK.format("finish"))
    trace = play(tmp_path, engine, EVENING, DESK.format("finish"))
    rows = """
        request started  finished work_hours
        0       Mon16:00 Mon19:00 3
        1       Tue09:00 Tue10:00 1
        2       Tue10:00 Tue11:00 1
        3       Fri16:00 Sat22:00 30
        """
    assert visits(trace, rows) == told(rows)
    found = measured(model, trace)
    assert (found["overtime_hours"], found["overtime_hours.desk"]) == (31.0, 31.0)


def test_paused_work_is_no_overtime(tmp_path: Path, engine: str) -> None:
    """r3's 30 hours fill Friday's last hour and the next days; nobody works after closing."""
    trace = play(tmp_path, engine, EVENING, DESK.format("pause"))
    rows = """
        request started  finished
        0       Mon16:00 Tue11:00
        1       Tue11:00 Tue12:00
        2       Tue12:00 Tue13:00
        3       Fri16:00 Thu14:00+1
        """
    assert visits(trace, rows) == told(rows)
    assert measured(story(tmp_path, EVENING, DESK.format("pause")), trace).get("overtime_hours", 0.0) == 0.0


def test_work_in_hand_goes_back_in_line_and_the_next_shift_takes_it(tmp_path: Path, engine: str) -> None:
    """
    Anna begins r0 at 12:00 and hands it back at 13:00, with one of 2 hours done. It joined before r1: Ben takes it
    first, to 14:00, then r1. Of r2 he does half an hour; Anna the rest on Tuesday at 9:00.
    """
    trace = play(tmp_path, engine, "at work\nMon12:00 2\nMon12:30 1\nMon16:30 1", EARLY_AND_LATE.format("hand_back"))
    rows = """
        request visit server joined   started  finished work_hours outcome
        0       0     0      Mon12:00 Mon12:00 Mon13:00 1          interrupted
        0       1     1      Mon13:00 Mon13:00 Mon14:00 1          delivered
        1       0     1      Mon12:30 Mon14:00 Mon15:00 1          delivered
        2       0     1      Mon16:30 Mon16:30 Mon17:00 0.5        interrupted
        2       1     0      Mon17:00 Tue09:00 Tue09:30 0.5        delivered
        """
    assert visits(trace, rows) == told(rows)


def test_the_early_shift_may_finish_while_the_late_one_begins(tmp_path: Path, engine: str) -> None:
    """Anna stays with r0 until 14:00, an hour of overtime; Ben begins r1 at 13:00."""
    table = "at work\nMon12:00 2\nMon12:30 1"
    trace = play(tmp_path, engine, table, EARLY_AND_LATE.format("finish"))
    rows = """
        request server started  finished
        0       0      Mon12:00 Mon14:00
        1       1      Mon13:00 Mon14:00
        """
    assert visits(trace, rows) == told(rows)
    assert measured(story(tmp_path, table, EARLY_AND_LATE.format("finish")), trace)["overtime_hours"] == 1.0


def test_work_that_ends_at_closing_is_done_not_handed_back(tmp_path: Path, engine: str) -> None:
    """Completions come before the end of the shift."""
    trace = play(tmp_path, engine, "at work\nMon15:00 2\nMon16:00 1", DESK.format("hand_back"))
    rows = """
        request started  finished outcome
        0       Mon15:00 Mon17:00 delivered
        1       Tue09:00 Tue10:00 delivered
        """
    assert visits(trace, rows) == told(rows)


def test_part_time_work_after_closing_goes_on_at_the_same_pace(tmp_path: Path, engine: str) -> None:
    """Half a person: r0's 2 hours take 4, from 15:00 to 19:00; of these 2 clock hours, 1 working hour, are overtime."""
    table = "at work\nMon15:00 2\nTue09:00 1"
    system = DESK.format("finish") + "availability = 0.5"
    trace = play(tmp_path, engine, table, system)
    rows = """
        request started  finished work_hours
        0       Mon15:00 Mon19:00 2
        1       Tue09:00 Tue11:00 1
        """
    assert visits(trace, rows) == told(rows)
    assert measured(story(tmp_path, table, system), trace)["overtime_hours"] == 1.0


def test_who_stays_beyond_the_last_day_works_overtime(tmp_path: Path, engine: str) -> None:
    """Two people to hour 24, then one, who works on r0; the other finishes r1 at 30: 6 hours of overtime."""
    table = "at work\n0 40\n10 20"
    system = """
        [stations.desk]
        staff_drop = "finish"
        [stations.desk.staff.team]
        head_count = { days = [0, 1], servers = [2, 1] }
        """
    model = story(tmp_path, table, system)
    trace = simulate(model, seed=1, replication=0, engine=engine)
    assert sorted(trace.visits["finished"].tolist()) == [30.0, 40.0]
    assert measured(model, trace)["overtime_hours"] == 6.0
