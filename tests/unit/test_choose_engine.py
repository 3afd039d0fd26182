"""Work that is done once: tables when the engine is chosen, shares of what is done in loads."""

from __future__ import annotations

import pytest

from changeflow.engine import simulate as engine
from changeflow.engine.tables.model import compile_tables
from changeflow.model.load import traffic
from changeflow.model.load.topology import offered_loads
from tests.unit.small import DESK, model_of
from tests.unit.test_cascade_loads import ALL_LINKS, SIX
from tests.unit.test_cascade_loads import DESK as CASCADE


def test_tables_that_are_there_are_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    model = model_of(DESK)
    tables, made = compile_tables(model), []
    monkeypatch.setattr(engine, "kernel_is_warm", lambda _: False)
    monkeypatch.setattr(engine, "compile_tables", lambda one: made.append(one) or compile_tables(one))
    assert len(engine.simulate(tables, seed=1, replication=0).requests) > 10
    assert not made
    engine.simulate(model, seed=1, replication=0)
    assert made == [model]
    assert engine.choose_engine("auto", models=[model]) == "process"
    assert made == [model, model]


def test_what_is_done_of_each_category_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six categories of one source, in two windows: the whole run and its last half."""
    asked: list[str] = []
    plain = traffic.done_share
    monkeypatch.setattr(
        traffic, "done_share", lambda choices, route: asked.append(choices.kind.category) or plain(choices, route)
    )
    offered_loads(model_of(CASCADE.format(categories=SIX, errors="") + ALL_LINKS))
    assert sorted(asked) == sorted(2 * [f"c{number}" for number in range(6)])
