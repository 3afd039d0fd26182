"""A run week by week: weeks add up to the run."""

from __future__ import annotations

import pytest

from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import compile_tables
from changeflow.measure.run import measure_run
from changeflow.measure.trace.weekly import measure_weeks, week_name
from changeflow.measure.trace.window import Window
from changeflow.model.reading import read_model

from .small import model_of

WEEKS = 12


@pytest.mark.parametrize(
    "name", ["partly_open", "careers", "people", "vendor_terms", "second_attempt", "queueing_disciplines"]
)
def test_the_busy_shares_of_weeks_are_those_of_the_run(name: str) -> None:
    """Calendars, shifts, people who leave and are replaced, several requests at once."""
    model = read_model(name).with_({"horizon_days": 7 * WEEKS, "warm_up_days": 0, "follow_up_days": 0})
    window = Window.of(compile_tables(model))
    trace = simulate(window.tables, seed=3, replication=1, engine="process")
    weeks, run = measure_weeks(window, trace), measure_run(window, trace)
    names = {measure for measure in run.values if measure.split(".")[0] == "utilisation"}
    assert len(names) > 1
    assert names == {measure for measure in weeks.values if measure.split(".")[0] == "utilisation"}
    for measure in names:
        assert weeks.values[measure] == pytest.approx(run.values[measure], rel=1e-9)
        assert 0 < weeks.values[measure] <= 1 + 1e-9
    assert weeks.values["throughput_per_week"] == pytest.approx(run.values["throughput_per_week"])
    assert weeks.values["backlog_requests"] == pytest.approx(run.values["backlog_requests"])


CALLING = """\
title = "One more for two days, called off when more than one waits"
[demand]
kind = "poisson"
rate_per_hour = 0.5
[stations.desk]
servers = 1
service_hours = { law = "exponential", mean = 1.8 }
call_off = { beyond = 1, servers = 1, lead_days = 1, for_days = 2 }
"""


def test_people_who_are_called_off_count_while_they_are_there() -> None:
    model = model_of(CALLING).with_({"horizon_days": 7 * WEEKS, "follow_up_days": 0})
    window = Window.of(compile_tables(model))
    trace = simulate(window.tables, seed=3, replication=1, engine="process")
    assert len(trace.called_off) > 3
    hours = sum(min(until, window.end) - since for _, since, until, _ in trace.called_off if since < window.end)
    weeks, run = measure_weeks(window, trace), measure_run(window, trace)
    there = sum(weeks.ratios[week_name("utilisation.desk", week)][1] for week in range(WEEKS))
    assert there == pytest.approx(24 * 7 * WEEKS + hours)
    assert weeks.values["utilisation.desk"] == pytest.approx(run.values["utilisation.desk"], rel=1e-9)
