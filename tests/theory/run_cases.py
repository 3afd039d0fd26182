"""Runs a file of reference cases: python -m tests.theory.run_cases FILE.

One line a case with pass, fail or unsupported, the headline metric with its interval and expectation; a summary
last. Exit status 0 only if nothing failed. The rules stand in the README beside the cases.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import multiprocessing
import os
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from changeflow.errors import InputError

from .accept import Check, Result, headline
from .analysis import prepare_analysis
from .execute import prepare, run_case
from .others import recognised, run_invariant
from .reasons import Raw, Unsupported
from .traces import run_trace, translate_trace

SEED = 20261124
QUICK = (
    "mm2-3-simmer", "sjf-mm1-50", "erla-5", "rework-mg1-det", "calendar-8of24",
    "mtginf-burst-ln", "mm1-transient-empty", "drain-backlog", "trace-balk", "trace-shift-restart",
    "trace-shift-resample", "trace-renege", "trace-np", "trace-overtime", "trace-sjf", "trace-fifo2", "ci-law",
    "inv-little", "inv-scale", "inv-seed",
)  # fmt: skip
"""A subset that covers the features and takes about a minute on two cores."""
UNREADABLE = (KeyError, TypeError, ValueError, IndexError, AttributeError)


def run_one(case: Raw, pool: Executor, engine: str, seed: int, scale: float) -> Result:
    """Run one case of any kind; never raises."""
    start = time.perf_counter()
    result = Result(str(case.get("id", "?")), str(case.get("kind")), "unsupported")
    supported, result.reason = is_supported(case)
    if supported:
        try:
            result = _run(case, pool, engine, seed, scale)
        except (Unsupported, InputError) as reason:
            result.reason = str(reason)
        except Exception as error:
            result.status, result.reason = "fail", f"broke down: {type(error).__name__}: {error}"
    result.seconds = time.perf_counter() - start
    return result


def is_supported(case: Raw) -> tuple[bool, str]:
    """Translate a case without running it: whether it can be run, and why not."""
    try:
        _prepare(case)
    except (Unsupported, InputError) as reason:
        return False, str(reason)
    except UNREADABLE as error:
        return False, f"cannot be read: {type(error).__name__} {error}"
    return True, ""


def _prepare(case: Raw) -> None:
    match case["kind"]:
        case "steady" | "transient":
            prepare(case)
        case "trace":
            with tempfile.TemporaryDirectory() as folder:
                translate_trace(case, Path(folder))
        case "analysis":
            prepare_analysis(case)
        case "invariant":
            recognised(case)
        case other:
            raise Unsupported(f"kind '{other}'")


def _run(case: Raw, pool: Executor, engine: str, seed: int, scale: float) -> Result:
    match case["kind"]:
        case "trace":
            return run_trace(case, engine)
        case "analysis":
            return prepare_analysis(case)(pool, engine, seed)
        case "invariant":
            return run_invariant(case, engine, seed)
        case _:
            return run_case(case, pool, engine, seed, scale)


def run_all(cases: Iterable[Raw], engine: str, seed: int, scale: float, workers: int) -> Iterator[Result]:
    """Run cases in their order; replications of several cases share the worker processes."""
    context = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(workers, mp_context=context, initializer=tune) as pool,
        ThreadPoolExecutor(workers + 1) as lanes,
    ):
        yield from lanes.map(partial(run_one, pool=pool, engine=engine, seed=seed, scale=scale), cases)


def tune() -> None:
    """Collect garbage seldom: what a run makes lives to its end anyway (a fifth faster)."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 5)


def read_cases(file: Path) -> list[Raw]:
    """The cases of a file; raises OSError or ValueError."""
    cases = tomllib.loads(file.read_text(encoding="utf-8"))["case"]
    if not isinstance(cases, list):
        raise TypeError("no list of cases")
    return cases


def mean_square(results: Iterable[Result]) -> tuple[float, int]:
    """Mean square of the z-scores, one metric a case, and how many there are."""
    scores = [result.z for result in results if not math.isnan(result.z)]
    return (sum(z * z for z in scores) / len(scores) if scores else math.nan), len(scores)


