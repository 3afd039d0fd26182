"""The adapter to the reference cases, and exact theory of our own."""

from __future__ import annotations

import copy
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from .run_cases import SEED, is_supported, limits, mean_square, read_cases, run_all, run_one, summary

SHARED = Path(__file__).resolve().parents[3] / "shared" / "reference" / "cases.toml"
CASES = read_cases(SHARED) if SHARED.is_file() else []
needs_cases = pytest.mark.skipif(not CASES, reason="the reference cases are kept outside this repository")


@pytest.fixture(scope="module")
def pool() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as made:
        yield made


@needs_cases
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_every_shared_case_is_translated_or_refused_with_a_reason(case: dict[str, Any]) -> None:
    supported, reason = is_supported(case)
    assert supported or (reason and not reason.startswith("cannot be read"))


@needs_cases
@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_all_shared_cases() -> None:
    results = list(run_all(CASES, "compiled", SEED, 1.0, workers=2))
    assert not [result for result in results if result.status == "fail"], summary(results)
    square, count = mean_square(results)
    low, high = limits(count)
    assert count >= 33
    assert low < square < high


def case_of(rate: float, station: dict[str, Any], width: float = 0.1, **expected: float) -> dict[str, Any]:
    arrivals = [{"cls": "cr", "station": "s", "process": {"type": "poisson", "rate": rate}}]
    stations = [{"name": "s", "servers": 1, "discipline": "fifo"} | station]
    return {
        "id": "own",
        "kind": "steady",
        "model": {"arrivals": arrivals, "stations": stations},
        "expected": expected,
        "accept": {"rule": "ci", "max_rel_hw": width, "arrivals_per_rep": 6000, "warmup_arrivals": 500},
    }


ONE = {"type": "exp", "mean": 1.0}
OWN = {
    "M/M/1": case_of(0.8, {"service": ONE}, Wq=4.0, Lq=3.2, P_wait=0.8),
    "M/M/3": case_of(2.4, {"servers": 3, "service": ONE}, Wq=1.078652, P_wait=0.647191, P_wait_gt_1=0.355186),
    "M/G/1": case_of(0.6, {"service": {"type": "lognormal", "mean": 1.0, "scv": 2.0}}, width=0.12, Wq=2.25, L=1.95),
    "rework": case_of(
        0.6, {"service": ONE, "rework_probability": 0.2}, W_total=5.0, visits=1.25, Wq_visit=3.0, rho=0.75
    ),
    "overflow": case_of(1.2, {"service": ONE, "capacity": 6, "overflow_to": "v"}, **{"s.L": 3.709837}),
}
OWN["overflow"]["model"]["stations"].append({"name": "v", "servers": "infinite", "service": ONE})
OWN["overflow"]["expected"]["P_overflow"] = 0.231187


@pytest.mark.parametrize("name", OWN)
def test_exact_theory_lies_in_a_narrow_interval(name: str, pool: Executor) -> None:
    """A wrong engine fails twice; a right one fails with probability below 1e-5 (0.1 % a metric and attempt)."""
    result = run_one(OWN[name] | {"id": name}, pool, "process", SEED, 1.0)
    assert result.status == "pass", result.reason


def test_a_wrong_expectation_fails(pool: Executor) -> None:
    wrong = case_of(0.5, {"service": ONE}, width=0.3, Wq=1.3)
    wrong["accept"] |= {"arrivals_per_rep": 500, "warmup_arrivals": 100}
    result = run_one(wrong, pool, "process", SEED, 1.0)
    assert result.status == "fail"
    assert "not within" in result.reason


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (("model", "stations", 0, "discipline"), "lifo_nonpreemptive", "discipline lifo_nonpreemptive"),
        (("model", "stations", 0, "capacity"), 5, "turned away"),
        (("model", "stations", 0, "patience"), ONE, "patience"),
        (("model", "stations", 0, "service"), {"type": "pareto", "alpha": 2.0}, "pareto"),
        (("model", "stations", 0, "servers_schedule"), [[0.0, 1], [5.0, 2]], "servers and servers_schedule"),
        (("model", "arrivals", 0, "station"), "the shorter of a and b", "arrival rule"),
        (("model", "arrivals", 0, "process"), {"type": "finite_source", "population": 3}, "finite_source"),
        (("model", "weather"), "rain", "weather"),
        (("expected", "W_median"), 1.0, "W_median"),
        (("accept", "rule"), "by eye", "by eye"),
        (("model", "stations", 0), {}, "cannot be read"),
        (("kind",), "riddle", "riddle"),
    ],
)
def test_what_cannot_be_said_is_unsupported_with_its_reason(path: tuple[Any, ...], value: Any, reason: str) -> None:
    case: Any = copy.deepcopy(OWN["M/M/1"])
    here = case
    for part in path[:-1]:
        here = here[part]
    here[path[-1]] = value
    supported, why = is_supported(case)
    assert not supported
    assert reason in why


def test_two_shifts_that_rest_keep_exact_times() -> None:
    """Work of 10 from 1, closed from 5 to 9: done at 15."""
    case = {
        "id": "shift",
        "kind": "trace",
        "model": {
            "jobs": [{"id": 1, "at": 1.0, "service": 10.0}],
            "servers_schedule": [[0.0, 1], [5.0, 0], [9.0, 1]],
            "on_interrupt": "resume",
        },
        "expected": {"start": [1.0], "end": [15.0]},
        "accept": {"rule": "exact", "abs_tol": 1e-9},
    }
    result = run_one(case, None, "process", SEED, 1.0)  # type: ignore[arg-type]
    assert result.status == "pass", result.reason
