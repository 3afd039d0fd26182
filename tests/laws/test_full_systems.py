"""Laws that hold whatever a station has: nobody is lost, Little, nobody waits beside a server who may help."""

import numpy as np
from hypothesis import given, settings

from changeflow.engine import trace as t
from changeflow.engine.chance.draws import run_key
from changeflow.engine.tables.station import NO_LIMIT, StationTable
from changeflow.engine.workload import draw_workload
from changeflow.measure.run import measure_run
from changeflow.measure.trace.window import Window
from tests.laws.full_systems import full_systems
from tests.laws.systems import LAW, Raw, assert_areas_are_sums_of_stays, left_at, run, tables_of

GONE = {t.RENEGED: t.WITHDRAWN, t.BALKED: t.WITHDRAWN, t.TURNED_AWAY: t.REFUSED}


@LAW
@given(raw=full_systems())
def test_every_arrival_is_one_request_that_ends_as_its_last_visit_says(raw: Raw) -> None:
    """Arrived = done + refused + withdrawn + open, each with its reason; a stay begins when the last one has ended."""
    trace = run(raw)
    load = draw_workload(tables_of(raw), run_key(1, 0))
    rows = trace.requests
    assert rows["key"].tolist() == load["key"].tolist()
    assert rows["arrived"].tolist() == load["arrived"].tolist()
    for row in rows:
        mine = trace.visits[trace.visits["request"] == row["number"]]
        is_open = row["outcome"] == t.OPEN
        assert np.isnan(row["closed"]) == is_open
        if not len(mine):
            assert row["outcome"] in (t.REFUSED, t.DONE)
            assert row["closed"] == row["arrived"]
            continue
        assert mine["visit"].tolist() == list(range(len(mine)))
        assert mine["entered"][0] == row["arrived"]
        assert np.all(mine["finished"][:-1] <= mine["entered"][1:])
        assert not set(mine["outcome"][:-1].tolist()) & {*GONE, t.UNFINISHED}
        last = mine[-1]
        assert last["outcome"] != t.INTERRUPTED
        if last["outcome"] in GONE:
            assert row["outcome"] == GONE[int(last["outcome"])]
            assert row["closed"] == last["finished"]
        elif last["outcome"] == t.UNFINISHED:
            assert is_open
        else:  # delivered, or failed: what comes after a delivery may take time
            assert row["outcome"] in (t.OPEN, t.DONE, *([t.WITHDRAWN] if last["outcome"] == t.REWORK else []))
            assert is_open or row["closed"] >= last["finished"]


@LAW
@given(raw=full_systems())
def test_the_engines_areas_are_the_sums_of_stays(raw: Raw) -> None:
    assert_areas_are_sums_of_stays(run(raw))


@LAW
@given(raw=full_systems())
def test_measures_of_any_run_hold_together(raw: Raw) -> None:
    """measure_run checks conservation, Little's law and the ledger itself; here: shares are shares."""
    values = measure_run(Window.of(tables_of(raw)), run(raw)).values
    for name, value in values.items():
        if name.endswith("_share"):
            assert np.isnan(value) or -1e-9 <= value <= 1 + 1e-9, name
        if name.startswith("overtime_hours"):
            assert value >= 0, name


@settings(LAW, max_examples=150)
@given(raw=full_systems())
def test_nobody_waits_beside_a_server_who_may_help(raw: Raw) -> None:
    """
    The trace is replayed. Between two instants: in no group with the skill for somebody waiting, on duty and in open
    hours, are fewer busy than on duty, unless the station's limit of work in hand is reached.
    """
    trace = run(raw)
    for place, table in enumerate(tables_of(raw).stations):
        mine = trace.visits[(trace.visits["station"] == place) & ~np.isnan(trace.visits["joined"])]
        category = trace.requests["category"][mine["request"]]
        left = left_at(mine, "finished", trace.end)
        begun = np.where(np.isnan(mine["started"]), left, mine["started"])
        for now in _between(table, trace.end, mine["joined"], begun, left):
            waiting = set(category[(mine["joined"] < now) & (begun > now)].tolist())
            in_hand = (begun < now) & (left > now)
            if not waiting or (table.most_in_hand != NO_LIMIT and in_hand.sum() >= table.most_in_hand):
                continue
            first = 0
            for group in table.groups:
                servers = mine["server"][in_hand]
                busy = ((servers >= first) & (servers < first + group.servers)).sum()
                first += group.servers
                on_duty = group.on_duty[np.searchsorted(group.times, now) - 1]
                able = any(group.speed[one] > 0 for one in waiting)
                idle = on_duty > 0 if table.infinite else busy < on_duty
                assert not (able and idle and group.calendar.next_open(now) == now), (table.name, group.name, now)


@LAW
@given(raw=full_systems())
def test_no_server_is_given_to_whom_it_may_not_serve(raw: Raw) -> None:
    """Each start is by an eligible group on duty, in its open hours, each server with one request at a time."""
    trace = run(raw)
    for place, table in enumerate(tables_of(raw).stations):
        if table.infinite:
            continue
        mine = trace.visits[(trace.visits["station"] == place) & ~np.isnan(trace.visits["started"])]
        category = trace.requests["category"][mine["request"]]
        first = 0
        for group in table.groups:
            here = (mine["server"] >= first) & (mine["server"] < first + group.servers)
            assert all(group.speed[one] > 0 for one in category[here])
            for started in mine["started"][here]:
                assert group.calendar.next_open(started) == started
                assert group.on_duty[np.searchsorted(group.times, started, side="right") - 1] > 0
            for server in range(first, first + group.servers):
                work = np.sort(mine[mine["server"] == server], order=["started", "finished"])
                assert np.all(work["started"][1:] >= left_at(work, "finished", trace.end)[:-1])
            first += group.servers


def _between(table: StationTable, end: float, *times: np.ndarray) -> np.ndarray:
    """The middle between each two instants at which something may change at a station."""
    edges = [edge for group in table.groups for edge in (group.times, group.calendar.opens, group.calendar.closes)]
    instants = np.unique(np.concatenate([*times, *edges]))
    instants = instants[(instants >= table.groups[0].times[0]) & (instants <= end)]
    long = np.diff(instants) > 1e-9
    return ((instants[1:] + instants[:-1]) / 2)[long]
