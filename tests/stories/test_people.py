"""Named people: skills, speeds, shifts, dates, absence, and how much may be in hand."""

from pathlib import Path

import pytest

from tests.stories.story import play, told, visits

SHIFTS = """
[calendars.early]
days = ["mon", "tue", "wed", "thu", "fri"]
hours = ["09:00-13:00"]
[calendars.late]
days = ["mon", "tue", "wed", "thu", "fri"]
hours = ["13:00-17:00"]
[stations.desk.staff.anna]
calendar = "early"
[stations.desk.staff.ben]
calendar = "late"
"""


def test_a_request_waits_for_the_person_with_the_skill(tmp_path: Path, engine: str) -> None:
    """
    Anna (server 0) may do r0, r2, r4, Ben (server 1) r1 and r3, twice as fast. r2 waits for Anna until 4 though Ben
    is free from 3 on; r3, behind it, passes it by. r4 waits for Anna until 6.
    """
    system = """
        [stations.desk.staff.anna]
        categories = ["r0", "r2", "r4"]
        [stations.desk.staff.ben]
        categories = ["r1", "r3"]
        speed = 2.0
        """
    trace = play(tmp_path, engine, "at work\n0 4\n1 4\n2 2\n3.5 1\n4 1", system)
    rows = """
        request server joined started finished work_hours
        0       0      0      0       4        4
        1       1      1      1       3        2
        2       0      2      4       6        2
        3       1      3.5    3.5     4        0.5
        4       0      4      6       7        1
        """
    assert visits(trace, rows) == told(rows)


def test_the_first_named_group_with_a_free_server_takes_the_request(tmp_path: Path, engine: str) -> None:
    """
    Two seniors (servers 0, 1) stand before a junior (server 2), who is slower, and at r3 slower still; the station is
    twice as fast as the reference. r2 (4 hours): 4 / (2 x 0.5) = 4 by the junior. r3 comes at 5, when all are free
    but r4 and r5, at 4.5, hold the seniors: 1 / (2 x 0.25) = 2.
    """
    system = """
        [stations.desk]
        speed = 2.0
        [stations.desk.staff.seniors]
        servers = 2
        [stations.desk.staff.junior]
        speed = { r5 = 0.25, default = 0.5 }
        """
    trace = play(tmp_path, engine, "at work\n0 6\n0 6\n0 4\n4.5 4\n4.5 4\n5 1", system)
    rows = """
        request server started finished work_hours
        0       0      0       3        3
        1       1      0       3        3
        2       2      0       4        4
        3       0      4.5     6.5      2
        4       1      4.5     6.5      2
        5       2      5       7        2
        """
    assert visits(trace, rows) == told(rows)


def test_each_person_keeps_a_shift_of_their_own(tmp_path: Path, engine: str) -> None:
    """
    Anna works 9 to 13, Ben 13 to 17. r1 starts with Anna at 12:00 and pauses at 13:00 in her hands until Tuesday,
    though Ben is there. r2 waits from 12:30 for Ben. r3 is Ben's from 16:30 on, half of it on Tuesday. r4, of the
    evening, is for whoever is free first: Anna, at 12:00, for Ben goes on with r3 until 13:30.
    """
    trace = play(tmp_path, engine, "at work\nMon09:00 3\nMon10:00 4\nMon12:30 1\nMon16:30 1\nMon18:00 1", SHIFTS)
    rows = """
        request server started  finished
        0       0      Mon09:00 Mon12:00
        1       0      Mon12:00 Tue12:00
        2       1      Mon13:00 Mon14:00
        3       1      Mon16:30 Tue13:30
        4       0      Tue12:00 Tue13:00
        """
    assert visits(trace, rows) == told(rows)


def test_no_more_is_taken_in_hand_than_the_limit_paused_work_included(tmp_path: Path, engine: str) -> None:
    """
    One request in hand at most. r0, begun by Anna at 12:00, pauses at 13:00: Ben may not begin r1, which waits until
    r0 is done on Tuesday at 10:00; then r2.
    """
    system = "[stations.desk]\nmost_in_hand = 1\n" + SHIFTS
    trace = play(tmp_path, engine, "at work\nMon12:00 2\nMon13:30 1\nMon14:00 1", system)
    rows = """
        request server started  finished
        0       0      Mon12:00 Tue10:00
        1       0      Tue10:00 Tue11:00
        2       0      Tue11:00 Tue12:00
        """
    assert visits(trace, rows) == told(rows)


def test_two_in_hand_of_three_servers(tmp_path: Path, engine: str) -> None:
    """Three servers, two requests in hand at most: r2 waits for r1's end at 2, though server 2 is idle."""
    trace = play(tmp_path, engine, "at work\n0 4\n0 2\n1 1\n5 1", "[stations.desk]\nservers = 3\nmost_in_hand = 2")
    rows = """
        request server started finished
        0       0      0       4
        1       1      0       2
        2       1      2       3
        3       0      5       6
        """
    assert visits(trace, rows) == told(rows)


