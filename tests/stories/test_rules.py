"""Rules that look at queues, work, money, size or the clock, with the decision records they leave."""

from pathlib import Path

from tests.stories.story import decisions, play, requests, told, visits

PAIR = """
[stations.a]
{}
[stations.b]
{}
[routing]
entry = {{ rule = "{}", among = ["a", "b"] }}
"""
BEYOND = "400 1"
"""A request after the end of the run: a log must not be of one instant."""


def test_the_shortest_queue_is_counted_per_server(tmp_path: Path, engine: str) -> None:
    """
    a has two servers, b one. Both empty: a, the first named. Then 1/2 against 0: b; 1/2 against 1: a; 1 against 1: a;
    3/2 against 1: b; 3/2 against 2: a.
    """
    system = PAIR.format("servers = 2", "", "shortest_queue")
    trace = play(tmp_path, engine, "at work\n0 9\n1 9\n2 9\n3 9\n4 9\n5 9", system, decisions=True)
    rows = """
        request time station seen value chosen
        0       0    a       0    0     yes
        0       0    b       0    0     no
        1       1    a       1    0.5   no
        1       1    b       0    0     yes
        2       2    a       1    0.5   yes
        2       2    b       1    1     no
        3       3    a       2    1     yes
        3       3    b       1    1     no
        4       4    a       3    1.5   no
        4       4    b       1    1     yes
        5       5    a       3    1.5   yes
        5       5    b       2    2     no
        """
    assert decisions(trace, rows) == told(rows)
    rows = "request station started\n0 a 0\n1 b 1\n2 a 2\n3 a 9\n4 b 10\n5 a 11"
    assert visits(trace, rows) == told(rows)


def test_stations_without_the_skill_or_openness_are_passed_over(tmp_path: Path, engine: str) -> None:
    """Nobody at a may do r0; r1 is too hard for b; r2 may go nowhere, and is refused."""
    system = (
        '[stations.a.staff.anna]\ncategories = ["r1"]\n[stations.b]\nopenness = 0.5\n'
        '[routing]\nentry = { rule = "shortest_queue", among = ["a", "b"] }'
    )
    trace = play(tmp_path, engine, "at work difficulty\n0 1 0.5\n0 1 0.6\n1 1 0.6", system, decisions=True)
    rows = "request station chosen\n0 b yes\n1 a yes"
    assert decisions(trace, rows) == told(rows)
    rows = "number outcome\n0 done\n1 done\n2 refused"
    assert requests(trace, rows) == told(rows)


def test_the_soonest_completion_counts_work_left_not_heads(tmp_path: Path, engine: str) -> None:
    """
    b works twice as fast. r0 (4 hours): 4 at a, 2 at b. r1 (4), at once: 4 at a; at b 2 hours before it and 2 of its
    own, a tie: a, the first named. At 1 r2 (2): 3 left at a and 2 are 5; 1 left at b and 1 are 2. r3 (8): 3 + 8 at a;
    at b 1 left, 1 waiting, and 4. At 3.5 r4 (1): half an hour left at a and 1; at b 3.5 left and 0.5: a, though as
    many are there.
    """
    system = PAIR.format("", "speed = 2.0", "soonest")
    trace = play(tmp_path, engine, "at work\n0 4\n0 4\n1 2\n1 8\n3.5 1", system, decisions=True)
    rows = """
        request time station seen value chosen
        0       0    a       0    4     no
        0       0    b       0    2     yes
        1       0    a       0    4     yes
        1       0    b       1    4     no
        2       1    a       1    5     no
        2       1    b       1    2     yes
        3       1    a       1    11    no
        3       1    b       2    6     yes
        4       3.5  a       1    1.5   yes
        4       3.5  b       1    4     no
        """
    assert decisions(trace, rows) == told(rows)
    rows = """
        request station started finished
        0       b       0       2
        1       a       0       4
        2       b       2       3
        3       b       3       7
        4       a       4       5
        """
    assert visits(trace, rows) == told(rows)


