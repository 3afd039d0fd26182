"""The adapter to the reference cases, and exact theory of our own."""

from __future__ import annotations

import copy
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from changeflow.engine.jit import kernel_is_warm

from . import unfinished
from .joining import chances
from .reasons import Unsupported
from .run_cases import SEED, is_supported, limits, mean_square, read_cases, run_all, run_one, summary
from .stations import DISCIPLINES

SHARED = Path(__file__).resolve().parents[3] / "shared" / "reference" / "cases.toml"
CASES = read_cases(SHARED) if SHARED.is_file() else []
needs_cases = pytest.mark.skipif(
    not CASES, reason="the reference cases are kept beside the project (../shared/reference), not in it"
)


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
    assert count >= 55
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


def short_case(station: dict[str, Any], rates: dict[str, float], **expected: float) -> dict[str, Any]:
    """One exponential server of rate 1; classes in the order of their urgency."""
    case = case_of(1.0, {"service": ONE} | station, width=0.15, **expected)
    case["accept"] |= {"arrivals_per_rep": 2000, "warmup_arrivals": 300}
    case["model"]["arrivals"] = [
        {"cls": name, "station": "s", "priority": place, "process": {"type": "poisson", "rate": rate}}
        for place, (name, rate) in enumerate(rates.items())
    ]
    return case


JOINS = "1 if n < 3 else 0, n = number in station on arrival"
OWN |= {
    "capacity": short_case({"capacity": 3}, {"A": 1.0}, P_lost=0.25, L=1.5, W=2.0, lam_eff=0.75),
    "balking": short_case({"join_probability": JOINS}, {"A": 1.0}, P_lost=0.25, L=1.5, W=2.0, lam_eff=0.75),
    "patience": short_case({"patience": ONE}, {"A": 1.0}, P_abandon=0.367879, Wq=0.367879, rho=0.632121, L=1.0),
    "closed": short_case({}, {"A": 1.0}, L=1.2, W=1.5, lam_eff=0.8),
    "interrupting": short_case(
        {"discipline": "priority_preemptive_resume"},
        {"A": 0.3, "B": 0.3},
        **{"A.W": 1.428571, "B.W": 3.571429, "B.Wq": 2.571429},
    ),
}
OWN["closed"]["model"]["arrivals"][0]["process"] = {
    "type": "finite_source", "population": 2, "time_to_request": ONE,
}  # fmt: skip
OWN["shifts"] = short_case(
    {"servers_schedule": [[0.0, 0], [2.0, 2], [5.0, 0]], "schedule_period": 7.0, "shift_end": "preempt and resume"},
    {"A": 0.5},
    L=2.036249,
    Lq_offduty_counts_all_not_in_service=1.536249,
)
del OWN["shifts"]["model"]["stations"][0]["servers"]
"""Where the numbers come from: with rates 1 and 1 up to 3 all states are alike; M/M/1+M has Poisson numbers; the
closed one has weights 1, 2, 2; two classes by Kleinrock's formula; shifts by forward equations over a period."""


@pytest.mark.parametrize("name", OWN)
def test_exact_theory_lies_in_a_narrow_interval(name: str, pool: Executor) -> None:
    """A wrong engine fails twice; a right one fails with probability below 1e-5 (0.1 % a metric and attempt).

    The engines agree to the bit, so the faster one will do where its machine code is there.
    """
    engine = "compiled" if kernel_is_warm("all") else "process"
    result = run_one(OWN[name] | {"id": name}, pool, engine, SEED, 1.0)
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
        (("model", "stations", 0, "discipline"), "processor_sharing", "discipline processor_sharing"),
        (("model", "stations", 0, "join_probability"), "by mood", "by mood"),
        (("model", "stations", 0, "rework_priority"), "below new", "without rework_probability"),
        (("model", "stations", 0, "overflow_to"), "t", "overflow_to without capacity"),
        (("model", "stations", 0, "temper"), "bad", "temper"),
        (("model", "stations", 0, "service"), {"type": "pareto", "alpha": 2.0}, "pareto"),
        (("model", "stations", 0, "servers_schedule"), [[0.0, 1], [5.0, 2]], "servers and servers_schedule"),
        (("model", "arrivals", 0, "station"), "the shorter of a and b", "arrival rule"),
        (
            ("model", "arrivals", 0, "process"),
            {"type": "finite_source", "population": 3, "time_to_request": {"type": "det", "value": 1.0}},
            "a finite source",
        ),
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


