"""Routes: places that are there, and a way in for every request."""

from __future__ import annotations

from collections.abc import Iterator

from changeflow.errors import Fault, nearest
from changeflow.model.checks.categories import complete
from changeflow.model.checks.parts import Parts
from changeflow.model.file.faults import Loc, Places, file_path
from changeflow.model.requests.routing import (
    OUTCOMES,
    Budget,
    ByCategory,
    BySize,
    OpenFirst,
    Route,
    UntilDay,
    places,
    stations_of,
)


def routes(parts: Parts, where: Places) -> Iterator[Fault]:
    """Every route leads somewhere that is there."""
    if parts.routing is None:
        return
    if parts.routing.entry is None and len(parts.stations) != 1:
        covered = parts.sources and all(source and source.entry for source in parts.sources.values())
        if not covered:
            yield where.fault(("routing", "entry"), "a place (only a model with one station may leave it out)")
    for path, route in all_routes(parts):
        yield from _route(path, route, parts, where)
    for name in parts.routing.next:
        if name not in parts.stations:
            hint = nearest(name, parts.stations)
            yield where.fault(("routing", "next", name), "a station of this model", name, hint)
    if not parts.stations and not _refuses_all(parts):
        yield where.fault(("stations",), "at least one station (only a model that refuses everything has none)")


def all_routes(parts: Parts) -> Iterator[tuple[Loc, Route]]:
    """Every rule with its path, the nested ones too."""
    if parts.routing:
        if parts.routing.entry is not None:
            yield from _nested(("routing", "entry"), parts.routing.entry)
        for name, route in parts.routing.next.items():
            yield from _nested(("routing", "next", name), route)
    for name, source in parts.sources.items():
        if source and source.entry is not None:
            yield from _nested(("demand", "sources", name, "entry"), source.entry)


def _nested(path: Loc, route: Route) -> Iterator[tuple[Loc, Route]]:
    yield path, route
    for key in ("small", "large", "first", "then"):
        inner = getattr(route, key, None)
        if inner is not None:
            yield from _nested((*path, key), inner)


def _refuses_all(parts: Parts) -> bool:
    entries = [source.entry for source in parts.sources.values() if source and source.entry]
    if parts.routing and parts.routing.entry:
        entries.append(parts.routing.entry)
    return bool(entries) and all(set(places(route)) == {"refused"} for route in entries)


def _route(path: Loc, route: Route, parts: Parts, where: Places) -> Iterator[Fault]:
    own = file_path(path, parts.raw)
    if isinstance(route, BySize | UntilDay):  # the rules in it are told by themselves
        return
    known = [*parts.stations, *OUTCOMES]
    for place in places(route):
        if place not in known:
            hint = nearest(place, known)
            yield where.fault(own, "a station of this model, done or refused", place, hint)
    for place in stations_of(route):
        if place in OUTCOMES:
            yield where.fault((*own, "prefer" if isinstance(route, OpenFirst) else "among"), "stations only", place)
    if isinstance(route, Budget):
        yield from _budget(own, route, parts, where)
    if isinstance(route, ByCategory):
        yield from complete((*own, "to"), route.to, parts, where)


def _budget(path: Loc, route: Budget, parts: Parts, where: Places) -> Iterator[Fault]:
    station = parts.stations.get(route.prefer)
    if route.prefer in OUTCOMES:
        yield where.fault((*path, "prefer"), "a station", route.prefer)
    if station and not station.price_per_hour and station.contract is None:
        expected = "a station with a price_per_hour (without one the budget is never spent)"
        yield where.fault((*path, "prefer"), expected, route.prefer)
    if route.otherwise == route.prefer:
        expected = "another station, refused or wait (else the budget changes nothing)"
        yield where.fault((*path, "otherwise"), expected, route.otherwise)
