"""What has been simulated stays: a longer horizon and more replications never change a number that exists."""

from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given

from changeflow.engine.simulate import simulate
from changeflow.study.scenarios.compare import run as run_plan
from changeflow.study.scenarios.plan import Plan
from tests.engines import ENGINES, by_request
from tests.laws.systems import LAW, Raw, built, run, systems


@LAW
@given(raw=systems())
@pytest.mark.parametrize("days", [4.25, 11.0])
def test_a_longer_horizon_only_adds(raw: Raw, days: float) -> None:
    raw = raw | {"horizon_days": 4.0}
    short, long = run(raw), run(deepcopy(raw) | {"horizon_days": days})
    end = short.end
    kept = long.requests[long.requests["arrived"] < end]
    for column in ("number", "key", "source", "category", "arrived", "difficulty"):
        assert np.array_equal(short.requests[column], kept[column]), column
    assert np.array_equal(short.requests["closed"], _until(kept["closed"], end), equal_nan=True)
    begun = long.visits[long.visits["entered"] < end]
    for column in ("request", "visit", "stage", "pass", "attempt", "station", "entered", "work_hours"):
        assert np.array_equal(short.visits[column], begun[column]), column
    for column in ("joined", "started", "finished"):
        assert np.array_equal(short.visits[column], _until(begun[column], end), equal_nan=True), column


def _until(times: np.ndarray, end: float) -> np.ndarray:
    """Times before the end of the shorter run; later ones had not happened in it."""
    return np.where(times < end, times, np.nan)


SMALL: Raw = {
    "title": "small", "horizon_days": 40.0, "demand": {"kind": "poisson", "rate_per_day": 4.0},
    "stations": {"desk": {"service_hours": {"law": "exponential", "mean": 4.0}}},
}  # fmt: skip


def test_more_replications_only_add(engine: str) -> None:
    """Also across the runner's chunks: 3 runs are the first 3 of 12."""
    model = built(SMALL)
    few = run_plan(Plan.of(model, replications=3, seed=9, engine=engine)).scenarios["model"].runs
    many = run_plan(Plan.of(model, replications=12, seed=9, engine=engine)).scenarios["model"].runs
    for one, other in zip(few, many[:3], strict=True):
        assert repr(one.values) == repr(other.values)
        assert one.daily_backlog.tolist() == other.daily_backlog.tolist()
    waits = [one.values["waiting_time_hours"] for one in many]
    assert len(set(waits)) == 12


@LAW
@given(raw=systems())
def test_the_same_seed_is_the_same_run_and_another_seed_another(raw: Raw) -> None:
    """Seed 0 is a seed like any other; so is a replication. The second time the model is read anew, too."""
    once = run(raw, seed=0)
    for engine in ENGINES:
        again = by_request(simulate(built(raw), seed=0, replication=0, engine=engine))
        for column in once.visits.dtype.names:
            assert np.array_equal(once.visits[column], again.visits[column], equal_nan=True), column
    for other in (run(raw, seed=1), run(raw, seed=0, replication=1)):
        mine, theirs = once.requests, other.requests
        same = len(mine) == len(theirs) and np.array_equal(mine["difficulty"], theirs["difficulty"])
        assert len(mine) == 0 or not same
