"""The reference engine makes no cycles of objects while it runs, for the collector rests meanwhile."""

from __future__ import annotations

import gc

import pytest

import changeflow.engine.process.replication as reference
from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import compile_tables
from changeflow.model.reading import read_model


@pytest.mark.parametrize("name", ["open_platform", "leaving"])
def test_what_is_done_with_is_let_go_at_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tables, found = compile_tables(read_model(name)), []
    whole = reference._trace

    def count(run: reference.Run) -> reference.Trace:
        found.append(gc.collect())
        return whole(run)

    monkeypatch.setattr(reference, "_trace", count)
    simulate(tables, seed=1, replication=0, engine="process")  # imports and caches
    gc.collect()
    trace = simulate(tables, seed=1, replication=1, engine="process")
    assert found[1] < len(trace.requests) / 5  # a cycle a request would be one object at the least


def test_the_collector_is_as_it_was() -> None:
    tables = compile_tables(read_model("leaving"))
    simulate(tables, seed=1, replication=0, engine="process")
    assert gc.isenabled()
    gc.disable()
    try:
        simulate(tables, seed=1, replication=0, engine="process")
        assert not gc.isenabled()
    finally:
        gc.enable()
