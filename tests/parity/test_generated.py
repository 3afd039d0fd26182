"""Both engines give the same bytes for generated models over the whole schema; so do any buffers, pauses and chunks."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings

from changeflow.engine import compiled
from changeflow.engine.simulate import simulate
from changeflow.engine.tables import compile_tables
from changeflow.errors import RunError
from tests.parity.check import check, same_when_streamed
from tests.parity.compare import difference, outcome
from tests.parity.models import Example, examples

SAME = settings(derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
"""The same examples at every run; no clock decides. For others: `python -m tests.parity.count --seed N`."""


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the logs of generated models are written."""
    return tmp_path_factory.mktemp("logs")


@settings(SAME, max_examples=400)
@given(example=examples())
def test_engines_agree_to_the_bit(example: Example, folder: Path) -> None:
    for word in check(example, folder):
        event(word)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(SAME, max_examples=3000)
@given(example=examples())
def test_engines_agree_to_the_bit_on_many_models(example: Example, folder: Path) -> None:
    for word in check(example, folder):
        event(word)


@settings(SAME, max_examples=60)
@given(example=examples())
def test_buffers_and_pauses_change_nothing(example: Example, folder: Path) -> None:
    """One slot and one row at first, and a pause after every seventh event."""
    tables = compile_tables(example.build(folder))
    usual = outcome(tables, "compiled", 3, 0)
    with pytest.MonkeyPatch.context() as small:
        small.setattr(compiled, "STEPS", 7)
        small.setattr(compiled, "FIRST_SLOTS", 1)
        small.setattr(compiled, "FIRST_ROWS", 1)
        small.setattr(compiled, "_room", lambda _: 1)
        narrow = outcome(tables, "compiled", 3, 0)
    assert not difference(usual, narrow)


@settings(SAME, max_examples=60)
@given(example=examples())
def test_streamed_rows_are_the_rows_of_the_trace(example: Example, folder: Path) -> None:
    """Whatever the size of a chunk."""
    tables = compile_tables(example.build(folder))
    try:
        trace = simulate(tables, seed=3, replication=0, engine="process")
    except RunError:
        return
    for chunk in (1, 3, 8192):
        with pytest.MonkeyPatch.context() as small:
            small.setattr(compiled, "CHUNK", chunk)
            same_when_streamed(tables, trace)
