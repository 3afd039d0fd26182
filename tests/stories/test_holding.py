"""Waiting outside the queue: held until enough are there or a date comes, for the requester, for a release."""

from pathlib import Path

import numpy as np

from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import compile_tables
from tests.stories.story import OFFICE, play, requests, story, told, visits


def test_newcomers_are_held_until_enough_are_there(tmp_path: Path, engine: str) -> None:
    """r0 and r1 wait for r2: all three join at 4, in the order in which they came. r3 and r4 find no third."""
    trace = play(tmp_path, engine, "at work\n0 2\n1 1\n4 1\n5 1\n6 1", "[stations.desk]\nhold = { size = 3 }")
    rows = """
        request entered joined started finished
        0       0       4      4       6
        1       1       4      6       7
        2       4       4      7       8
        3       5       -      -       -
        4       6       -      -       -
        """
    assert visits(trace, rows) == told(rows)


def test_newcomers_are_held_until_the_next_date(tmp_path: Path, engine: str) -> None:
    """
    Let in every 24 hours. r0 and r1 at 24; r2, of 24 sharp, has missed it: dates come before arrivals. r0's failed
    delivery at 26 is not held again: it is back in line at once, behind r1.
    """
    system = (
        "[stations.desk]\nhold = { every_days = 1.0 }\n"
        "[stations.desk.acceptance]\nrework_probability = { r0 = 1.0, default = 0.0 }\nmax_attempts = 2"
    )
    trace = play(tmp_path, engine, "at work\n3 2\n20 1\n24 1", system)
    rows = """
        request visit entered joined started finished
        0       0     3       24     24      26
        0       1     26      26     27      29
        1       0     20      24     26      27
        2       0     24      48     48      49
        """
    assert visits(trace, rows) == told(rows)


def test_held_until_a_size_or_a_date_whichever_is_first(tmp_path: Path, engine: str) -> None:
    """Two at 2 are enough. r2 waits for the date, 24; r3 and r4 are two at 25, and r5 has the date 48 alone."""
    system = "[stations.desk]\nservers = 5\nhold = { size = 2, every_days = 1.0 }"
    trace = play(tmp_path, engine, "at work\n1 1\n2 1\n5 1\n24.5 1\n25 1\n26 1", system)
    rows = "request joined\n0 2\n1 2\n2 24\n3 25\n4 25\n5 48"
    assert visits(trace, rows) == told(rows)


def test_those_who_are_held_are_not_yet_in_the_station(tmp_path: Path, engine: str) -> None:
    """One place: the three let in at 6 come to the door one by one; r0 has it, r1 and r2 are refused."""
    system = "[stations.desk]\ncapacity = 1\nhold = { every_days = 0.25 }"
    trace = play(tmp_path, engine, "at work\n0 2\n1 1\n4 1", system)
    rows = """
        request entered joined started finished outcome
        0       0       6      6       8        delivered
        1       1       -      -       6        turned_away
        2       4       -      -       6        turned_away
        """
    assert visits(trace, rows) == told(rows)
    rows = "number closed outcome\n0 8 done\n1 6 refused\n2 6 refused"
    assert requests(trace, rows) == told(rows)


def test_deliveries_go_out_on_release_dates(tmp_path: Path, engine: str) -> None:
    """
    Every 24 hours. r0, done at 5, goes out at 24 and is checked from then on; the server works on r1 meanwhile, done
    at 24 sharp, which goes out at once; r2, done at 25, at 48. r0 and r1 are checked one after the other.
    """
    system = """
        [stations.desk]
        release = { every_days = 1.0 }
        service_hours = { r0 = 5, r1 = 19, r2 = 1 }
        [stations.check]
        service_hours = 2
        [routing]
        entry = "desk"
        next.desk = "check"
        """
    trace = play(tmp_path, engine, "at work\n0 1\n1 1\n2 1", system)
    rows = """
        request station entered joined started finished
        0       desk    0       0      0       5
        0       check   24      24     24      26
        1       desk    1       1      5       24
        1       check   24      24     26      28
        2       desk    2       2      24      25
        2       check   48      48     48      50
        """
    assert visits(trace, rows) == told(rows)


def test_a_failed_delivery_shows_only_when_it_is_released(tmp_path: Path, engine: str) -> None:
    """r0, done at 2, fails: known at 24, done again from 24 to 26, out at 48."""
    system = (
        "[stations.desk]\nrelease = { every_days = 1.0 }\n"
        "[stations.desk.acceptance]\nrework_probability = { r0 = 1.0, default = 0.0 }\nmax_attempts = 2"
    )
    trace = play(tmp_path, engine, "at work\n0 2\n1 1", system)
    rows = """
        request visit entered started finished outcome
        0       0     0       0       2        rework
        0       1     24      24      26       rework
        1       0     1       2       3        delivered
        """
    assert visits(trace, rows) == told(rows)
    rows = "number closed outcome\n0 48 done\n1 24 done"
    assert requests(trace, rows) == told(rows)


def test_newcomers_wait_for_the_requesters_answer_outside_the_queue(tmp_path: Path, engine: str) -> None:
    """r0 joins at 3 and r1 at 4, each 3 hours after it came; r0's rework, at 5, asks nobody again."""
    system = (
        "[stations.desk]\nrequester_wait = { probability = 1.0, hours = 3 }\n"
        "[stations.desk.acceptance]\nrework_probability = { r0 = 1.0, default = 0.0 }\nmax_attempts = 2"
    )
    trace = play(tmp_path, engine, "at work\n0 2\n1 1", system)
    rows = """
        request visit entered joined started finished
        0       0     0       3      3       5
        0       1     5       5      6       8
        1       0     1       4      5       6
        """
    assert visits(trace, rows) == told(rows)
    assert trace.in_queue[0] == 2.0


def test_the_answer_is_awaited_by_the_clock_after_intake_in_open_hours(tmp_path: Path, engine: str) -> None:
    """Two open hours from Monday 16:00 are over on Tuesday at 10:00; 20 clock hours later it is Wednesday 06:00."""
    system = OFFICE + (
        '[stations.desk]\ncalendar = "office"\nintake_delay_hours = 2\n'
        "requester_wait = { probability = 1.0, hours = 20 }"
    )
    trace = play(tmp_path, engine, "at work\nMon16:00 1\nTue09:00 1", system)
    rows = """
        request entered  joined   started
        0       Mon16:00 Wed06:00 Wed09:00
        1       Tue09:00 Wed07:00 Wed10:00
        """
    assert visits(trace, rows) == told(rows)


def test_as_many_wait_for_the_requester_as_the_probability_says(tmp_path: Path, engine: str) -> None:
    """A quarter of 1,000 requests over 500 runs, within 4.5 standard errors; the others join at once."""
    system = "[stations.desk]\nrequester_wait = { probability = 0.25, hours = 3 }"
    tables = compile_tables(story(tmp_path, "at work\n0 1\n10 1", system))
    waits = np.concatenate(
        [
            (rows := simulate(tables, seed=seed, replication=0, engine=engine).visits)["joined"] - rows["entered"]
            for seed in range(500)
        ]
    )
    assert set(waits.tolist()) == {0.0, 3.0}
    assert abs((waits > 0).mean() - 0.25) < 4.5 * np.sqrt(0.25 * 0.75 / 1000)
