"""Power users first; the vendor takes what would wait behind too many, or what is too hard."""

from pathlib import Path

import pytest

from tests.stories.story import decisions, play, requests, told, visits

SYSTEM = """
[stations.inside]
servers = 1
openness = 0.5
[stations.vendor]
kind = "vendor"
servers = 1
openness = 0.8
[routing.entry]
rule = "open_first"
prefer = ["inside", "vendor"]
"""
EASY = "at work difficulty\n0 10 0.1\n1 2 0.1\n2 2 0.1\n3 2 0.1\n4 2 0.1"


@pytest.mark.parametrize(
    ("beyond", "outside"),
    [
        # r0 is inside until 10. Beyond 0: nobody may wait inside, so r1 to r4 go out, even when they wait there.
        (0, (1, 2, 3, 4)),
        # Beyond 1: r1 is the one that may wait inside; each later one would wait behind it.
        (1, (2, 3, 4)),
        # Beyond 2: r1 and r2 wait inside.
        (2, (3, 4)),
        (5, ()),
    ],
)
def test_a_request_overflows_when_k_would_still_wait(
    tmp_path: Path, engine: str, beyond: int, outside: tuple[int, ...]
) -> None:
    trace = play(tmp_path, engine, EASY, f"{SYSTEM}overflow_beyond = {beyond}")
    vendor = trace.visits["request"][trace.visits["station"] == 1]
    assert tuple(vendor) == outside


def test_the_decision_record_shows_what_the_rule_saw(tmp_path: Path, engine: str) -> None:
    """
    Beyond 1. r0: inside idle, 0 waiting, chosen. r1: inside busy, 0 waiting (0 < 1), chosen, it waits. r2: 1
    waiting inside is the limit, so outside: idle. r3: 1 inside; the vendor is busy with r2 until 4 but nobody
    waits there. r4 at 4: 1 inside; the vendor has just finished r2, so a dispatch now would take r3, and nobody
    would still wait.
    """
    trace = play(tmp_path, engine, EASY, SYSTEM + "overflow_beyond = 1", decisions=True)
    rows = """
        request time station seen value chosen
        0       0    inside  0    1     yes
        1       1    inside  0    1     yes
        2       2    inside  1    1     no
        2       2    vendor  0    1     yes
        3       3    inside  1    1     no
        3       3    vendor  0    1     yes
        4       4    inside  1    1     no
        4       4    vendor  0    1     yes
        """
    assert decisions(trace, rows) == told(rows)
    rows = """
        request station joined started finished
        0       inside  0      0       10
        1       inside  1      10      12
        2       vendor  2      2       4
        3       vendor  3      4       6
        4       vendor  4      6       8
        """
    assert visits(trace, rows) == told(rows)


def test_the_last_station_takes_what_overflows_everywhere(tmp_path: Path, engine: str) -> None:
    """Beyond 0, both busy from 1 on: r2 would wait in either; the last one has it."""
    trace = play(tmp_path, engine, "at work difficulty\n0 9 0\n1 9 0\n2 1 0", SYSTEM + "overflow_beyond = 0")
    rows = "request station joined started\n0 inside 0 0\n1 vendor 1 1\n2 vendor 2 10"
    assert visits(trace, rows) == told(rows)


def test_a_station_takes_only_what_it_is_open_to(tmp_path: Path, engine: str) -> None:
    """
    inside is open to difficulty 0.5 and below, the vendor to 0.8 and below. r1 (0.6) goes outside though inside
    is idle; r2 (0.5) is just open; r3 (0.9) is open to nobody, refused on the spot; r4 (0.8) just outside.
    """
    trace = play(
        tmp_path, engine,
        """
        at work difficulty
        0  1    0.1
        2  1    0.6
        4  1    0.5
        6  1    0.9
        8  1    0.8
        """, SYSTEM, decisions=True,
    )  # fmt: skip
    rows = """
        request station started
        0       inside  0
        1       vendor  2
        2       inside  4
        4       vendor  8
        """
    assert visits(trace, rows) == told(rows)
    rows = """
        number arrived closed outcome
        0      0       1      done
        1      2       3      done
        2      4       5      done
        3      6       6      refused
        4      8       9      done
        """
    assert requests(trace, rows) == told(rows)
    # A station that may not do the request is no candidate; without a limit there is no bound to compare with.
    rows = """
        request time station seen value chosen
        0       0    inside  0    -     yes
        1       2    vendor  0    -     yes
        2       4    inside  0    -     yes
        4       8    vendor  0    -     yes
        """
    assert decisions(trace, rows) == told(rows)


def test_without_a_limit_nothing_overflows(tmp_path: Path, engine: str) -> None:
    """The same five easy requests all wait inside."""
    trace = play(tmp_path, engine, EASY, SYSTEM)
    assert set(trace.visits["station"]) == {0}


def test_an_overflowing_request_too_hard_for_the_vendor_stays_inside(tmp_path: Path, engine: str) -> None:
    """The vendor is open up to 0.05 only, so inside is the last station that may take the request."""
    system = SYSTEM.replace("openness = 0.8", "openness = 0.05") + "overflow_beyond = 0"
    trace = play(tmp_path, engine, "at work difficulty\n0 5 0.1\n1 1 0.1", system)
    rows = "request station started\n0 inside 0\n1 inside 5"
    assert visits(trace, rows) == told(rows)


def test_a_closed_station_with_idle_servers_counts_its_queue_as_waiting(tmp_path: Path, engine: str) -> None:
    """
    inside opens at 9. At 8 a dispatch would start nobody there, so the first request would wait: beyond 0 it
    goes to the vendor, who is always open; at 9 the next one finds inside open and idle.
    """
    system = (
        '[calendars.office]\nhours = ["09:00-17:00"]\n'
        + SYSTEM.replace("servers = 1\nopenness = 0.5", 'calendar = "office"\nservers = 1\nopenness = 0.5')
        + "overflow_beyond = 0"
    )
    trace = play(tmp_path, engine, "at work difficulty\nMon08:00 2 0\nMon09:00 1 0", system)
    rows = "request station started\n0 vendor Mon08:00\n1 inside Mon09:00"
    assert visits(trace, rows) == told(rows)