def test_a_free_server_makes_nobody_wait_for_the_soonest(tmp_path: Path, engine: str) -> None:
    """
    a has two servers. r1 (3 hours) finds one of them free: 3 hours, at the slow b 6. r2 (2 hours, at 2): 2 hours left
    of r0 and 2 of r1, shared by two, and 2 of its own are 4; as many at b: a, the first named.
    """
    system = PAIR.format("servers = 2", "speed = 0.5", "soonest")
    trace = play(tmp_path, engine, "at work\n0 4\n1 3\n2 2", system, decisions=True)
    rows = """
        request station seen value chosen
        0       a       0    4     yes
        0       b       0    8     no
        1       a       1    3     yes
        1       b       0    6     no
        2       a       2    4     yes
        2       b       0    4     no
        """
    assert decisions(trace, rows) == told(rows)


def test_the_cheapest_way_weighs_money_against_waiting(tmp_path: Path, engine: str) -> None:
    """
    Waiting costs 240 a day, 10 an hour. Of 4 hours of work a (10 an hour) makes 40, b (100 an hour, twice as fast) 200.
    Each request at a adds 4 hours of queue, 40. So a costs 80, 120, 160, 200, against 220 at b: a four times; then
    240: b, and then a's 240 against b's 200 + 10 x (2 + 2) = 240, a tie: a.
    """
    system = PAIR.format("price_per_hour = 10", "price_per_hour = 100\nspeed = 2.0", "cheapest")
    system += "[costs]\nwaiting_per_day = 240"
    trace = play(tmp_path, engine, "at work\n" + "0 4\n" * 6 + BEYOND, system, decisions=True)
    rows = """
        request station seen value chosen
        0       a       0    80    yes
        0       b       0    220   no
        1       a       1    120   yes
        1       b       0    220   no
        2       a       2    160   yes
        2       b       0    220   no
        3       a       3    200   yes
        3       b       0    220   no
        4       a       4    240   no
        4       b       0    220   yes
        5       a       4    240   yes
        5       b       1    240   no
        """
    assert decisions(trace, rows) == told(rows)


def test_the_cheapest_way_counts_rework(tmp_path: Path, engine: str) -> None:
    """Half of a's deliveries fail, so 2 hours are 4 in the end: 40 against 30 at b. Waiting costs nothing."""
    system = PAIR.format(
        "price_per_hour = 10\nacceptance = { rework_probability = 0.5 }", "price_per_hour = 15", "cheapest"
    )
    trace = play(tmp_path, engine, "at work\n0 2\n9 2", system, decisions=True)
    rows = """
        request station value chosen
        0       a       40    no
        0       b       30    yes
        1       a       40    no
        1       b       30    yes
        """
    assert decisions(trace, rows) == told(rows)


def test_size_is_the_requests_own_work_at_speed_one(tmp_path: Path, engine: str) -> None:
    """
    Up to 8 reference hours are small, whatever the speed of the stations. Large ones go to the first of two that has
    nobody waiting. Both rules leave their records; a way is told by the station that it leads to first.
    """
    system = """
        [stations.a]
        speed = 4.0
        [stations.b]
        [stations.c]
        [routing.entry]
        rule = "by_size"
        up_to_hours = 8.0
        small = "a"
        large = { rule = "open_first", prefer = ["b", "c"], overflow_beyond = 0 }
        """
    trace = play(tmp_path, engine, "at work\n0 8\n0 8.5\n1 9\n1 7\n1 20", system, decisions=True)
    rows = "request station\n0 a\n1 b\n2 c\n3 a\n4 c"
    assert visits(trace, rows) == told(rows)
    rows = """
        request time station seen value chosen
        0       0    a       8    8     yes
        0       0    b       8    8     no
        1       0    a       8.5  8     no
        1       0    b       8.5  8     yes
        1       0    b       0    0     yes
        2       1    a       9    8     no
        2       1    b       9    8     yes
        2       1    b       0    0     no
        2       1    c       0    0     yes
        3       1    a       7    8     yes
        3       1    b       7    8     no
        4       1    a       20   8     no
        4       1    b       20   8     yes
        4       1    b       0    0     no
        4       1    c       0    0     yes
        """
    assert decisions(trace, rows) == told(rows)


