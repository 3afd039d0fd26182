"""Which stations requests of our own can come to: a contract of others costs nothing."""

from __future__ import annotations

from collections.abc import Iterator

from changeflow.model.requests.routing import Custom, Route, parts_of, places
from changeflow.model.schema import Model


def reached(model: Model) -> frozenset[str]:
    """Names of the stations that some route from an entrance of ours leads to."""
    entries = [source.entry or model.entry for source in model.demand.sources.values() if not source.background]
    if model.open_today:
        entries.append(model.entry)
    found: set[str] = set()
    new = {place for entry in entries for place in _places(model, entry)} if model.stations else set()
    while new:
        found |= new
        new = {place for name in new for place in _onward(model, name)} - found
    return frozenset(found)


def _places(model: Model, route: Route) -> Iterator[str]:
    for part in parts_of(route):
        may = tuple(model.stations) if isinstance(part, Custom) else places(part)
        yield from (place for place in may if place in model.stations)


def _onward(model: Model, name: str) -> Iterator[str]:
    station, after = model.stations[name], model.routing.next.get(name)
    if after is not None:
        yield from _places(model, after)
    testers = (station.acceptance.by,) if station.acceptance else ()
    yield from (place for place in (station.when_full, *testers) if place in model.stations)
