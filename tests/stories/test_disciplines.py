"""Who is served next when a server becomes free; nobody is interrupted."""

from collections import Counter
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from changeflow.engine.chance import draws
from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import compile_tables
from tests.stories.story import play, story, told, visits

DESK = '[stations.desk]\ndiscipline = "{}"\n'


def test_last_come_first_served(tmp_path: Path, engine: str) -> None:
    """
    r0 holds the server until 5, when r1, r2, r3 wait: the last of them starts. At 6 r4 arrives as r3 ends: it has
    come last and goes first, then r2, then r1.
    """
    trace = play(tmp_path, engine, "at work\n0 5\n1 1\n2 1\n3 1\n6 1", DESK.format("lifo"))
    rows = """
        request joined started finished
        0       0      0       5
        1       1      8       9
        2       2      7       8
        3       3      5       6
        4       6      6       7
        """
    assert visits(trace, rows) == told(rows)


def test_the_most_urgent_class_first_and_nobody_is_interrupted(tmp_path: Path, engine: str) -> None:
    """
    Class 0 is the most urgent. r0 (class 5) works on to 4 though r3 (class 0) waits since 2. Then r3, then r1 and
    r4 of class 2 in the order of joining, then r2 of class 9.
    """
    table = """
        at  work priority
        0   4    5
        1   1    2
        1.5 1    9
        2   1    0
        3   1    2
        """
    trace = play(tmp_path, engine, table, DESK.format("priority"))
    rows = """
        request joined started finished
        0       0      0       4
        1       1      5       6
        2       1.5    7       8
        3       2      4       5
        4       3      6       7
        """
    assert visits(trace, rows) == told(rows)


def test_the_shortest_work_first(tmp_path: Path, engine: str) -> None:
    """At 4 wait r1 (3 hours), r2 (1), r3 (2), r4 (1): r2 before r4 by joining, then r3, then r1."""
    trace = play(tmp_path, engine, "at work\n0 4\n1 3\n2 1\n3 2\n3.5 1", DESK.format("shortest"))
    rows = """
        request started finished
        0       0       4
        1       8       11
        2       4       5
        3       6       8
        4       5       6
        """
    assert visits(trace, rows) == told(rows)


def test_the_shortest_remaining_work_first_without_interruption_is_the_shortest(tmp_path: Path, engine: str) -> None:
    """Nothing of those who wait is done yet; r2 (1 hour) does not interrupt r0 (4 left at 0, 2 left at 2)."""
    trace = play(tmp_path, engine, "at work\n0 4\n1 3\n2 1\n3 2\n3.5 1", DESK.format("shortest_remaining"))
    rows = "request started\n0 0\n1 8\n2 4\n3 6\n4 5"
    assert visits(trace, rows) == told(rows)


def test_the_earliest_due_date_first_and_those_without_one_last(tmp_path: Path, engine: str) -> None:
    """Due at: r1 1 + 12 = 13, r2 2 + 6 = 8, r3 never, r4 3.5 + 12 = 15.5. So r2, r1, r4, r3."""
    table = """
        at  work due_within_days
        0   4    1
        1   1    0.5
        2   1    0.25
        3   1    -
        3.5 1    0.5
        """
    trace = play(tmp_path, engine, table, DESK.format("due_date"))
    rows = "request started\n0 0\n1 5\n2 4\n3 7\n4 6"
    assert visits(trace, rows) == told(rows)


def test_waiting_lifts_a_request_class_by_class(tmp_path: Path, engine: str) -> None:
    """
    A class is worth 24 hours of waiting. At 40 wait r1 (class 2, since 1), r2 (1, since 10), r3 (2, since 20),
    r4 (0, since 30), r5 (1, since 39). Arrival plus class x 24: 49, 34, 68, 30, 63. So r4, r2, r1, r5, r3:
    r1 goes before r5, having waited 38 hours more for one class; r3 does not, with 19.
    """
    table = """
        at work priority
        0  40   0
        1  1    2
        10 1    1
        20 1    2
        30 1    0
        39 1    1
        """
    system = '[stations.desk]\ndiscipline = { rule = "ageing", days_per_class = 1.0 }'
    trace = play(tmp_path, engine, table, system)
    rows = "request started\n0 0\n1 42\n2 41\n3 44\n4 40\n5 43"
    assert visits(trace, rows) == told(rows)