def test_a_person_comes_on_a_day(tmp_path: Path, engine: str) -> None:
    """Ben starts on day 1, hour 24. r1, waiting since 20, is his then; r2 (at 26) finds him free at 27."""
    system = "[stations.desk.staff.anna]\n[stations.desk.staff.ben]\nfrom_day = 1.0"
    trace = play(tmp_path, engine, "at work\n0 30\n20 3\n26 1", system)
    rows = """
        request server started finished
        0       0      0       30
        1       1      24      27
        2       1      27      28
        """
    assert visits(trace, rows) == told(rows)


LEAVER = """
[stations.desk]
staff_drop = "{}"
[stations.desk.staff.anna]
[stations.desk.staff.ben]
until_day = 2.0
"""
WORK = "at work\n40 20\n45 6\n47 1"


def test_who_leaves_hands_the_work_back(tmp_path: Path, engine: str) -> None:
    """
    Ben leaves at 48 with 3 of r1's 6 hours done. r1 is back in line where it was, before r2; Anna, free at 60,
    takes it for the 3 that are left.
    """
    trace = play(tmp_path, engine, WORK, LEAVER.format("hand_back"))
    rows = """
        request visit pass server joined started finished work_hours outcome
        0       0     0    0      40     40      60       20         delivered
        1       0     0    1      45     45      48       3          interrupted
        1       1     0    0      48     60      63       3          delivered
        2       0     0    0      47     63      64       1          delivered
        """
    assert visits(trace, rows) == told(rows)


def test_who_leaves_may_finish_first(tmp_path: Path, engine: str) -> None:
    """Ben stays until r1 is done at 51, and takes nothing else: r2 waits for Anna."""
    trace = play(tmp_path, engine, WORK, LEAVER.format("finish"))
    rows = """
        request server started finished
        0       0      40      60
        1       1      45      51
        2       0      60      61
        """
    assert visits(trace, rows) == told(rows)


def test_work_that_ends_as_its_person_leaves_is_done(tmp_path: Path, engine: str) -> None:
    """At 48 r1 is finished and Ben gone: completions come first."""
    trace = play(tmp_path, engine, "at work\n40 20\n45 3\n47 1", LEAVER.format("hand_back"))
    rows = """
        request server started finished outcome
        0       0      40      60       delivered
        1       1      45      48       delivered
        2       0      60      61       delivered
        """
    assert visits(trace, rows) == told(rows)


def test_when_the_number_of_people_falls_the_latest_begun_is_handed_back(tmp_path: Path, engine: str) -> None:
    """
    Two people, from 24 on one, from 48 on two. At 24 r1, begun at 10, goes back with 6 of 20 hours left, r0 is
    finished at 30 and r1 at 36. r2 and r3 are begun together at 48.
    """
    system = "[stations.desk.staff.team]\nhead_count = { days = [0, 1, 2], servers = [2, 1, 2] }"
    trace = play(tmp_path, engine, "at work\n0 30\n10 20\n36 13\n47 2", system)
    rows = """
        request visit server started finished work_hours
        0       0     0      0       30       30
        1       0     1      10      24       14
        1       1     0      30      36       6
        2       0     0      36      49       13
        3       0     1      48      50       2
        """
    assert visits(trace, rows) == told(rows)


def test_work_waits_while_nobody_is_there(tmp_path: Path, engine: str) -> None:
    """Nobody between 24 and 48: both are handed back, and the one person of day 2 does r0, then r1."""
    system = "[stations.desk.staff.team]\nhead_count = { days = [0, 1, 2], servers = [2, 0, 1] }"
    trace = play(tmp_path, engine, "at work\n0 30\n10 20", system)
    rows = """
        request visit started finished work_hours
        0       0     0       24       24
        0       1     48      54       6
        1       0     10      24       14
        1       1     54      60       6
        """
    assert visits(trace, rows) == told(rows)


@pytest.mark.parametrize("keys", ["absence = 0.5", "[stations.desk.staff.anna]\nabsence = 0.5", "availability = 0.5"])
def test_who_is_away_half_of_the_time_takes_twice_as_long(tmp_path: Path, engine: str, keys: str) -> None:
    """Absence stretches each working hour, as a part-time share does; the work stays 3 hours."""
    trace = play(tmp_path, engine, "at work\n0 3\n1 1", "[stations.desk]\n" + keys)
    rows = "request started finished work_hours\n0 0 6 3\n1 6 8 1"
    assert visits(trace, rows) == told(rows)


def test_absence_and_availability_multiply(tmp_path: Path, engine: str) -> None:
    """Half a day job, away a quarter of it: 3/8 of each hour, so 3 hours take 8."""
    trace = play(tmp_path, engine, "at work\n0 3\n1 1.5", "[stations.desk]\nabsence = 0.25\navailability = 0.5")
    rows = "request started finished work_hours\n0 0 8 3\n1 8 12 1.5"
    assert visits(trace, rows) == told(rows)
