"""The C programs, each run a process that reports its own time; and how they are compiled."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from work import law_numbers

HERE = Path(__file__).resolve().parent
BUILD = Path(sys.prefix) / "peers"
"""In the benchmark's environment, where the programs are compiled for this machine."""
FLAGS = {"c_law": ["-O3", "-march=native", "-ffp-contract=off"], "c_free": ["-O3", "-march=native"]}


def build() -> str:
    """Compile both programs on the spot; returns the compiler's name. Raises RuntimeError where that fails."""
    BUILD.mkdir(exist_ok=True)
    for name, flags in FLAGS.items():
        command = ["cc", *flags, "-o", str(BUILD / name), str(HERE / f"{name}.c"), "-lm"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError as error:
            raise RuntimeError("no C compiler (cc) found") from error
        if done.returncode:
            raise RuntimeError(f"{name}.c does not compile: {done.stderr.strip()[-200:]}")
    version = subprocess.run(["cc", "--version"], capture_output=True, text=True, check=True).stdout
    return version.splitlines()[0]


def call(name: str, *arguments: object) -> list[dict[str, float]]:
    """Run a program; one row of results a line."""
    command = [str(BUILD / name), *(repr(a) if isinstance(a, float) else str(a) for a in arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode or not done.stdout:
        raise RuntimeError(f"{name}: {done.stderr.strip() or 'no results'}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def free(mode: str, law: str, hours: int, seed: int, runs: int = 1) -> list[dict[str, float]]:
    """Runs of the free program."""
    return call("c_free", mode, law, float(hours), seed, runs, *law_numbers(law))


def prepare(law: str, hours: int, program: str, mode: str) -> dict[str, Any]:
    """Names and numbers; for the program of the same law also the keys that changeflow draws by."""
    task: dict[str, Any] = {"law": law, "hours": hours, "program": program, "mode": mode}
    if program == "c_law":
        from engine_changeflow import read  # noqa: PLC0415

        from changeflow.engine.chance.draws import source_key, stage_key  # noqa: PLC0415  only this program needs it

        tables = read(law, hours)
        laws = [tables.law_rows[station.service_law[0]] for station in tables.stations]
        task["keys"] = [int(source_key("demand")), *(int(stage_key(stage)) for stage in tables.stages)]
        task["numbers"] = [float(row[field]) for row in laws for field in ("a", "b")]
    return task


def run(task: dict[str, Any], seed: int) -> dict[str, Any]:
    """One run; the program reads its own records and p95."""
    if task["program"] == "c_free":
        return free(task["mode"], task["law"], task["hours"], seed)[0]
    from changeflow.engine.chance.draws import run_key  # noqa: PLC0415

    key = int(run_key(seed, 0))
    return call("c_law", task["mode"], task["law"], float(task["hours"]), key, *task["keys"], *task["numbers"])[0]


def summary(_: dict[str, Any], done: dict[str, Any]) -> dict[str, float]:
    """The program's own numbers, `seconds` among them."""
    return done
