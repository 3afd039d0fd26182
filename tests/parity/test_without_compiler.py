"""Both engines with the compiler switched off: the same traces to the bit. The way for debuggers and coverage."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import compile_tables
from tests.engines import ENGINES
from tests.parity.adoption import QUICK
from tests.parity.compare import bytes_of
from tests.parity.full import full
from tests.parity.rich import rich

SCRIPT = """
import sys
from tests.parity.test_without_compiler import digest
print(digest(sys.argv[1]))
"""


def digest(engine: str) -> str:
    """Whether there is no compiler, rows and digest of two replications of the models that have it all."""
    sha, rows = hashlib.sha256(), 0
    for model in (rich(), full(), full().with_({"adoption": QUICK | {"review_intercept": -1.0}})):
        tables = compile_tables(model)
        for replication in range(2):
            trace = simulate(tables, seed=3, replication=replication, engine=engine, decisions=True)
            rows += len(trace.visits)
            sha.update(b"".join(bytes_of(trace)))
    return f"{int(numba.config.DISABLE_JIT)} {rows} {sha.hexdigest()}"


@pytest.mark.parametrize("engine", ENGINES)
def test_the_trace_is_the_same_to_the_bit_without_the_compiler(engine: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT, engine],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    switched_off, rows, interpreted = done.stdout.split()
    assert switched_off == "1"
    assert int(rows) > 400
    assert digest("compiled") == f"0 {rows} {interpreted}"
