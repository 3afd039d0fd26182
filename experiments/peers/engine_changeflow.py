"""changeflow's own engines: simulate() to a whole Trace, and the p95 of the time to done.

In the mode "stream" the compiled engine keeps no rows: it folds them into means and a histogram as they come.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from work import p95, toml

import changeflow as cf
from changeflow.engine.simulate import simulate, stream
from changeflow.engine.tables.model import Tables, compile_tables
from changeflow.measure.trace.streaming import StreamingMeasures

RICHEST = "open_platform"
AS_SHIPPED = 20
"""Replications a turn of the richest archetype as shipped: one alone is as short as the clock's error."""


def read(law: str, hours: int) -> Tables:
    """The work item, or (law "richest") the richest archetype with both routes; 0 hours: as shipped."""
    if law == "richest":
        model = next(iter(cf.routes(cf.read_model(RICHEST), "both").values()))
        return compile_tables(model.model_copy(update={"horizon_days": hours / 24}) if hours else model)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "open_network.toml"
        file.write_text(toml(law, float(hours)), encoding="utf-8")
        return compile_tables(cf.read_model(str(file)))


def prepare(law: str, hours: int, engine: str, mode: str = "records") -> dict[str, Any]:
    """The tables; a model that is run often is compiled once."""
    return {"law": law, "hours": hours, "engine": engine, "mode": mode, "tables": read(law, hours)}


def run(task: dict[str, Any], seed: int) -> dict[str, Any]:
    """Simulate to a trace, read the records and the p95."""
    if task["mode"] == "stream":
        tables = task["tables"]
        fold = StreamingMeasures(tables.start, tables.end, tuple(station.name for station in tables.stations))
        stream(tables, fold, seed=seed, replication=0)
        return {"fold": fold, "p95": fold.sojourn_hours.quantile(0.95)}
    requests, done = 0, {}
    for replication in range(1 if task["hours"] else AS_SHIPPED):
        trace = simulate(task["tables"], seed=seed, replication=replication, engine=task["engine"])
        sojourns = trace.requests["closed"] - trace.requests["arrived"]
        sojourns = sojourns[~np.isnan(sojourns)]
        requests += len(trace.requests)
        done = {"trace": trace, "sojourns": sojourns, "p95": p95(sojourns)}
    return done | {"requests": requests}


def summary(task: dict[str, Any], done: dict[str, Any]) -> dict[str, float]:
    """What the checks look at."""
    if "fold" in done:
        fold = done["fold"]
        waits = fold.visit_wait_hours
        return {
            "requests": fold.closed + fold.still_open,
            "wait_a": waits["a"].mean,
            "wait_b": waits["b"].mean,
            "backlog": fold.sojourn_hours.total / (fold.end - fold.begin),
            "p95": done["p95"],
        }
    trace = done["trace"]
    visits = trace.visits[np.isfinite(trace.visits["finished"])]
    waits = visits["started"] - visits["joined"]
    first, second = (float(waits[visits["station"] == place].mean()) for place in (0, 1))
    return {
        "requests": done["requests"],
        "wait_a": first,
        "wait_b": second,
        "backlog": float(done["sojourns"].sum()) / (trace.end - trace.start),
        "p95": done["p95"],
    }
