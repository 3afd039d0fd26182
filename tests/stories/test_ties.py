"""Everything that can happen at one instant, in the order of the instant rule."""

from pathlib import Path

from tests.stories.story import decisions, play, requests, told, visits

DESK = "[stations.desk]\nservers = {}"


def test_a_completion_and_an_arrival_at_once_serve_the_one_who_waited(tmp_path: Path, engine: str) -> None:
    """At 4 r0 ends and r2 arrives; r1, waiting since 2, takes the server, r2 is next in line."""
    trace = play(tmp_path, engine, "at work\n0 4\n2 1\n4 1", DESK.format(1))
    rows = """
        request joined started finished
        0       0      0       4
        1       2      4       5
        2       4      5       6
        """
    assert visits(trace, rows) == told(rows)


def test_an_arrival_at_the_instant_of_a_completion_starts_at_once(tmp_path: Path, engine: str) -> None:
    """Nobody waits at 4, so r1 starts at 4 on the server that r0 has just left."""
    trace = play(tmp_path, engine, "at work\n0 4\n4 1", DESK.format(1))
    rows = "request joined started finished\n0 0 0 4\n1 4 4 5"
    assert visits(trace, rows) == told(rows)


def test_arrivals_at_once_take_servers_in_the_order_of_the_log(tmp_path: Path, engine: str) -> None:
    """Three at 0 for two servers: r0 server 0, r1 server 1, r2 waits for r1's server (3 < 4)."""
    trace = play(tmp_path, engine, "at work\n0 4\n0 3\n0 1\n9 1", DESK.format(2))
    rows = """
        request server joined started
        0       0      0      0
        1       1      0      0
        2       1      0      3
        3       0      9      9
        """
    assert visits(trace, rows) == told(rows)


def test_two_servers_freed_at_once_go_lowest_number_to_first_in_line(tmp_path: Path, engine: str) -> None:
    """
    r0 (server 0, 0 to 4) and r1 (server 1, 1 to 4) end together. r2 and r3 wait: r2, first in line, takes
    server 0, r3 server 1, in one dispatch after both completions.
    """
    trace = play(tmp_path, engine, "at work\n0 4\n1 3\n2 1\n3 1", DESK.format(2))
    rows = """
        request server started finished
        0       0      0       4
        1       1      1       4
        2       0      4       5
        3       1      4       5
        """
    assert visits(trace, rows) == told(rows)


def test_the_lowest_numbered_of_several_idle_servers_is_taken(tmp_path: Path, engine: str) -> None:
    """
    Three servers; r0, r1, r2 take 0, 1, 2. Server 2 is free from 2, server 0 from 3, server 1 stays busy.
    r3 comes at 4: the lowest idle one is 0, though 2 has been idle longer; r4 at 4 gets 2.
    """
    trace = play(tmp_path, engine, "at work\n0 3\n0 9\n0 2\n4 1\n4 1", DESK.format(3))
    rows = """
        request server started
        0       0      0
        1       1      0
        2       2      0
        3       0      4
        4       2      4
        """
    assert visits(trace, rows) == told(rows)


def test_work_of_no_length_frees_its_server_in_the_same_instant(tmp_path: Path, engine: str) -> None:
    """
    r0 and r1 have no work: r0 starts and ends at 0 (first and second round), the second round's dispatch
    starts r1, which ends at 0 in the third, whose dispatch starts r2. The server is the same.
    """
    trace = play(tmp_path, engine, "at work\n0 0\n0 0\n0 2\n1 1", DESK.format(1))
    rows = """
        request server joined started finished
        0       0      0      0       0
        1       0      0      0       0
        2       0      0      0       2
        3       0      1      2       3
        """
    assert visits(trace, rows) == told(rows)


PAIR = """
[stations.inside]
servers = 5
[stations.outside]
servers = 1
kind = "vendor"
[routing]
entry = { rule = "open_first", prefer = ["inside", "outside"], overflow_beyond = 0 }
"""


def test_five_arrivals_at_five_idle_servers_are_no_overflow(tmp_path: Path, engine: str) -> None:
    """
    All six come at 0, before the dispatch of the round. Each of the first five would be taken by a dispatch
    now, so nobody would still wait; the sixth would find no server, and beyond 0 it overflows.
    """
    trace = play(tmp_path, engine, "at work\n" + "0 4\n" * 6 + "9 1", PAIR, decisions=True)
    rows = """
        request station server joined started
        0       inside  0      0      0
        1       inside  1      0      0
        2       inside  2      0      0
        3       inside  3      0      0
        4       inside  4      0      0
        5       outside 0      0      0
        6       inside  0      9      9
        """
    assert visits(trace, rows) == told(rows)
    rows = """
        request time station seen value chosen
        0       0    inside  0    0     yes
        1       0    inside  0    0     yes
        2       0    inside  0    0     yes
        3       0    inside  0    0     yes
        4       0    inside  0    0     yes
        5       0    inside  0    0     no
        5       0    outside 0    0     yes
        6       9    inside  0    0     yes
        """
    assert decisions(trace, rows) == told(rows)


def test_a_completion_frees_its_server_before_an_arrival_looks(tmp_path: Path, engine: str) -> None:
    """r0 ends at 4; r1, arriving at 4, finds an idle server inside and does not overflow."""
    system = PAIR.replace("servers = 5", "servers = 1")
    trace = play(tmp_path, engine, "at work\n0 4\n4 1", system)
    rows = "request station started\n0 inside 0\n1 inside 4"
    assert visits(trace, rows) == told(rows)


def test_a_freed_server_is_the_waiting_ones_not_the_arrivals(tmp_path: Path, engine: str) -> None:
    """
    Beyond 1 may wait inside: r1 (at 1) waits inside. At 4 r0 ends and r2 arrives: a dispatch now gives the
    server to r1, so nobody would still wait: r2 joins inside, behind r1. r3, at 4 too, sees r2 still waiting.
    """
    system = PAIR.replace("servers = 5", "servers = 1").replace("beyond = 0", "beyond = 1")
    trace = play(tmp_path, engine, "at work\n0 4\n1 2\n4 1\n4 1", system)
    rows = """
        request station joined started
        0       inside  0      0
        1       inside  1      4
        2       inside  4      6
        3       outside 4      4
        """
    assert visits(trace, rows) == told(rows)


def test_a_reworked_request_queues_before_an_arrival_of_the_same_instant(tmp_path: Path, engine: str) -> None:
    """
    r0's delivery at 2 is rejected; r1 waits since 1, r2 arrives at 2. Re-entries come before arrivals: the
    queue is r1, r0 again, r2.
    """
    system = "[stations.desk]\nacceptance = { rework_probability = { r0 = 1.0, default = 0.0 }, max_attempts = 2 }"
    trace = play(tmp_path, engine, "at work\n0 2\n1 3\n2 1", system)
    rows = """
        request visit joined started finished
        0       0     0      0       2
        0       1     2      5       7
        1       0     1      2       5
        2       0     2      7       8
        """
    assert visits(trace, rows) == told(rows)


def test_a_request_may_be_refused_in_the_instant_of_its_arrival(tmp_path: Path, engine: str) -> None:
    """Everything is refused: closed when it came, no visit at all."""
    trace = play(tmp_path, engine, "at work\n3 1\n4 1", '[routing]\nentry = "refused"')
    rows = "number arrived closed outcome\n0 3 3 refused\n1 4 4 refused"
    assert requests(trace, rows) == told(rows)
    assert len(trace.visits) == 0
