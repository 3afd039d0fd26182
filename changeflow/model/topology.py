"""Load before any run: traffic equations on the request-flow network (Jackson 1957).

With routing that depends on the state a station has a lower load (only what nobody else may take) and an
upper one (everything it may be sent); overload is claimed only when the pooled capacity fails.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from changeflow.model import moments
from changeflow.model.demand import GoLive, Piecewise, Poisson, Renewal, Replay, Source, batch_of
from changeflow.model.laws import Erlang, Exponential, Law, Uniform
from changeflow.model.routing import ByCategory, OpenFirst, Route, Split, To
from changeflow.model.schema import Model
from changeflow.model.stations import Station, by_category

if TYPE_CHECKING:
    import networkx as nx

NO_CATEGORY = "change"
_HOURS_PER_WEEK = 168.0
_LEAK = 1e-12
"""Where a loop is endless requests leave it with this small chance, which makes its stays a number like others."""
_ENDLESS = 1e9
"""More stays than this are endless."""
_MOST_POLICIES = 100
"""Far more than there are: each policy is better than the last, and there are few ways to order stations."""


@dataclass(frozen=True, slots=True)
class Load:
    """Work arriving at a station against the hours it has, per week; low and high bound state-dependent routing."""

    station: str
    kind: str
    servers: int | None
    """None: infinite."""
    hours_per_week: float
    """Working hours available to us in a week without holidays."""
    work_per_week: tuple[float, float]
    """Infinite where a loop may hold requests for ever; so are the visits."""
    visits_per_week: tuple[float, float]
    overloaded: bool
    """More work than hours in the last half of the run, however requests are routed."""

    @property
    def load(self) -> tuple[float, float]:
        """Work over hours; 0 for an infinite station."""
        low, high = self.work_per_week
        return (low / self.hours_per_week, high / self.hours_per_week) if self.servers else (0.0, 0.0)


def categories_of(model: Model) -> tuple[str, ...]:
    """The categories, one unnamed when the file has none."""
    return tuple(model.categories) or (NO_CATEGORY,)


def expected_arrivals(model: Model, begin: float, end: float) -> dict[str, dict[str, float]]:
    """Expected root requests in [begin, end) clock hours, by source and category."""
    return {name: _of_source(model, name, source, begin, end) for name, source in model.demand.sources.items()}


def _of_source(model: Model, name: str, source: Source, begin: float, end: float) -> dict[str, float]:
    categories = categories_of(model)
    if isinstance(source, Replay):
        log = model.logs[name]
        offset = (log.first_day - model.first_day).days * 24.0
        counts = dict.fromkeys(categories, 0.0)
        for hours, value in zip(log.arrived_hours, log.values, strict=True):
            if begin <= hours + offset < end:
                counts[source.category_map.get(value, source.default_category or categories[0])] += 1
        return counts
    number = _count(model, source, begin, end)
    batch = batch_of(source)
    if batch:
        number *= moments.mean(batch)
    if source.category:
        return {source.category: number}
    shares = {name: category.share for name, category in model.categories.items()} or {NO_CATEGORY: 1.0}
    return {category: number * share for category, share in shares.items()}


def _count(model: Model, source: Source, begin: float, end: float) -> float:
    users = model.organisation.users
    match source:
        case Poisson():
            return source.per_hour(users) * (end - begin)
        case Piecewise():
            edges = np.array(source.edges_days) * 24
            mass = np.concatenate([[0.0], np.cumsum(np.array(source.rates_per_day) / 24 * np.diff(edges))])
            return float(np.interp(end, edges, mass) - np.interp(begin, edges, mass))
        case GoLive():
            hours = source.time_days * 24
            law: Law = Exponential(law="exponential", mean=hours)
            if source.shape == "rise_then_decay":
                law = Erlang(law="erlang", k=2, mean=2 * hours)
            found = moments.cdf(law, end) - moments.cdf(law, begin)
            return source.misfits_per_100_users * users / 100 * (1 - source.fit) * found
        case Renewal():
            return (end - begin) / moments.mean(source.interarrival_hours)
    raise AssertionError(source)


def work_factor(station: Station, category: str) -> tuple[float, float]:
    """Expected passes per stay, and expected work per stay over that of a first pass."""
    if station.acceptance is None:
        return 1.0, 1.0
    p = by_category(station.acceptance.rework_probability, category)
    limit = station.acceptance.max_attempts
    passes = (float(limit) if limit else np.inf) if p == 1 else (1 - (p**limit if limit else 0.0)) / (1 - p)
    rework = station.acceptance.rework_work
    return passes, passes if rework == "fresh" else 1 + (passes - 1) * rework


def service_mean(model: Model, name: str, category: str) -> float:
    """Expected working hours of a first pass at a station."""
    station = model.stations[name]
    law = station.service_hours
    chosen: Any = by_category(law, category) if law is not None else model.categories[category].work_hours
    return moments.mean(chosen) / station.speed


def offered_loads(model: Model) -> tuple[Load, ...]:
    """The load of every station, averaged over the run after the warm-up."""
    begin = model.start_hours + model.warm_up_days * 24
    end = model.start_hours + model.horizon_days * 24
    whole, late = _rates(model, begin, end), _rates(model, (begin + end) / 2, end)
    return tuple(_load(model, name, whole[name], late) for name in model.stations)


Bounds = dict[str, tuple[np.ndarray, np.ndarray]]
"""Station -> (visits per week, working hours per week), each [low, high]."""


def _load(model: Model, name: str, rate: tuple[np.ndarray, np.ndarray], late: Bounds) -> Load:
    station = model.stations[name]
    servers = None if station.servers == "infinite" else station.servers
    return Load(
        station=name,
        kind=station.kind,
        servers=servers,
        hours_per_week=_capacity(model, name),
        work_per_week=(float(rate[1][0]), float(rate[1][1])),
        visits_per_week=(float(rate[0][0]), float(rate[0][1])),
        overloaded=servers is not None and _surely_overloaded(model, name, late),
    )


def _capacity(model: Model, name: str) -> float:
    station = model.stations[name]
    servers = 1 if station.servers == "infinite" else station.servers
    return servers * model.capacity_share(name) * model.open_hours_per_week(station.calendar)


def _surely_overloaded(model: Model, name: str, late: Bounds) -> bool:
    """With its own work alone, or together with what the stations before it must let overflow."""
    low, high = late[name][1].tolist()
    capacity = _capacity(model, name)
    if low > capacity:
        return True
    entry = model.routing.entry
    if not isinstance(entry, OpenFirst) or name not in entry.prefer:
        return False
    spilled = 1.0 if entry.prefer.index(name) == 0 else 0.0
    for other in entry.prefer[: entry.prefer.index(name)]:
        most = float(late[other][1][1])
        spilled = max(spilled, 1 - _capacity(model, other) / most if most > 0 else 0.0)
    takes_the_rest = entry.overflow_beyond is None or name == entry.prefer[-1]
    return bool(takes_the_rest and low + (high - low) * spilled > capacity)


def _rates(model: Model, begin: float, end: float) -> Bounds:
    names = tuple(model.stations)
    visits, work = np.zeros((len(names), 2)), np.zeros((len(names), 2))
    weeks = (end - begin) / _HOURS_PER_WEEK
    for source, by_kind in expected_arrivals(model, begin, end).items():
        route = model.demand.sources[source].entry or (model.entry if names else None)
        for category, count in by_kind.items():
            if route is None or not count:
                continue
            for number, name in enumerate(names):
                rate = np.array(expected_stays(model, route, name, category)) * count / weeks
                passes, factor = work_factor(model.stations[name], category)
                hours = factor * service_mean(model, name, category)
                visits[number] += rate * passes
                work[number] += rate * hours if hours else 0.0  # where no work is done, endless stays make none
    return {name: (visits[number], work[number]) for number, name in enumerate(names)}


def expected_stays(model: Model, route: Route, station: str, category: str) -> tuple[float, float]:
    """Least and largest expected stays at a station of a request that `route` sends off; infinite where a loop may
    hold it for ever.

    Overflow may send a request to any station that is open to it. The bounds are over all ways to choose, found
    by policy iteration (Howard 1960), so that no request is ever counted at two places at once.
    """
    low, high = (sign * _most_stays(model, route, station, category, sign) for sign in (-1.0, 1.0))
    return low, high


def _most_stays(model: Model, route: Route, station: str, category: str, worth: float) -> float:
    """The largest expected sum, when each stay at the station is worth this much."""
    names = tuple(model.stations)
    reward = np.array([worth * (name == station) for name in names])
    after = [model.routing.next.get(name, To(place="done")) for name in names]
    value = reward
    for _ in range(_MOST_POLICIES):
        worths = dict(zip(names, value.tolist(), strict=True))
        flow = np.array([_row(model, onward, category, worths) for onward in after])
        ends = max(abs(np.linalg.eigvals(flow))) < 1 - _LEAK
        better = np.linalg.solve(np.eye(len(names)) - (1.0 if ends else 1 - _LEAK) * flow, reward)
        if np.allclose(better, value, rtol=1e-9, atol=1e-12):
            break
        value = better
    worths = dict(zip(names, value.tolist(), strict=True))
    total = float(np.dot(_row(model, route, category, worths), value))
    return total if abs(total) < _ENDLESS else math.copysign(math.inf, total)


def _row(model: Model, route: Route, category: str, worths: dict[str, float]) -> list[float]:
    shares = _shares(model, route, category, worths)
    return [shares.get(name, 0.0) for name in model.stations]


def _shares(model: Model, route: Route, category: str, worths: dict[str, float]) -> dict[str, float]:
    """Where a rule sends a category's requests; what may overflow goes to the open station of most worth."""
    match route:
        case To():
            return {route.place: 1.0}
        case Split():
            return route.shares
        case ByCategory():
            return {by_category(route.to, category): 1.0}
        case OpenFirst():
            prefer = list(dict.fromkeys(route.prefer))
            if route.overflow_beyond is not None:
                prefer.sort(key=lambda name: -worths.get(name, 0.0))
            return _open_shares(model, prefer, category)


