"""Every engine gives the same trace to the bit, row by row, on generated models with many ties."""

import numpy as np
import pytest
from hypothesis import given, settings

from changeflow.engine.simulate import simulate
from changeflow.engine.trace import Trace
from tests.engines import ENGINES
from tests.laws.systems import LAW, Raw, built, systems


def as_bytes(trace: Trace) -> list[bytes]:
    """Everything in a trace that is numbers, as it lies in memory."""
    rows = (trace.requests, trace.visits, trace.decisions, trace.in_station, trace.in_queue, trace.in_service)
    return [array.tobytes() for array in rows]


@pytest.mark.parametrize("other", ENGINES[1:])
@settings(LAW, max_examples=150)
@given(raw=systems())
def test_engines_agree_to_the_bit(raw: Raw, other: str) -> None:
    model = built(raw)
    for replication in (0, 1):
        one = simulate(model, seed=3, replication=replication, engine=ENGINES[0], decisions=True)
        two = simulate(model, seed=3, replication=replication, engine=other, decisions=True)
        assert (one.start, one.end, one.stations, one.stages) == (two.start, two.end, two.stations, two.stages)
        assert as_bytes(one) == as_bytes(two)


@settings(LAW, max_examples=20)
@given(raw=systems())
def test_keeping_the_decisions_changes_nothing_else(raw: Raw, engine: str) -> None:
    model = built(raw)
    with_them = simulate(model, seed=3, replication=0, engine=engine, decisions=True)
    without = simulate(model, seed=3, replication=0, engine=engine)
    assert as_bytes(with_them)[:2] == as_bytes(without)[:2]
    assert len(without.decisions) == 0


@settings(LAW, max_examples=20)
@given(raw=systems())
def test_rows_stand_in_the_order_that_the_trace_promises(raw: Raw, engine: str) -> None:
    """Requests by number; visits by their end, those unfinished last, by request."""
    trace = simulate(built(raw), seed=3, replication=0, engine=engine)
    assert trace.requests["number"].tolist() == list(range(len(trace.requests)))
    over = ~np.isnan(trace.visits["finished"])
    assert np.all(np.diff(over.astype(int)) <= 0)
    assert np.all(np.diff(trace.visits["finished"][over]) >= 0)
    assert np.all(np.diff(trace.visits["request"][~over]) > 0)
