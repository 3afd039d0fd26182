"""Traps that other simulators fell into, each told by its users; a test for each."""

from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import compile_tables
from changeflow.engine.trace import DONE
from changeflow.measure.run import measure_run
from changeflow.measure.trace.window import Window
from changeflow.study.crews.crew import crew_here
from changeflow.study.crews.runner import run_all
from tests.engines import by_request
from tests.laws.full_systems import full_systems
from tests.laws.systems import LAW, Raw, built, left_at, run
from tests.laws.test_changing_demand import REFUSED, arrivals_of, fits
from tests.stories.story import play, told, visits
from tests.strategies import sampled


@pytest.mark.parametrize("start_weeks", [0.0, 0.5])
def test_rates_that_change_give_the_counts_of_their_integral(start_weeks: float) -> None:
    """
    A thinning routine compared with the rate of the interval it came from, not of the candidate's own, for several
    releases (sim-tools 76 to 78). Here: 50 runs, counts in half days of steep steps, with intervals of rate 0, from a
    start within an interval, too.
    """
    edges, rates = [0.0, 1.0, 2.0, 4.0, 5.5, 8.0], [2.0, 60.0, 0.0, 100.0, 1.0]
    source = {"kind": "piecewise", "edges_days": edges, "rates_per_day": rates}
    raw = REFUSED | {"horizon_days": 9.0, "weeks_since_go_live": start_weeks, "demand": source}
    cells = np.arange(start_weeks * 7, 9.01, 0.5)
    counted = np.histogram(np.concatenate(arrivals_of(raw, 50)) / 24, bins=cells)[0]
    heights = np.concatenate([[0.0], np.cumsum(rates * np.diff(edges))])
    expected = 50 * np.diff(np.interp(cells, edges, heights))
    assert fits(counted, expected)
    assert not fits(np.roll(counted, 1), expected)


@LAW
@given(raw=full_systems())
def test_what_is_still_to_come_changes_nothing_now(raw: Raw) -> None:
    """
    Priorities looked at arrivals still in the future (Prosimos 64). Here a crowd of urgent requests comes from day 2
    on: until then every instant is the same with and without it.
    """
    crowd = {"kind": "piecewise", "edges_days": [2.0, 3.0], "rates_per_day": [200.0], "category": "odd"}
    more = deepcopy(raw)
    more["demand"]["sources"]["crowd"] = crowd
    one, two = run(raw), run(more)
    first = two.start + max(48.0 - two.start, 0.0)
    assert np.array_equal(_before(one.requests, "arrived", first), _before(two.requests, "arrived", first))
    for column in ("entered", "joined", "started", "finished"):
        seen = [_happened(trace.visits, column, first) for trace in (one, two)]
        assert seen[0] == seen[1], column


def _before(rows: np.ndarray, column: str, time: float) -> np.ndarray:
    return rows["key"][rows[column] < time]


def _happened(rows: np.ndarray, column: str, time: float) -> list[tuple[float, ...]]:
    """What happened before a time: request, visit, station, server if there is one, and when."""
    mine = rows[rows[column] < time]
    names = ("request", "visit", "station", *(["server"] if column in ("started", "finished") else []), column)
    return sorted(tuple(row[name].item() for name in names) for row in mine)


def test_an_urgent_request_that_is_still_to_come_keeps_no_server_free(tmp_path: Path, engine: str) -> None:
    """The same by hand: at 2 r1 (class 9) starts though r2 (class 0) comes at 2.5, in the same queue."""
    system = '[stations.desk]\ndiscipline = "priority"'
    trace = play(tmp_path, engine, "at work priority\n0 2 0\n1 5 9\n2.5 1 0", system)
    rows = "request started\n0 0\n1 2\n2 7"
    assert visits(trace, rows) == told(rows)