def _open_shares(model: Model, prefer: list[str], category: str) -> dict[str, float]:
    """Each request goes to the first station open to it: its difficulty is at most the station's openness."""
    law = model.categories[category].difficulty if category in model.categories else None
    law = law or Uniform(law="uniform", low=0.0, high=1.0)
    shares, taken = {}, 0.0
    for name in prefer:
        may = moments.cdf(law, by_category(model.stations[name].openness, category))
        shares[name], taken = max(0.0, may - taken), max(taken, may)
    return shares


def _entry_shares(model: Model, route: Route, station: str, category: str) -> tuple[float, float]:
    """Least and largest share of a category's requests that a rule sends to a station."""
    low, high = (_shares(model, route, category, {station: worth}).get(station, 0.0) for worth in (-1.0, 1.0))
    return low, high


def flow_graph(model: Model) -> nx.DiGraph[str]:
    """The request-flow network: sources, stations and outcomes, with expected requests per week on the edges."""
    import networkx as nx  # noqa: PLC0415  a slow import, for drawing only

    graph: nx.DiGraph[str] = nx.DiGraph()
    begin = model.start_hours + model.warm_up_days * 24
    end = model.start_hours + model.horizon_days * 24
    weeks = (end - begin) / _HOURS_PER_WEEK
    loads = {load.station: load for load in offered_loads(model)}
    for name, load in loads.items():
        graph.add_node(name, kind=load.kind, load=_finite(load.load) if load.servers else None)
    for source, counts in expected_arrivals(model, begin, end).items():
        graph.add_node(source, kind="source", load=None)
        route = model.demand.sources[source].entry or (model.entry if model.stations else To(place="refused"))
        _edges(graph, model, source, route, {name: count / weeks for name, count in counts.items()})
    for name, load in loads.items():
        route = model.routing.next.get(name, To(place="done"))
        passes = np.mean([work_factor(model.stations[name], category)[0] for category in categories_of(model)])
        visits = _finite(load.visits_per_week)
        weight = visits / float(passes)
        _edges(
            graph,
            model,
            name,
            route,
            {category: weight / len(categories_of(model)) for category in categories_of(model)},
        )
        if passes > 1:
            graph.add_edge(name, name, per_week=visits * (1 - 1 / float(passes)))
    return graph


def _finite(bounds: tuple[float, float]) -> float:
    """The upper bound, or the lower one where a loop may be endless, or 0 where it must be: a number to draw."""
    return next((bound for bound in reversed(bounds) if math.isfinite(bound)), 0.0)


def _edges(graph: nx.DiGraph[str], model: Model, start: str, route: Route, weights: dict[str, float]) -> None:
    total = sum(weights.values())
    for place in (*model.stations, "done", "refused"):
        sent = sum(weight * _entry_shares(model, route, place, category)[1] for category, weight in weights.items())
        if isinstance(route, OpenFirst) and place == "refused":
            best = {
                category: max(_entry_shares(model, route, name, category)[1] for name in route.prefer)
                for category in weights
            }
            if route.overflow_beyond is None:
                best = {
                    category: sum(_entry_shares(model, route, name, category)[1] for name in route.prefer)
                    for category in weights
                }
            sent = total - sum(weight * best[category] for category, weight in weights.items())
        if sent > 1e-9 * max(total, 1e-300):
            if place in {"done", "refused"}:
                graph.add_node(place, kind="outcome", load=None)
            graph.add_edge(start, place, per_week=sent)
