"""The request-flow network as a graph, for drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from changeflow.model.expected.choices import Choices
from changeflow.model.expected.effort import kinds, passes
from changeflow.model.expected.requests import categories_of, expected_arrivals
from changeflow.model.load.topology import offered_loads
from changeflow.model.load.traffic import HOURS_PER_WEEK, Floats, traffic
from changeflow.model.requests.routing import Route, To
from changeflow.model.schema import Model

if TYPE_CHECKING:
    import networkx as nx

_NEGLIGIBLE = 1e-9


def flow_graph(model: Model) -> nx.DiGraph[str]:
    """Sources, stations and outcomes, with the most expected requests per week on the edges.

    Tested deliveries go on from their tester. Where a request goes from a full station, or who gives up, is an edge
    with a `note` and without traffic.
    Where a loop may be endless it is the least number, and 0 where it must be.
    """
    import networkx as nx  # noqa: PLC0415  a slow import, for drawing only

    graph: nx.DiGraph[str] = nx.DiGraph()
    begin = model.start_hours + model.warm_up_days * 24
    end = model.start_hours + model.horizon_days * 24
    weeks = (end - begin) / HOURS_PER_WEEK
    visits = _finite(traffic(model, begin, end).visits)
    for load in offered_loads(model):
        graph.add_node(load.station, kind=load.kind, load=float(_finite(np.array(load.load))) if load.servers else None)
    for source, counts in expected_arrivals(model, begin, end).items():
        graph.add_node(source, kind="source", load=None)
        route = model.demand.sources[source].entry or (model.entry if model.stations else To(place="refused"))
        _edges(graph, model, source, route, {name: count / weeks for name, count in counts.items()})
    testers = {value.acceptance.by for value in model.stations.values() if value.acceptance and value.acceptance.by}
    for number, (name, station) in enumerate(model.stations.items()):
        by_kind = dict(zip(categories_of(model), visits[number], strict=True))
        stays = {category: visited / passes(model, name, category) for category, visited in by_kind.items()}
        again = sum(by_kind.values()) - sum(stays.values())
        leaves_from = name  # the place where its verdicts fall
        if station.acceptance and station.acceptance.by:
            leaves_from = station.acceptance.by
            graph.add_edge(name, leaves_from, per_week=sum(by_kind.values()))
        if again > 0:
            graph.add_edge(leaves_from, name, per_week=again)
        if name not in testers:
            _edges(graph, model, leaves_from, model.routing.next.get(name, To(place="done")), stays)
    for name, station in model.stations.items():
        if station.capacity is not None:
            _may_go(graph, name, station.when_full, "full")
        if station.patience_hours is not None or station.join_probability:
            _may_go(graph, name, "withdrawn", "gives up")
    return graph


def _may_go(graph: nx.DiGraph[str], start: str, place: str, note: str) -> None:
    """An edge whose traffic nobody knows before a run: with a word instead of a number."""
    if place not in graph:
        graph.add_node(place, kind="outcome", load=None)
    if not graph.has_edge(start, place):
        graph.add_edge(start, place, per_week=0.0, note=note)


def _finite(bounds: Floats) -> Floats:
    """The upper one of bounds in the last dimension, or the lower one, or 0: a number to draw."""
    low, high = bounds[..., 0], bounds[..., 1]
    return np.where(np.isfinite(high), high, np.where(np.isfinite(low), low, 0.0))


def _edges(graph: nx.DiGraph[str], model: Model, start: str, route: Route, weights: dict[str, float]) -> None:
    """Edges of a rule for so many requests a week of each category; in the middle of the run."""
    now = model.start_hours + model.horizon_days * 12
    sent = dict.fromkeys((*model.stations, "done", "refused"), 0.0)
    for category, weight in weights.items():
        for kind in kinds(model, category):
            for place in sent:
                most = Choices(model, kind, now).sent(route, {place: 1.0}).get(place, 0.0)
                sent[place] += weight * kind.share * most
    total = sum(weights.values())
    for place, per_week in sent.items():
        if per_week > _NEGLIGIBLE * max(total, 1e-300):
            if place in {"done", "refused"}:
                graph.add_node(place, kind="outcome", load=None)
            known = graph.edges[start, place]["per_week"] if graph.has_edge(start, place) else 0.0
            graph.add_edge(start, place, per_week=known + per_week)
