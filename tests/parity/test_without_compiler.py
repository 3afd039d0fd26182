"""The engines with the compiler switched off: the same trace to the bit, and the way for debuggers and coverage."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engines import ENGINES

SCRIPT = """
import hashlib, sys
import numba
from changeflow.engine.simulate import simulate
from changeflow.engine.tables import compile_tables
from tests.parity.compare import bytes_of
from tests.parity.rich import rich

tables = compile_tables(rich())
digest, rows = hashlib.sha256(), 0
for replication in range(2):
    trace = simulate(tables, seed=3, replication=replication, engine=sys.argv[1], decisions=True)
    rows += len(trace.visits)
    digest.update(b"".join(bytes_of(trace)))
print(rows, digest.hexdigest(), int(numba.config.DISABLE_JIT))
"""


def ran(engine: str, disabled: str) -> list[str]:
    """Rows, digest of everything in the traces of a model with all features, and whether there was no compiler."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT, engine],
        env=os.environ | {"NUMBA_DISABLE_JIT": disabled},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("engine", ENGINES)
def test_the_trace_is_the_same_to_the_bit_without_the_compiler(engine: str) -> None:
    compiled, interpreted = ran(engine, "0"), ran(engine, "1")
    assert int(compiled[0]) > 400
    assert compiled[:2] == interpreted[:2]
    assert (compiled[2], interpreted[2]) == ("0", "1")
