"""Systems of the domain whose answers are known exactly: queues, the burst of go-live, fluid, repair loops."""

from __future__ import annotations

import math
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import compile_tables
from changeflow.engine.trace import REWORK, Trace
from changeflow.model.expected.effort import passes
from changeflow.model.expected.requests import expected_arrivals
from changeflow.model.reading import build_model
from changeflow.model.schema import Model
from changeflow.study.scenarios.compare import run
from changeflow.study.scenarios.plan import Plan

from .run_cases import SEED, run_one
from .test_cases import ONE, case_of, short_case

LOGNORMAL = {"type": "lognormal", "mean": 1.0, "scv": 1.44}
PATIENCE = {"type": "exp", "mean": 10.0}
QUEUES = {
    "M/M/2": case_of(1.5, {"servers": 2, "service": ONE}, Wq=1.285714, P_wait=0.642857),
    "M/M/10": case_of(8.0, {"servers": 10, "service": ONE}, width=0.15, Wq=0.204590, P_wait=0.409180),
    "M/G/1, lognormal of coefficient 1.2": case_of(0.8, {"service": LOGNORMAL}, width=0.15, Wq=4.88),
    "two classes, no interruption": short_case(
        {"discipline": "priority_nonpreemptive"}, {"A": 0.3, "B": 0.5}, **{"A.Wq": 1.142857, "B.Wq": 5.714286}
    ),
    "overflow of two servers": case_of(
        3.0, {"servers": 2, "service": ONE, "capacity": 6, "overflow_to": "v"}, P_overflow=0.359645,
        **{"s.L": 4.505180},
    ),
    "withdrawal, Erlang A": case_of(
        2.4, {"servers": 3, "service": ONE, "patience": PATIENCE}, P_abandon=0.053304, Lq=1.279289
    ),
}  # fmt: skip
QUEUES["overflow of two servers"]["model"]["stations"].append({"name": "v", "servers": "infinite", "service": ONE})
"""Erlang C; Pollaczek and Khinchine; Cobham 1954; M/M/2/6; Palm 1957."""


@pytest.fixture(scope="module")
def pool() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as made:
        yield made


@pytest.mark.parametrize("name", QUEUES)
def test_a_queue_lies_in_a_narrow_interval(name: str, pool: Executor) -> None:
    result = run_one(QUEUES[name] | {"id": name}, pool, "compiled", SEED, 1.0)
    assert result.status == "pass", result.reason


def built(**tables: Any) -> Model:
    return build_model({"title": "a row"} | tables, file=Path("row.toml"), shown="row.toml")


def burst(steady: float, misfits: float, **tables: Any) -> Model:
    """`steady` requests a day, and misfits found after a mean of 30 days."""
    sources = {
        "steady": {"kind": "poisson", "rate_per_day": steady},
        "burst": {"kind": "go_live", "misfits_per_100_users": misfits, "fit": 0.0, "time_days": 30},
    }
    return built(demand={"sources": sources}, **tables)


def traces(model: Model, runs: int) -> Iterator[Trace]:
    tables = compile_tables(model)
    return (simulate(tables, seed=SEED, replication=number, engine="compiled") for number in range(runs))


def near(found: list[float], wanted: float, relative: float) -> None:
    """The mean lies within 4.5 standard errors, and they are narrow."""
    values = np.array(found)
    error = 4.5 * float(values.std(ddof=1)) / math.sqrt(len(values))
    assert error < relative * wanted
    assert values.mean() == pytest.approx(wanted, abs=error)


BURST_COUNTS = {30: 84.683574, 90: 163.220441}


def test_the_count_of_a_burst() -> None:
    """0.8 a day and 3.2 exp(-t / 30): 0.8 t + 96 (1 - exp(-t / 30)), expected exactly and simulated."""
    model = burst(0.8, 96, horizon_days=90, routing={"entry": "refused"})
    arrived = [trace.requests["arrived"] for trace in traces(model, 600)]
    for day, wanted in BURST_COUNTS.items():
        expected = expected_arrivals(model, 0.0, day * 24.0)
        assert sum(sum(counts.values()) for counts in expected.values()) == pytest.approx(wanted, abs=5e-7)
        near([float(np.sum(times < day * 24)) for times in arrived], wanted, 0.03)


