"""Work in hand that is interrupted: who by, what is left of it, and where it waits."""

from pathlib import Path

from changeflow.engine.chance import draws
from tests.stories.story import OFFICE, play, told, visits

URGENT = '[stations.desk]\ndiscipline = "priority"\npreemptive = true\n'
CLASSES = """
    at  work priority
    0   4    2
    1   2    1
    2   1    0
    2.5 1    2
    """


def test_interrupted_work_is_resumed_where_it_was_left(tmp_path: Path, engine: str) -> None:
    """
    r1 (class 1) interrupts r0 (class 2) at 1, r2 (class 0) interrupts r1 at 2. At 3 the one hour left of r1, then
    the three left of r0: it has joined before r3, of its class, and keeps that place.
    """
    trace = play(tmp_path, engine, CLASSES, URGENT)
    rows = """
        request visit pass entered joined started finished work_hours outcome
        0       0     0    0       0      0       1        1          interrupted
        0       1     0    1       1      4       7        3          delivered
        1       0     0    1       1      1       2        1          interrupted
        1       1     0    2       2      3       4        1          delivered
        2       0     0    2       2      2       3        1          delivered
        3       0     0    2.5     2.5    7       8        1          delivered
        """
    assert visits(trace, rows) == told(rows)


def test_interrupted_work_is_done_again_from_its_start(tmp_path: Path, engine: str) -> None:
    """The same, but at 3 all two hours of r1 again, at 5 all four of r0."""
    trace = play(tmp_path, engine, CLASSES, URGENT + 'interrupted_work = "restart"')
    rows = """
        request visit started finished work_hours outcome
        0       0     0       1        1          interrupted
        0       1     5       9        4          delivered
        1       0     1       2        1          interrupted
        1       1     3       5        2          delivered
        2       0     2       3        1          delivered
        3       0     9       10       1          delivered
        """
    assert visits(trace, rows) == told(rows)


def test_interrupted_work_is_drawn_anew(tmp_path: Path, engine: str) -> None:
    """
    r0's work is uniform on 5 to 9, 5 + 4u. Interrupted at 1 by r1 and at 3.5 by r2, each an hour, it gets a
    fresh u each time: the first and the second redraw within pass 0.
    """
    system = URGENT + (
        'interrupted_work = "resample"\n'
        'service_hours = { r0 = { law = "uniform", low = 5.0, high = 9.0 }, default = 1.0 }'
    )
    trace = play(tmp_path, engine, "at work priority\n0 1 2\n1 1 0\n3.5 1 0", system)
    rows = """
        request visit pass started finished outcome
        0       0     0    0       1        interrupted
        0       1     0    2       3.5      interrupted
        """
    assert visits(trace, rows)[:2] == told(rows)
    key, stage = trace.requests["key"][0], draws.stage_key("desk")
    place = draws.again_entry(0, 2)
    luck, _ = draws.uniform_pair(draws.run_key(1, 0), key, stage, draws.AGAIN, place)
    last = trace.visits[2]
    assert (last["request"], last["visit"], last["started"]) == (0, 2, 4.5)
    assert abs(last["work_hours"] - (5 + 4 * luck)) < 1e-12
    assert last["finished"] == 4.5 + last["work_hours"]


def test_the_lowest_ranking_work_is_interrupted_and_of_equals_the_latest_begun(tmp_path: Path, engine: str) -> None:
    """
    Two servers. r2 (class 0, at 2) finds r0 and r1 of class 2 in hand: r1 was begun later. r3 (class 1, at 2.5)
    takes the place of r0, not of r2. At 3.5 r0, which joined first, goes on (2.5 left) on server 0, at 4 r1 (4
    left) on server 1.
    """
    trace = play(
        tmp_path, engine, "at work priority\n0 5 2\n1 5 2\n2 2 0\n2.5 1 1", URGENT + "servers = 2"
    )  # fmt: skip
    rows = """
        request visit server started finished work_hours
        0       0     0      0       2.5      2.5
        0       1     0      3.5     6        2.5
        1       0     1      1       2        1
        1       1     1      4       8        4
        2       0     1      2       4        2
        3       0     0      2.5     3.5      1
        """
    assert visits(trace, rows) == told(rows)


def test_a_free_server_is_taken_before_anyone_is_interrupted(tmp_path: Path, engine: str) -> None:
    """r1 (class 0) takes the idle server 1; equals never interrupt: r2 (class 0) waits for r1, not for r0's place."""
    trace = play(tmp_path, engine, "at work priority\n0 5 0\n1 1 0\n1.5 1 0", URGENT + "servers = 2")
    rows = """
        request server started finished
        0       0      0       5
        1       1      1       2
        2       1      2       3
        """
    assert visits(trace, rows) == told(rows)


def test_work_that_ends_as_an_urgent_request_comes_is_not_interrupted(tmp_path: Path, engine: str) -> None:
    """r0 ends at 4, when r1 arrives: completions come first, and there is nothing to interrupt."""
    trace = play(tmp_path, engine, "at work priority\n0 4 5\n4 1 0", URGENT)
    rows = "request visit started finished outcome\n0 0 0 4 delivered\n1 0 4 5 delivered"
    assert visits(trace, rows) == told(rows)


