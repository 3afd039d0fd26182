"""Generated models, from very small to fairly awkward; ties are frequent on purpose."""

from __future__ import annotations

import pickle
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import Tables, compile_tables
from changeflow.engine.trace import Trace
from changeflow.measure.trace.checks import check_trace
from changeflow.model.reading import build_model
from changeflow.model.schema import Model
from tests.engines import ENGINES, by_request
from tests.parity.compare import difference
from tests.strategies import sampled

Raw = dict[str, Any]

LAW = settings(derandomize=True, deadline=None, database=None, max_examples=50, suppress_health_check=list(HealthCheck))
"""The same examples at every run; no clock decides."""

MONDAY = date(2026, 1, 5)
OFFICE = {"days": ["mon", "tue", "wed", "thu", "fri"], "hours": ["09:00-12:00", "13:00-17:00"]}

works = sampled(
    [
        1.0,
        0.0,
        2.5,
        {"law": "exponential", "mean": 1.5},
        {"law": "uniform", "low": 0.0, "high": 4.0},
        {"law": "triangular", "low": 0.0, "mode": 1.0, "high": 4.0},
        {"law": "weibull", "shape": 0.7, "scale": 1.5},
        {"law": "discrete", "values": [0.0, 1.0, 6.0], "shares": [0.25, 0.5, 0.25]},
        {"law": "empirical", "values": [0.5, 1.0, 1.0, 3.0]},
    ]
)
"""Laws whose values are scaled by a power of two to the bit."""

BATCH = {"law": "discrete", "values": [1, 4], "shares": [0.5, 0.5]}
arrivals = sampled(
    [
        {"kind": "renewal", "interarrival_hours": 1.0},
        {"kind": "renewal", "interarrival_hours": {"law": "exponential", "mean": 1.0}},
        {"kind": "poisson", "rate_per_day": 20.0},
        {
            "kind": "poisson",
            "rate_per_hour": 0.25,
            "batch": BATCH,
        },
        {"kind": "piecewise", "edges_days": [0.0, 1.0, 2.0, 6.0], "rates_per_day": [48.0, 0.0, 12.0]},
        {"kind": "go_live", "misfits_per_100_users": 60.0, "fit": 0.25, "time_days": 2.0},
    ]
)

acceptances = st.fixed_dictionaries(
    {
        "rework_probability": sampled([0.0, 0.3, {"plain": 0.2, "odd": 0.6}]),
        "rework_work": sampled(["fresh", 0.5]),
        "max_attempts": sampled([1, 2, 4]),
        "at_limit": sampled(["done", "withdrawn"]),
    }
)


@st.composite
def stations(draw: st.DrawFn, calendars: tuple[str, ...]) -> Raw:
    """A station with anything that a station may have."""
    station: Raw = {
        "kind": draw(sampled(["in_house", "vendor"])),
        "servers": draw(sampled([1, 2, 3, "infinite"])),
        "service_hours": draw(works),
        "speed": draw(sampled([1.0, 2.0])),
        "availability": draw(sampled([1.0, 0.5])),
        "openness": draw(sampled([1.0, 0.6])),
        "calendar": draw(sampled(calendars)),
    }
    if draw(st.booleans()):
        station["acceptance"] = draw(acceptances)
    if draw(st.booleans()):
        station["intake_delay_hours"] = draw(sampled([1.0, {"law": "exponential", "mean": 2.0}]))
    return station


@st.composite
def systems(draw: st.DrawFn, *, calendars: tuple[str, ...] = ("always", "office")) -> Raw:
    """The raw tables of a model: one to three stations, one or two sources, any routing."""
    names = ["a", "b", "c"][: draw(st.integers(1, 3))]
    prefer = draw(st.permutations(names))
    entry: Any = {"rule": "open_first", "prefer": prefer}
    if draw(st.booleans()):
        entry["overflow_beyond"] = draw(st.integers(0, 2))
    entry = draw(sampled([entry, prefer[0], {prefer[0]: 0.5, "refused": 0.5}]))
    following = {}
    for early, late in pairwise(names):
        following[early] = draw(sampled(["done", late, {early: 0.25, late: 0.25, "done": 0.5}]))
    return {
        "title": "generated",
        "go_live": MONDAY,
        "horizon_days": draw(sampled([4.0, 6.5])),
        "open_today": draw(st.integers(0, 3)),
        "weeks_since_go_live": draw(sampled([0.0, 0.0, 0.125])),
        "categories": {"plain": {"share": 0.75}, "odd": {"share": 0.25}},
        "calendars": {"office": OFFICE},
        "demand": {"sources": {f"source-{n}": draw(arrivals) for n in range(draw(st.integers(1, 2)))}},
        "stations": {name: draw(stations(calendars)) for name in names},
        "routing": {"entry": entry, "next": following},
    }


def built(raw: Raw) -> Model:
    """The checked model."""
    return build_model(raw, file=Path("generated.toml"), shown="generated.toml")


def tables_of(raw: Raw) -> Tables:
    """The compiled model, made once for all who ask for the same: tables never change."""
    return _tables(pickle.dumps(raw))


@lru_cache(maxsize=256)
def _tables(raw: bytes) -> Tables:
    return compile_tables(built(pickle.loads(raw)))


def run(raw: Raw, *, seed: int = 1, replication: int = 0) -> Trace:
    """One replication of a generated model by every engine; whatever holds of it holds of all, for it is the same."""
    tables = tables_of(raw)
    traces = [by_request(simulate(tables, seed=seed, replication=replication, engine=engine)) for engine in ENGINES]
    for engine, trace in zip(ENGINES[1:], traces[1:], strict=True):
        assert not difference(traces[0], trace), engine
    return traces[0]


def left_at(rows: np.ndarray, column: str, end: float) -> np.ndarray:
    """A column of times, with the end of the run for 'not yet'."""
    return np.where(np.isnan(rows[column]), end, rows[column])


def assert_areas_are_sums_of_stays(trace: Trace) -> None:
    """Little's law with the integrals that the engine kept itself; a stay in the queue may end without a start."""
    check_trace(trace)
    rows = trace.visits[~np.isnan(trace.visits["joined"])]
    left = left_at(rows, "finished", trace.end)
    started = np.where(np.isnan(rows["started"]), left, rows["started"])
    for place in range(len(trace.stations)):
        mine = rows["station"] == place
        assert trace.in_station[place] == pytest.approx((left - rows["joined"])[mine].sum(), abs=1e-7)
        assert trace.in_queue[place] == pytest.approx((started - rows["joined"])[mine].sum(), abs=1e-7)
        assert trace.in_service[place] == pytest.approx((left - started)[mine].sum(), abs=1e-7)