def test_a_burst_with_unlimited_capacity() -> None:
    """Exponential service of 3 days: in progress are 9.576860 on day 10, 9.667202 at the peak, 2.931062 on day 90."""
    station = {"servers": "infinite", "service_hours": {"law": "exponential", "mean": 72}}
    model = burst(0.8, 96, horizon_days=91, stations={"desk": station})
    wanted = {10.0: 9.576860, 8.352: 9.667202, 90.0: 2.931062}
    found: dict[float, list[float]] = {day: [] for day in wanted}
    for trace in traces(model, 3000):
        arrived, closed = trace.requests["arrived"], trace.requests["closed"]
        for day, counts in found.items():
            counts.append(float(np.sum((arrived <= day * 24) & ~(closed <= day * 24))))
    for day, value in wanted.items():
        near(found[day], value, 0.06)


def test_the_fluid_backlog_of_a_burst() -> None:
    """0.4 a day, 80 misfits, capacity 1.2 a day, all 400 times as much: peak 27.1047 on day 36.119, clear on 95.912.

    At this scale chance is some 2 % of the peak: the backlog over 400 is the fluid's.
    """
    scale = 400
    station = {"service_hours": 24 / (1.2 * scale)}
    model = burst(0.4 * scale, 80 * scale, horizon_days=110, stations={"desk": station})
    peaks, at, clear = [], [], []
    for trace in traces(model, 10):
        arrived, closed = trace.requests["arrived"], np.sort(trace.requests["closed"])
        hours = np.arange(0, 110 * 24, 2.0)
        open_now = np.searchsorted(arrived, hours, "right") - np.searchsorted(closed, hours, "right")
        peaks.append(float(open_now.max()) / scale)
        at.append(float(hours[open_now.argmax()]) / 24)
        late = hours > 50 * 24
        clear.append(float(hours[late & (open_now < 0.05 * scale)][0]) / 24)
    assert np.mean(peaks) == pytest.approx(27.1047, rel=0.02)
    assert np.mean(at) == pytest.approx(36.119, abs=3)
    assert np.mean(clear) == pytest.approx(95.912, abs=1.5)


LOOP = {"rework_probability": 0.25, "rework_work": 0.8}


def test_the_rework_loop() -> None:
    """One in four fails and takes 0.8 of its first work again: effort 1.266667 times, 1.333333 passes."""
    station = {"servers": "infinite", "service_hours": {"law": "exponential", "mean": 2.0}, "acceptance": LOOP}
    model = built(horizon_days=400, demand={"kind": "poisson", "rate_per_day": 10}, stations={"desk": station})
    assert passes(model, "desk", "change") == pytest.approx(1.333333, abs=5e-7)
    effort, number = [], []
    for trace in traces(model, 60):
        visits = trace.visits[~np.isnan(trace.visits["finished"])]
        first = visits["pass"] == 0
        effort.append(float(visits["work_hours"].sum() / visits["work_hours"][first].sum()))
        number.append(len(visits) / float(first.sum()))
        assert np.any(visits["outcome"] == REWORK)
    near(effort, 1.266667, 0.02)
    near(number, 1.333333, 0.02)


def test_two_pools_with_repair_loops() -> None:
    """Visits 0.24 / 0.9 and 0.16 / 0.75 a day; two M/M/3 queues (Jackson 1957): 12.158962 days, 4.863585 open."""

    def pool_of(kind: str, days: float, again: float) -> dict[str, Any]:
        work = {"law": "exponential", "mean": 24.0 * days}
        return {"kind": kind, "servers": 3, "service_hours": work, "acceptance": {"rework_probability": again}}

    model = built(
        horizon_days=22_000, warm_up_days=2_000, demand={"kind": "poisson", "rate_per_day": 0.4},
        stations={"inside": pool_of("in_house", 5, 0.10), "vendor": pool_of("vendor", 10, 0.25)},
        routing={"entry": {"inside": 0.6, "vendor": 0.4}},
    )  # fmt: skip
    result = run(Plan.of(model, replications=40, seed=SEED, engine="compiled")).scenarios["model"]
    runs = [one.values for one in result.runs]
    near([values["sojourn_time_hours"] / 24 for values in runs], 12.158962, 0.05)
    near([values["backlog_requests"] for values in runs], 4.863585, 0.05)
    for load, a_day in zip(result.load, (0.24 / 0.9, 0.16 / 0.75), strict=True):
        assert load.visits_per_week == pytest.approx((7 * a_day, 7 * a_day), rel=1e-6)
