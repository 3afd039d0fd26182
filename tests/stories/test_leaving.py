"""Requests that go away: out of patience, not joining, or finding the station full; each with its reason."""

from pathlib import Path

import numpy as np

from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import compile_tables
from tests.stories.story import OFFICE, play, requests, story, told, visits


def test_a_request_that_has_waited_long_enough_leaves(tmp_path: Path, engine: str) -> None:
    """
    r0 works to 5. r1 (at 1, patience 2) leaves at 3. r2 (at 2, patience 3) runs out at 5, the instant the server is
    free: it leaves, and r3 (at 3, patience 4) starts at 5. Its patience would end at 7, in the middle of its work:
    it stays. r4 (at 4, patience 5) starts at 8 and is done at 9, when its patience would end.
    """
    system = "[stations.desk]\npatience_hours = { r1 = 2, r2 = 3, r3 = 4, r4 = 5, default = 100 }"
    trace = play(tmp_path, engine, "at work\n0 5\n1 1\n2 1\n3 3\n4 1", system)
    rows = """
        request server joined started finished outcome
        0       0      0      0       5        delivered
        1       -1     1      -       3        reneged
        2       -1     2      -       5        reneged
        3       0      3      5       8        delivered
        4       0      4      8       9        delivered
        """
    assert visits(trace, rows) == told(rows)
    rows = "number closed outcome\n0 5 done\n1 3 withdrawn\n2 5 withdrawn\n3 8 done\n4 9 done"
    assert requests(trace, rows) == told(rows)
    # in the queue: r1 2, r2 3, r3 2 and r4 4 hours; in hand: 5 + 3 + 1
    assert (trace.in_queue[0], trace.in_service[0], trace.in_station[0]) == (11.0, 9.0, 20.0)


def test_patience_is_counted_by_the_clock_at_night_too(tmp_path: Path, engine: str) -> None:
    """r1, waiting since Monday 16:30 with a patience of 12 hours, leaves on Tuesday at 04:30; r2 starts at 9:00."""
    system = OFFICE + '[stations.desk]\ncalendar = "office"\npatience_hours = { r1 = 12, default = 100 }'
    trace = play(tmp_path, engine, "at work\nMon16:00 1\nMon16:30 1\nMon16:45 1", system)
    rows = """
        request started  finished outcome
        0       Mon16:00 Mon17:00 delivered
        1       -        Tue04:30 reneged
        2       Tue09:00 Tue10:00 delivered
        """
    assert visits(trace, rows) == told(rows)


def test_whoever_was_started_once_does_not_run_out_of_patience(tmp_path: Path, engine: str) -> None:
    """r0 (patience 2) starts at once and is interrupted at 1; it waits until 6 and goes on, with 3 of 4 hours left."""
    system = '[stations.desk]\ndiscipline = "priority"\npreemptive = true\npatience_hours = 2'
    trace = play(tmp_path, engine, "at work priority\n0 4 5\n1 5 0", system)
    rows = """
        request visit joined started finished outcome
        0       0     0      0       1        interrupted
        0       1     1      6       9        delivered
        1       0     1      1       6        delivered
        """
    assert visits(trace, rows) == told(rows)


def test_a_repeated_pass_has_patience_of_its_own(tmp_path: Path, engine: str) -> None:
    """r0's delivery fails at 2; it is back in line behind r1 (2 to 7) with a patience of 3, and leaves at 5."""
    system = (
        "[stations.desk]\npatience_hours = { r0 = 3, default = 100 }\n"
        "[stations.desk.acceptance]\nrework_probability = { r0 = 1.0, default = 0.0 }\nmax_attempts = 3"
    )
    trace = play(tmp_path, engine, "at work\n0 2\n1 5", system)
    rows = """
        request visit pass attempt joined started finished outcome
        0       0     0    1       0      0       2        rework
        0       1     1    2       2      -       5        reneged
        1       0     0    1       1      2       7        delivered
        """
    assert visits(trace, rows) == told(rows)
    rows = "number closed outcome\n0 5 withdrawn\n1 7 done"
    assert requests(trace, rows) == told(rows)


