"""Selection cases: KN on runs of our own engine, again and again; good selections are counted."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial

import numpy as np

from changeflow.measure.records import Floats
from changeflow.study.selection.kim_nelson import kim_nelson
from changeflow.study.selection.procedure import Zone, select

from .accept import Check, Result
from .execute import prepare, run_chunk, seed_of, window_of
from .reasons import Raw, Unsupported, number, only

WARM_UP, ARRIVALS = 300, 1200
"""Of one replication. Its mean's error is what the procedure sees; longer runs only shift work from many to few."""
FIRST = 10
BATCH = 5
MACROS_PER_TASK = 5
TERM = re.compile(r"(?:([\d.]+)\s*\*\s*)?([A-Za-z]\w*)$")


def prepare_selection(case: Raw) -> Callable[[Executor, str, int], Result]:
    """Read a case about selecting the best of several systems; Unsupported where that cannot be done."""
    model, expected, accept = case["model"], case["expected"], case["accept"]
    only(model, {"systems", "cost", "indifference", "pcs"}, "model")
    only(expected, {"cost", "best_index"}, "expected")
    if accept.get("rule") != "pcs":
        raise Unsupported(f"acceptance rule '{accept.get('rule')}'")
    costs = [number(cost, "cost") for cost in expected["cost"]]
    if len(costs) != len(model["systems"]) or costs[expected["best_index"]] != min(costs):
        raise Unsupported("costs that contradict systems or best_index")
    for system in model["systems"]:
        prepare(_as_case(case, system))
    return partial(_run, case, costs)


def cost_terms(text: str) -> list[tuple[float, str]]:
    """A sum such as 'c + 2 * Lq' as factors and names; c is the number of servers."""
    terms = []
    for part in text.split("+"):
        match = TERM.match(part.strip())
        if not match:
            raise Unsupported(f"cost '{text}'")
        terms.append((float(match[1] or 1.0), match[2]))
    return terms


def _as_case(case: Raw, system: Raw) -> Raw:
    """One system as a steady case that measures what its cost needs."""
    if len(system["stations"]) != 1:
        raise Unsupported("a system of more than one station")
    names = [name for _, name in cost_terms(case["model"]["cost"]) if name != "c"]
    accept = {"rule": "ci", "warmup_arrivals": WARM_UP, "arrivals_per_rep": ARRIVALS}
    return {
        "id": case["id"], "kind": "steady", "model": system, "expected": dict.fromkeys(names, 0.0), "accept": accept,
    }  # fmt: skip


def choices(case: Raw, engine: str, seed: int, macros: range) -> list[tuple[int, int]]:
    """The system that KN chose in each macro-run, and its replications in all. Runs in a worker process."""
    model = case["model"]
    zone = Zone(len(model["systems"]), model["indifference"], model["pcs"], FIRST)
    found = []
    for macro in macros:
        selection = select(kim_nelson(zone, batch=BATCH), partial(_costs, case, engine, seed_of(seed, "macro", macro)))
        found.append((selection.best, sum(selection.replications)))
    return found


def _costs(case: Raw, engine: str, seed: int, system: int, first: int, last: int) -> Floats:
    """Costs of a system's replications; one seed for all systems, so they meet the same requests."""
    single = _as_case(case, case["model"]["systems"][system])
    window = window_of(single, prepare(single), 1.0)
    values = run_chunk(single, engine, seed, range(first, last), window)
    values["c"] = [float(single["model"]["stations"][0]["servers"])] * (last - first)
    total = np.zeros(last - first)
    for factor, name in cost_terms(case["model"]["cost"]):
        total += factor * np.array(values[name])
    return total


def _run(case: Raw, costs: list[float], pool: Executor, engine: str, seed: int) -> Result:
    macros, least = int(case["accept"]["macro_reps"]), int(case["accept"]["min_correct"])
    own = seed_of(seed, case["id"], 0)
    parts = [range(first, min(first + MACROS_PER_TASK, macros)) for first in range(0, macros, MACROS_PER_TASK)]
    tasks = [pool.submit(choices, case, engine, own, part) for part in parts]
    found = [one for task in tasks for one in task.result()]
    good = sum(costs[best] <= min(costs) + case["model"]["indifference"] for best, _ in found)
    enough = good >= least
    check = Check(f"good selections of {macros}", good, 0.0, good if enough else least, 0.0, math.nan)
    reason = "" if enough else f"{good} good selections of {macros}, expected at least {least}"
    runs = sum(replications for _, replications in found)
    return Result(case["id"], case["kind"], "pass" if enough else "fail", reason, [check], runs=runs, attempts=1)
