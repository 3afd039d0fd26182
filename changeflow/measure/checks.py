"""Laws that every run must obey; a failure is the program's fault, never the model's."""

from __future__ import annotations

import math

import numpy as np

from changeflow.engine import trace as t
from changeflow.engine.trace import Trace
from changeflow.errors import InvariantBroken
from changeflow.measure.loops import stays, times_in_order

TOLERANCE = 1e-9


def check_trace(trace: Trace) -> None:
    """Conservation, order of times, and Little's law; raises InvariantBroken."""
    _conservation(trace)
    _order(trace)
    _little(trace)


def check_ledger(account: dict[str, float]) -> None:
    """Sums of the ledger; raises InvariantBroken."""
    labour = account["vendor_cost"] + account["in_house_cost"]
    split = account["cost_of_success"] + account["ownership_vendor_cost"] + account["ownership_in_house_cost"]
    _same("labour by kind and by phase", labour + account["adaptation_cost"], split)
    if account["rework_cost"] > labour * (1 + TOLERANCE) + TOLERANCE:
        raise InvariantBroken(f"rework {account['rework_cost']} above all labour {labour}")


def _conservation(trace: Trace) -> None:
    rows = trace.requests
    counts = np.bincount(rows["outcome"], minlength=4)
    if counts.sum() != len(rows) or np.isnan(rows["closed"]).sum() != counts[t.OPEN]:
        raise InvariantBroken(f"created {len(rows)}, by outcome {counts.tolist()}")


def _order(trace: Trace) -> None:
    if not times_in_order(trace.visits):
        raise InvariantBroken("a visit starts before it joined, or finishes before it started")


def _little(trace: Trace) -> None:
    """Integrals that the engine kept while it ran, against sums over the trace (Little 1961)."""
    stay, wait = np.zeros((2, len(trace.stations)))
    stays(trace.visits, trace.end, stay, wait)
    for number, name in enumerate(trace.stations):
        _same(f"{name}: number in station", float(trace.in_station[number]), float(stay[number]))
        _same(f"{name}: number waiting", float(trace.in_queue[number]), float(wait[number]))
        _same(f"{name}: number in service", float(trace.in_service[number]), float(stay[number] - wait[number]))


def _same(what: str, one: float, other: float) -> None:
    if not math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=1e-6):
        raise InvariantBroken(f"{what}: {one!r} by one count, {other!r} by the other")
