"""The request-flow network: who is sent where, and the traffic equations (Jackson 1957).

Whatever depends on the state has a least and a largest value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from changeflow.model import moments
from changeflow.model.by_category import by_category
from changeflow.model.expected import categories_of, expected_arrivals, least_share
from changeflow.model.laws import Law, Uniform
from changeflow.model.process_only import all_routes
from changeflow.model.routing import (
    Budget,
    ByCategory,
    BySize,
    Custom,
    OpenFirst,
    Route,
    Split,
    To,
    UntilDay,
    parts_of,
    places,
    stations_of,
)
from changeflow.model.schema import Model
from changeflow.model.stations import Station

Floats = NDArray[np.float64]
Bounds = tuple[float, float]
HOURS_PER_WEEK = 168.0
_MOST_RADIUS = 0.99
"""A loop that requests might never leave, at its upper bound, counts as left after a hundred rounds."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Requests of a category whose luck lies in (low, high]: rules by size send them all the same way."""

    category: str
    low: float = 0.0
    high: float = 1.0

    @property
    def share(self) -> float:
        """Of the category's requests."""
        return self.high - self.low


def service_law(model: Model, station: str, category: str) -> Law:
    """The law of the reference hours of a first pass."""
    own = model.stations[station].service_hours
    chosen: Any = by_category(own, category) if own is not None else model.categories[category].work_hours
    return chosen  # type: ignore[no-any-return]


def _measured_at(route: BySize, model: Model) -> str | None:
    return next((place for place in places(route) if place in model.stations), None)


def _small_share(model: Model, route: BySize, category: str) -> float:
    """Share of a category's requests that a rule by size calls small."""
    name = _measured_at(route, model)
    return 1.0 if name is None else moments.cdf(service_law(model, name, category), route.up_to_hours)


def kinds(model: Model, category: str) -> tuple[Kind, ...]:
    """The kinds of a category: one, unless rules by size divide it."""
    rules = [part for route in all_routes(model) for part in parts_of(route) if isinstance(part, BySize)]
    cuts = sorted({0.0, 1.0, *(_small_share(model, rule, category) for rule in rules)})
    return tuple(Kind(category, a, b) for a, b in pairwise(cuts))


def first_hours(model: Model, station: str, kind: Kind) -> float:
    """Expected working hours of a first pass of a kind, at the station's speed."""
    law, speed = service_law(model, station, kind.category), model.stations[station].speed
    if kind.share == 1.0:
        return moments.mean(law) / speed
    rules = [part for route in all_routes(model) for part in parts_of(route) if isinstance(part, BySize)]
    limits = {_small_share(model, rule, kind.category): rule.up_to_hours for rule in rules}
    measured = {
        service_law(model, name, kind.category) for rule in rules if (name := _measured_at(rule, model)) is not None
    }
    if measured != {law}:  # another law than the one that was measured: what size says of it is left out
        return moments.mean(law) / speed
    below = moments.mean_below(law, limits[kind.low]) if kind.low > 0 else 0.0
    up_to = moments.mean_below(law, limits[kind.high]) if kind.high < 1 else moments.mean(law)
    return (up_to - below) / kind.share / speed


def passes(station: Station, category: str) -> float:
    """Expected passes of a stay."""
    if station.acceptance is None:
        return 1.0
    p = by_category(station.acceptance.rework_probability, category)
    limit = station.acceptance.max_attempts
    if p == 1:
        return float(limit) if limit else np.inf
    return float((1 - (p**limit if limit else 0.0)) / (1 - p))


def stay_hours(model: Model, name: str, kind: Kind) -> float:
    """Expected working hours of a stay: the first pass and the repeated ones."""
    station, first = model.stations[name], first_hours(model, name, kind)
    if station.acceptance is None:
        return first
    again = moments.mean(service_law(model, name, kind.category)) / station.speed
    if station.acceptance.rework_hours is not None:
        again = moments.mean(station.acceptance.rework_hours) / station.speed
    elif station.acceptance.rework_work != "fresh":
        again = first * station.acceptance.rework_work
    return first + (passes(station, kind.category) - 1) * again


def route_shares(model: Model, route: Route, kind: Kind, now: float) -> dict[str, Bounds]:
    """Least and largest share of a kind that a rule sends to each place at clock hour `now`."""
    match route:
        case To():
            return {route.place: (1.0, 1.0)}
        case Split():
            return {place: (share, share) for place, share in route.shares.items()}
        case ByCategory():
            return {by_category(route.to, kind.category): (1.0, 1.0)}
        case BySize():
            small = kind.high <= _small_share(model, route, kind.category)
            return route_shares(model, route.small if small else route.large, kind, now)
        case UntilDay():
            return route_shares(model, route.first if now < route.day * 24 else route.then, kind, now)
        case Budget():
            return dict.fromkeys(places(route), (0.0, 1.0))
        case Custom():
            return dict.fromkeys(model.stations, (0.0, 1.0))
    return _chosen(model, route, kind.category)


