"""The first and the last instant of a run."""

from pathlib import Path

from tests.stories.story import OFFICE, play, requests, told, visits

DESK = "[stations.desk]\nservice_hours = 2\n"


def test_requests_open_today_join_before_any_arrival(tmp_path: Path, engine: str) -> None:
    """
    The run starts a week after go-live, at 168. Two requests are open then: numbers 0 and 1, served first,
    though r0 of the log arrives in the same instant. The log's request of Friday lies before the start.
    """
    system = "weeks_since_go_live = 1\nopen_today = 2\n" + DESK
    trace = play(tmp_path, engine, "at work\nFri09:00 1\n168 1\n169 1", system)
    assert trace.start == 168
    rows = """
        number source     arrived closed
        0      open_today 168     170
        1      open_today 168     172
        2      demand     168     174
        3      demand     169     176
        """
    assert requests(trace, rows) == told(rows)
    rows = """
        request joined started finished
        0       168    168     170
        1       168    170     172
        2       168    172     174
        3       169    174     176
        """
    assert visits(trace, rows) == told(rows)


def test_what_would_happen_exactly_at_the_end_does_not(tmp_path: Path, engine: str) -> None:
    """
    The run is [0, 24). r0 (20 to 22) is done. r1 would end at 24: it stays unfinished. r2 would start at 24:
    it waits. r3 would arrive at 24: it is no part of the run.
    """
    trace = play(tmp_path, engine, "at work\n20 1\n20 1\n23 1\n24 1", DESK, days=1)
    rows = """
        request joined started finished server outcome
        0       20     20      22       0      delivered
        1       20     22      -        0      unfinished
        2       23     -       -        -1     unfinished
        """
    assert visits(trace, rows) == told(rows)
    rows = "number closed outcome\n0 22 done\n1 - open\n2 - open"
    assert requests(trace, rows) == told(rows)
    # r0 and r1 are there from 20 (2 and 4 hours), r2 from 23 (1 hour); in service 2 + 2, waiting 2 + 1.
    assert (trace.in_station[0], trace.in_service[0], trace.in_queue[0]) == (7.0, 4.0, 3.0)


def test_what_happens_just_before_the_end_does(tmp_path: Path, engine: str) -> None:
    """Work of 2 hours from 21.75 ends at 23.75."""
    trace = play(tmp_path, engine, "at work\n21.75 1\n23.75 1", DESK, days=1)
    rows = "request started finished\n0 21.75 23.75\n1 23.75 -"
    assert visits(trace, rows) == told(rows)


def test_a_delay_that_would_end_at_the_end_leaves_the_request_in_intake(tmp_path: Path, engine: str) -> None:
    """Delay 4 from 20 would end at 24; from 19 it ends at 23."""
    trace = play(tmp_path, engine, "at work\n19 1\n20 1", DESK + "intake_delay_hours = 4", days=1)
    rows = """
        request entered joined started finished
        0       19      23     23      -
        1       20      -      -       -
        """
    assert visits(trace, rows) == told(rows)
    assert trace.in_station.tolist() == [1.0]


def test_an_opening_at_the_very_end_serves_nobody(tmp_path: Path, engine: str) -> None:
    """The run ends on Tuesday at 9:00, when the desk opens."""
    system = OFFICE + DESK + 'calendar = "office"'
    trace = play(tmp_path, engine, "at work\nMon16:00 1\nMon17:00 1", system, days=1.375)
    rows = """
        request started  finished
        0       Mon16:00 -
        1       -        -
        """
    assert visits(trace, rows) == told(rows)


def test_a_run_without_any_request_is_empty(tmp_path: Path, engine: str) -> None:
    """All arrivals lie behind the horizon."""
    trace = play(tmp_path, engine, "at work\n0 1\n30 1", "weeks_since_go_live = 1\n" + DESK, days=1)
    assert len(trace.requests) == len(trace.visits) == 0
    assert trace.in_station.tolist() == [0.0]


def test_requests_open_today_enter_by_the_rule_of_the_file(tmp_path: Path, engine: str) -> None:
    """The log's source has an entry of its own, the vendor; requests open today follow the file's, the desk."""
    system = DESK + '[stations.vendor]\nkind = "vendor"\n[routing]\nentry = "desk"\n[demand]\nentry = "vendor"'
    trace = play(tmp_path, engine, "at work\n0 1\n5 1", "open_today = 1\n" + system)
    rows = "request station started finished\n0 desk 0 2\n1 vendor 0 1\n2 vendor 5 6"
    assert visits(trace, rows) == told(rows)
