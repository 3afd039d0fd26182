"""Difficulty and size of a request go together as the file says, and each keeps its law."""

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from changeflow.engine.chance.draws import WORK, pairs, run_key, stage_key
from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import compile_tables
from changeflow.engine.trace import Trace
from changeflow.engine.workload import draw_workload
from changeflow.model.schema import Model
from tests.engines import ENGINES
from tests.unit.small import DESK, faults_of, model_of

BUSY = DESK.replace("rate_per_day = 3", "rate_per_day = 600")
DIFFICULT = 'share = 0.5\ndifficulty = { law = "triangular", low = 0.0, mode = 0.2, high = 1.0 }\n'


def correlated(first: float, second: float = 0.0, text: str = BUSY) -> Model:
    """A model of two categories with these correlations."""
    for name, correlation in (("a", first), ("b", second)):
        text += f"[categories.{name}]\n{DIFFICULT}difficulty_size_correlation = {correlation}\n"
    return model_of(text)


def difficulty_and_luck(model: Model, category: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Of the requests of a category: difficulty, and the uniform of the first pass at the work stage."""
    key = run_key(4, 0)
    load = draw_workload(compile_tables(model), key)
    load = load[load["category"] == category]
    assert model.work_stage is not None
    luck, _ = pairs(key, load["key"], WORK, stage_key(model.work_stage))
    return load["difficulty"], luck


@pytest.mark.parametrize("correlation", [-0.9, -0.3, 0.4, 0.8])
def test_the_rank_correlation_is_that_of_the_copula_and_the_law_stays(correlation: float) -> None:
    """6 / pi asin(correlation / 2), within 4.5 standard errors of 3,000 pairs."""
    difficulty, luck = difficulty_and_luck(correlated(correlation))
    wanted = 6 / math.pi * math.asin(correlation / 2)
    assert stats.spearmanr(difficulty, luck).statistic == pytest.approx(wanted, abs=4.5 / math.sqrt(len(luck)))
    assert stats.kstest(difficulty, stats.triang(0.2).cdf).pvalue > 1e-4


@pytest.mark.parametrize(("correlation", "order"), [(1.0, 1.0), (-1.0, -1.0)])
def test_at_the_ends_one_is_a_function_of_the_other(correlation: float, order: float) -> None:
    difficulty, luck = difficulty_and_luck(correlated(correlation))
    assert stats.spearmanr(difficulty, luck).statistic == pytest.approx(order, abs=1e-12)
    if order > 0:
        assert np.max(np.abs(stats.triang(0.2).cdf(difficulty) - luck)) < 1e-9


def test_a_category_without_it_is_the_same_to_the_bit() -> None:
    """The other category's correlation changes nothing here, nor does a 0 that is written out."""
    plain, with_other = correlated(0.0), correlated(0.0, 0.8)
    assert np.array_equal(difficulty_and_luck(plain)[0], difficulty_and_luck(with_other)[0])
    bare = model_of(BUSY + f"[categories.a]\n{DIFFICULT}[categories.b]\n{DIFFICULT}")
    assert np.array_equal(difficulty_and_luck(plain)[0], difficulty_and_luck(bare)[0])


TWO = """
title = "two stages"
horizon_days = 300
demand = { kind = "poisson", rate_per_day = 4 }
[stations.triage]
service_hours = { law = "exponential", mean = 0.1 }
[stations.work]
servers = 9
service_hours = { law = "exponential", mean = 4 }
"""
ROUTE = '[routing]\nentry = "triage"\nnext.triage = "work"\n'


def ranks(trace: Trace, station: int) -> float:
    """Rank correlation of difficulty with the hours of the first visit at a station."""
    visits = trace.visits[(trace.visits["station"] == station) & (trace.visits["pass"] == 0)]
    difficulty = trace.requests["difficulty"][visits["request"]]
    return float(stats.spearmanr(difficulty, visits["work_hours"]).statistic)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("accepts", [True, False])
def test_size_is_that_of_the_work_stage(engine: str, accepts: bool) -> None:
    """The first station with acceptance, else the first one; the work really done there correlates, other work not."""
    text = TWO + ("acceptance.rework_probability = 0.1\n" if accepts else "") + ROUTE
    text += "[categories.a]\nshare = 1.0\ndifficulty_size_correlation = 0.8\n"
    model = model_of(text)
    assert model.work_stage == ("work" if accepts else "triage")
    trace = simulate(model, seed=2, replication=0, engine=engine)
    wanted, other = 6 / math.pi * math.asin(0.4), 4.5 / math.sqrt(1000)
    assert ranks(trace, int(accepts)) == pytest.approx(wanted, abs=0.1)
    assert abs(ranks(trace, int(not accepts))) < other


def test_there_is_no_size_without_a_station(tmp_path: Path) -> None:
    text = 'title = "x"\nhorizon_days = 3\ndemand = { kind = "poisson", rate_per_day = 1, entry = "refused" }\n'
    told = faults_of(tmp_path, text + "[categories.a]\nshare = 1\ndifficulty_size_correlation = 0.5\n")
    assert [fault.path for fault in told] == ["categories.a.difficulty_size_correlation"]


def test_a_correlation_lies_between_minus_one_and_one(tmp_path: Path) -> None:
    told = faults_of(tmp_path, BUSY + "[categories.a]\nshare = 1\ndifficulty_size_correlation = 1.5\n")
    assert [fault.path for fault in told] == ["categories.a.difficulty_size_correlation"]


def test_the_work_is_done_where_deliveries_may_be_wrong() -> None:
    """Triage comes first in the file; the desk delivers, with an acceptance or with causes of error."""
    text = DESK.replace("[stations.desk]", "[stations.triage]\nservice_hours = 1\n[stations.desk]")
    text += '[routing]\nentry = "triage"\nnext.triage = "desk"\n'
    assert model_of(text).work_stage == "triage"
    accepted = "service_hours = 1\nacceptance = { rework_probability = 0.1 }\n[routing]"
    with_errors = "service_hours = 1\nerrors = { slip = 0.1 }\n[errors]\n[routing]"
    for more in (accepted, with_errors):
        model = model_of(text.replace("service_hours = 1\n[routing]", more))
        assert model.work_stage == "desk"
        assert compile_tables(model).work_stage == stage_key("desk")
