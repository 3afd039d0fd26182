"""Who takes part, the rounds, and the checks of every engine's answers."""

from __future__ import annotations

import json
import math
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import engine_c
from work import EXACT, LAWS

HERE = Path(__file__).resolve().parent
LONG = 200_000
"""From this many hours on a run that starts empty has the exact means within its error."""
MEASURES = ("wait_a", "wait_b", "backlog")
AT_MOST_ERRORS = 5.0


@dataclass(frozen=True)
class Engine:
    """A row of the table: which module runs it, with what settings, and how long a run is."""

    name: str
    title: str
    module: str
    hours: int
    settings: dict[str, str] = field(default_factory=dict)
    laws: tuple[str, ...] = LAWS


ENGINES = (
    Engine("salabim", "salabim", "engine_salabim", 3_000),
    Engine("ciw", "Ciw", "engine_ciw", 5_000),
    Engine("simmer", "simmer (R)", "engine_simmer", 20_000),
    Engine("simpy", "SimPy, idiomatic", "engine_simpy", 30_000),
    Engine("process", "changeflow, process engine", "engine_changeflow", 20_000, {"engine": "process"}),
    Engine("cimba", "Cimba", "engine_cimba", 200_000),
    Engine("compiled", "changeflow, compiled engine", "engine_changeflow", 400_000, {"engine": "compiled"}),
    Engine(
        "compiled_stream",
        "changeflow, compiled, streaming",
        "engine_changeflow",
        400_000,
        {"engine": "compiled", "mode": "stream"},
    ),
    Engine("c_trace", "C, same law, whole trace", "engine_c", 400_000, {"program": "c_law", "mode": "trace"}),
    Engine("c_law", "C, same law, records", "engine_c", 400_000, {"program": "c_law", "mode": "records"}),
    Engine("c_law_stream", "C, same law, streaming", "engine_c", 400_000, {"program": "c_law", "mode": "stream"}),
    Engine("c_free", "C, free, records", "engine_c", 400_000, {"program": "c_free", "mode": "records"}),
    Engine("c_free_stream", "C, free, streaming", "engine_c", 400_000, {"program": "c_free", "mode": "stream"}),
)


def _richest(engine: str, years: int, hours: int) -> Engine:
    """The richest archetype; 0 hours: as shipped."""
    name = f"rich_{engine}" + ("_long" if hours else "")
    return Engine(name, f"{engine}, {years} years", "engine_changeflow", hours, {"engine": engine}, ("richest",))


LONG_YEARS = 300
RICHEST = tuple(
    _richest(engine, years, hours)
    for years, hours in ((3, 0), (LONG_YEARS, LONG_YEARS * 8760))
    for engine in ("process", "compiled")
)


@dataclass
class Outcome:
    """What an engine did under one law: one row of numbers a round, or why there is none."""

    engine: Engine
    law: str
    rows: list[dict[str, float]] = field(default_factory=list)
    reason: str = ""

    @property
    def rates(self) -> list[float]:
        """Requests per second of processor time, by round."""
        return [row["requests"] / row["seconds"] for row in self.rows]


