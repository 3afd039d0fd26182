"""Both engines with the compiler switched off: the same traces to the bit. The way for debuggers and coverage."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numba

from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import compile_tables
from tests.engines import ENGINES
from tests.parity.adoption import QUICK
from tests.parity.compare import bytes_of
from tests.parity.full import full
from tests.parity.rich import rich

ADOPTION = QUICK | {"review_intercept": -1.0}
SCRIPT = """
from tests.parity.test_without_compiler import digests
print(*digests())
"""


def digests() -> tuple[int | str, ...]:
    """Whether there is no compiler, rows and digest by engine of two replications of the models that have it all."""
    every = [compile_tables(model) for model in (rich(), full(), full().with_({"adoption": ADOPTION}))]
    found, rows = [], 0
    for engine in ENGINES:
        sha, rows = hashlib.sha256(), 0
        for tables in every:
            for replication in range(2):
                trace = simulate(tables, seed=3, replication=replication, engine=engine, decisions=True)
                rows += len(trace.visits)
                sha.update(b"".join(bytes_of(trace)))
        found.append(sha.hexdigest())
    return int(numba.config.DISABLE_JIT), rows, *found


def test_the_trace_is_the_same_to_the_bit_without_the_compiler() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    switched_off, rows, *interpreted = done.stdout.split()
    assert switched_off == "1"
    assert int(rows) > 400
    assert len(interpreted) == len(ENGINES)
    assert [str(value) for value in digests()] == ["0", rows, *interpreted]
