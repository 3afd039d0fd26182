"""What a compared model had in it, so that the number of models compared can be told with their features."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from changeflow.engine import trace as t
from changeflow.engine.trace import Trace
from changeflow.errors import RunError
from changeflow.model.demand import batch_of
from changeflow.model.schema import Model

MANY_SERVERS = 64


def features(model: Model, outcomes: list[Trace | RunError]) -> set[str]:
    """Words for what the model names and for what happened in its runs."""
    found = set(_of_model(model))
    for outcome in outcomes:
        found |= {"error: loop without time"} if isinstance(outcome, RunError) else set(_of_trace(model, outcome))
    return found


def _of_model(model: Model) -> Iterator[str]:
    for source in model.demand.sources.values():
        yield f"source {source.kind}"
    if len(model.demand.sources) > 1:
        yield "several sources"
    if model.weeks_since_go_live:
        yield "start in mid-life"
    routes = [model.routing.entry, *model.routing.next.values(), *(s.entry for s in model.demand.sources.values())]
    for route in routes:
        if route is not None:
            yield f"rule {route.rule}"
    for station in model.stations.values():
        if station.servers == "infinite":
            yield "infinite servers"
        elif station.servers > MANY_SERVERS:
            yield "more than 64 servers"
        for law in station.service_hours.values() if isinstance(station.service_hours, dict) else ():
            yield f"law {law.law}"
        for law in (station.service_hours, station.intake_delay_hours):
            if law is not None and not isinstance(law, dict):
                yield f"law {law.law}"
    for category in model.categories.values():
        for law in (category.work_hours, category.difficulty, category.specification_quality):
            if law is not None:
                yield f"law {law.law}"
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
        if batch_of(source) and (requests["source"] == number).any():
            yield "batches"
        if source.kind == "replay" and (requests["source"] == number).any():
            yield "replay"
