"""Ways without an end: loops in the network and rework that never stops."""

from __future__ import annotations

from collections.abc import Iterator

from changeflow.errors import Fault
from changeflow.model.checks.parts import Parts
from changeflow.model.checks.routes import all_routes
from changeflow.model.file.faults import Places
from changeflow.model.requests.routing import OUTCOMES, BySize, Custom, Route, Split, UntilDay, places, stations_of
from changeflow.model.stations.station import Station


def endless(parts: Parts, where: Places) -> Iterator[Fault]:
    """A station from which no outcome can be reached keeps its requests for ever."""
    for name, station in parts.stations.items():
        yield from _endless_rework(name, station, where)
    known = {*parts.stations, *OUTCOMES}
    if parts.routing is None or any(set(places(route)) - known for _, route in all_routes(parts)):
        return
    if not parts.routing.next:
        return
    import networkx as nx  # noqa: PLC0415  a slow import that a model without `next` does not need

    graph: nx.DiGraph[str] = nx.DiGraph()
    for name in parts.stations:
        graph.add_edges_from((name, place) for place in _likely(parts.routing.next.get(name)))
    ends = set(OUTCOMES) & set(graph)
    leads_out = set().union(*(nx.ancestors(graph, end) for end in ends)) if ends else set()
    for name in parts.stations:
        if name not in leads_out:
            yield where.fault(("routing", "next", name), "a way that ends in done or refused", "a loop without end")


def _endless_rework(name: str, station: Station | None, where: Places) -> Iterator[Fault]:
    if station is None or station.acceptance is None or station.acceptance.max_attempts is not None:
        return
    if station.errors is not None:
        return
    chance = station.acceptance.rework_probability
    if 1.0 in (chance.values() if isinstance(chance, dict) else (chance,)):
        path = ("stations", name, "acceptance", "rework_probability")
        yield where.fault(path, "below 1, or max_attempts (else rework never ends)", 1.0)


def _likely(route: Route | None) -> tuple[str, ...]:
    """Places that requests surely come to, or may; a refusal where no station is open does not count as a way out."""
    match route:
        case None | Custom():  # nobody knows what a function of one's own does
            return ("done",)
        case Split():
            return tuple(place for place, share in route.shares.items() if share > 0)
        case BySize():
            return (*_likely(route.small), *_likely(route.large))
        case UntilDay():
            return (*_likely(route.first), *_likely(route.then))
    return stations_of(route) or places(route)