def test_size_is_known_before_it_is_worked_on(tmp_path: Path, engine: str) -> None:
    """A random size: those sent to a turn out to be of at most 3 hours, those sent to b longer."""
    law = 'stage = "change"\nservice_hours = { law = "uniform", low = 0.0, high = 6.0 }'
    system = (
        f'[stations.a]\n{law}\n[stations.b]\n{law}\n[routing.entry]\nrule = "by_size"\nup_to_hours = 3.0\n'
        'small = "a"\nlarge = "b"'
    )
    trace = play(tmp_path, engine, "at work\n" + "0 1\n" * 40 + BEYOND, system)
    at_a = trace.visits["station"] == 0
    assert trace.visits["work_hours"][at_a].max() <= 3.0 < trace.visits["work_hours"][~at_a].min()
    assert 5 < at_a.sum() < 35


def test_until_a_day_one_way_then_another(tmp_path: Path, engine: str) -> None:
    """The vendor until hour 24, then inside; at 24 sharp inside already. A rule that moves on counts the same clock."""
    system = """
        [stations.vendor]
        kind = "vendor"
        [stations.inside]
        [stations.archive]
        service_hours = 1
        [routing.entry]
        rule = "until_day"
        day = 1.0
        first = "vendor"
        then = { rule = "shortest_queue", among = ["inside"] }
        [routing.next.inside]
        rule = "until_day"
        day = 2.0
        first = "done"
        then = "archive"
        """
    trace = play(tmp_path, engine, "at work\n23.5 1\n24 1\n46 3", system, decisions=True)
    rows = """
        request station started finished
        0       vendor  23.5    24.5
        1       inside  24      25
        2       inside  46      49
        2       archive 49      50
        """
    assert visits(trace, rows) == told(rows)
    rows = """
        request time station seen value chosen
        0       23.5 vendor  23.5 24    yes
        0       23.5 inside  23.5 24    no
        1       24   vendor  24   24    no
        1       24   inside  24   24    yes
        1       24   inside  0    0     yes
        1       25   archive 25   48    no
        2       46   vendor  46   24    no
        2       46   inside  46   24    yes
        2       46   inside  0    0     yes
        2       49   archive 49   48    yes
        """
    assert decisions(trace, rows) == told(rows)


def test_nested_budgets_have_a_purse_each(tmp_path: Path) -> None:
    """
    Small work has 100 a month for one vendor, large work 800 for another, 100 an hour each. r0 (1 h) spends all of the
    first purse, so r2 (1 h) goes inside; r1 and r3 (4 h each) spend the second one, so r4 goes inside as well.
    """
    system = """
        [stations.inside]
        [stations.near]
        kind = "vendor"
        price_per_hour = 100
        [stations.far]
        kind = "vendor"
        price_per_hour = 100
        [routing.entry]
        rule = "by_size"
        up_to_hours = 2
        small = { rule = "budget", per_month = 100, prefer = "near", otherwise = "inside" }
        large = { rule = "budget", per_month = 800, prefer = "far", otherwise = "inside" }
        """
    trace = play(tmp_path, "process", "at work\n0 1\n1 4\n2 1\n3 4\n4 4", system, days=20, decisions=True)
    table = """
        request station
        0       near
        1       far
        2       inside
        3       far
        4       inside
        """
    assert visits(trace, table) == told(table)
    table = """
        request station seen value chosen
        0       near    1    2     yes
        0       far     1    2     no
        0       near    0    100   yes
        1       near    4    2     no
        1       far     4    2     yes
        1       far     0    800   yes
        2       near    1    2     yes
        2       far     1    2     no
        2       near    100  100   no
        3       near    4    2     no
        3       far     4    2     yes
        3       far     400  800   yes
        4       near    4    2     no
        4       far     4    2     yes
        4       far     800  800   no
        """
    assert decisions(trace, table) == told(table)