def test_the_shortest_remaining_work_goes_first(tmp_path: Path, engine: str) -> None:
    """
    r0 (6 hours) has 5 left at 1: r1 (2) interrupts it. r2 (1 hour, at 2) finds 1 left of r1: no less, it waits. At 3
    r2; at 4 r3 (2.5) goes before r0 (5). r0 resumes at 6.5; at 9 it has 2.5 left, and r4 (2) interrupts it.
    """
    system = '[stations.desk]\ndiscipline = "shortest_remaining"\npreemptive = true'
    trace = play(tmp_path, engine, "at work\n0 6\n1 2\n2 1\n4 2.5\n9 2", system)
    rows = """
        request visit started finished work_hours outcome
        0       0     0       1        1          interrupted
        0       1     6.5     9        2.5        interrupted
        0       2     11      13.5     2.5        delivered
        1       0     1       3        2          delivered
        2       0     3       4        1          delivered
        3       0     4       6.5      2.5        delivered
        4       0     9       11       2          delivered
        """
    assert visits(trace, rows) == told(rows)


def test_the_shortest_work_goes_first_whatever_is_left(tmp_path: Path, engine: str) -> None:
    """
    r0 (6 hours) has 1 left at 5 but counts as 6: r1 (2 hours) interrupts it. At 7 r2 (3 hours) goes before r0, too.
    """
    system = '[stations.desk]\ndiscipline = "shortest"\npreemptive = true'
    trace = play(tmp_path, engine, "at work\n0 6\n5 2\n5.5 3", system)
    rows = """
        request visit started finished work_hours
        0       0     0       5        5
        0       1     10      11       1
        1       0     5       7        2
        2       0     7       10       3
        """
    assert visits(trace, rows) == told(rows)


def test_an_earlier_due_date_interrupts_a_later_one(tmp_path: Path, engine: str) -> None:
    """Due at 24 (r0), at 1 + 12 = 13 (r1), at 2 + 24 = 26 (r2): r1 interrupts, r2 does not."""
    system = '[stations.desk]\ndiscipline = "due_date"\npreemptive = true'
    trace = play(tmp_path, engine, "at work due_within_days\n0 4 1\n1 2 0.5\n2 1 1", system)
    rows = """
        request visit started finished
        0       0     0       1
        0       1     3       6
        1       0     1       3
        2       0     6       7
        """
    assert visits(trace, rows) == told(rows)


def test_a_higher_cost_of_delay_interrupts_a_lower_one(tmp_path: Path, engine: str) -> None:
    """Cost a day over hours: r0 4/4 = 1, r1 4/2 = 2, r2 0.5/1."""
    system = '[stations.desk]\ndiscipline = "cost_of_delay"\npreemptive = true'
    trace = play(tmp_path, engine, "at work waiting_cost_per_day\n0 4 4\n1 2 4\n2 1 0.5", system)
    rows = """
        request visit started finished
        0       0     0       1
        0       1     3       6
        1       0     1       3
        2       0     6       7
        """
    assert visits(trace, rows) == told(rows)


def test_work_that_pauses_overnight_is_interrupted_at_the_opening(tmp_path: Path, engine: str) -> None:
    """
    r0 (class 5) pauses at Monday 17:00 with 7 of 8 hours left. r1 (class 0) comes at 20:00, when nobody is there; at
    Tuesday 9:00 it goes first, r0 at 10:00 until the end of the day.
    """
    trace = play(
        tmp_path, engine, "at work priority\nMon16:00 8 5\nMon20:00 1 0", OFFICE + URGENT + 'calendar = "office"'
    )
    rows = """
        request visit started  finished work_hours
        0       0     Mon16:00 Tue09:00 1
        0       1     Tue10:00 Tue17:00 7
        1       0     Tue09:00 Tue10:00 1
        """
    assert visits(trace, rows) == told(rows)


def test_a_reworked_request_goes_first_by_the_priority_of_rework(tmp_path: Path, engine: str) -> None:
    """
    Two servers; deliveries of r0 fail once, and rework is of class 0. r0 ends at 2; in the same instant it is back
    in line and goes before r2 and r3, which wait: on its own server 0. r2 starts at 3 on server 1.
    """
    system = URGENT + (
        "servers = 2\n[stations.desk.acceptance]\n"
        "rework_probability = { r0 = 1.0, default = 0.0 }\nmax_attempts = 2\nrework_priority = 0"
    )
    table = """
        at  work priority
        0   2    4
        0   3    4
        1   2    5
        1   1    5
        """
    trace = play(tmp_path, engine, table, system)
    rows = """
        request visit pass attempt server started finished outcome
        0       0     0    1       0      0       2        rework
        0       1     1    2       0      2       4        rework
        1       0     0    1       1      0       3        delivered
        2       0     0    1       1      3       5        delivered
        3       0     0    1       0      4       5        delivered
        """
    assert visits(trace, rows) == told(rows)
