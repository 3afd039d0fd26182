"""The trace replayed: nobody waits beside an idle server, and the first to come is the first to start."""

import numpy as np
from hypothesis import given

from changeflow.engine.tables.station import INFINITE
from tests.laws.systems import LAW, Raw, left_at, run, systems, tables_of


@LAW
@given(raw=systems())
def test_no_server_is_idle_while_a_request_waits_in_open_hours(raw: Raw) -> None:
    """
    Over each wait, the servers' open busy hours must fill servers x open hours of the wait; a server that was
    idle for a moment of it would leave a gap.
    """
    trace = run(raw)
    for place, table in enumerate(tables_of(raw).stations):
        mine = trace.visits[(trace.visits["station"] == place) & ~np.isnan(trace.visits["joined"])]
        begin, finish = left_at(mine, "started", trace.end), left_at(mine, "finished", trace.end)
        hours = table.calendar.open_hours_at
        for joined, started in zip(mine["joined"], begin, strict=True):
            waited = hours(np.array([joined, started]))
            open_wait = float(waited[1] - waited[0])
            if table.servers == INFINITE:
                assert open_wait == 0.0
                continue
            busy = hours(np.clip(finish, joined, started)) - hours(np.clip(begin, joined, started))
            assert abs(float(busy.sum()) - table.servers * open_wait) < 1e-8


@LAW
@given(raw=systems())
def test_the_first_to_join_is_the_first_to_start(raw: Raw) -> None:
    """In the order of joining, starts never fall, and whoever has not started is behind all who have."""
    trace = run(raw)
    for place in range(len(trace.stations)):
        mine = trace.visits[(trace.visits["station"] == place) & ~np.isnan(trace.visits["joined"])]
        starts = np.where(np.isnan(mine["started"]), np.inf, mine["started"])
        order = np.lexsort((starts, mine["joined"]))
        with np.errstate(invalid="ignore"):
            assert not np.any(np.diff(starts[order]) < 0)


@LAW
@given(raw=systems())
def test_those_who_join_at_once_start_by_number_within_their_kind(raw: Raw) -> None:
    """Arrivals of one instant without intake: the lower number is not started later."""
    trace = run(raw)
    for place in range(len(trace.stations)):
        rows = trace.visits
        mine = rows[(rows["station"] == place) & (rows["visit"] == 0) & (rows["joined"] == rows["entered"])]
        for joined in np.unique(mine["joined"]):
            starts = left_at(mine[mine["joined"] == joined], "started", np.inf)
            assert starts.tolist() == sorted(starts.tolist())


@LAW
@given(raw=systems())
def test_starts_in_one_dispatch_take_the_lowest_servers_in_order(raw: Raw) -> None:
    """Of those who start at one instant without waiting for a completion, servers rise with the queue."""
    trace = run(raw)
    for place, name in enumerate(trace.stations):
        if raw["stations"][name]["servers"] == "infinite":
            continue
        mine = trace.visits[(trace.visits["station"] == place) & ~np.isnan(trace.visits["started"])]
        finish = left_at(mine, "finished", trace.end)
        for visit in mine:
            now = visit["started"]
            busy_before = (mine["started"] < now) & (finish > now)
            at_once = mine["started"] == now
            if np.any((finish == now) & at_once):  # work of no length frees a server again at this instant
                continue
            free = sorted(set(range(raw["stations"][name]["servers"])) - set(mine["server"][busy_before].tolist()))
            taken = sorted(mine["server"][at_once].tolist())
            assert taken == free[: len(taken)]
