"""Runs steady and transient cases: replications over two processes, longer where the interval is too wide."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import Tables, compile_tables

from .accept import Check, Result, headline, judge, missed
from .metrics import metric
from .reasons import Raw, Unsupported
from .steady import QUANTILE
from .transient import last_time
from .translate import Setup, check_case, translate
from .view import Floats, view_of

BUDGET = 10
"""A too wide interval may cost this many times the planned replications before it counts as a miss."""
MARGIN = 1.3
"""More replications than the width asks for, so that one extension is nearly always enough."""
WARM_UPS = 4
"""The measured part is at least this many warm-ups long: below that, warm-up is most of the cost."""
LONGER = 4
TRIES = 12
LONGER_FOR_SHAPE = 2
SPREAD_ARRIVALS = 40_000
"""A replication's quantile or spread is biased in a short one, which more replications would not mend."""
RUNS_PER_TASK = {"steady": 1, "transient": 250}
DEFAULT_ARRIVALS, DEFAULT_WARM_UP = 20_000, 2_000
TAIL_ARRIVALS = 100
SPAN_OF_A_STOP = 2.0


@dataclass(frozen=True, slots=True)
class Window:
    """Measured from begin to end, simulated up to the horizon at least; in the case's unit."""

    begin: float
    end: float
    horizon: float


def seed_of(seed: int, case: str, attempt: int) -> int:
    """A seed of its own for every case and attempt: their errors are independent."""
    return int.from_bytes(hashlib.blake2b(f"{seed}/{case}/{attempt}".encode(), digest_size=7).digest(), "little")


def prepare(case: Raw) -> Setup:
    """Translate a case and find its metrics; raises Unsupported."""
    check_case(case)
    rule = case["accept"].get("rule", "ci")
    if rule != "ci":
        raise Unsupported(f"acceptance rule '{rule}'")
    names = list(case["expected"])
    transient = case["kind"] == "transient"
    setup = translate(case)
    for name in names:
        metric(name, setup, case["kind"])
    if not transient:
        _goes_on(case, setup)
    setup.model(window_of(case, setup, 1.0).horizon)
    return setup


def _goes_on(case: Raw, setup: Setup) -> None:
    """Refuse long-run values of what has no long run."""
    processes = [table["process"] for table in case["model"]["arrivals"]]
    if any(process["type"] == "nhpp_piecewise" and "period" not in process for process in processes):
        raise Unsupported("a long-run value of arrivals that end")
    if not setup.stations:
        raise Unsupported("a long-run value without a station")


def window_of(case: Raw, setup: Setup, length: float) -> Window:
    """What to simulate; `length` multiplies the measured part."""
    if case["kind"] == "transient":
        reach = last_time(list(case["expected"])) or (setup.edges[-1] if setup.edges else 0.0)
        if not reach:  # a stopping time; runs that have not stopped are done again, longer
            reach = SPAN_OF_A_STOP * max(map(float, case["expected"].values()))
        return Window(0.0, reach, reach * 1.001)
    accept = case["accept"]
    before = accept.get("warmup_arrivals", DEFAULT_WARM_UP)
    warm_up = before / setup.rate
    planned = max(accept.get("arrivals_per_rep", DEFAULT_ARRIVALS), WARM_UPS * before)
    names = [name.rpartition(".")[2] for name in case["expected"]]
    spread = any(name.startswith("sd_") for name in names)
    if spread or any(map(QUANTILE.match, names)):
        planned = max(LONGER_FOR_SHAPE * planned, SPREAD_ARRIVALS if spread else 0)
    measured = planned * length / setup.rate
    if setup.period:
        warm_up, measured = (setup.period * math.ceil(part / setup.period) for part in (warm_up, measured))
    end = warm_up + measured
    return Window(warm_up, end, end + 0.02 * measured + TAIL_ARRIVALS / setup.rate + 2 * setup.period)


def run_chunk(case: Raw, engine: str, seed: int, replications: Sequence[int], window: Window) -> dict[str, list[float]]:
    """Some replications of a case: one number a replication for each metric. Runs in a worker process."""
    setup = translate(case)
    functions = {name: metric(name, setup, case["kind"]) for name in case["expected"]}
    book: dict[int, Tables] = {}
    rows = [_one(setup, book, engine, seed, number, window, functions, case["kind"]) for number in replications]
    return {name: [row[name] for row in rows] for name in functions}


def _one(setup: Setup, book: dict[int, Tables], engine: str, seed: int, number: int, window: Window, functions, kind):  # type: ignore[no-untyped-def]
    """One replication, simulated again with a later horizon while something measured is still under way."""
    for tries in range(TRIES):
        if tries not in book:
            tail = (window.horizon - window.end) if kind == "steady" else window.horizon
            book[tries] = compile_tables(setup.model(window.horizon + (2**tries - 1) * tail))
        trace = simulate(book[tries], seed=seed, replication=number, engine=engine)
        view = view_of(trace, setup.hours, window.begin, window.end)
        if kind == "steady" and not view.settled:
            continue
        row = {name: function(view) for name, function in functions.items()}
        if kind == "transient" and any(map(math.isnan, row.values())):
            continue
        return row
    raise Unsupported("requests that never leave")


def run_case(case: Raw, pool: Executor, engine: str, seed: int, scale: float) -> Result:
    """Run a steady or transient case under the acceptance rule."""
    result = Result(case["id"], case["kind"], "fail")
    setup = prepare(case)
    transient = case["kind"] == "transient"
    runs = max(int(case["accept"].get("min_reps", 4000 if transient else 30)), 30)
    if transient:
        runs = max(round(runs * scale), 30)
    for attempt in range(2):
        longer = LONGER**attempt
        window = window_of(case, setup, 1.0 if transient else scale * longer)
        planned = runs * longer if transient else runs
        checks, done, z = _attempt(case, pool, engine, seed_of(seed, case["id"], attempt), planned, window)
        result.checks, result.runs, result.attempts = checks, done, attempt + 1
        if attempt == 0:
            result.z = z
        if all(check.ok for check in checks):
            result.status = "pass"
            return result
        result.reason = missed(checks)
    return result


def _attempt(
    case: Raw, pool: Executor, engine: str, seed: int, planned: int, window: Window
) -> tuple[list[Check], int, float]:
    """Replications until the intervals are narrow or the budget is spent; the width alone decides.

    The z-score is of the planned replications alone: stopping at a narrow interval favours small spreads,
    which would make scores too large.
    """
    values: dict[str, Floats] = {name: np.zeros(0) for name in case["expected"]}
    done, wanted, z = 0, planned, math.nan
    while True:
        step = RUNS_PER_TASK[case["kind"]]
        parts = [range(first, min(first + step, wanted)) for first in range(done, wanted, step)]
        tasks = [pool.submit(run_chunk, case, engine, seed, part, window) for part in parts]
        for task in tasks:
            for name, found in task.result().items():
                values[name] = np.concatenate([values[name], found])
        checks = judge(values, case)
        if not done and (shown := headline(checks)):
            z = shown.z
        done = wanted
        wide = max((c.half_width / c.widest if c.widest else math.inf for c in checks if not c.narrow), default=0.0)
        if not wide or done >= BUDGET * planned or math.isinf(wide) or math.isnan(wide):
            return checks, done, z
        wanted = min(math.ceil(done * wide**2 * MARGIN), BUDGET * planned)
