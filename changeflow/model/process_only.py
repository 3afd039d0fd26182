"""The rare features that only the process engine knows: the one list of them."""

from __future__ import annotations

from collections.abc import Iterator

from changeflow.model.requests.routing import Budget, Custom, Route, parts_of
from changeflow.model.schema import Model


def process_only(model: Model) -> tuple[str, ...]:
    """The process-only features that a model uses, in words; () when both engines can run it."""
    return tuple(dict.fromkeys([*_of_stations(model), *_of_routes(model)]))


def _of_stations(model: Model) -> Iterator[str]:
    if any(station.at_once > 1 for station in model.stations.values()):
        yield "several requests at once per server (at_once)"
    if any(station.call_off for station in model.stations.values()):
        yield "engineers called off (call_off)"


def _of_routes(model: Model) -> Iterator[str]:
    for route in all_routes(model):
        for part in parts_of(route):
            if isinstance(part, Budget):
                yield "a monthly budget (rule budget)"
            if isinstance(part, Custom):
                yield "a routing rule of your own (rule custom)"


def custom_rules(model: Model) -> tuple[str, ...]:
    """Names of the functions of a researcher's own that the model's routes ask for."""
    parts = (part for route in all_routes(model) for part in parts_of(route))
    return tuple(dict.fromkeys(part.name for part in parts if isinstance(part, Custom)))


def all_routes(model: Model) -> Iterator[Route]:
    """Every rule of a model, without the nested ones."""
    if model.routing.entry is not None:
        yield model.routing.entry
    yield from model.routing.next.values()
    yield from (source.entry for source in model.demand.sources.values() if source.entry is not None)