class Worker:
    """An engine in a process of its own, waiting for its turns."""

    def __init__(self, engine: Engine) -> None:
        command = [sys.executable, str(HERE / "worker.py"), engine.module, json.dumps(engine.settings)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.engine = engine

    def turn(self, law: str, hours: int, seed: int) -> dict[str, float | str]:
        """One run."""
        source, sink = _pipes(self._process)
        try:
            sink.write(json.dumps({"law": law, "hours": hours, "seed": seed}) + "\n")
            sink.flush()
            line = source.readline()
        except BrokenPipeError:
            line = ""
        return dict(json.loads(line)) if line else {"error": f"its process ended with code {self._process.wait()}"}

    def end(self) -> None:
        """Close its input, which ends it."""
        _pipes(self._process)[1].close()
        self._process.wait()


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    if process.stdout is None or process.stdin is None:
        raise RuntimeError("no pipes")
    return process.stdout, process.stdin


def play(
    engines: Iterable[Engine], rounds: int, shrink: int, tell: Callable[[str], None]
) -> dict[tuple[str, str], Outcome]:
    """Every engine in turn under every law, again and again; keyed by engine and law."""
    workers = [Worker(engine) for engine in engines]
    outcomes = {(w.engine.name, law): Outcome(w.engine, law) for w in workers for law in w.engine.laws}
    try:
        for number in range(rounds):
            for law in (*LAWS, "richest"):
                for worker in workers:
                    outcome = outcomes.get((worker.engine.name, law))
                    if outcome is None or outcome.reason:
                        continue
                    row = worker.turn(law, worker.engine.hours // shrink, 101 + number)
                    if "error" in row:
                        outcome.reason = str(row["error"])
                        tell(f"{worker.engine.title} ({law}): {outcome.reason}")
                    else:
                        outcome.rows.append({name: float(value) for name, value in row.items()})
            tell(f"round {number + 1} of {rounds}")
    finally:
        for worker in workers:
            worker.end()
    return outcomes


@dataclass(frozen=True)
class Check:
    """One mean of one engine against what it should be."""

    engine: str
    law: str
    measure: str
    found: float
    expected: float
    error: float
    """Standard error of found - expected."""
    against: str

    @property
    def errors_away(self) -> float:
        """The distance in standard errors."""
        return (self.found - self.expected) / self.error

    @property
    def holds(self) -> bool:
        """Within five standard errors."""
        return abs(self.errors_away) <= AT_MOST_ERRORS


def checks(outcomes: Iterable[Outcome]) -> list[Check]:
    """Every engine's pooled means; short runs and lognormal service against many runs of the free C program.

    The standard error of a mean over k runs comes from the spread over those many runs of the same length: a few
    short runs of a slow engine cannot tell their own error.
    """
    yardsticks: dict[tuple[str, int], list[dict[str, float]]] = {}
    found = []
    for outcome in outcomes:
        if not outcome.rows or outcome.law not in LAWS:
            continue
        hours = round(statistics.mean(row["requests"] for row in outcome.rows), -3)
        key = outcome.law, max(int(hours), 1000)
        if key not in yardsticks:
            runs = min(max(20_000_000 // key[1], 100), 2_000)
            yardsticks[key] = engine_c.free("stream", *key, seed=9_000 + key[1] % 1_000, runs=runs)
        many, count = yardsticks[key], len(outcome.rows)
        exact = outcome.law == "exponential" and key[1] >= LONG
        for measure in MEASURES:
            values = [row[measure] for row in many]
            spread = statistics.stdev(values)
            own = 0.0 if exact else 1.0 / len(values)
            expected = EXACT[measure] if exact else statistics.mean(values)
            mean = statistics.mean(row[measure] for row in outcome.rows)
            error = spread * math.sqrt(1.0 / count + own)
            against = "exact" if exact else f"{len(values)} runs of free C"
            found.append(Check(outcome.engine.title, outcome.law, measure, mean, expected, error, against))
    return found


def yardstick() -> list[Check]:
    """The free C program itself against the exact values, 100 runs of 400,000 requests."""
    rows = engine_c.free("stream", "exponential", 400_000, seed=77, runs=100)
    found = []
    for measure in MEASURES:
        values = [row[measure] for row in rows]
        error = statistics.stdev(values) / math.sqrt(len(values))
        mean = statistics.mean(values)
        found.append(Check("C, free: the yardstick", "exponential", measure, mean, EXACT[measure], error, "exact"))
    return found


def same_answers(outcomes: dict[tuple[str, str], Outcome]) -> list[str]:
    """Do the compiled engine and the C program of the same law agree? Their visits are equal, sums may round."""
    said = []
    for law in LAWS:
        ours, theirs = (outcomes.get((name, law)) for name in ("compiled", "c_law"))
        if ours is None or theirs is None or not ours.rows or not theirs.rows:
            continue
        pairs = list(zip(ours.rows, theirs.rows))
        equal = all(a["requests"] == b["requests"] for a, b in pairs)
        worst = max(abs(a[m] / b[m] - 1) for a, b in pairs for m in MEASURES)
        said.append(
            f"{law}: compiled engine and C of the same law, {len(pairs)} runs: "
            f"{'equal' if equal else 'DIFFERENT'} numbers of requests, means apart by at most {worst:.0e} of them"
        )
    return said
