"""The adapter for analysis cases: what it reads, what it refuses, and that wrong expectations fail."""

from __future__ import annotations

import copy
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from typing import Any

import pytest

from changeflow.engine.jit import kernel_is_warm

from .reasons import Unsupported
from .run_cases import SEED, is_supported, run_one
from .selecting import cost_terms


@pytest.fixture(scope="module")
def pool() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as made:
        yield made


def case_of(model: dict[str, Any], rule: dict[str, Any] | None = None, **expected: Any) -> dict[str, Any]:
    accept = rule or {"rule": "exact", "rel_tol": 1e-4}
    return {"id": "own", "kind": "analysis", "model": model, "expected": expected, "accept": accept}


RAMP = [0, 2, 4, 6, 8, 10, 9, 11, 10, 9, 11, 10, 10, 9, 11, 10, 9, 11, 10, 10]
OWN = {
    "interval": case_of({"data": [1.2, 0.8, 1.6, 1.1, 0.9], "conf": 0.95}, mean=1.12, half_width=0.386714),
    "never precise": case_of({"data": [1.0, 5.0, 9.0], "conf": 0.9, "rel": 0.01}, n=-1),
    "single values": case_of({"data": RAMP, "batch": 1}, truncate_batches=5, truncate_observations=5),
    "Rinott": case_of({"k": 5, "n0": 10, "p_star": 0.95}, h=3.6926),
    "KN": case_of({"k": 10, "n0": 20, "alpha": 0.05}, h2=11.511485),
    "the most": case_of(
        {"means": [-1.0, -2.0, -3.0], "sds": [1.0, 1.0, 3.0], "minimise": False}, fraction=[5 / 18, 4 / 18, 0.5]
    ),
}


@pytest.mark.parametrize("name", OWN)
def test_known_values_pass_and_others_fail(name: str) -> None:
    case = copy.deepcopy(OWN[name])
    result = run_one(case, None, "process", SEED, 1.0)  # type: ignore[arg-type]
    assert (result.status, result.reason) == ("pass", "")
    last = list(case["expected"])[-1]
    value = case["expected"][last]
    case["expected"][last] = [*value[:-1], value[-1] * 1.001] if isinstance(value, list) else value * 1.001
    result = run_one(case, None, "process", SEED, 1.0)  # type: ignore[arg-type]
    assert result.status == "fail"
    assert last in result.reason


def staffing(*servers: int, cost: str = "c + 2 * Lq", best: int = 1, costs: tuple[float, ...]) -> dict[str, Any]:
    arrivals = [{"cls": "cr", "station": "s", "process": {"type": "poisson", "rate": 1.0}}]
    one = {"name": "s", "discipline": "fifo", "service": {"type": "exp", "mean": 0.8}}
    systems = [{"arrivals": arrivals, "stations": [one | {"servers": c}]} for c in servers]
    model = {"systems": systems, "cost": cost, "indifference": 0.8, "pcs": 0.9}
    rule = {"rule": "pcs", "macro_reps": 4, "min_correct": 4}
    return case_of(model, rule, cost=list(costs), best_index=best)


TRUTH = (1 + 2 * 3.2, 2 + 2 * 0.152381, 4 + 2 * 0.0024)  # M/M/1, M/M/2 and (nearly) M/M/4 at load 0.8


def test_good_selections_are_counted(pool: Executor) -> None:
    """The same runs against costs that are not theirs: every selection is a bad one."""
    engine = "compiled" if kernel_is_warm("all") else "process"
    result = run_one(staffing(1, 2, 4, costs=TRUTH), pool, engine, SEED, 1.0)
    assert (result.status, result.checks[0].mean) == ("pass", 4)
    assert result.runs >= 4 * 3 * 10
    turned = run_one(staffing(1, 2, 4, best=2, costs=(7.4, 4.0, 2.3)), pool, engine, SEED, 1.0)
    assert turned.status == "fail"
    assert turned.reason == "0 good selections of 4, expected at least 4"


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (case_of({"data": RAMP}, lag=3), "no function for lag from data"),
        (case_of({"k": 3, "n0": 10, "p_star": 0.9, "shape": 1}, h1=2.0), "model: shape"),
        (case_of({"k": 3, "n0": 10, "p_star": 0.9}, rule={"rule": "by eye"}, h1=2.0), "by eye"),
        (staffing(1, 2, costs=(7.4, 2.3), best=0), "contradict"),
        (staffing(1, 2, costs=(7.4, 2.3), cost="c ^ 2"), "cost 'c ^ 2'"),
        (staffing(1, 2, costs=(7.4, 2.3), cost="c + fun"), "fun"),
    ],
)
def test_what_cannot_be_analysed_is_unsupported(case: dict[str, Any], reason: str) -> None:
    supported, why = is_supported(case)
    assert not supported
    assert reason in why


def test_costs_are_sums() -> None:
    assert cost_terms("c + 2 * Lq") == [(1.0, "c"), (2.0, "Lq")]
    assert cost_terms("10 * c+100*Wq") == [(10.0, "c"), (100.0, "Wq")]
    with pytest.raises(Unsupported):
        cost_terms("c - Lq")
