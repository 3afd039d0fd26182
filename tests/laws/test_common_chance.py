"""Common random numbers: a request's luck is its own, whatever route it takes and whoever else is there."""

from copy import deepcopy

import numpy as np
import pytest

from changeflow.engine.simulate import simulate
from changeflow.engine.trace import Trace
from changeflow.study.scenarios.routes import along_route
from tests.laws.systems import Raw, built, run

EXPONENTIAL = {"law": "exponential", "mean": 4.0}


def both() -> Raw:
    """Power users first, the vendor for what overflows: one stage, different delays, rework at both."""
    acceptance = {"rework_probability": 0.4, "max_attempts": 5}
    return {
        "title": "both",
        "horizon_days": 60.0,
        "categories": {"easy": {"share": 0.6}, "hard": {"share": 0.4}},
        "demand": {"kind": "poisson", "rate_per_day": 6.0},
        "stations": {
            "inside": {
                "servers": 2, "stage": "change", "service_hours": EXPONENTIAL, "openness": 0.7,
                "acceptance": acceptance,
            },
            "vendor": {
                "servers": 1, "stage": "change", "service_hours": EXPONENTIAL, "kind": "vendor", "speed": 2.0,
                "intake_delay_hours": 8.0, "acceptance": acceptance,
            },
        },
        "routing": {"entry": {"rule": "open_first", "prefer": ["inside", "vendor"], "overflow_beyond": 1}},
    }  # fmt: skip


def work_by_pass(trace: Trace, speeds: dict[str, float]) -> dict[tuple[int, int, int], float]:
    """(key, stage, pass) -> reference hours."""
    keys = trace.requests["key"]
    return {
        (int(keys[row["request"]]), int(row["stage"]), int(row["pass"])): row["work_hours"]
        * speeds[trace.stations[row["station"]]]
        for row in trace.visits
    }


def test_a_request_has_the_same_work_along_every_route(engine: str) -> None:
    """And on every further pass, if it comes to one: vendor, power users or both."""
    model = built(both())
    found = {}
    for route in ("vendor", "power_users", "both"):
        trace = simulate(along_route(model, route), seed=4, replication=0, engine=engine)
        found[route] = work_by_pass(trace, {"inside": 1.0, "vendor": 2.0})
    for one, other in (("vendor", "power_users"), ("vendor", "both"), ("power_users", "both")):
        common = found[one].keys() & found[other].keys()
        assert sum(entry > 0 for _, _, entry in common) > 20
        assert all(found[one][key] == found[other][key] for key in common)


def test_a_delivery_of_a_pass_is_accepted_or_not_along_every_route(engine: str) -> None:
    """Equal probabilities at both stations: a request needs the same number of attempts wherever it goes."""
    model = built(both())
    attempts = []
    for route in ("vendor", "power_users"):
        trace = simulate(along_route(model, route), seed=4, replication=0, engine=engine)
        closed = ~np.isnan(trace.requests["closed"])
        counts = np.bincount(trace.visits["request"], minlength=len(trace.requests))
        attempts.append({int(trace.requests["key"][n]): counts[n] for n in np.flatnonzero(closed) if counts[n]})
    common = attempts[0].keys() & attempts[1].keys()
    assert len(common) > 50
    assert all(attempts[0][key] == attempts[1][key] for key in common)


@pytest.mark.parametrize(
    "change",
    [
        {"stations.inside.servers": 9},
        {"stations.vendor.acceptance.rework_probability": 0.0},
        {"routing.entry.overflow_beyond": 30},
        {"stations.inside.openness": 0.1},
    ],
)
def test_who_is_there_changes_nothing_in_what_is_asked(engine: str, change: dict[str, float]) -> None:
    """Arrival, key, category and difficulty of every request are the same in every scenario."""
    model = built(both())
    one = simulate(model, seed=4, replication=2, engine=engine).requests
    other = simulate(model.with_(change), seed=4, replication=2, engine=engine).requests
    for column in ("key", "arrived", "category", "difficulty", "source"):
        assert np.array_equal(one[column], other[column])


def series(first_stage: str, second_stage: str) -> Raw:
    """Two infinite stations one after the other: all times are luck."""
    return {
        "title": "series",
        "horizon_days": 250.0,
        "demand": {"kind": "poisson", "rate_per_day": 20.0},
        "stations": {
            "first": {"servers": "infinite", "stage": first_stage, "service_hours": EXPONENTIAL},
            "second": {"servers": "infinite", "stage": second_stage, "service_hours": EXPONENTIAL},
        },
        "routing": {"entry": "first", "next": {"first": "second"}},
    }


@pytest.mark.parametrize(("first", "second"), [("analysis", "build"), ("change", "change")])
def test_successive_stays_are_independent(first: str, second: str) -> None:
    """
    Work at the first and at the second station, some 5,000 requests: the correlation of independent exponentials
    has standard error 1 / sqrt(n), so 4 of them are a false alarm of 1 in 16,000 (the seed is fixed).
    """
    trace = run(series(first, second))
    counts = np.bincount(trace.visits["request"])
    work = trace.visits["work_hours"][np.isin(trace.visits["request"], np.flatnonzero(counts == 2))].reshape(-1, 2)
    assert len(work) > 4000
    assert abs(np.corrcoef(work.T)[0, 1]) < 4 / np.sqrt(len(work))


def test_luck_hangs_on_the_name_of_the_stage_not_on_its_place_in_the_file() -> None:
    raw = series("analysis", "build")
    turned = deepcopy(raw)
    turned["stations"] = dict(reversed(list(raw["stations"].items())))
    turned["demand"], turned["horizon_days"] = raw["demand"], 20.0
    raw["horizon_days"] = 20.0
    one, other = run(raw), run(turned)
    for column in ("work_hours", "started", "finished"):
        assert np.array_equal(one.visits[column], other.visits[column], equal_nan=True)


def test_every_uniform_of_a_request_is_its_own() -> None:
    """Gap, category, difficulty, quality, work, delay, next work: no two are correlated over 5,000 requests."""
    raw = series("analysis", "build")
    law = {"law": "uniform", "low": 0.0, "high": 1.0}
    raw["categories"] = {"one": {"share": 1.0, "specification_quality": law}}
    raw["stations"]["first"] |= {"service_hours": law, "intake_delay_hours": law}
    raw["stations"]["second"]["service_hours"] = law
    trace = run(raw)
    second = trace.visits[trace.visits["visit"] == 1]
    requests = trace.requests[second["request"]]
    first = trace.visits[(trace.visits["visit"] == 0) & np.isin(trace.visits["request"], second["request"])]
    gaps = np.diff(trace.requests["arrived"], prepend=0.0)[second["request"]]
    columns = [
        np.exp(-gaps * 20 / 24), requests["difficulty"], requests["quality"], first["work_hours"],
        first["joined"] - first["entered"], second["work_hours"],
    ]  # fmt: skip
    correlations = np.corrcoef(columns)[np.triu_indices(len(columns), k=1)]
    assert np.abs(correlations).max() < 4.5 / np.sqrt(len(second))
    for column in columns:  # uniform: mean 1/2, variance 1/12
        assert abs(column.mean() - 0.5) < 4.5 / np.sqrt(12 * len(second))
