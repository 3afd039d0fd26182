"""No request is lost, made from nothing or in two places at once."""

import numpy as np
from hypothesis import given

from changeflow.engine import trace as t
from changeflow.engine.chance.draws import run_key
from changeflow.engine.workload import draw_workload
from tests.laws.systems import LAW, Raw, left_at, run, systems, tables_of


@LAW
@given(raw=systems())
def test_every_arrival_is_one_request_with_one_outcome(raw: Raw) -> None:
    trace = run(raw)
    load = draw_workload(tables_of(raw), run_key(1, 0))
    rows = trace.requests
    assert rows["arrived"].tolist() == load["arrived"].tolist()
    assert rows["key"].tolist() == load["key"].tolist()
    assert rows["number"].tolist() == list(range(len(rows)))
    assert len(set(rows["key"].tolist())) == len(rows)
    assert np.all(np.diff(rows["arrived"]) >= 0)
    still_open = rows["outcome"] == t.OPEN
    assert np.array_equal(np.isnan(rows["closed"]), still_open)
    assert np.all(rows["closed"][~still_open] >= rows["arrived"][~still_open])
    assert np.all(rows["closed"][~still_open] < trace.end)


@LAW
@given(raw=systems())
def test_a_request_is_at_one_place_at_a_time_until_it_is_closed(raw: Raw) -> None:
    """Visits follow one another without a gap, and closing is the end of the last one."""
    trace = run(raw)
    for row in trace.requests:
        mine = trace.visits[trace.visits["request"] == row["number"]]
        if not len(mine):
            assert row["outcome"] in (t.REFUSED, t.DONE)
            assert row["closed"] == row["arrived"]
            continue
        assert mine["visit"].tolist() == list(range(len(mine)))
        assert mine["entered"][0] == row["arrived"]
        assert mine["finished"][:-1].tolist() == mine["entered"][1:].tolist()
        last = mine[-1]
        if row["outcome"] == t.OPEN:
            assert np.isnan(last["finished"])
            assert last["outcome"] == t.UNFINISHED
        else:
            assert last["finished"] == row["closed"]
        if row["outcome"] == t.WITHDRAWN:
            assert last["outcome"] == t.REWORK


@LAW
@given(raw=systems())
def test_passes_and_attempts_count_up_from_their_start(raw: Raw) -> None:
    """A pass for each entry into a stage; an attempt for each pass of one stay where deliveries are checked."""
    trace = run(raw)
    for number in range(len(trace.requests)):
        mine = trace.visits[trace.visits["request"] == number]
        for stage in set(mine["stage"].tolist()):
            passes = mine["pass"][mine["stage"] == stage]
            assert passes.tolist() == list(range(len(passes)))
        before = None
        for visit in mine:
            acceptance = raw["stations"][trace.stations[visit["station"]]].get("acceptance")
            again = before is not None and before["outcome"] == t.REWORK
            wanted = 0 if acceptance is None else 1
            if again and visit["station"] == before["station"] and before["attempt"] < acceptance["max_attempts"]:
                wanted = before["attempt"] + 1
            assert visit["attempt"] == wanted
            before = visit


@LAW
@given(raw=systems())
def test_a_server_does_one_thing_at_a_time(raw: Raw) -> None:
    """On one server the next work never begins before the last one has ended; server numbers are in range."""
    trace = run(raw)
    for place, name in enumerate(trace.stations):
        servers = raw["stations"][name]["servers"]
        mine = trace.visits[(trace.visits["station"] == place) & ~np.isnan(trace.visits["started"])]
        if servers == "infinite":
            assert np.all(mine["server"] == 0)
            continue
        assert np.all((mine["server"] >= 0) & (mine["server"] < servers))
        for server in range(servers):
            work = np.sort(mine[mine["server"] == server], order=["started", "finished"])
            assert np.all(work["started"][1:] >= left_at(work, "finished", trace.end)[:-1])


@LAW
@given(raw=systems())
def test_what_a_visit_took_is_its_work_in_the_hours_of_its_station(raw: Raw) -> None:
    """Open hours between start and finish are the work hours, stretched by the availability."""
    tables = tables_of(raw)
    trace = run(raw)
    done = trace.visits[~np.isnan(trace.visits["finished"])]
    for place, table in enumerate(tables.stations):
        mine = done[done["station"] == place]
        passed = table.calendar.open_hours_at(mine["finished"]) - table.calendar.open_hours_at(mine["started"])
        assert np.allclose(passed, mine["work_hours"] / raw["stations"][table.name]["availability"], atol=1e-9)
