"""Skills and authority: a route that must not send requests to a station where nobody may work on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from changeflow.errors import Fault
from changeflow.model.checks.parts import Parts
from changeflow.model.checks.routes import all_routes
from changeflow.model.file.faults import Loc, Places, file_path
from changeflow.model.requests.demand import Replay
from changeflow.model.requests.routing import Budget, ByCategory, Custom, Route, Split, To, places
from changeflow.model.values import moments
from changeflow.model.values.laws import ANY_DIFFICULTY, Law

_NEGLIGIBLE = 1e-9

Flow = dict[str, set[str]]
"""Station -> categories that may come there."""


def skills(parts: Parts, where: Places) -> Iterator[Fault]:
    """Fixed routes, overflow and acceptance; rules that look at the state pass over a station without the skill."""
    if parts.routing is None or not any(station.staff for _, station in parts.read_stations()):
        return
    flow = flow_of(parts)
    for path, route in all_routes(parts):
        for place, category in _fixed(route, categories_at(path, flow, parts)):
            looks = isinstance(route, Budget) and place == route.prefer
            yield from _skilled(file_path(path, parts.raw), place, category, parts, where, looks=looks)
    if parts.routing.entry is None and len(parts.stations) == 1:
        name = next(iter(parts.stations))
        for category in sorted(_entering(parts)):
            yield from _skilled(("stations", name, "staff"), name, category, parts, where)
    for name, station in parts.read_stations():
        for category in sorted(flow[name]):
            if station.capacity is not None:
                yield from _skilled(("stations", name, "when_full"), station.when_full, category, parts, where)
            if station.acceptance and station.acceptance.by:
                path = ("stations", name, "acceptance", "by")
                yield from _skilled(path, station.acceptance.by, category, parts, where)


def _skilled(
    path: Loc, place: str, category: str, parts: Parts, where: Places, *, looks: bool = False
) -> Iterator[Fault]:
    """Somebody there may work on the category, on all of it where nobody looks whether the station may."""
    station = parts.stations.get(place)
    if station and category in parts.categories and not station.may_work_on(category):
        expected = f"a station with a group for category '{category}' (its requests come this way)"
        yield where.fault(path, expected, place)
        return
    beyond = 1 - share_within(station.authority_over(category), category, parts) if station and not looks else 0.0
    if beyond > _NEGLIGIBLE:
        expected = (
            f"a station where somebody has authority over every request of category '{category}' (they come this way "
            f"whatever their difficulty, and {beyond:.0%} would wait for ever); open_first passes over it"
        )
        yield where.fault(path, expected, place)


def share_within(difficulty: float, category: str, parts: Parts) -> float:
    """Share of a category's requests up to a difficulty."""
    known = parts.categories.get(category)
    law: Law = (known.difficulty if known else None) or ANY_DIFFICULTY
    return float(moments.cdf(law, difficulty))


def _fixed(route: Route, categories: set[str]) -> Iterator[tuple[str, str]]:
    """Places that a rule sends these categories to without looking who is there."""
    for category in sorted(categories):
        match route:
            case To():
                yield route.place, category
            case Split():
                yield from ((place, category) for place, share in route.shares.items() if share > 0)
            case ByCategory():
                place = route.to.get(category, route.to.get("default"))
                if place is not None:
                    yield place, category
            case Budget():
                yield route.prefer, category
                yield route.otherwise, category


def categories_at(path: Loc, flow: Flow, parts: Parts) -> set[str]:
    """Categories that may come to the route at a path."""
    match path:
        case ("routing", "next", str(station), *_):
            return flow.get(station, set())
        case ("demand", "sources", str(source), *_):
            return _of_source(parts, source)
    return _entering(parts)


def _of_source(parts: Parts, name: str) -> set[str]:
    source = parts.sources.get(name)
    if source is None or isinstance(source, Replay) or source.category is None:
        return {name for name, value in parts.categories.items() if value is None or value.share > 0}
    return {source.category}


def _entering(parts: Parts) -> set[str]:
    """Categories of the sources without an entry of their own."""
    own = [name for name, source in parts.sources.items() if source is None or source.entry is None]
    return set().union(*(_of_source(parts, name) for name in own)) if own else set()


def flow_of(parts: Parts) -> Flow:
    """Follow every route until nothing new comes anywhere."""
    flow: Flow = {name: set() for name in parts.stations}
    if parts.routing and parts.routing.entry is None and len(flow) == 1:
        flow[next(iter(flow))] |= _entering(parts)
    found = -1
    while (now := sum(map(len, flow.values()))) != found:
        found = now
        for path, route in all_routes(parts):
            _send(route, categories_at(path, flow, parts), flow, parts)
        for name, station in parts.read_stations():
            if station.capacity is not None and station.when_full in flow:
                flow[station.when_full] |= flow[name]
    return flow


def _send(route: Route, categories: set[str], flow: Flow, parts: Parts) -> None:
    if isinstance(route, ByCategory):
        pairs = [(place, category) for place, category in _fixed(route, categories)]
    else:
        reached: Mapping[str, object] = flow if isinstance(route, Custom) else dict.fromkeys(places(route))
        pairs = [(place, category) for place in reached for category in categories]
    for place, category in pairs:
        station = parts.stations.get(place)
        if place in flow and (station is None or station.may_work_on(category)):
            flow[place].add(category)
