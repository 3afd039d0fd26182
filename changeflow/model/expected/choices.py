"""Where requests go when every choice that depends on the state is made for the most of some worth.

All bounds of the traffic equations come from here: what a rule, a full station or an impatient requester will do
is unknown before a run, so it is taken to do what makes the sought number largest, or, with worths below 0, least.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from changeflow.model.expected.effort import Kind, difficulty_with_size, small_share
from changeflow.model.requests.routing import (
    OUTCOMES,
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
from changeflow.model.stations.station import Station
from changeflow.model.values import moments
from changeflow.model.values.by_category import by_category
from changeflow.model.values.going_together import open_given_size
from changeflow.model.values.laws import ANY_DIFFICULTY

Worths = Mapping[str, float]
"""What a stay at a station, or an outcome, is worth; 0 where not named."""
Shares = dict[str, float]
NOWHERE = "nowhere"
"""The place of those who leave, or wait for money until the end."""


@dataclass(frozen=True, slots=True)
class Choices:
    """The routing of a kind of requests at a clock hour."""

    model: Model
    kind: Kind
    now: float

    def sent(self, route: Route, worths: Worths) -> Shares:
        """Share of the requests that a rule sends to each place."""
        match route:
            case To():
                return {route.place: 1.0}
            case Split():
                return dict(route.shares)
            case ByCategory():
                return {by_category(route.to, self.kind.category): 1.0}
            case BySize():
                small = self.kind.high <= small_share(self.model, route, self.kind.category)
                return self.sent(route.small if small else route.large, worths)
            case UntilDay():
                return self.sent(route.first if self.now < route.day * 24 else route.then, worths)
            case Budget():
                return self._within_budget(route, worths)
            case Custom():
                return {self._best((*self.model.stations, *OUTCOMES), worths): 1.0}
        named = tuple(dict.fromkeys(stations_of(route)))
        if not isinstance(route, OpenFirst) or route.overflow_beyond is not None:
            named = tuple(sorted(named, key=lambda name: -self._worth(name, worths)))
        return self._first_open(named)

    def stays(self, route: Route, worths: Worths) -> Shares:
        """Share of the requests that a rule sends off which stay at each station."""
        found: Shares = {}
        for place, share in self.sent(route, worths).items():
            if place in self.model.stations:
                station, joining = self._lands(place, worths)
                found[station] = found.get(station, 0.0) + share * joining
        return found

    def _worth(self, place: str, worths: Worths) -> float:
        if place not in self.model.stations:
            return worths.get(place, 0.0)
        station, joining = self._lands(place, worths)
        return joining * worths.get(station, 0.0)

    def _best(self, named: tuple[str, ...], worths: Worths) -> str:
        return max(named, key=lambda place: self._worth(place, worths))

    def _lands(self, name: str, worths: Worths) -> tuple[str, float]:
        """The station where a newcomer stays, and the share that does: a full station sends it on."""
        station = self.model.stations[name]
        share = least_staying(station) if worths.get(name, 0.0) < 0 else 1.0
        if station.capacity is None:
            return name, share
        other = (name, 0.0)
        if station.when_full in self.model.stations:
            other = self._lands(station.when_full, worths)
        return max((name, share), other, key=lambda way: way[1] * worths.get(way[0], 0.0))

    def _first_open(self, named: tuple[str, ...]) -> Shares:
        """Each request goes to the first of these stations that may do it."""
        shares, taken = {}, 0.0
        for name in named:
            may = open_share(self.model, name, self.kind)
            shares[name], taken = max(0.0, may - taken), max(taken, may)
        return shares | {"refused": 1.0 - taken}

    def _within_budget(self, route: Budget, worths: Worths) -> Shares:
        """What the preferred station may not do goes elsewhere at once; the rest wherever there is money."""
        may = open_share(self.model, route.prefer, self.kind)
        waits = route.otherwise == "wait"
        chosen = self._best((route.prefer, NOWHERE if waits else route.otherwise), worths)
        found = {"refused" if waits else route.otherwise: 1.0 - may}
        return found | {chosen: found.get(chosen, 0.0) + may}


def open_share(model: Model, name: str, kind: Kind) -> float:
    """Share of a kind of requests that a station may do: it is open to them, and somebody may change them."""
    station, category = model.stations[name], kind.category
    if not station.may_work_on(category):
        return 0.0
    law = model.categories[category].difficulty if category in model.categories else None
    share = moments.cdf(law or ANY_DIFFICULTY, station.reach(category))
    correlation = difficulty_with_size(model, category)
    return open_given_size(share, correlation, kind.low, kind.high) if correlation else share


def least_staying(station: Station) -> float:
    """The share of newcomers that surely stays where there is room: those who lose patience do not."""
    return 0.0 if station.patience_hours is not None else min(station.join_probability, default=1.0)


def done_share(choices: Choices, route: Route) -> tuple[float, float]:
    """Least and largest share of the requests that a rule sends off which are done in the end, not lost on the way.

    Only what is refused at once is known exactly; where requests may be lost later the least share is 0.
    """
    refuses = any(
        "refused" in places(part) or not isinstance(part, To | Split | ByCategory)
        for way in choices.model.routing.next.values()
        for part in parts_of(way)
    )
    may_lose = refuses or any(map(_may_lose, choices.model.stations.values()))
    refused = [choices.sent(route, {"refused": worth, NOWHERE: worth}) for worth in (1.0, -1.0)]
    most, fewest = (sum(sent.get(place, 0.0) for place in ("refused", NOWHERE)) for sent in refused)
    return 0.0 if may_lose else 1.0 - most, 1.0 - fewest


def _may_lose(station: Station) -> bool:
    withdraws = station.acceptance is not None and station.acceptance.at_limit == "withdrawn"
    return withdraws or station.capacity is not None or least_staying(station) < 1
