"""Little's law: the areas an engine keeps while it runs are the sums of stays in its trace."""

import numpy as np
import pytest
from hypothesis import given

from changeflow.measure.run import measure_run
from changeflow.measure.trace.backlog import Backlog
from changeflow.measure.trace.window import Window
from tests.laws.systems import LAW, Raw, assert_areas_are_sums_of_stays, left_at, run, systems, tables_of


@LAW
@given(raw=systems())
def test_the_engines_areas_are_the_sums_of_stays(raw: Raw) -> None:
    assert_areas_are_sums_of_stays(run(raw))


@LAW
@given(raw=systems())
def test_the_backlog_is_what_is_at_the_stations_or_in_intake(raw: Raw) -> None:
    """Open request hours over the run = hours at the stations + hours in intake delay."""
    trace = run(raw)
    backlog = Backlog.of(trace.requests["arrived"], trace.requests["closed"], trace.start, trace.end)
    delays = left_at(trace.visits, "joined", trace.end) - trace.visits["entered"]
    total = float(trace.in_station.sum() + delays.sum())
    assert backlog.mean(trace.start, trace.end) * (trace.end - trace.start) == pytest.approx(total, abs=1e-6)


@LAW
@given(raw=systems())
def test_measures_of_any_run_hold_together(raw: Raw) -> None:
    """measure_run checks conservation, Little's law and the ledger itself; here: shares and bounds."""
    window = Window.of(tables_of(raw))
    found = measure_run(window, run(raw))
    values = found.values
    assert values["open_at_horizon_requests"] <= values["arrived_requests"] + raw["open_today"]
    for name, value in values.items():
        if name.startswith("utilisation"):
            assert -1e-9 <= value <= 1 + 1e-9, name
        if name.endswith("_share"):
            assert np.isnan(value) or 0 <= value <= 1 + 1e-9, name
    if values["open_at_horizon_requests"] == 0 and not np.isnan(values["sojourn_time_hours"]):
        assert not [name for name in found.at_least if "hours" in name]
