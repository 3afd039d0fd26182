"""One replication with the reference engine, and the trace that it leaves."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from changeflow.engine import trace as t
from changeflow.engine.process.requests import Visit
from changeflow.engine.process.story import Run
from changeflow.engine.tables.model import Tables
from changeflow.engine.trace import Rows, Trace


def run_process(model: Tables, workload: Rows, run_key: np.uint64, *, decisions: bool = False) -> Trace:
    """Simulate one replication with SimPy."""
    with _nothing_to_collect():
        run = Run(model, workload, run_key, decisions=decisions)
        run.to_the_horizon()
        return _trace(run)


@contextmanager
def _nothing_to_collect() -> Iterator[None]:
    """Objects live until the run ends, and stories leave no cycles: a sixth of the time went into looking for some."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _trace(run: Run) -> Trace:
    requests = np.zeros(len(run.requests), dtype=t.REQUEST)
    for field in ("parent", "cause", "component"):
        requests[field] = [getattr(request.origin, field) for request in run.requests]
    for field in ("number", "key", "source", "category", "arrived", "difficulty", "quality", "closed", "outcome"):
        requests[field] = [getattr(request, field) for request in run.requests]
    unfinished = [visit for visit in run.begun if visit.outcome == t.UNFINISHED]
    rows = [_row(run, visit) for visit in (*run.rows, *sorted(unfinished, key=lambda visit: visit.request.number))]
    return Trace(
        requests=requests,
        visits=np.array(rows, dtype=t.VISIT),
        decisions=np.array(run.router.decisions or [], dtype=t.DECISION),
        start=run.tables.start,
        end=run.end,
        stations=tuple(table.name for table in run.tables.stations),
        stages=run.tables.stages,
        categories=run.tables.categories,
        sources=tuple(run.tables.model.demand.sources),
        in_station=np.array([station.in_station for station in run.stations]),
        in_queue=np.array([station.in_queue for station in run.stations]),
        in_service=np.array([station.in_service for station in run.stations]),
        called_off=tuple(call for station in run.stations for call in station.duty.calls if call[1] < call[2]),
        staff=run.staff,
        unasked=run.users.unasked,
        unserved=run.users.unserved,
        adoption=run.users.weeks,
    )


def _row(run: Run, visit: Visit) -> tuple[int | float, ...]:
    return (
        visit.request.number,
        visit.number,
        run.tables.stations[visit.station].stage_number,
        visit.entry,
        visit.attempt,
        visit.station,
        visit.server,
        visit.entered,
        visit.joined,
        visit.started,
        visit.finished,
        visit.work_hours,
        visit.outcome,
        visit.error if visit.outcome in (t.DELIVERED, t.REWORK) else 0,
    )
