"""Two traces side by side: equal to the bit, or where they first differ."""

from __future__ import annotations

from typing import Any

import numpy as np

from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import Tables
from changeflow.engine.trace import Trace
from changeflow.errors import RunError

TABLES = ("requests", "visits", "decisions", "adoption")
INTEGRALS = ("in_station", "in_queue", "in_service")
NAMES = ("start", "end", "stations", "stages", "categories", "sources", "unasked", "unserved")


def outcome(tables: Tables, engine: str, seed: int, replication: int) -> Trace | RunError:
    """What one engine makes of a run: a trace, or the error of a loop without time."""
    try:
        return simulate(tables, seed=seed, replication=replication, engine=engine, decisions=True)
    except RunError as error:
        return error


def difference(one: Trace | RunError, two: Trace | RunError) -> str:
    """In words where two outcomes first differ; empty when they are equal to the bit."""
    if isinstance(one, RunError) or isinstance(two, RunError):
        same = type(one) is type(two) and str(one) == str(two)
        return "" if same else f"{_shown(one)} against {_shown(two)}"
    for name in NAMES:
        if getattr(one, name) != getattr(two, name):
            return f"{name}: {getattr(one, name)} against {getattr(two, name)}"
    found = [_of_rows(name, getattr(one, name), getattr(two, name)) for name in TABLES]
    found += [_of_rows(name, getattr(one, name), getattr(two, name)) for name in INTEGRALS]
    return "\n".join(line for line in found if line)


def bytes_of(trace: Trace) -> tuple[bytes, ...]:
    """Everything in a trace that is numbers, as it lies in memory."""
    return tuple(np.ascontiguousarray(getattr(trace, name)).tobytes() for name in (*TABLES, *INTEGRALS))


def _shown(one: Trace | RunError) -> str:
    return f"RunError: {one}" if isinstance(one, RunError) else f"a trace of {len(one.visits)} visits"


def _of_rows(name: str, one: np.ndarray, two: np.ndarray) -> str:
    if one.dtype != two.dtype:
        return f"{name}: dtype {one.dtype} against {two.dtype}"
    if one.tobytes() == two.tobytes():
        return ""
    for number in range(min(len(one), len(two))):
        if one[number].tobytes() != two[number].tobytes():
            return f"{name}: first difference in row {number}: {_of_row(one[number], two[number])}"
    return f"{name}: {len(one)} against {len(two)} rows, the first {min(len(one), len(two))} equal"


def _of_row(one: Any, two: Any) -> str:
    fields = one.dtype.names
    if fields is None:
        return f"{float(one).hex()} against {float(two).hex()}"
    told = [
        f"{field}: {one[field]!r} against {two[field]!r}"
        for field in fields
        if one[field].tobytes() != two[field].tobytes()
    ]
    return "; ".join(told) + f"\n  one {one}\n  two {two}"
