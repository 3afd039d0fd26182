"""The property itself: both engines, two seeds, the same outcome to the bit, and a run that obeys every law.

So it is with the smallest buffers, and with rows in chunks, whose size is another one from example to example.
"""

from __future__ import annotations

from pathlib import Path
from zlib import crc32

import numpy as np
import pytest

from changeflow.engine import trace as t
from changeflow.engine.compiled import driver as compiled
from changeflow.engine.simulate import stream
from changeflow.engine.tables.model import Tables, compile_tables
from changeflow.engine.trace import Rows, Trace
from changeflow.errors import RunError
from changeflow.measure.money.ledger import accounts, completion_time
from changeflow.measure.posting import summed
from changeflow.measure.run import measure_run, run_postings
from changeflow.measure.trace.window import Window
from tests.parity.compare import difference, outcome
from tests.parity.features import features
from tests.parity.models import Example

RUNS = ((3, 0), (11, 5))
"""Seed and replication of each run."""
MOST_VISITS = 8_000
"""A longer run is not repeated with the reference, which would take its time."""

CHUNKS = (1, 3, 8192)

TOO_LONG = "not compared: too many visits"


def check(example: Example, folder: Path) -> set[str]:
    """Compare the engines on one example; returns its features. Raises AssertionError where they differ."""
    tables = compile_tables(example.build(folder))
    seen = []
    for seed, replication in RUNS:
        fast = outcome(tables, "compiled", seed, replication)
        if isinstance(fast, Trace) and len(fast.visits) > MOST_VISITS:
            return {TOO_LONG}
        told = difference(outcome(tables, "process", seed, replication), fast)
        assert not told, f"seed {seed}, replication {replication}, process against compiled:\n{told}"
        seen.append(fast)
        if isinstance(fast, Trace):
            obeys_every_law(Window.of(tables), fast)
    same_with_small_buffers(tables, seen[0])
    if isinstance(seen[0], Trace):
        chosen = crc32(repr(example.raw).encode())
        with pytest.MonkeyPatch.context() as other:
            other.setattr(compiled, "CHUNK", CHUNKS[chosen % len(CHUNKS)])
            same_when_streamed(tables, seen[0])
    return features(tables, seen)


def same_with_small_buffers(tables: Tables, usual: Trace | RunError) -> None:
    """One slot and one row at first, and a pause after every seventh event."""
    with pytest.MonkeyPatch.context() as small:
        small.setattr(compiled, "STEPS", 7)
        small.setattr(compiled, "FIRST_SLOTS", 1)
        small.setattr(compiled, "FIRST_ROWS", 1)
        small.setattr(compiled, "_room", lambda _: 1)
        narrow = outcome(tables, "compiled", *RUNS[0])
    told = difference(usual, narrow)
    assert not told, f"small buffers:\n{told}"


def obeys_every_law(window: Window, trace: Trace) -> None:
    """Conservation, order of times, Little's law and the ledger; the work counted is the work of the rows."""
    found = measure_run(window, trace).values  # raises InvariantBroken when a law is broken
    complete = completion_time(window, found["completion_days"])
    for name, sum_of_postings in accounts(window, complete, summed(run_postings(window, trace))).items():
        assert np.isclose(sum_of_postings, found[name], rtol=1e-9, atol=1e-6, equal_nan=True), name
    visits = trace.visits
    counted = window.worked_hours(visits, window.start, window.end)
    worked = np.isin(visits["outcome"], (t.DELIVERED, t.REWORK, t.INTERRUPTED))
    assert np.allclose(counted[worked], visits["work_hours"][worked], rtol=1e-9, atol=1e-7), "work counted differs"
    assert not counted[np.isnan(visits["started"])].any(), "work without a start"


def same_when_streamed(tables: Tables, trace: Trace) -> None:
    """Rows in chunks are the rows of the trace; requests come in order of closing, open ones last."""
    requests: list[Rows] = []
    visits: list[Rows] = []

    def keep(some: Rows, more: Rows) -> None:
        requests.append(some.copy())
        visits.append(more.copy())

    stream(tables, keep, seed=RUNS[0][0], replication=RUNS[0][1])
    rows = np.concatenate(requests)
    assert np.concatenate(visits).tobytes() == trace.visits.tobytes(), "streamed visits differ"
    assert rows[np.argsort(rows["number"])].tobytes() == trace.requests.tobytes(), "streamed requests differ"
    assert np.all(np.diff(rows["closed"][~np.isnan(rows["closed"])]) >= 0), "not in order of closing"
