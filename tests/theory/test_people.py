"""Learning, forgetting and tenure against numbers that are known (domain-model.md, section 10)."""

from __future__ import annotations

import math

import numpy as np
import pytest

from changeflow.engine.chance.draws import run_key
from changeflow.engine.shared.learning import faded, skill_after
from changeflow.engine.shared.turnover import LEFT
from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import Tables, compile_tables
from changeflow.engine.tables.staffing import happenings
from changeflow.model.load.capacity import held_hours, present
from changeflow.model.load.topology import offered_loads
from changeflow.model.stations.learning import Attrition
from tests.unit.small import model_of

CURVE = """\
title = "one person, the 85 % curve"
horizon_days = 10
[demand]
kind = "renewal"
interarrival_hours = 2
[stations.desk]
service_hours = 0.01
learning = { rate = 0.85, start = 0.01, trained = 0.01 }
staff.anna = {}
"""
"""Skill begins at 0.01, so that full skill stays out of reach: the first unit takes one hour."""


def test_unit_times_of_the_85_percent_curve(engine: str) -> None:
    trace = simulate(model_of(CURVE), seed=1, replication=0, engine=engine)
    hours = trace.visits["work_hours"]
    assert hours[0] == 1.0
    assert hours[9] == pytest.approx(0.58282, abs=5e-6)
    assert hours[:10].sum() == pytest.approx(7.11606, abs=5e-6)
    assert hours[:20].sum() == pytest.approx(12.40228, abs=5e-6)


def test_each_doubling_of_units_takes_the_rate_and_full_skill_is_the_end() -> None:
    exponent = -math.log2(0.85)
    for n in (0, 1, 3, 7):
        assert skill_after(n, 0.1, exponent) / skill_after(2 * n + 1, 0.1, exponent) == pytest.approx(0.85, rel=1e-12)
    assert skill_after(1e9, 0.4, exponent) == 1.0
    reached = (1 / 0.7) ** (1 / exponent) - 1  # from 0.7, full skill after four passes
    assert skill_after(math.floor(reached), 0.7, exponent) < 1.0 == skill_after(math.ceil(reached), 0.7, exponent)
    assert math.ceil(reached) == 4


def test_knowledge_fades_by_a_constant_share_in_a_time() -> None:
    assert faded(8.0, 240.0, 240.0) == pytest.approx(8 / math.e, rel=1e-15)
    assert faded(faded(8.0, 100.0, 240.0), 140.0, 240.0) == pytest.approx(faded(8.0, 240.0, 240.0), rel=1e-15)
    assert faded(8.0, 1e9, math.inf) == 8.0


HAZARD = 0.0012
TENURE = f"""\
title = "one job"
horizon_days = 750
[demand]
kind = "poisson"
rate_per_day = 0.1
[stations.desk]
service_hours = 1
[stations.desk.staff.anna]
attrition = {{ tenure_days = {1 / HAZARD}, replacement_days = 40 }}
"""
REPLICATIONS = 4000


def _departures(tables: Tables) -> np.ndarray:
    """Days on which the first holder left; infinite beyond the horizon."""
    days = []
    for number in range(REPLICATIONS):
        told = [time for time, news in happenings(tables.staff_of_run(run_key(1, number))[0]) if news == LEFT]
        days.append(told[0] / 24 if told else math.inf)
    return np.array(days)


def test_survival_under_a_constant_hazard() -> None:
    """exp(-0.0012 x 750) = 0.406570 are there after 750 days; half of them have left by day 577.623."""
    left = _departures(compile_tables(model_of(TENURE)))
    error = 3.3 / math.sqrt(REPLICATIONS)
    assert np.mean(left >= 750) == pytest.approx(0.406570, abs=error * math.sqrt(0.4066 * 0.5934))
    assert np.mean(left >= 577.623) == pytest.approx(0.5, abs=error * 0.5)


def test_the_share_of_time_that_a_job_is_held_is_what_the_load_counts_on() -> None:
    """Held hours of runs against the chain of two states, from the start and from mid-life on."""
    for weeks in (0, 60):
        model = model_of(TENURE.replace("horizon_days = 750", f"horizon_days = 750\nweeks_since_go_live = {weeks}"))
        tables = compile_tables(model)
        shares = []
        for number in range(REPLICATIONS):
            group = tables.staff_of_run(run_key(2, number))[0]
            spans = np.diff(np.append(group.times, tables.end))
            shares.append(float(group.on_duty @ spans) / (tables.end - tables.start))
        expected = present(model.groups("desk")["anna"], tables.start, tables.end)
        assert np.mean(shares) == pytest.approx(expected, abs=3.3 * np.std(shares) / math.sqrt(REPLICATIONS))


def test_held_hours_at_the_ends() -> None:
    attrition = Attrition(tenure_days=600.0, replacement_days=40.0)
    assert held_hours(attrition, 0, 1e-3) == pytest.approx(1e-3)
    assert held_hours(attrition, 1e6, 1e6 + 24) == pytest.approx(24 * 600 / 640)


def test_the_same_job_has_the_same_holders_whatever_stands_beside_it() -> None:
    alone = compile_tables(model_of(TENURE))
    beside = TENURE + "[stations.desk.staff.ben]\n[stations.other]\nservice_hours = 1\n[routing]\nentry = 'desk'\n"
    moved = compile_tables(model_of(beside))
    key = run_key(5, 3)
    assert alone.staff_of_run(key)[0].times.tolist() == moved.staff_of_run(key)[0].times.tolist()


def test_the_load_of_a_job_that_is_sometimes_empty_is_higher() -> None:
    stays = model_of(TENURE.replace("attrition", "# attrition"))
    (load,), (full,) = offered_loads(model_of(TENURE)), offered_loads(stays)
    assert load.load[0] > full.load[0]
