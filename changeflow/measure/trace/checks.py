"""Laws that every run must obey; a failure is the program's fault, never the model's."""

from __future__ import annotations

import math

import numpy as np

from changeflow.engine import trace as t
from changeflow.engine.trace import Trace
from changeflow.errors import InvariantBroken
from changeflow.measure.trace.loops import check_rows

TOLERANCE = 1e-9


def check_trace(trace: Trace) -> None:
    """Conservation, order of times, and Little's law; raises InvariantBroken."""
    outcomes, (stay, wait) = np.zeros(len(t.REQUEST_OUTCOMES), np.int64), np.zeros((2, len(trace.stations)))
    unclosed, in_order = check_rows(trace.requests, trace.visits, trace.end, outcomes, stay, wait)
    if unclosed != outcomes[t.OPEN]:
        raise InvariantBroken(f"{unclosed} requests have not closed, by outcome {outcomes.tolist()}")
    if not in_order:
        raise InvariantBroken("a visit starts before it joined, or finishes before it started")
    _little(trace, stay.tolist(), wait.tolist())


def check_ledger(account: dict[str, float]) -> None:
    """Sums of the ledger; raises InvariantBroken."""
    labour = account["vendor_cost"] + account["in_house_cost"]
    split = account["cost_of_success"] + account["ownership_vendor_cost"] + account["ownership_in_house_cost"]
    _same("labour by kind and by phase", labour + account["adaptation_cost"], split)
    if account["rework_cost"] > labour * (1 + TOLERANCE) + TOLERANCE:
        raise InvariantBroken(f"rework {account['rework_cost']} above all labour {labour}")


def _little(trace: Trace, stay: list[float], wait: list[float]) -> None:
    """Integrals that the engine kept while it ran, against sums over the trace (Little 1961)."""
    kept = (trace.in_station.tolist(), trace.in_queue.tolist(), trace.in_service.tolist())
    for name, there, waiting, served, stayed, waited in zip(trace.stations, *kept, stay, wait, strict=True):
        _same(f"{name}: number in station", there, stayed)
        _same(f"{name}: number waiting", waiting, waited)
        _same(f"{name}: number in service", served, stayed - waited)


def _same(what: str, one: float, other: float) -> None:
    if not math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=1e-6):
        raise InvariantBroken(f"{what}: {one!r} by one count, {other!r} by the other")
