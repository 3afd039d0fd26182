"""The verdict on a delivery: later, by another station; and what a repeated pass ranks and takes."""

from pathlib import Path

from tests.stories.story import OFFICE, play, requests, told, visits

FAILS = "rework_probability = { r0 = 1.0, default = 0.0 }\nmax_attempts = 2\n"


def test_the_verdict_takes_time_and_the_server_goes_on(tmp_path: Path, engine: str) -> None:
    """
    4 hours to each verdict. r0, done at 2, is known to have failed at 6; the server has begun r1 at 2. r0 again from
    7 to 9, its last attempt; closed at 13, r1 at 11.
    """
    trace = play(tmp_path, engine, "at work\n0 2\n1 5", "[stations.desk.acceptance]\ndelay_hours = 4\n" + FAILS)
    rows = """
        request visit attempt entered joined started finished outcome
        0       0     1       0       0      0       2        rework
        0       1     2       6       6      7       9        rework
        1       0     1       1       1      2       7        delivered
        """
    assert visits(trace, rows) == told(rows)
    rows = "number closed outcome\n0 13 done\n1 11 done"
    assert requests(trace, rows) == told(rows)


def test_deliveries_are_tested_by_another_station(tmp_path: Path, engine: str) -> None:
    """
    Two at the desk, one tester, an hour a test. r0 and r1, done at 2, are tested one after the other. r0 fails at 3
    and goes back to the desk, r1 is done at 4. r2, done at 3.5, is tested at 4; r0's second delivery at 5.
    """
    system = (
        "[stations.desk]\nservers = 2\n[stations.testers]\nservice_hours = 1\n"
        '[stations.desk.acceptance]\nby = "testers"\n' + FAILS + '[routing]\nentry = "desk"'
    )
    trace = play(tmp_path, engine, "at work\n0 2\n0 2\n2 1.5", system)
    rows = """
        request visit station attempt joined started finished outcome
        0       0     desk    1       0      0       2        rework
        0       1     testers 0       2      2       3        delivered
        0       2     desk    2       3      3       5        rework
        0       3     testers 0       5      5       6        delivered
        1       0     desk    1       0      0       2        delivered
        1       1     testers 0       2      3       4        delivered
        2       0     desk    1       2      2       3.5      delivered
        2       1     testers 0       3.5    4       5        delivered
        """
    assert visits(trace, rows) == told(rows)
    rows = "number closed outcome\n0 6 done\n1 4 done\n2 5 done"
    assert requests(trace, rows) == told(rows)


def test_testers_keep_their_own_hours_and_the_verdict_comes_after_the_test(tmp_path: Path, engine: str) -> None:
    """
    The desk never closes, testers work office hours. r0, done on Monday at 18:00, is tested on Tuesday from 9:00 to
    10:00, the verdict is out two hours later, and then it goes on to the archive.
    """
    system = OFFICE + (
        '[stations.desk]\n[stations.testers]\nservice_hours = 1\ncalendar = "office"\n[stations.archive]\n'
        "service_hours = 3\n"
        '[stations.desk.acceptance]\nby = "testers"\ndelay_hours = 2\nrework_probability = 0.0\n'
        '[routing]\nentry = "desk"\nnext.desk = "archive"'
    )
    trace = play(tmp_path, engine, "at work\nMon16:00 2\nTue15:00 1", system)
    rows = """
        request station entered  started  finished
        0       desk    Mon16:00 Mon16:00 Mon18:00
        0       testers Mon18:00 Tue09:00 Tue10:00
        0       archive Tue12:00 Tue12:00 Tue15:00
        1       desk    Tue15:00 Tue15:00 Tue16:00
        1       testers Tue16:00 Tue16:00 Tue17:00
        1       archive Tue19:00 Tue19:00 Tue22:00
        """
    assert visits(trace, rows) == told(rows)


def test_a_release_date_comes_before_the_test(tmp_path: Path, engine: str) -> None:
    """r0, done at 2, is released at 24, tested to 25, known at 26, in its queue again and done at 28, out at 48."""
    system = (
        "[stations.desk]\nrelease = { every_days = 1.0 }\n[stations.testers]\nservice_hours = 1\n"
        '[stations.desk.acceptance]\nby = "testers"\ndelay_hours = 1\n' + FAILS + '[routing]\nentry = "desk"'
    )
    trace = play(tmp_path, engine, "at work\n0 2\n100 1", system)
    rows = """
        request station entered started finished
        0       desk    0       0       2
        0       testers 24      24      25
        0       desk    26      26      28
        0       testers 48      48      49
        """
    assert visits(trace, rows)[:4] == told(rows)
    assert requests(trace, "number closed")[0] == (0, 50)


def test_rework_may_rank_before_new_work(tmp_path: Path, engine: str) -> None:
    """r0 (class 5) fails at 2; rework is of class 0, so it goes before r2 (class 1), then r1 (class 3)."""
    system = '[stations.desk]\ndiscipline = "priority"\n[stations.desk.acceptance]\nrework_priority = 0\n' + FAILS
    trace = play(tmp_path, engine, "at work priority\n0 2 5\n0.5 1 3\n1 1 1", system)
    rows = """
        request visit joined started finished
        0       0     0      0       2
        0       1     2      2       4
        1       0     0.5    5       6
        2       0     1      4       5
        """
    assert visits(trace, rows) == told(rows)


def test_without_a_priority_of_its_own_rework_keeps_its_class(tmp_path: Path, engine: str) -> None:
    """The same, and r0 is of class 5 again: last."""
    system = '[stations.desk]\ndiscipline = "priority"\n[stations.desk.acceptance]\n' + FAILS
    trace = play(tmp_path, engine, "at work priority\n0 2 5\n0.5 1 3\n1 1 1", system)
    rows = """
        request visit started finished
        0       0     0       2
        0       1     4       6
        1       0     3       4
        2       0     2       3
        """
    assert visits(trace, rows) == told(rows)


def test_rework_may_take_hours_of_its_own(tmp_path: Path, engine: str) -> None:
    """A quarter of an hour at speed 1, half as long at this desk; a first pass of 2 hours takes one."""
    system = "[stations.desk]\nspeed = 2.0\n[stations.desk.acceptance]\nrework_hours = 0.25\n" + FAILS
    trace = play(tmp_path, engine, "at work\n0 2\n4 1", system)
    rows = """
        request visit started finished work_hours
        0       0     0       1        1
        0       1     1       1.125    0.125
        1       0     4       4.5      0.5
        """
    assert visits(trace, rows) == told(rows)
