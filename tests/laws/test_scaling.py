"""All times doubled doubles every instant to the bit: no hour, day or tolerance is hidden in the engine."""

from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from changeflow.measure.run import measure_run
from changeflow.measure.trace.window import Window
from tests.laws.full_systems import full_systems
from tests.laws.systems import LAW, Raw, run, systems, tables_of

TIMES = ("entered", "joined", "started", "finished", "work_hours")
LENGTHS = {
    "horizon_days", "weeks_since_go_live", "interarrival_hours", "time_days", "service_hours", "intake_delay_hours",
    "edges_days", "patience_hours", "hours", "delay_hours", "every_days", "days_per_class", "urgent_before_due_days",
    "due_within_days", "from_day", "until_day", "days",
}  # fmt: skip
RATES = {"rate_per_hour", "rate_per_day", "rates_per_day"}
SIZES = ("value", "mean", "low", "mode", "high", "scale", "values")


def scaled(value: Any, factor: float) -> Any:
    """A length in time, or a law of one, times a power of two."""
    if isinstance(value, dict):
        return {key: scaled(part, factor) if key in SIZES else part for key, part in value.items()}
    return [scaled(part, factor) for part in value] if isinstance(value, list) else value * factor


def slower(raw: Any, factor: float) -> Any:
    """The same model with every length in time multiplied, every rate divided."""
    if not isinstance(raw, dict):
        return raw
    return {
        key: scaled(value, factor) if key in LENGTHS else scaled(value, 1 / factor) if key in RATES
        else slower(value, factor)
        for key, value in raw.items() if key != "calendars"
    }  # fmt: skip


@LAW
@given(raw=st.one_of(systems(calendars=("always",)), full_systems(calendars=("always",))))
@pytest.mark.parametrize("factor", [2.0, 0.25])
def test_every_instant_is_multiplied_to_the_bit(raw: Raw, factor: float) -> None:
    one, other = run(raw), run(slower(deepcopy(raw), factor))
    assert len(one.visits) == len(other.visits)
    for column in TIMES:
        assert np.array_equal(one.visits[column] * factor, other.visits[column], equal_nan=True), column
    for column in set(one.visits.dtype.names) - set(TIMES):
        assert np.array_equal(one.visits[column], other.visits[column]), column
    for column in ("arrived", "closed"):
        assert np.array_equal(one.requests[column] * factor, other.requests[column], equal_nan=True)
    assert np.array_equal(one.requests["outcome"], other.requests["outcome"])
    assert (one.in_station * factor).tolist() == other.in_station.tolist()


@LAW
@given(raw=systems(calendars=("always",)))
def test_times_double_and_loads_stay(raw: Raw) -> None:
    raw = raw | {"warm_up_days": 1.0, "follow_up_days": 1.0}
    double = slower(deepcopy(raw), 2.0) | {"warm_up_days": 2.0, "follow_up_days": 2.0}
    found = []
    for tables in (raw, double):
        window = Window.of(tables_of(tables))
        found.append(measure_run(window, run(tables)).values)
    one, other = found
    for name in one:
        if name.startswith(("sojourn_time_hours", "waiting_time_hours", "first_wait_hours", "delay_time_hours")):
            assert one[name] * 2 == pytest.approx(other[name], rel=1e-12, nan_ok=True), name
        if name.startswith(("utilisation", "offered_load", "rework_share", "backlog_requests", "peak_backlog")):
            assert one[name] == pytest.approx(other[name], rel=1e-12, nan_ok=True), name
    assert one["throughput_per_week"] == pytest.approx(2 * other["throughput_per_week"])
