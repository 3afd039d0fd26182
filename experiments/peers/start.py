"""What there is to pay before the first result: compiling from cold, starting warm; and what a second thread gains.

Compiling and starting are counted in processor time of the whole process, in turns, so that a busy machine harms
less. Threads need the wall clock: the least time of each counts, and only a quiet machine can pass.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import engine_changeflow

from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import Tables

COMPARE = ["compare", "open_platform", "--who", "vendor,power_users", "--replications", "2", "--no-charts"]
IMPORTS = [sys.executable, "-c", "import numba, pandas"]
COLD_SECONDS, WARM_RATIO, THREADS_RATIO = 15.0, 1.5, 1.8
RUNS, HOURS = 8, 400_000


def main(out: Path, *, quick: bool, tell: Callable[[str], None]) -> int:
    """Measure the three bars; print and write them."""
    rounds = 3 if quick else 9
    lines = ["# Start, compiling, threads", "", "```"]
    with tempfile.TemporaryDirectory() as cache:
        seconds, wall, said = _changeflow(Path(cache))
        word = "pass" if seconds < COLD_SECONDS and said else "MISS"
        lines.append(
            f"{word}  compile from cold: {seconds:.1f} s of processor time, {wall:.1f} s by the clock; "
            f"bar {COLD_SECONDS:g} s and a word on stderr ({said or 'none'})"
        )
        tell("cold start")
        pairs = [(_changeflow(Path(cache))[0], _spent(IMPORTS, {})[0]) for _ in range(rounds)]
    ratios = [ours / imports for ours, imports in pairs]
    middle, ours, imports = statistics.median(ratios), *(statistics.median(column) for column in zip(*pairs))
    word = "pass" if middle < WARM_RATIO else "MISS"
    lines.append(
        f"{word}  warm start of a small compare without charts over `python -c 'import numba, pandas'`: {middle:.2f} "
        f"({min(ratios):.2f}..{max(ratios):.2f}), {ours:.2f} s over {imports:.2f} s; bar {WARM_RATIO:g}"
    )
    tell("warm start")
    one, two = _threads(rounds)
    word = "pass" if one / two >= THREADS_RATIO else "MISS"
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    lines.append(
        f"{word}  two threads against one, {RUNS} runs of the open network: {one / two:.2f} "
        f"({one:.3f} s, {two:.3f} s), bar {THREADS_RATIO:g} on a quiet machine; {os.cpu_count()} cores, load {load}"
    )
    text = "\n".join([*lines, "```"]) + "\n"
    out.mkdir(parents=True, exist_ok=True)
    (out / "start.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


def _changeflow(cache: Path) -> tuple[float, float, str]:
    """One small compare with machine code kept in `cache`: processor time, wall time, what it said on stderr."""
    with tempfile.TemporaryDirectory() as folder:
        code = "import sys; from changeflow.cli.main import main; sys.exit(main())"
        command = [sys.executable, "-c", code, *COMPARE, "--engine", "compiled", "--workers", "1"]
        setting = {"XDG_CACHE_HOME": str(cache), "PYTHONDONTWRITEBYTECODE": ""}  # what is installed has its bytecode
        return _spent([*command, "--out", str(Path(folder) / "out")], setting)


def _spent(command: list[str], setting: dict[str, str]) -> tuple[float, float, str]:
    before, begin = os.times(), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | setting)
    after, wall = os.times(), time.perf_counter() - begin
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr.strip()[-400:]}")
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return spent, wall, done.stderr.strip()


def _threads(rounds: int) -> tuple[float, float]:
    """The least wall time of the same runs by one thread and by two."""
    tables = engine_changeflow.read("exponential", HOURS)
    _together(tables, 2)
    both = [(_together(tables, 1), _together(tables, 2)) for _ in range(rounds)]
    one, two = (min(column) for column in zip(*both))
    return one, two


def _together(tables: Tables, threads: int) -> float:
    def requests(replication: int) -> int:
        return len(simulate(tables, seed=5, replication=replication, engine="compiled").requests)

    begin = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(requests, range(RUNS)))
    return time.perf_counter() - begin