@settings(LAW, max_examples=25)
@given(raw=full_systems(), rule=sampled(["shortest_queue", "soonest", "cheapest", "open_first"]))
def test_keeping_a_log_changes_nothing(raw: Raw, engine: str, rule: str) -> None:
    """Switching the log on changed outcomes (simmer 136). Observers draw no random numbers here."""
    among = "prefer" if rule == "open_first" else "among"
    raw["routing"]["entry"] = {"rule": rule, among: list(raw["stations"])}
    for station in raw["stations"].values():  # all may do everything, so that every request leaves a record
        station["openness"] = 1.0
    model = built(raw)
    silent = simulate(model, seed=3, replication=0, engine=engine)
    logged = simulate(model, seed=3, replication=0, engine=engine, decisions=True)
    assert silent.visits.tobytes() == logged.visits.tobytes()
    assert silent.requests.tobytes() == logged.requests.tobytes()
    assert len(logged.decisions) >= len(logged.requests)
    assert len(silent.decisions) == 0


COUNTED: Raw = {
    "title": "counted", "horizon_days": 30.0, "follow_up_days": 3.0, "warm_up_days": 2.0,
    "demand": {"kind": "poisson", "rate_per_day": 6.0},
    "stations": {"desk": {"service_hours": {"law": "exponential", "mean": 3.5}, "patience_hours": 30.0}},
}  # fmt: skip


@pytest.mark.parametrize("workers", [1, 2])
def test_the_summary_of_a_run_is_of_that_run_and_of_its_whole(engine: str, workers: int) -> None:
    """
    Batch rows came from another step than they said (mesa 3057), summaries miscounted (vidigi 230). Here each row of
    seven runs, however they are spread, is what its own trace says: counted anew, by hand.
    """
    model = built(COUNTED)
    with crew_here(engine, workers, 7) as crew:
        rows = run_all([model], 7, 5, engine=engine, crew=crew)[0]
    assert len({row.values["waiting_time_hours"] for row in rows}) == 7
    window = Window.of(compile_tables(model))
    compared = 0
    for replication, row in enumerate(rows):
        own = simulate(model, seed=5, replication=replication, engine=engine)
        assert repr(row.values) == repr(measure_run(window, own).values)
        trace = by_request(own)
        requests, end = trace.requests, trace.end
        closed = left_at(requests, "closed", end)
        assert row.values["open_at_horizon_requests"] == np.isnan(requests["closed"]).sum()
        assert row.values["arrived_requests"] == (requests["arrived"] >= 48).sum()
        hours = np.clip(closed, 48, end) - np.clip(requests["arrived"], 48, end)
        assert row.values["backlog_requests"] == pytest.approx(hours.sum() / (end - 48))
        cohort = (requests["arrived"] >= 48) & (requests["arrived"] < 27 * 24)
        joined = trace.visits["joined"]
        started = trace.visits["started"]
        begun = np.where(np.isnan(started), left_at(trace.visits, "finished", end), started)
        assert len(trace.visits) == len(requests)
        settled = ~np.isnan(requests["closed"])
        if settled[cohort].all():
            done = cohort & (requests["outcome"] == DONE)
            assert row.values["sojourn_time_hours"] == pytest.approx((closed - requests["arrived"])[done].mean())
            assert row.values["waiting_time_hours"] == pytest.approx((begun - joined)[cohort].mean())
            compared += 1
    assert compared > 3


def test_nobody_is_interrupted_where_nobody_is_at_work(tmp_path: Path, engine: str) -> None:
    """
    Preemption at stations without staff or partly busy went wrong (simmer 114, 125; Ciw 210). Nobody from 24 to 48: r0
    goes back, r1 (class 0, at 30) waits and is first at 48. At 60 there are two, one of them free: r3 (class 0) takes
    that one and interrupts nobody.
    """
    system = (
        '[stations.desk]\ndiscipline = "priority"\npreemptive = true\n'
        "[stations.desk.staff.team]\nhead_count = { days = [0, 1, 2, 2.5], servers = [1, 0, 1, 2] }"
    )
    table = """
        at work priority
        0  30   5
        30 2    0
        55 10   4
        61 1    0
        """
    trace = play(tmp_path, engine, table, system)
    # r0 has 6 hours left at 24: from 50 to 55, when r2 (class 4) interrupts it with 1 left; at 60 it has a server
    rows = """
        request visit server started finished work_hours outcome
        0       0     0      0       24       24         interrupted
        0       1     0      50      55       5          interrupted
        0       2     1      60      61       1          delivered
        1       0     0      48      50       2          delivered
        2       0     0      55      65       10         delivered
        3       0     1      61      62       1          delivered
        """
    assert visits(trace, rows) == told(rows)
