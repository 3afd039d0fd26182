"""Small models in which generated ones once found a fault; each stands for a law that is easily broken."""

from __future__ import annotations

import math

import numpy as np
import pytest

from changeflow.engine import trace as t
from changeflow.engine.tables.model import compile_tables
from changeflow.engine.trace import Trace
from changeflow.measure.run import measure_run
from changeflow.measure.trace.window import Window
from tests.parity.compare import difference, outcome
from tests.parity.rich import small

HOURLY = {"kind": "renewal", "interarrival_hours": 1.0}
OFFICE = {"office": {"hours": ["09:00-17:00"]}}
EVERY_100_HOURS = {"kind": "renewal", "interarrival_hours": 100.0}


def _same(**tables: object) -> Trace:
    compiled = compile_tables(small(**tables))
    one, two = (outcome(compiled, engine, 3, 0) for engine in ("process", "compiled"))
    assert not difference(one, two)
    assert isinstance(two, Trace)
    return two


@pytest.mark.parametrize(
    "waits", [{"release": {"every_days": 7}}, {"acceptance": {"rework_probability": 0.0, "delay_hours": 500.0}}]
)
def test_whoever_waits_for_a_verdict_at_the_horizon_has_one_row(waits: dict[str, object]) -> None:
    """The work is done and told; an open request does not mean open work."""
    trace = _same(horizon_days=1, demand=HOURLY, stations={"desk": {"service_hours": 0.5, **waits}})
    assert (trace.requests["outcome"] == t.OPEN).all()
    assert (trace.visits["outcome"] == t.DELIVERED).sum() == len(np.unique(trace.visits["request"])) > 20


def test_a_number_alone_is_enough_to_hold_newcomers() -> None:
    """No other delay before the queue: of three the first waits two hours, the last none."""
    hold = {"size": 3}
    trace = _same(horizon_days=1, demand=HOURLY, stations={"desk": {"service_hours": 0, "servers": 9, "hold": hold}})
    held = (trace.visits["joined"] - trace.visits["entered"])[~np.isnan(trace.visits["joined"])]
    assert sorted(held) == [0.0] * 7 + [1.0] * 7 + [2.0] * 7


def test_the_server_of_work_that_was_handed_back_is_idle_again() -> None:
    """Request 0 comes at 100 o'clock and needs three days: the lowest number takes it each morning."""
    desk = {"servers": 3, "calendar": "office", "service_hours": 20.0, "shift_end": "hand_back"}
    trace = _same(horizon_days=14, demand=EVERY_100_HOURS, calendars=OFFICE, stations={"desk": desk})
    mine = trace.visits[trace.visits["request"] == 0]
    assert mine["outcome"].tolist() == [t.INTERRUPTED, t.INTERRUPTED, t.DELIVERED]
    assert mine["server"].tolist() == [0, 0, 0]
    assert mine["work_hours"].tolist() == [8.0, 8.0, 4.0]


def test_a_run_without_any_hours_has_no_utilisation() -> None:
    """Everybody has left before the office opens: a load against no hours is no number, and no crash."""
    staff = {"anna": {"until_day": 0.25}}
    desk = {"staff": staff, "calendar": "office", "service_hours": 1.0}
    tables = compile_tables(small(horizon_days=2, demand=HOURLY, calendars=OFFICE, stations={"desk": desk}))
    trace = outcome(tables, "compiled", 3, 0)
    assert isinstance(trace, Trace)
    found = measure_run(Window.of(tables), trace).values
    assert math.isnan(found["utilisation"])
    assert math.isnan(found["utilisation.desk"])