def test_a_request_near_its_due_date_goes_before_every_class(tmp_path: Path, engine: str) -> None:
    """
    Urgent from 6 hours before the due date. r3 (class 9, due 3 + 42 = 45) is urgent from 39: first, at 40. At 41
    nobody else is urgent: r1, of class 0, to 43; r4 to 44. At 44 r6 (due 49.5, from 43.5 on) and r2 (due 50, from
    44 sharp) are urgent: the earlier due goes first, then the other; r5, of class 0, comes last.
    """
    table = """
        at work priority due_within_days
        0  40   0        -
        1  2    0        -
        2  1    9        2
        3  1    9        1.75
        4  1    0        -
        5  1    0        -
        6  1    5        1.8125
        """
    system = '[stations.desk]\ndiscipline = { rule = "ageing", days_per_class = 1.0, urgent_before_due_days = 0.25 }'
    trace = play(tmp_path, engine, table, system)
    rows = """
        request started finished
        0       0       40
        1       41      43
        2       45      46
        3       40      41
        4       43      44
        5       46      47
        6       44      45
        """
    assert visits(trace, rows) == told(rows)


def test_the_highest_cost_of_delay_per_expected_hour_first(tmp_path: Path, engine: str) -> None:
    """
    Cost a day over hours: r1 10/5 = 2, r2 6/1 = 6, r3 6/2 = 3, r4 the file's 1 over a quarter of an hour = 4.
    So r2, r4, r3, r1.
    """
    table = """
        at  work waiting_cost_per_day
        0   4    1
        1   5    10
        2   1    6
        3   2    6
        3.5 0.25 -
        """
    trace = play(tmp_path, engine, table, DESK.format("cost_of_delay") + "[costs]\nwaiting_per_day = 1.0")
    rows = """
        request started finished
        0       0       4
        1       7.25    12.25
        2       4       5
        3       5.25    7.25
        4       5       5.25
        """
    assert visits(trace, rows) == told(rows)


def test_the_cost_of_delay_counts_expected_work_not_the_draw(tmp_path: Path, engine: str) -> None:
    """Work of 1 or 9 hours, 5 expected: 20 a day are 4 an hour, less than r2's 5, however long r1 turns out."""
    system = """
        [stations.desk]
        discipline = "cost_of_delay"
        [stations.desk.service_hours]
        r1 = { law = "discrete", values = [1.0, 9.0], shares = [0.5, 0.5] }
        default = 1.0
        """
    model = story(tmp_path, "at work waiting_cost_per_day\n0 1 1\n0.25 1 20\n0.5 1 5", system)
    lengths = set()
    for seed in range(8):
        trace = simulate(model, seed=seed, replication=0, engine=engine)
        assert trace.visits["request"].tolist() == [0, 2, 1]
        lengths.add(float(trace.visits["work_hours"][2]))
    assert lengths == {1.0, 9.0}


RANDOM = "at work\n0 10\n1 1\n2 1\n3 1"


def test_in_random_order_every_order_is_equally_likely(tmp_path: Path, engine: str) -> None:
    """Three wait: 6 orders, 100 runs each expected; chi-square with 5 degrees of freedom, 25.7 at one in 10,000."""
    tables = compile_tables(story(tmp_path, RANDOM, DESK.format("random")))
    found = Counter()
    for seed in range(600):
        trace = simulate(tables, seed=seed, replication=0, engine=engine)
        found[tuple(trace.visits["request"].tolist())] += 1
    assert set(found) <= {(0, *order) for order in permutations((1, 2, 3))}
    assert sum((found[0, *order] - 100) ** 2 / 100 for order in permutations((1, 2, 3))) < 25.7


def test_the_random_place_hangs_on_station_and_start_number_alone(tmp_path: Path, engine: str) -> None:
    """
    r0's is start 0. Start 1 takes the place that its own draw gives among three, start 2 among the two that are
    left, whenever they came; a station of another name draws anew.
    """
    late = "at work\n0 10\n5 2\n6 1\n9 3"
    orders: dict[str, list[list[int]]] = {}
    for name in ("desk", "other"):
        orders[name] = []
        for seed in range(12):
            line, expected = [1, 2, 3], [0]
            for start in (1, 2, 3):
                luck, _ = draws.uniform_pair(
                    draws.run_key(seed, 0), np.uint64(start), draws.stage_key(name), draws.ORDER, 0
                )
                expected.append(line.pop(int(luck * len(line))))
            system = DESK.format("random").replace("desk", name)
            for table in (RANDOM, late):
                trace = play(tmp_path, engine, table, system, seed=seed)
                order = np.argsort(trace.visits["started"]).tolist()
                assert order == expected
            orders[name].append(expected)
    assert orders["desk"] != orders["other"]


@pytest.mark.parametrize("rule", ["fifo", "lifo", "random", "priority", "shortest", "cost_of_delay"])
def test_a_server_is_given_to_whoever_is_there_not_to_a_better_one_to_come(
    tmp_path: Path, engine: str, rule: str
) -> None:
    """At 2 only r1 waits: long, cheap and of class 9, it starts though r2 comes at 2.5."""
    table = "at work priority waiting_cost_per_day\n0 2 0 1\n1 5 9 1\n2.5 1 0 9"
    trace = play(tmp_path, engine, table, DESK.format(rule))
    rows = "request started\n0 0\n1 2\n2 7"
    assert visits(trace, rows) == told(rows)