def test_newcomers_do_not_join_when_many_are_there(tmp_path: Path, engine: str) -> None:
    """
    All join when nobody or one is there, nobody when two are. r2 and r3 find r0 and r1. r4 comes at 4 as r0 ends: it
    finds r1 alone, and joins.
    """
    system = "[stations.desk]\njoin_probability = [1.0, 1.0, 0.0]"
    trace = play(tmp_path, engine, "at work\n0 4\n1 1\n2 1\n3 1\n4 1", system)
    rows = """
        request server entered joined started finished outcome
        0       0      0       0      0       4        delivered
        1       0      1       1      4       5        delivered
        2       -1     2       -      -       2        balked
        3       -1     3       -      -       3        balked
        4       0      4       4      5       6        delivered
        """
    assert visits(trace, rows) == told(rows)
    rows = "number closed outcome\n0 4 done\n1 5 done\n2 2 withdrawn\n3 3 withdrawn\n4 6 done"
    assert requests(trace, rows) == told(rows)


def test_as_many_join_as_the_probability_says(tmp_path: Path, engine: str) -> None:
    """
    r1 and r2 find r0 there: over 500 runs 30 % of them join (4.5 standard errors of a share of 1,000), each by its
    own luck.
    """
    table = "at work\n0 9\n1 1\n2 1"
    system = "[stations.desk]\nservers = 9\njoin_probability = [1.0, 0.3, 0.3]"
    tables = compile_tables(story(tmp_path, table, system))
    joined = np.zeros((500, 2))
    for seed in range(500):
        rows = simulate(tables, seed=seed, replication=0, engine=engine).visits
        assert len(rows) == 3
        joined[seed] = [not np.isnan(rows["joined"][rows["request"] == number][0]) for number in (1, 2)]
    assert abs(joined.mean() - 0.3) < 4.5 * np.sqrt(0.3 * 0.7 / 1000)
    assert abs(np.corrcoef(joined.T)[0, 1]) < 4.5 / np.sqrt(500)


def test_a_full_station_turns_away(tmp_path: Path, engine: str) -> None:
    """
    Two places, that in hand included. r2 finds r0 and r1 and is refused; r3 comes at 4 as r0 ends, and there is room.
    """
    trace = play(tmp_path, engine, "at work\n0 4\n1 1\n2 1\n4 1", "[stations.desk]\ncapacity = 2")
    rows = """
        request entered joined started finished outcome
        0       0       0      0       4        delivered
        1       1       1      4       5        delivered
        2       2       -      -       2        turned_away
        3       4       4      5       6        delivered
        """
    assert visits(trace, rows) == told(rows)
    rows = "number closed outcome\n0 4 done\n1 5 done\n2 2 refused\n3 6 done"
    assert requests(trace, rows) == told(rows)


def test_what_a_full_station_turns_away_may_go_elsewhere(tmp_path: Path, engine: str) -> None:
    """
    The desk has one place, the second desk, for the same work, one too. r1 goes on to the second desk in the same
    instant, with the same pass and the same luck; r2 finds both full and is refused.
    """
    system = """
        [stations.desk]
        stage = "change"
        capacity = 1
        when_full = "second"
        service_hours = { law = "uniform", low = 4.0, high = 5.0 }
        [stations.second]
        stage = "change"
        capacity = 1
        service_hours = { law = "uniform", low = 4.0, high = 5.0 }
        [routing]
        entry = "desk"
        """
    trace = play(tmp_path, engine, "at work\n0 1\n1 1\n2 1", system)
    rows = """
        request visit station pass entered joined started
        0       0     desk    0    0       0      0
        1       0     desk    0    1       -      -
        1       1     second  0    1       1      1
        2       0     desk    0    2       -      -
        2       1     second  0    2       -      -
        """
    assert visits(trace, rows) == told(rows)
    assert trace.visits["work_hours"][1] == trace.visits["work_hours"][2]
    assert requests(trace, "number outcome")[2] == (2, "refused")
    roomy = play(tmp_path, engine, "at work\n0 1\n1 1\n2 1", system.replace("capacity = 1", "capacity = 3"))
    assert roomy.visits["work_hours"][1] == trace.visits["work_hours"][1]
