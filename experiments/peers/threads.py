"""How much faster are two threads than one? Replications of the work item, one thread and two in turn.

python experiments/peers/threads.py [ROUNDS]      best on a quiet machine: the load average is printed with the table
"""

from __future__ import annotations

import os
import statistics
import sys
import time
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import work

from changeflow.engine.simulate import simulate, stream
from changeflow.engine.tables.model import compile_tables
from changeflow.measure.trace.streaming import StreamingMeasures
from changeflow.model.reading import build_model

HOURS, REPLICATIONS = 500_000, 8
TABLES = compile_tables(build_model(tomllib.loads(work.toml("exponential", HOURS)), file=Path("w"), shown="w"))


def records(replication: int) -> None:
    """A replication that keeps its rows."""
    simulate(TABLES, seed=1, replication=replication, engine="compiled")


def streaming(replication: int) -> None:
    """A replication that folds its rows into measures."""
    fold = StreamingMeasures(0.0, TABLES.end, tuple(table.name for table in TABLES.stations))
    stream(TABLES, fold, seed=1, replication=replication)


def timed(run: Callable[[int], None], threads: int) -> tuple[float, float]:
    """Seconds on the clock, and of the processors."""
    clock, processor = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(run, range(REPLICATIONS)))
    return time.perf_counter() - clock, time.process_time() - processor


def main() -> None:
    """Print the table: medians over the rounds, with the spread of the ratios."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    sys.stdout.write(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors, {rounds} rounds\n")
    sys.stdout.write("| run | one thread, s | two threads, s | ratio | from | to | processor time, two / one |\n")
    sys.stdout.write("|---|---:|---:|---:|---:|---:|---:|\n")
    for run in (records, streaming):
        run(0)  # compiles, off the clock
        pairs = [(timed(run, 1), timed(run, 2)) for _ in range(rounds)]
        ratios = [one[0] / two[0] for one, two in pairs]
        middle = [
            statistics.median(column) for column in zip(*((one[0], two[0], two[1] / one[1]) for one, two in pairs))
        ]
        sys.stdout.write(
            f"| {run.__name__} | {middle[0]:.2f} | {middle[1]:.2f} | {statistics.median(ratios):.2f} | "
            f"{min(ratios):.2f} | {max(ratios):.2f} | {middle[2]:.2f} |\n"
        )


if __name__ == "__main__":
    main()