LOW_THEN_HIGH = [
    {"id": 1, "at": 0.0, "service": 5.0, "cls": "low"},
    {"id": 2, "at": 2.0, "service": 3.0, "cls": "high"},
]
TWO = [{"id": 1, "at": 0.0, "service": 6.0}, {"id": 2, "at": 1.0, "service": 6.0}]
BACK = "preempt, excess requests return to the head of the queue and resume"
TRACES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "rests from 5 to 9": (
        {
            "jobs": [{"id": 1, "at": 1.0, "service": 10.0}],
            "servers_schedule": [[0.0, 1], [5.0, 0], [9.0, 1]],
            "on_interrupt": "resume",
        },
        {"start": [1.0], "end": [15.0]},
    ),
    "interrupted and resumed": (
        {"jobs": LOW_THEN_HIGH, "discipline": "priority_preemptive_resume"},
        {"start": [0.0, 2.0], "end": [8.0, 5.0]},
    ),
    "interrupted and begun anew": (
        {"jobs": LOW_THEN_HIGH, "discipline": "priority_preemptive_restart"},
        {"end": [10.0, 5.0], "Lq_time_integral": 3.0},
    ),
    "one leaves at 3, the latest start goes back": (
        {"jobs": TWO, "servers_schedule": [[0.0, 2], [3.0, 1], [20.0, 2]], "shift_end": BACK},
        {"start": [0.0, 1.0], "end": [6.0, 10.0], "busy_time_integral": 12.0},
    ),
    "one leaves at 3, work in hand is finished": (
        {"jobs": TWO, "servers_schedule": [[0.0, 2], [3.0, 1]], "shift_end": "finish request in hand"},
        {"end": [6.0, 7.0]},
    ),
    "the second finds it full": ({"jobs": TWO, "capacity": 1}, {"end": [6.0], "lost_id": [2], "lost_at": [1.0]}),
    "impatient and balking": (
        {"jobs": [*TWO, {"id": 3, "at": 2.0, "service": 1.0}], "patience": 4.0,
         "rule": "an arrival that finds 2 or more in station balks"},
        {"end": [6.0], "renege_id": [2], "renege_at": [5.0], "balked_id": [3]},
    ),
}  # fmt: skip


def trace_case(name: str) -> dict[str, Any]:
    model, expected = TRACES[name]
    accept = {"rule": "exact", "abs_tol": 1e-9}
    return {"id": name, "kind": "trace", "model": model, "expected": dict(expected), "accept": accept}


@pytest.mark.parametrize("name", TRACES)
def test_times_are_exact_and_others_fail(name: str) -> None:
    case = trace_case(name)
    result = run_one(case, None, "process", SEED, 1.0)  # type: ignore[arg-type]
    assert (result.status, result.reason) == ("pass", "")
    case["expected"]["end"] = [time + 0.001 for time in case["expected"]["end"]]
    assert run_one(case, None, "process", SEED, 1.0).status == "fail"  # type: ignore[arg-type]


def test_redrawn_times_are_those_given() -> None:
    """Work of 10 from 1, laid down at 5, then 20 from 9: done at 29; and the other way round, 20 and then 10."""
    model, _ = TRACES["rests from 5 to 9"]
    for service, again, end in ((10.0, 20.0, 29.0), (20.0, 10.0, 19.0)):
        case = trace_case("rests from 5 to 9")
        case["model"] = model | {"on_interrupt": "resample", "resampled_service": again}
        case["model"]["jobs"] = [{"id": 1, "at": 1.0, "service": service}]
        case["expected"] = {"end": [end]}
        result = run_one(case, None, "process", SEED, 1.0)  # type: ignore[arg-type]
        assert (result.status, result.reason) == ("pass", "")


def test_chances_to_join_follow_the_formula() -> None:
    meaning = ", n = number in station on arrival"
    assert chances("1/(n+1)" + meaning, "s")[:3] == [1.0, 0.5, 1 / 3]
    assert chances("max(0, 1 - n / 4)" + meaning, "s") == [1.0, 0.75, 0.5, 0.25, 0.0]
    for wrong in ("1/(n+1)", "__import__('os')" + meaning, "1/n" + meaning, "n +" + meaning):
        with pytest.raises(Unsupported):
            chances(wrong, "s")


def test_a_discipline_that_wastes_work_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = "the total unfinished work at every time is the same under FIFO and LIFO"
    case = OWN["M/M/1"] | {"id": "own", "kind": "invariant", "expected": {"rule": rule}, "accept": {}}
    monkeypatch.setattr(unfinished, "PATHS", 1)
    assert run_one(case, None, "process", SEED, 1.0).status == "pass"  # type: ignore[arg-type]
    monkeypatch.setitem(DISCIPLINES, "lifo_nonpreemptive", {"discipline": "lifo", "speed": 0.99})
    assert run_one(case, None, "process", SEED, 1.0).status == "fail"  # type: ignore[arg-type]
