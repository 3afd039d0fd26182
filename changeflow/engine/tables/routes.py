"""Routing rules as numbers: integer codes, and a pool of places, cumulated shares and nested rules."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from changeflow.engine.tables.station import NO_LIMIT
from changeflow.model.requests.routing import (
    Budget,
    ByCategory,
    BySize,
    Cheapest,
    Custom,
    OpenFirst,
    Route,
    ShortestQueue,
    Soonest,
    Split,
    To,
    UntilDay,
    places,
)
from changeflow.model.values.by_category import by_category

GO_DONE, GO_REFUSED, GO_WAIT = -1, -2, -3

(
    TO, SPLIT, BY_CATEGORY, OPEN_FIRST, SHORTEST_QUEUE, SOONEST, CHEAPEST, BY_SIZE, UNTIL_DAY, BUDGET, CUSTOM,
) = range(11)  # fmt: skip
ROUTE = np.dtype([("rule", "i8"), ("first", "i8"), ("size", "i8"), ("limit", "i8"), ("value", "f8")])
"""`value`: hours of size, clock hours or money, as the rule needs it."""


class RouteBook:
    """Collects routes."""

    def __init__(self, categories: tuple[str, ...], known: Mapping[str, int]) -> None:
        self.categories, self.known = categories, {**known, "wait": GO_WAIT}
        self.routes: list[tuple[int, int, int, int, float]] = []
        self.places: list[int] = []
        self.heights: list[float] = []
        self.custom: list[str] = []
        """Names of a researcher's own rules; a CUSTOM route's `limit` is its place here."""

    def add(self, route: Route) -> int:
        """The number of the route; nested ones come first."""
        known = self.known
        match route:
            case To():
                return self._row(TO, [known[route.place]])
            case Split():
                shares = list(np.cumsum(list(route.shares.values())))
                return self._row(SPLIT, [known[name] for name in route.shares], heights=shares)
            case ByCategory():
                return self._row(BY_CATEGORY, [known[by_category(route.to, name)] for name in self.categories])
            case OpenFirst():
                limit = NO_LIMIT if route.overflow_beyond is None else route.overflow_beyond
                return self._row(OPEN_FIRST, [known[name] for name in route.prefer], limit=limit)
            case ShortestQueue():
                return self._row(SHORTEST_QUEUE, [known[name] for name in route.among])
            case Soonest():
                return self._row(SOONEST, [known[name] for name in route.among])
            case Cheapest():
                return self._row(CHEAPEST, [known[name] for name in route.among])
            case BySize():
                return self._nested(BY_SIZE, route.small, route.large, route.up_to_hours)
            case UntilDay():
                return self._nested(UNTIL_DAY, route.first, route.then, route.day * 24)
            case Budget():
                return self._row(BUDGET, [known[route.prefer], known[route.otherwise]], value=route.per_month)
            case Custom():
                self.custom.append(route.name)
                return self._row(CUSTOM, [], limit=len(self.custom) - 1)

    def _nested(self, rule: int, one: Route, other: Route, value: float) -> int:
        """Two ways: their routes, then the station that each leads to first (an outcome where it leads to none)."""
        routes = [self.add(one), self.add(other)]
        stations = [
            next((self.known[name] for name in places(way) if self.known[name] >= 0), GO_DONE) for way in (one, other)
        ]
        return self._row(rule, [*routes, *stations], value=value)

    def _row(
        self, rule: int, numbers: list[int], *, limit: int = NO_LIMIT, value: float = 0.0,
        heights: list[float] | None = None,
    ) -> int:  # fmt: skip
        first = len(self.places)
        self.places += numbers
        self.heights += heights or [1.0] * len(numbers)
        self.routes.append((rule, first, len(numbers), limit, value))
        return len(self.routes) - 1