def open_share(model: Model, name: str, category: str) -> float:
    """Share of a category's requests that a station may do: it is open to them, and somebody has the skill."""
    station = model.stations[name]
    if not station.may_work_on(category):
        return 0.0
    law = model.categories[category].difficulty if category in model.categories else None
    return moments.cdf(law or Uniform(law="uniform", low=0.0, high=1.0), by_category(station.openness, category))


def _chosen(model: Model, route: Route, category: str) -> dict[str, Bounds]:
    """A choice by the state among stations that are open."""
    named = stations_of(route)
    may = [open_share(model, name, category) for name in named]
    in_order = isinstance(route, OpenFirst) and route.overflow_beyond is None
    found: dict[str, Bounds] = {"refused": (1 - max(may), 1 - max(may))}
    for number, name in enumerate(named):
        others = may[:number] if in_order else [*may[:number], *may[number + 1 :]]
        least = max(0.0, may[number] - max(others, default=0.0))
        found[name] = (least, least if in_order else may[number])
    return found


@dataclass(frozen=True, slots=True)
class Traffic:
    """Visits and working hours per week: stations x categories x (least, largest)."""

    visits: Floats
    work: Floats


def traffic(model: Model, begin: float, end: float) -> Traffic:
    """The traffic equations over a window of clock hours."""
    names, categories = tuple(model.stations), categories_of(model)
    shape = (len(names), len(categories), 2)
    visits, work = np.zeros(shape), np.zeros(shape)
    weeks = (end - begin) / HOURS_PER_WEEK
    for a, b in _pieces(model, begin, end):
        arrivals = expected_arrivals(model, a, b)
        for number, category in enumerate(categories):
            for kind in kinds(model, category):
                stays = _stays(model, kind, (a + b) / 2, arrivals) / weeks
                _add(model, kind, stays, visits[:, number], work[:, number])
    return Traffic(visits, work)


def _pieces(model: Model, begin: float, end: float) -> Iterator[tuple[float, float]]:
    """The window cut where a rule changes."""
    days = {part.day * 24 for route in all_routes(model) for part in parts_of(route) if isinstance(part, UntilDay)}
    return pairwise([begin, *sorted(day for day in days if begin < day < end), end])


def _add(model: Model, kind: Kind, stays: Floats, visits: Floats, work: Floats) -> None:
    """Visits and work of a kind's stays; each delivery is also a visit at the station that tests it."""
    names = tuple(model.stations)
    for number, name in enumerate(names):
        station = model.stations[name]
        if not stays[number].any():
            continue
        rate = stays[number] * passes(station, kind.category)
        visits[number] += rate
        work[number] += stays[number] * stay_hours(model, name, kind)
        if station.acceptance and station.acceptance.by:
            tester = names.index(station.acceptance.by)
            law = service_law(model, station.acceptance.by, kind.category)
            visits[tester] += rate
            work[tester] += rate * moments.mean(law) / model.stations[station.acceptance.by].speed


def _stays(model: Model, kind: Kind, now: float, arrivals: dict[str, dict[str, float]]) -> Floats:
    """Stays of a kind by station, least and largest: entered (I - P)^-1."""
    names = tuple(model.stations)
    entered = np.zeros((2, len(names)))
    for source, counts in arrivals.items():
        route = model.demand.sources[source].entry or (model.entry if names else None)
        count = counts.get(kind.category, 0.0) * kind.share
        if route is None or not count:
            continue
        least = least_share(model.demand.sources[source])
        shares = route_shares(model, route, kind, now)
        entered += np.array([shares.get(name, (0.0, 0.0)) for name in names]).T * count * np.array([[least], [1.0]])
    if not entered.any():
        return np.zeros((len(names), 2))
    flow = np.zeros((2, len(names), len(names)))
    for i, name in enumerate(names):
        after = model.routing.next.get(name)
        shares = {} if after is None else route_shares(model, after, kind, now)
        flow[:, i] = np.array([shares.get(other, (0.0, 0.0)) for other in names]).T
        overflow = model.stations[name].when_full
        if model.stations[name].capacity is not None and overflow in names:
            flow[1, i, names.index(overflow)] += 1.0
    joining = np.array([least_joining(model.stations[name]) for name in names])
    low = _solve(entered[0] * joining, flow[0] * joining)
    return np.stack([low, _solve(entered[1], flow[1])], axis=1)


def _solve(entered: Floats, flow: Floats) -> Floats:
    radius = float(np.max(np.abs(np.linalg.eigvals(flow)))) if flow.any() else 0.0
    bounded = flow if radius <= _MOST_RADIUS else flow * (_MOST_RADIUS / radius)
    return np.asarray(np.linalg.solve(np.eye(len(entered)) - bounded.T, entered))


def least_joining(station: Station) -> float:
    """The share of newcomers that surely stays until served: those who find it full or lose patience do not."""
    if station.capacity is not None or station.patience_hours is not None:
        return 0.0
    return min(station.join_probability, default=1.0)
