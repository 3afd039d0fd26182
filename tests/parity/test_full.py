"""Everything that both engines know in one model: equal to the bit, whatever runs it."""

from __future__ import annotations

import pytest

from changeflow.engine.compiled import driver as compiled
from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import compile_tables
from changeflow.engine.trace import Trace
from changeflow.measure.trace.window import Window
from changeflow.model.process_only import process_only
from tests.parity.adoption import QUICK
from tests.parity.check import RUNS, obeys_every_law, same_when_streamed
from tests.parity.compare import difference, outcome
from tests.parity.features import features
from tests.parity.full import full

WANTED = {
    "reneged", "balked", "turned away, sent on to another station", "handed back: end of shift",
    "handed back: people left", "interrupted by one that ranks before it", "interrupted more than once",
    "interrupted work: resume", "interrupted work: restart", "interrupted work: resample", "finished in overtime",
    "waited for the requester", "held and let in on a date", "waited for a release date",
    "between work and verdict at the horizon", "tested", "rework by a law of its own",
    "rework with a rank of its own", "unasked: the backlog was long", "requests of other customers",
    "a rule compared stations", "several groups at work", "skills", "speed by category", "people came", "people left",
    "limit of work in hand reached", "learning and forgetting", "authority", "access", "staff: course ends",
    "staff: left", "staff: joined, untrained", "learning and interrupted work", "groups with different calendars",
    "urgent before due",
    *(f"error {kind}" for kind in ("misunderstanding", "omission", "promise", "slip", "deviation")),
    "cause defect", "cause propagation",
    *(f"rule {rule}" for rule in ("by_size", "until_day", "shortest_queue", "cheapest", "soonest", "open_first")),
    *(f"overtaking: {rule}" for rule in ("priority", "ageing", "shortest", "shortest_remaining", "cost_of_delay",
                                         "random", "lifo", "due_date")),
}  # fmt: skip


def test_it_has_everything_and_both_engines_agree() -> None:
    tables = compile_tables(full())
    assert not process_only(tables.model)
    traces = []
    for seed, replication in RUNS:
        one, two = (outcome(tables, engine, seed, replication) for engine in ("process", "compiled"))
        assert not difference(one, two)
        traces.append(two)
    assert features(tables, traces) >= WANTED


def test_its_runs_obey_every_law() -> None:
    tables = compile_tables(full())
    trace = simulate(tables, seed=5, replication=2, engine="compiled")
    obeys_every_law(Window.of(tables), trace)


def test_with_users_who_leave_and_begin_again_the_engines_agree_too() -> None:
    tables = compile_tables(full().with_({"adoption": QUICK | {"review_intercept": -1.0}}))
    traces = []
    for seed, replication in RUNS:
        one, two = (outcome(tables, engine, seed, replication) for engine in ("process", "compiled"))
        assert not difference(one, two)
        traces.append(two)
    assert features(tables, traces) >= {
        "adoption: given up", "adoption: a second attempt", "adoption: waiting requests withdrawn"
    }  # fmt: skip


@pytest.mark.parametrize("chunk", [1, 5, 8192])
def test_it_is_streamed_as_it_is_traced(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = compile_tables(full())
    trace = simulate(tables, seed=RUNS[0][0], replication=RUNS[0][1], engine="compiled")
    monkeypatch.setattr(compiled, "CHUNK", chunk)
    same_when_streamed(tables, trace)


def test_small_buffers_and_pauses_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = compile_tables(full())
    usual = outcome(tables, "compiled", 3, 0)
    assert isinstance(usual, Trace)
    monkeypatch.setattr(compiled, "STEPS", 3)
    monkeypatch.setattr(compiled, "FIRST_SLOTS", 1)
    monkeypatch.setattr(compiled, "FIRST_ROWS", 1)
    monkeypatch.setattr(compiled, "_room", lambda _: 1)
    assert not difference(usual, outcome(tables, "compiled", 3, 0))