def line(result: Result) -> str:
    """One case in one line."""
    shown = next((check for check in result.checks if not check.ok), None) or headline(result.checks)
    text = f"{result.status:<12}{result.id:<22}"
    if result.status == "unsupported":
        return text + result.reason
    if shown:
        text += f"{_value(shown)}  "
    if not math.isnan(result.z):
        text += f"z {result.z:+.2f}  "
    text += f"{len(result.checks)} metrics, {result.runs} runs, {result.seconds:.1f} s"
    first = "first attempt: " if result.status == "pass" else ""
    return text + (f"  {first}{result.reason}" if result.reason else "")


def _value(check: Check) -> str:
    low, high = check.mean - check.half_width, check.mean + check.half_width
    return f"{check.name} {check.mean:.5g} [{low:.5g}, {high:.5g}] expected {check.expected:.5g}"


def limits(count: int) -> tuple[float, float]:
    """Bounds of the mean square of right z-scores: 0.6 to 1.75 for 70 cases, as the README has it; wider for fewer."""
    wider = math.sqrt(70 / max(count, 1))
    return max(1.1 - 0.5 * wider, 0.0), 1.1 + 0.65 * wider


def summary(results: list[Result]) -> str:
    """Counts and the mean square of the z-scores."""
    counts = Counter(result.status for result in results)
    square, count = mean_square(results)
    low, high = limits(count)
    return (
        f"{counts['pass']} passed, {counts['fail']} failed, {counts['unsupported']} unsupported; mean square z "
        f"{square:.3f} over {count} cases (expected {low:.2f} to {high:.2f} for so many, 0.6 to 1.75 for 70)"
    )


def as_json(results: list[Result]) -> str:
    """All metrics of all cases, NaN as null."""
    cases = [
        {
            "id": result.id, "kind": result.kind, "status": result.status, "reason": result.reason, "z": result.z,
            "runs": result.runs, "attempts": result.attempts, "seconds": round(result.seconds, 3),
            "metrics": [
                {
                    "metric": check.name, "value": check.mean, "half_width": check.half_width, "ok": check.ok,
                    "low": check.mean - check.half_width, "high": check.mean + check.half_width,
                    "expected": check.expected, "widest": check.widest, "z": check.z,
                }
                for check in result.checks
            ],
        }
        for result in results
    ]  # fmt: skip
    counts, (square, count) = Counter(result.status for result in results), mean_square(results)
    total = {name: counts[name] for name in ("pass", "fail", "unsupported")}
    found = {"cases": cases, "summary": total | {"mean_square_z": square, "z_scores": count}}
    return json.dumps(_finite(found), indent=2)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="tests.theory.run_cases", description=__doc__)
    parser.add_argument("file", type=Path, help="TOML file of cases")
    parser.add_argument("--engine", choices=("process", "compiled"), default="process")
    parser.add_argument("--json", action="store_true", help="everything as JSON instead of lines")
    parser.add_argument("--only", metavar="ID,ID", help="these cases alone")
    parser.add_argument("--quick", action="store_true", help="a subset that takes under a minute")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--scale", type=float, default=1.0, help="length of the measured part (runs, if transient)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    try:
        cases = read_cases(options.file)
    except (OSError, ValueError, KeyError, TypeError) as error:
        parser.error(f"{options.file}: {error}")
    wanted = options.only.split(",") if options.only else QUICK if options.quick else None
    if wanted:
        unknown = set(wanted) - {case.get("id") for case in cases}
        if unknown:
            parser.error(f"{options.file}: no case {', '.join(sorted(unknown))}")
        cases = [case for case in cases if case.get("id") in wanted]
    results = []
    for result in run_all(cases, options.engine, options.seed, options.scale, options.workers):
        results.append(result)
        if not options.json:
            print(line(result), flush=True)
    print(as_json(results) if options.json else summary(results))
    return int(any(result.status == "fail" for result in results))


if __name__ == "__main__":
    sys.exit(main())
