"""What a compared model names, and what happened in its runs, so that the number compared can be told with that."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from changeflow.engine import trace as t
from changeflow.engine.tables.model import Tables
from changeflow.engine.trace import Trace
from changeflow.errors import RunError
from changeflow.model.process_only import all_routes
from changeflow.model.requests.demand import batch_of
from changeflow.model.requests.routing import parts_of
from changeflow.model.schema import Model
from tests.parity.happened import happened

MANY_SERVERS = 64


def features(tables: Tables, outcomes: list[Trace | RunError]) -> set[str]:
    """Words for what the model names and for what happened in its runs."""
    model = tables.model
    found = set(_of_model(model))
    for outcome in outcomes:
        if isinstance(outcome, RunError):
            found.add("error: loop without time")
        else:
            found |= {*_of_trace(model, outcome), *happened(tables, outcome)}
    return found


def _of_model(model: Model) -> Iterator[str]:
    for source in model.demand.sources.values():
        yield f"source {source.kind}"
    if len(model.demand.sources) > 1:
        yield "several sources"
    if model.weeks_since_go_live:
        yield "start in mid-life"
    for route in all_routes(model):
        yield from (f"rule {part.rule}" for part in parts_of(route))
    for station in model.stations.values():
        if station.servers == "infinite":
            yield "infinite servers"
        elif station.servers > MANY_SERVERS:
            yield "more than 64 servers"
        if station.contract is not None:
            yield "contract"
        for law in station.service_hours.values() if isinstance(station.service_hours, dict) else ():
            yield f"law {law.law}"
        for law in (station.service_hours, station.intake_delay_hours):
            if law is not None and not isinstance(law, dict):
                yield f"law {law.law}"
    if model.costs.day_job_value_per_hour:
        yield "day job"
    shapes = [model.costs.waiting, *(category.waiting for category in model.categories.values())]
    yield from (f"waiting {shape.shape}" for shape in shapes if shape is not None)
    for category in model.categories.values():
        for law in (category.work_hours, category.difficulty, category.specification_quality):
            if law is not None:
                yield f"law {law.law}"
        if category.difficulty_size_correlation:
            yield "difficulty correlates with size"
    if model.organisation.variation is not None:
        yield "organisations differ"
    if len({model.stage(name) for name in model.stations}) < len(model.stations):
        yield "shared stage"


def _of_trace(model: Model, trace: Trace) -> Iterator[str]:
    requests, visits = trace.requests, trace.visits
    over = visits["finished"][~np.isnan(visits["finished"])]
    if len(np.unique(over)) < len(over) or np.isin(requests["arrived"], over).any():
        yield "ties of a completion"
    if len(np.unique(requests["arrived"])) < len(requests):
        yield "ties of arrivals"
    if (requests["source"] < 0).any():
        yield "backlog at the start"
    if (visits["outcome"] == t.REWORK).any():
        yield "rework"
    for error in np.unique(visits["error"]):
        if error:
            yield f"error {t.ERRORS[error]}"
    for cause in np.unique(requests["cause"]):
        if cause:
            yield f"cause {t.CAUSES[cause]}"
    if (requests["cause"][requests["parent"]] == t.DEFECT)[requests["parent"] >= 0].any():
        yield "defect of a repair"
    if (requests["outcome"] == t.WITHDRAWN).any():
        yield "withdrawn"
    if (requests["outcome"] == t.REFUSED).any():
        yield "refused"
    if ((visits["pass"] > 0) & (visits["attempt"] < 2)).any():
        yield "stage entered again by routing"
    if (visits["joined"] > visits["entered"]).any():
        yield "intake delay"
    if (visits["work_hours"] == 0).any():
        yield "work of no time"
    if (visits["started"] > visits["joined"]).any():
        yield "waiting"
    if np.isnan(visits["started"]).any():
        yield "undone at the horizon"
    first = np.r_[True, trace.decisions["request"][1:] != trace.decisions["request"][:-1]]
    if len(trace.decisions) and (trace.decisions["chosen"] & ~first).any():
        yield "overflow"
    used = [list(model.stations.values())[number] for number in np.unique(visits["station"])]
    if any(station.calendar != "always" for station in used):
        yield "calendar"
    for number, source in enumerate(model.demand.sources.values()):
        if (
            batch_of(source) is not None
            and source.kind not in {"go_live", "replay"}
            and (requests["source"] == number).any()
        ):
            yield "batches"
        if source.kind == "replay" and (requests["source"] == number).any():
            yield "replay"
