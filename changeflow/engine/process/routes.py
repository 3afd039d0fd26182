"""Where the reference engine sends a request, and the decision records that rules leave."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from changeflow.engine.chance import draws
from changeflow.engine.chance.quantiles import quantile
from changeflow.engine.process.duty import Floor
from changeflow.engine.process.requests import Request
from changeflow.engine.process.station import Station
from changeflow.engine.shared import rules
from changeflow.engine.tables import routes as r
from changeflow.engine.tables.station import INFINITE, NO_LIMIT
from changeflow.errors import RunError
from changeflow.model.requests.routing_rule import RequestSight, StationSight
from changeflow.model.values.spans import HOURS_PER_MONTH

Decision = tuple[int, float, int, int, float, float, bool]
"""Request, time, rule, candidate station, what the rule saw there, the value it compared, chosen."""
Seen = list[tuple[int, float, float]]


class Router:
    """Applies the routes of a model; a rule sees the state at its instant and nothing of the future."""

    def __init__(self, run: Floor, stations: Sequence[Station], *, decisions: bool) -> None:
        self.run, self.stations = run, stations
        tables = run.tables
        self._routes = [(int(row["rule"]), int(row["first"]), int(row["size"]), int(row["limit"]), float(row["value"]))
                        for row in tables.routes]  # fmt: skip
        self._places: list[int] = tables.route_places.tolist()
        self._heights = tables.route_heights
        self.decisions: list[Decision] | None = [] if decisions else None
        self._spent: dict[int, tuple[int, float]] = {}
        """Month and money committed in it, by route with a budget."""

    def place(self, route: int, request: Request, stage: np.uint64, entry: int) -> int:
        """The next place: a station's number, or an outcome."""
        rule, first, size, limit, value = self._routes[route]
        places = self._places
        if rule == r.TO:
            return places[first]
        while rule in (r.BY_SIZE, r.UNTIL_DAY):
            ways, stations = places[first : first + 2], places[first + 2 : first + 4]
            if rule == r.BY_SIZE:
                seen = self._size(request, stations[0] if stations[0] >= 0 else stations[1])
                way = 0 if seen <= value else 1
            else:
                seen = self.run.clock.now
                way = 0 if seen < value else 1
            for number, station in enumerate(stations):
                if station >= 0:
                    self._record_one(request, rule, station, seen, value, chosen=number == way)
            route = ways[way]
            rule, first, size, limit, value = self._routes[route]
        if rule == r.TO:
            return places[first]
        if rule == r.BY_CATEGORY:
            return places[first + request.category]
        if rule == r.SPLIT:
            luck, _ = draws.uniform_pair(self.run.run_key, request.key, stage, draws.ROUTE, entry)
            return places[first + int(rules.pick(self._heights, first, size, luck))]
        if rule == r.BUDGET:
            return self._within_budget(route, request, places[first], places[first + 1], value)
        if rule == r.CUSTOM:
            return self._custom(request, limit)
        among = places[first : first + size]
        if rule == r.OPEN_FIRST:
            return self._first_open(request, among, limit)
        return self._lowest(request, among, rule)

    def _size(self, request: Request, place: int) -> float:
        """The request's own work content in reference hours, as the first pass at a station would take it."""
        if place < 0:
            return 0.0
        table, tables = self.stations[place].table, self.run.tables
        entry = request.passes.get(table.stage_number, 0)
        luck, _ = draws.uniform_pair(self.run.run_key, request.work_key, table.stage, draws.WORK, entry)
        law = table.service_law[request.work_category]
        return request.origin.scale * float(quantile(tables.law_rows, tables.law_pool, law, luck))

    def _open_to(self, request: Request, places: Sequence[int]) -> Iterator[tuple[int, Station]]:
        for place in places:
            station = self.stations[place]
            if rules.may_do(request.difficulty, station.table.openness[request.category]):
                yield place, station

    def _first_open(self, request: Request, prefer: Sequence[int], limit: int) -> int:
        """The first station open to the request that is not full; the last open one takes what overflows."""
        seen: Seen = []
        chosen = r.GO_REFUSED
        bound = math.inf if limit == NO_LIMIT else float(limit)
        for place, station in self._open_to(request, prefer):
            chosen = place
            waiting, idle = len(station.queue), station.idle_now()
            seen.append((place, float(rules.still_waiting(waiting, idle)), bound))
            if limit == NO_LIMIT or not rules.overflows(waiting, idle, limit):
                break
        self.record(request, r.OPEN_FIRST, seen, chosen)
        return chosen

    def _lowest(self, request: Request, among: Sequence[int], rule: int) -> int:
        """The station open to the request with the lowest value; ties: the first named."""
        seen: Seen = []
        chosen, lowest = r.GO_REFUSED, math.inf
        for place, station in self._open_to(request, among):
            value = _VALUES[rule](station, request)
            seen.append((place, float(station.present), value))
            if chosen < 0 or value < lowest:
                chosen, lowest = place, value
        self.record(request, rule, seen, chosen)
        return chosen

    def _within_budget(self, route: int, request: Request, prefer: int, otherwise: int, per_month: float) -> int:
        """The preferred station while this month's budget lasts; its first request is always let in."""
        table, now = self.stations[prefer].table, self.run.clock.now
        if not rules.may_do(request.difficulty, table.openness[request.category]):
            return otherwise if otherwise != r.GO_WAIT else r.GO_REFUSED
        month = int(now // HOURS_PER_MONTH)
        in_month, spent = self._spent.get(route, (month, 0.0))
        if in_month != month:
            spent = 0.0
        price = table.expected_price[request.category]
        fits = spent == 0.0 or spent + price <= per_month
        self.record(request, r.BUDGET, [(prefer, spent, per_month)], prefer if fits else otherwise)
        if fits:
            self._spent[route] = month, spent + price
        return prefer if fits else otherwise

    def _custom(self, request: Request, number: int) -> int:
        """What a researcher's own function says."""
        tables = self.run.tables
        name, now = tables.custom[number], self.run.clock.now
        stations = {station.table.name: self._sight(station, request) for station in self.stations}
        size = self._size(request, 0) if self.stations else 0.0
        sight = RequestSight(
            request.number, tables.categories[request.category], request.difficulty, request.arrived, size
        )
        said = tables.model.rules[name](sight, stations, now)
        known = {"done": r.GO_DONE, "refused": r.GO_REFUSED}
        known |= {station.table.name: station.number for station in self.stations}
        if said not in known:
            raise RunError(f"routing rule {name}: expected {', '.join(known)}, found {said!r}")
        seen = [(station.number, float(station.present), math.nan) for station in self.stations]
        self.record(request, r.CUSTOM, seen, known[said])
        return known[said]

    def _sight(self, station: Station, request: Request) -> StationSight:
        waiting, idle = len(station.queue), station.idle_now()
        value = self.run.tables.model.stations[station.table.name]
        return StationSight(
            name=station.table.name,
            kind=value.kind,
            is_open_to_it=bool(rules.may_do(request.difficulty, station.table.openness[request.category])),
            waiting=int(rules.still_waiting(waiting, idle)),
            in_hand=station.busy,
            idle_servers=idle,
            expected_completion_hours=_completion(station, request),
            expected_money=_money(station, request),
        )

    def _record_one(self, request: Request, rule: int, place: int, seen: float, value: float, *, chosen: bool) -> None:
        if self.decisions is not None:
            self.decisions.append((request.number, self.run.clock.now, rule, place, seen, value, chosen))

    def record(self, request: Request, rule: int, seen: Seen, chosen: int) -> None:
        """Leave a decision record: what was seen, what was chosen, what was turned down."""
        if self.decisions is not None:
            now = self.run.clock.now
            self.decisions += [
                (request.number, now, rule, place, saw, value, place == chosen) for place, saw, value in seen
            ]


def _load(station: Station, _: Request) -> float:
    return 0.0 if station.table.servers == INFINITE else station.present / station.table.servers


def _completion(station: Station, request: Request) -> float:
    table = station.table
    wait = 0.0
    if not station.infinite:
        wait = float(rules.expected_wait(station.work_ahead(), station.present, table.servers, table.rate))
    return wait + table.expected_own[request.category]


def _money(station: Station, request: Request) -> float:
    table, category = station.table, request.category
    completion = _completion(station, request)
    return float(
        rules.expected_money(
            table.expected_price[category], table.wait_cost[category], table.wait_growth[category],
            table.wait_step[category], table.due_hours[category], station.clock.now - request.arrived, completion,
        )
    )  # fmt: skip


_VALUES = {r.SHORTEST_QUEUE: _load, r.SOONEST: _completion, r.CHEAPEST: _money}
