"""The property itself: both engines, two seeds, the same outcome to the bit."""

from __future__ import annotations

from pathlib import Path

from changeflow.engine.tables import compile_tables
from changeflow.engine.trace import Trace
from tests.parity.compare import difference, outcome
from tests.parity.features import features
from tests.parity.models import Example

RUNS = ((3, 0), (11, 5))
"""Seed and replication of each run."""
MOST_VISITS = 8_000
"""A longer run is not repeated with the reference, which would take its time."""

TOO_LONG = "not compared: too many visits"


def check(example: Example, folder: Path) -> set[str]:
    """Compare the engines on one example; returns its features. Raises AssertionError where they differ."""
    model = example.build(folder)
    tables = compile_tables(model)
    seen = []
    for seed, replication in RUNS:
        fast = outcome(tables, "compiled", seed, replication)
        if isinstance(fast, Trace) and len(fast.visits) > MOST_VISITS:
            return {TOO_LONG}
        told = difference(outcome(tables, "process", seed, replication), fast)
        assert not told, f"seed {seed}, replication {replication}, process against compiled:\n{told}"
        seen.append(fast)
    return features(model, seen)
