"""Is there surely more work than can be done? Claimed only when no way of routing and dispatching can help it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from changeflow.model.expected.choices import least_staying, open_share
from changeflow.model.expected.effort import Kind, kinds, stay_hours
from changeflow.model.expected.requests import categories_of, expected_arrivals, least_share
from changeflow.model.load.capacity import group_hours, speeds, when_all_hands_are_full
from changeflow.model.load.kept_traffic import kept_traffic
from changeflow.model.load.pressure import FULL, Hands, overfull
from changeflow.model.load.traffic import HOURS_PER_WEEK, Floats
from changeflow.model.requests.routing import OpenFirst, stations_of
from changeflow.model.schema import Model


def overloads(model: Model, begin: float, end: float) -> dict[str, str]:
    """Stations with too much work between two clock hours -> the categories that alone are too much; '': all of it."""
    return _Window(model, begin, end).overloads()


class _Window:
    def __init__(self, model: Model, begin: float, end: float) -> None:
        self.model, self.begin, self.end = model, begin, end
        self.weeks = (end - begin) / HOURS_PER_WEEK
        self.least: dict[str, Floats] = {
            name: work[:, 0] for name, work in zip(model.stations, kept_traffic(model, begin, end).work, strict=True)
        }
        self.hours: dict[Hands, float] = {
            (name, group): hours * when_all_hands_are_full(model, name)
            for name in model.stations
            for group, hours in group_hours(model, name, begin, end).items()
        }

    def overloads(self) -> dict[str, str]:
        """Station by station by what must come there, then by what must come to some of those that a rule chooses."""
        found = {}
        for name in filter(self._is_firm, self.model.stations):
            too_much = self._alone(name)
            if too_much is not None:
                found[name] = too_much
        return found | dict.fromkeys(self._together(set(found)), "")

    def _is_firm(self, name: str) -> bool:
        """Nobody is added when much waits, and nobody leaves: neither for lack of room nor of patience."""
        station = self.model.stations[name]
        leaves = station.capacity is not None or least_staying(station) == 0
        return not leaves and station.call_off is None and station.servers != "infinite"

    def _alone(self, name: str) -> str | None:
        """What must come to a station: '' when all of it is too much, else the categories that alone are."""
        needs = {
            category: self._by_hands(name, category, float(work))
            for category, work in zip(categories_of(self.model), self.least[name], strict=True)
            if work
        }
        least = sum(min(need.values()) for need in needs.values())
        if least > FULL * sum(hours for (station, _), hours in self.hours.items() if station == name):
            return ""
        for some in dict.fromkeys(frozenset(need) for need in needs.values()):
            only = [category for category, need in needs.items() if some.issuperset(need)]
            if len(only) < len(needs) and overfull([needs[category] for category in only], self.hours):
                return ", ".join(only)
        return "" if overfull(list(needs.values()), self.hours) else None

    def _by_hands(self, name: str, category: str, work: float) -> dict[Hands, float]:
        """Hours that work at the pace of a station takes each of its groups."""
        return {(name, group): work / speed for group, speed in speeds(self.model, name, category).items()}

    def _together(self, crowded: set[str]) -> set[str]:
        """Stations whose queue grows in the end when the rule at arrival chooses among them by their state.

        Where too much must come anyway the queue is always long, so that what has a choice goes elsewhere; only the
        last station of an order takes what finds all others full.
        """
        route, found = self.model.entry if self.model.stations else None, set[str]()
        if route is None or (isinstance(route, OpenFirst) and route.overflow_beyond is None):
            return found
        ordered = isinstance(route, OpenFirst)
        among = tuple(dict.fromkeys(stations_of(route)))
        while result := self._beyond(among, frozenset(crowded), ordered):
            found |= {max(result, key=among.index)} if ordered else result
            crowded = crowded | result
        return found

    def _beyond(self, among: tuple[str, ...], crowded: frozenset[str], ordered: bool) -> set[str]:
        """Stations that together have too few hours for those whom the rule sends to one of them."""
        needs = [
            self._by_choice([name for name in able if name not in crowded], kind, weekly)
            for able, kind, weekly in self._choosers(among)
            if able[-1] not in crowded or not (ordered or crowded.issuperset(able))
        ]
        return {station for station, _ in overfull(needs, self.hours)}

    def _choosers(self, among: tuple[str, ...]) -> Iterator[tuple[list[str], Kind, float]]:
        """Weekly requests by the stations that may do them; none of those who may go where queues end by themselves."""
        arrivals = expected_arrivals(self.model, self.begin, self.end)
        for source, value in self.model.demand.sources.items():
            for category, count in arrivals[source].items() if value.entry is None else ():
                for kind in kinds(self.model, category):
                    weekly = count * least_share(self.model, value) * kind.share / self.weeks
                    may = {name: open_share(self.model, name, kind) for name in among}
                    for low, high in pairwise(sorted({0.0, *may.values()})):
                        able = [name for name in among if may[name] >= high]
                        if all(map(self._is_firm, able)):
                            yield able, kind, weekly * (high - low)

    def _by_choice(self, able: Iterable[str], kind: Kind, weekly: float) -> dict[Hands, float]:
        needs = (self._by_hands(name, kind.category, weekly * stay_hours(self.model, name, kind)) for name in able)
        return {hands: hours for need in needs for hands, hours in need.items()}
