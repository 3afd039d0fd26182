"""The driver of the compiled engine: rows, slots and servers without limit, pauses, threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from changeflow.engine.chance.draws import run_key
from changeflow.engine.compiled import driver as compiled
from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import Tables, compile_tables
from changeflow.engine.trace import Trace
from changeflow.errors import RunError
from changeflow.model.schema import Model
from tests.parity.compare import bytes_of, difference, outcome
from tests.parity.features import features
from tests.parity.full import full
from tests.parity.rich import rich, small

HOURLY = {"kind": "renewal", "interarrival_hours": 1.0}


def _same(tables: Tables) -> Trace:
    one, two = outcome(tables, "process", 3, 0), outcome(tables, "compiled", 3, 0)
    assert not difference(one, two)
    assert isinstance(two, Trace)
    return two


def test_the_rich_model_has_it_all() -> None:
    """What the other tests of this file lean on."""
    tables = compile_tables(rich())
    trace = _same(tables)
    wanted = {
        "backlog at the start", "batches", "calendar", "overflow", "rework", "withdrawn", "ties of a completion",
        "ties of arrivals", "intake delay", "stage entered again by routing", "more than 64 servers",
        "infinite servers", "undone at the horizon", "work of no time",
    }  # fmt: skip
    assert wanted <= features(tables, [trace])


def test_more_open_requests_than_slots() -> None:
    """One server, a day's work for each hourly request: some 700 are open in the end."""
    model = small(horizon_days=30, demand=HOURLY, stations={"desk": {"service_hours": 24.0}})
    trace = _same(compile_tables(model))
    assert (trace.requests["outcome"] == 0).sum() > 8 * compiled.FIRST_SLOTS


def test_more_arrivals_at_one_instant_than_a_block() -> None:
    """Numbers run on through three blocks of the same instant."""
    model = small(
        horizon_days=10,
        open_today=2500,
        demand=HOURLY,
        stations={"desk": {"servers": 70, "service_hours": 1.0}, "hall": {"servers": 3, "service_hours": 2.0}},
        routing={"entry": {"rule": "open_first", "prefer": ["desk", "hall"], "overflow_beyond": 5}},
    )
    trace = _same(compile_tables(model))
    assert (trace.requests["arrived"] == 0).sum() == 2500
    assert trace.visits["server"].max() == 69


def test_batches_across_the_edge_of_a_block_of_arrivals() -> None:
    """Thirteen at a time: 1024 is no multiple of it."""
    batch = {"law": "discrete", "values": [13], "shares": [1.0]}
    model = small(
        horizon_days=10,
        demand=HOURLY | {"batch": batch},
        stations={"desk": {"servers": 5, "service_hours": {"law": "exponential", "mean": 0.3}}},
    )
    assert len(_same(compile_tables(model)).requests) > 3 * 1024 - 13


def test_more_rows_than_the_first_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """More visits, requests and decisions than expected: 30 attempts and as many looks around a request."""
    monkeypatch.setattr(compiled, "_room", lambda _: 8)
    monkeypatch.setattr(compiled, "FIRST_ROWS", 1)
    acceptance = {"rework_probability": 0.9, "max_attempts": 30}
    rule = {"rule": "open_first", "prefer": ["desk", "hall"], "overflow_beyond": 0}
    model = small(
        horizon_days=20,
        demand=HOURLY,
        stations={
            "desk": {"servers": 2, "service_hours": 0.125, "acceptance": acceptance},
            "hall": {"service_hours": 0.25, "speed": 3.0},
        },
        routing={"entry": rule, "next": {"desk": {"hall": 0.5, "done": 0.5}}},
    )
    assert len(_same(compile_tables(model)).visits) > 2000


def test_more_than_64_servers_are_handed_out_by_number() -> None:
    model = small(
        horizon_days=20,
        open_today=300,
        demand={"kind": "poisson", "rate_per_hour": 50.0},
        stations={"desk": {"servers": 150, "service_hours": {"law": "uniform", "low": 1.0, "high": 5.0}}},
    )
    assert _same(compile_tables(model)).visits["server"].max() == 149


def test_an_overloaded_model_with_20_000_requests() -> None:
    model = rich(
        horizon_days=50,
        demand={"kind": "poisson", "rate_per_day": 420},
        open_today=500,
        routing=rich().model_dump(exclude_none=True)["routing"],
    )
    trace = _same(compile_tables(model))
    assert len(trace.requests) > 20_000
    assert (trace.requests["outcome"] == 0).sum() > 3000


@pytest.mark.parametrize("steps", [1, 2, 7, 1000])
def test_the_loop_may_pause_after_any_number_of_events(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = compile_tables(rich())
    usual = simulate(tables, seed=3, replication=0, engine="compiled", decisions=True)
    monkeypatch.setattr(compiled, "STEPS", steps)
    assert not difference(usual, simulate(tables, seed=3, replication=0, engine="compiled", decisions=True))


def test_a_run_that_is_driven_by_hand_pauses_between_events(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock never goes back, and each pause has seen one event more."""
    tables = compile_tables(rich())
    monkeypatch.setattr(compiled, "STEPS", 1)
    run = compiled._Run(tables, run_key(3, 0), decisions=True)
    clock, steps = [], []
    while run.step():
        clock.append(float(run.state[0]["now"]))
        steps.append(int(run.state[0]["steps"]))
    assert clock == sorted(clock)
    assert set(steps) == set(range(min(steps), steps[-1] + 1))
    assert not difference(simulate(tables, seed=3, replication=0, engine="process", decisions=True), run.trace())


@pytest.mark.parametrize("workers", [2, 4])
@pytest.mark.parametrize("model", [rich(horizon_days=60), full()], ids=["rich", "full"])
def test_threads_change_nothing(model: Model, workers: int) -> None:
    """Eight replications of one compiled model, at the same time and one after another."""
    tables = compile_tables(model)

    def run(replication: int) -> tuple[bytes, ...]:
        return bytes_of(simulate(tables, seed=5, replication=replication, engine="compiled", decisions=True))

    with ThreadPoolExecutor(workers) as pool:
        together = list(pool.map(run, range(8)))
    alone = [run(replication) for replication in range(8)]
    assert together == alone
    assert len(set(alone)) == 8


ZERO_TIME = {
    "rework": {"stations": {"desk": {"service_hours": 0, "acceptance": {"rework_probability": 0.999999}}}},
    "routing": {
        "stations": {name: {"service_hours": 0, "servers": "infinite"} for name in ("desk", "hall")},
        "routing": {"entry": "desk", "next": {"desk": "hall", "hall": {"desk": 0.999999, "done": 0.000001}}},
    },
    "shortest time": {"stations": {"desk": {"service_hours": 1e-300, "acceptance": {"rework_probability": 0.999999}}}},
}


@pytest.mark.parametrize("loop", ZERO_TIME)
@pytest.mark.parametrize("demand", [HOURLY, {"kind": "poisson", "rate_per_day": 3.0}], ids=["hourly", "poisson"])
def test_loops_without_time_end_in_the_same_error(loop: str, demand: dict[str, object]) -> None:
    tables = compile_tables(small(horizon_days=3, demand=demand, **ZERO_TIME[loop]))
    one, two = outcome(tables, "process", 3, 0), outcome(tables, "compiled", 3, 0)
    assert isinstance(one, RunError)
    assert not difference(one, two)
