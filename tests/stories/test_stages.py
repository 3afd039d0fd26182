"""Two stations in series, and what a stage is: the same luck along any route, never in the next stage."""

from pathlib import Path

import numpy as np
import pytest

from tests.stories.story import play, requests, told, visits

SERIES = """
[stations.first]
{first}
[stations.second]
{second}
[routing]
entry = "first"
next.first = "second"
"""


def test_a_request_moves_on_in_the_instant_it_is_finished(tmp_path: Path, engine: str) -> None:
    """
    first takes 2, second takes 3, one server each. r0: 0 to 2, 2 to 5. r1: 2 to 4, waits 4 to 5, 5 to 8.
    r2: 4 to 6, waits 6 to 8, 8 to 11. Each stage is entered once: pass 0; no acceptance: attempt 0.
    """
    system = SERIES.format(first="service_hours = 2", second="service_hours = 3")
    trace = play(tmp_path, engine, "at work\n0 1\n0 1\n1 1", system)
    rows = """
        request visit stage  pass attempt station joined started finished
        0       0     first  0    0       first   0      0       2
        0       1     second 0    0       second  2      2       5
        1       0     first  0    0       first   0      2       4
        1       1     second 0    0       second  4      5       8
        2       0     first  0    0       first   1      4       6
        2       1     second 0    0       second  6      8       11
        """
    assert visits(trace, rows) == told(rows)
    rows = "number closed\n0 5\n1 8\n2 11"
    assert requests(trace, rows) == told(rows)


def test_successive_stages_do_not_share_luck(tmp_path: Path, engine: str) -> None:
    """The same exponential law at both: a request that is long in the first is not the same in the second."""
    law = 'service_hours = { law = "exponential", mean = 1.0 }'
    trace = play(tmp_path, engine, "at work\n0 1\n50 1\n100 1", SERIES.format(first=law, second=law))
    work = trace.visits["work_hours"].reshape(3, 2)
    assert len(np.unique(work)) == 6


@pytest.mark.parametrize("route", ["first", "second"])
def test_stations_of_one_stage_give_a_request_the_same_luck(tmp_path: Path, engine: str, route: str) -> None:
    """Whichever of the two alternatives a request is sent to, its work is the same draw; speed 2 halves it."""
    law = 'stage = "change"\nservice_hours = { law = "exponential", mean = 1.0 }'
    system = f'[stations.first]\n{law}\n[stations.second]\n{law}\nspeed = 2.0\n[routing]\nentry = "{route}"'
    trace = play(tmp_path, engine, "at work\n0 1\n50 1", system)
    alone = play(tmp_path, engine, "at work\n0 1\n50 1", f"[stations.only]\n{law}")
    speed = 2.0 if route == "second" else 1.0
    assert (trace.visits["work_hours"] * speed).tolist() == alone.visits["work_hours"].tolist()


def test_a_second_entry_into_a_stage_is_a_second_pass_with_new_luck(tmp_path: Path, engine: str) -> None:
    """Two stations of one stage in series: pass 0 at the first, pass 1 at the second, two different draws."""
    law = 'stage = "change"\nservice_hours = { law = "exponential", mean = 1.0 }'
    trace = play(tmp_path, engine, "at work\n0 1\n50 1", SERIES.format(first=law, second=law))
    rows = """
        request station stage  pass
        0       first   change 0
        0       second  change 1
        1       first   change 0
        1       second  change 1
        """
    assert visits(trace, rows) == told(rows)
    assert len(np.unique(trace.visits["work_hours"])) == 4


def test_a_category_may_have_a_way_of_its_own(tmp_path: Path, engine: str) -> None:
    """r1 skips the second station, r2 is refused at the door, r3 is done without any work."""
    system = """
        [stations.first]
        [stations.second]
        [routing.entry]
        rule = "by_category"
        to = { r2 = "refused", r3 = "done", default = "first" }
        [routing.next.first]
        rule = "by_category"
        to = { r1 = "done", default = "second" }
        """
    trace = play(tmp_path, engine, "at work\n0 1\n2 1\n4 1\n6 1", system)
    rows = """
        request station finished
        0       first   1
        0       second  2
        1       first   3
        """
    assert visits(trace, rows) == told(rows)
    rows = """
        number closed outcome
        0      2      done
        1      3      done
        2      4      refused
        3      6      done
        """
    assert requests(trace, rows) == told(rows)


def test_shares_of_one_and_zero_are_certain(tmp_path: Path, engine: str) -> None:
    """A table of places by probability."""
    system = "[stations.first]\n[stations.second]\n[routing]\nentry = { first = 0.0, second = 1.0 }"
    trace = play(tmp_path, engine, "at work\n0 1\n2 1\n4 1", system)
    rows = "request station\n0 second\n1 second\n2 second"
    assert visits(trace, rows) == told(rows)
