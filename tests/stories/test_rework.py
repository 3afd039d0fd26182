"""A delivery that fails its check is done again; probabilities of 0 and 1 fix the luck."""

from pathlib import Path

from tests.stories.story import play, requests, told, visits

ONCE_MORE = """
[stations.desk.acceptance]
rework_probability = { r0 = 1.0, default = 0.0 }
max_attempts = 2
"""


def test_rework_goes_to_the_tail_of_the_queue(tmp_path: Path, engine: str) -> None:
    """
    One server. r0 is rejected at 2; r1 and r2 have come before that, so they go first: r1 2 to 3, r2 3 to 4,
    r0 again 4 to 6. r3 (at 2.5) came after the re-entry: 6 to 7. The second delivery fails too, but two
    attempts are permitted: it is taken as it is (at_limit "done"), at 6.
    """
    trace = play(tmp_path, engine, "at work\n0 2\n1 1\n1.5 1\n2.5 1", ONCE_MORE)
    rows = """
        request visit pass attempt joined started finished work_hours outcome
        0       0     0    1       0      0       2        2          rework
        0       1     1    2       2      4       6        2          rework
        1       0     0    1       1      2       3        1          delivered
        2       0     0    1       1.5    3       4        1          delivered
        3       0     0    1       2.5    6       7        1          delivered
        """
    assert visits(trace, rows) == told(rows)
    rows = "number closed outcome\n0 6 done\n1 3 done\n2 4 done\n3 7 done"
    assert requests(trace, rows) == told(rows)


def test_rework_is_a_share_of_the_first_pass(tmp_path: Path, engine: str) -> None:
    """Work 8, then a quarter of the first pass each time: 8, 2, 2, back to back as nobody else waits."""
    system = ONCE_MORE.replace("max_attempts = 2", "max_attempts = 3\nrework_work = 0.25")
    trace = play(tmp_path, engine, "at work\n0 8\n20 1", system)
    rows = """
        request visit attempt started finished work_hours
        0       0     1       0       8        8
        0       1     2       8       10       2
        0       2     3       10      12       2
        1       0     1       20      21       1
        """
    assert visits(trace, rows) == told(rows)


def test_fresh_rework_is_a_draw_of_its_own_and_a_share_repeats_the_first(tmp_path: Path, engine: str) -> None:
    """With an exponential law three fresh passes differ; as a share of 1.0 they are the same number."""
    law = '[stations.desk]\nservice_hours = { law = "exponential", mean = 2.0 }\n'
    fresh = play(tmp_path, engine, "at work\n0 1\n90 1", law + ONCE_MORE.replace("= 2", "= 3"))
    shared = play(tmp_path, engine, "at work\n0 1\n90 1", law + ONCE_MORE.replace("= 2", "= 3\nrework_work = 1.0"))
    passes = fresh.visits["work_hours"][:3]
    assert len(set(passes)) == 3
    assert shared.visits["work_hours"][:3].tolist() == [passes[0]] * 3


def test_a_request_whose_last_permitted_attempt_fails_may_be_withdrawn(tmp_path: Path, engine: str) -> None:
    """The same story with at_limit "withdrawn": closed at 6 without being done; the others are not touched."""
    trace = play(tmp_path, engine, "at work\n0 2\n1 1\n1.5 1\n2.5 1", ONCE_MORE + 'at_limit = "withdrawn"')
    rows = """
        number closed outcome
        0      6      withdrawn
        1      3      done
        2      4      done
        3      7      done
        """
    assert requests(trace, rows) == told(rows)


def test_one_permitted_attempt_means_no_rework_at_all(tmp_path: Path, engine: str) -> None:
    """max_attempts = 1: the rejected delivery is taken as it is, at once."""
    trace = play(tmp_path, engine, "at work\n0 2\n5 1", ONCE_MORE.replace("max_attempts = 2", "max_attempts = 1"))
    rows = "request attempt finished outcome\n0 1 2 rework\n1 1 6 delivered"
    assert visits(trace, rows) == told(rows)
    assert requests(trace, rows := "number closed outcome\n0 2 done\n1 6 done") == told(rows)


def test_a_withdrawn_request_does_not_go_on_to_the_next_station(tmp_path: Path, engine: str) -> None:
    """desk then check: r0 is withdrawn at 2 and never reaches check, r1 is done at 3 and checked until 4."""
    system = """
        [stations.desk.acceptance]
        rework_probability = { r0 = 1.0, default = 0.0 }
        max_attempts = 1
        at_limit = "withdrawn"
        [stations.check]
        [routing]
        entry = "desk"
        next.desk = "check"
        """
    trace = play(tmp_path, engine, "at work\n0 2\n1 1", system)
    rows = """
        request station started finished outcome
        0       desk    0       2        rework
        1       desk    2       3        delivered
        1       check   3       4        delivered
        """
    assert visits(trace, rows) == told(rows)


def test_intake_delay_is_not_repeated_for_rework(tmp_path: Path, engine: str) -> None:
    """r0: delay 3 to 3, work 3 to 5, rejected, joins again at 5 without another delay, 5 to 7."""
    system = "[stations.desk]\nintake_delay_hours = 3\n" + ONCE_MORE
    trace = play(tmp_path, engine, "at work\n0 2\n10 1", system)
    rows = """
        request visit entered joined started finished
        0       0     0       3      3       5
        0       1     5       5      5       7
        1       0     10      13     13      14
        """
    assert visits(trace, rows) == told(rows)


def test_those_in_intake_do_not_hold_a_server_or_a_place_in_line(tmp_path: Path, engine: str) -> None:
    """
    Delay 4 only at the vendor's: r0 (at 0) joins at 4. r1 (at 1) joins at 5, r2 at 6. One server, work 3: r0 4
    to 7, r1 7 to 10, r2 10 to 13. While r0 is in intake, nobody waits: the queue seen at 1 is empty.
    """
    system = """
        [stations.vendor]
        kind = "vendor"
        intake_delay_hours = 4
        [stations.other]
        [routing.entry]
        rule = "open_first"
        prefer = ["vendor", "other"]
        overflow_beyond = 1
        """
    trace = play(tmp_path, engine, "at work\n0 3\n1 3\n2 3", system)
    rows = """
        request station entered joined started finished
        0       vendor  0       4      4       7
        1       vendor  1       5      7       10
        2       vendor  2       6      10      13
        """
    assert visits(trace, rows) == told(rows)
