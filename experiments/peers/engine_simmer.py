"""simmer (R), each run a process that reports its own time; only where Rscript and the package are there."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from work import law_numbers

SCRIPT = Path(__file__).resolve().parent / "simmer.R"


def prepare(law: str, hours: int) -> dict[str, Any]:
    """Raises RuntimeError with the reason where simmer cannot run."""
    if shutil.which("Rscript") is None:
        raise RuntimeError("Rscript not found")
    there = subprocess.run(["Rscript", "-e", "library(simmer)"], capture_output=True, check=False)
    if there.returncode:
        raise RuntimeError("the R package simmer is not installed")
    return {"law": law, "hours": hours}


def run(task: dict[str, Any], seed: int) -> dict[str, Any]:
    """One run; the script reads its own records and p95."""
    command = ["Rscript", str(SCRIPT), task["law"], str(task["hours"]), str(seed), *map(repr, law_numbers(task["law"]))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-200:])
    return dict(json.loads(done.stdout.splitlines()[-1]))


def summary(_: dict[str, Any], done: dict[str, Any]) -> dict[str, float]:
    """The script's own numbers, `seconds` among them."""
    return done
