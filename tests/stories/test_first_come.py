"""One queue, two servers: first come, first served; the lowest-numbered free server takes the next."""

from pathlib import Path

from tests.stories.story import play, requests, told, visits

TWO = "[stations.desk]\nservers = 2"


def test_two_servers_serve_in_the_order_of_arrival(tmp_path: Path, engine: str) -> None:
    """
    r0 takes server 0 until 5, r1 server 1 until 1 + 2 = 3. r2 (at 2) waits for the first free server: server 1
    at 3, until 6. r3 (at 2.5) is next: server 0 at 5, until 6. r4 (at 4) waits; at 6 both servers are free,
    the lower-numbered one takes it. r5 (at 10) finds both idle.
    """
    trace = play(
        tmp_path, engine,
        """
        at   work
        0    5
        1    2
        2    3
        2.5  1
        4    2
        10   1
        """, TWO,
    )  # fmt: skip
    rows = """
        request visit pass attempt station server entered joined started finished work_hours outcome
        0       0     0    0       desk    0      0       0      0       5        5          delivered
        1       0     0    0       desk    1      1       1      1       3        2          delivered
        2       0     0    0       desk    1      2       2      3       6        3          delivered
        3       0     0    0       desk    0      2.5     2.5    5       6        1          delivered
        4       0     0    0       desk    0      4       4      6       8        2          delivered
        5       0     0    0       desk    0      10      10     10      11       1          delivered
        """
    assert visits(trace, rows) == told(rows)
    rows = """
        number parent arrived closed outcome
        0      -1     0       5      done
        1      -1     1       3      done
        2      -1     2       6      done
        3      -1     2.5     6      done
        4      -1     4       8      done
        5      -1     10      11     done
        """
    assert requests(trace, rows) == told(rows)


def test_a_late_short_request_does_not_pass_an_early_long_one(tmp_path: Path, engine: str) -> None:
    """r0 holds the only server until 4; r1 (long) came before r2 (short), so r2 waits until 4 + 10 = 14."""
    trace = play(tmp_path, engine, "at work\n0 4\n1 10\n2 0.5", "[stations.desk]\nservers = 1")
    rows = """
        request joined started finished
        0       0      0       4
        1       1      4       14
        2       2      14      14.5
        """
    assert visits(trace, rows) == told(rows)


def test_an_infinite_station_makes_nobody_wait(tmp_path: Path, engine: str) -> None:
    """Every request starts when it comes; all are said to be at server 0."""
    trace = play(tmp_path, engine, "at work\n0 4\n0 4\n1 2", '[stations.desk]\nservers = "infinite"')
    rows = """
        request server started finished
        0       0      0       4
        1       0      0       4
        2       0      1       3
        """
    assert visits(trace, rows) == told(rows)


def test_speed_availability_and_share_stretch_an_hour_of_work(tmp_path: Path, engine: str) -> None:
    """
    6 reference hours at speed 2 are 3 working hours; a server gives 0.5 of its time, of which 0.5 is ours, so
    they take 3 / 0.25 = 12 clock hours. The row keeps the 3 working hours.
    """
    system = "[stations.desk]\nspeed = 2.0\navailability = 0.5\nshare_for_us = 0.5"
    trace = play(tmp_path, engine, "at work\n1 6\n2 2", system)
    rows = """
        request started finished work_hours
        0       1       13       3
        1       13      17       1
        """
    assert visits(trace, rows) == told(rows)


def test_the_integrals_of_the_engine_are_the_areas_of_the_story(tmp_path: Path, engine: str) -> None:
    """
    One server: r0 in service 0 to 4, r1 waits 1 to 4 and works 4 to 6, r2 waits 5 to 6 and works 6 to 7:
    waiting 3 + 1 = 4 request hours, service 4 + 2 + 1 = 7, together 11.
    """
    trace = play(tmp_path, engine, "at work\n0 4\n1 2\n5 1", "[stations.desk]\nservers = 1")
    assert trace.in_queue.tolist() == [4.0]
    assert trace.in_service.tolist() == [7.0]
    assert trace.in_station.tolist() == [11.0]
