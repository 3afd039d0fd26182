"""Traffic kept by its causes: a search for staff asks for the same again and again."""

from __future__ import annotations

from typing import Any

from changeflow.model.load.traffic import Traffic, traffic
from changeflow.model.requests.routing import OpenFirst
from changeflow.model.schema import Model
from changeflow.model.stations.staff import Group
from changeflow.model.stations.station import Station
from changeflow.model.values.frozen import Named
from changeflow.model.values.once import once_a_cause

_NO_CAUSE = {"title", "why", "missing", "replications", "targets", "comparison", "assumptions", "contracts", "costs"}


def causes_of(model: Model) -> str:
    """What the traffic equations hang on: all but words, money, and how many people there are for how many hours.

    Their bounds are over all ways to choose, so that a rule's threshold counts only by being there.
    """
    routing, entry = model.routing, model.routing.entry
    if isinstance(entry, OpenFirst) and entry.overflow_beyond is not None:
        routing = routing.model_copy(update={"entry": entry.model_copy(update={"overflow_beyond": 1})})
    stations = Named({name: _as_one_person(station) for name, station in model.stations.items()})
    text = model.model_copy(update={"stations": stations, "routing": routing}).model_dump_json(exclude=_NO_CAUSE)
    return f"{text} {id(model.component_graph)}"  # a variant that leaves the components alone has its model's graph


@once_a_cause(causes_of)
def _kept(model: Model, begin: float, end: float) -> Traffic:
    return traffic(model, begin, end)


def kept_traffic(model: Model, begin: float, end: float) -> Traffic:
    """The traffic equations over a window of clock hours; worked out anew where logs or rules in Python take part."""
    return traffic(model, begin, end) if model.logs or model.rules else _kept(model, begin, end)


def _as_one_person(station: Station) -> Station:
    """The same station with one person an hour a week, wherever it has a finite number."""
    staff = {name: group.model_copy(update=_one(group)) for name, group in station.staff.items()}
    return station.model_copy(update={**_one(station), "staff": Named(staff)})


def _one(value: Station | Group) -> dict[str, Any]:
    hours = None if value.hours_per_week is None else 1.0
    return {"servers": value.servers if value.servers == "infinite" else 1, "hours_per_week": hours}
