"""How much memory does a streamed run take? The work item with more and more requests, a process for each.

python experiments/peers/memory.py [MOST]      MOST requests at most, 1e8 when left out (about a minute)
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import work

SIZES = (10**5, 10**6, 10**7, 10**8)
BYTES = 1 if sys.platform == "darwin" else 1024  # the unit in which the system tells the peak


def main() -> None:
    """Print the table, a line as soon as it is known."""
    most = float(sys.argv[1]) if len(sys.argv) > 1 else max(SIZES)
    sys.stdout.write("| requests | backlog | exact | seconds | peak memory, MB |\n|---:|---:|---:|---:|---:|\n")
    for size in (size for size in SIZES if size <= most):
        sys.stdout.flush()
        subprocess.run([sys.executable, __file__, "--one", str(size)], check=True)


def one(size: int) -> None:
    """A line of the table: `size` hours, one request an hour."""
    from changeflow.engine.simulate import stream  # noqa: PLC0415  not in the process that starts the others
    from changeflow.engine.tables.model import compile_tables  # noqa: PLC0415
    from changeflow.measure.trace.streaming import StreamingMeasures  # noqa: PLC0415
    from changeflow.model.reading import build_model  # noqa: PLC0415

    raw = tomllib.loads(work.toml("exponential", size))
    tables = compile_tables(build_model(raw, file=Path("network.toml"), shown="network.toml"))
    fold = StreamingMeasures(0.0, tables.end, tuple(table.name for table in tables.stations))
    begin = time.perf_counter()
    stream(tables, fold, seed=1, replication=0)
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES / 1e6
    count, exact = fold.closed + fold.still_open, work.EXACT["backlog"]
    sys.stdout.write(f"| {count:,} | {fold.backlog_requests:.3f} | {exact:.3f} | {seconds:.1f} | {peak:.0f} |\n")


if __name__ == "__main__":
    one(int(sys.argv[2])) if sys.argv[1:2] == ["--one"] else main()
