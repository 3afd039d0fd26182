"""Load before any run: work arriving at each station against the hours its people have.

With routing that depends on the state a station has a lower load (only what nobody else may take) and an
upper one (everything it may be sent); overload is claimed only when it cannot be helped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from changeflow.model.capacity import group_hours
from changeflow.model.expected import categories_of, expected_arrivals
from changeflow.model.routing import Cheapest, OpenFirst, ShortestQueue, Soonest
from changeflow.model.schema import Model
from changeflow.model.traffic import (
    HOURS_PER_WEEK,
    Floats,
    Traffic,
    kinds,
    least_joining,
    open_share,
    stay_hours,
    traffic,
)

__all__ = ["Load", "categories_of", "expected_arrivals", "offered_loads"]


@dataclass(frozen=True, slots=True)
class Load:
    """Work arriving at a station against the hours it has, per week; low and high bound state-dependent routing."""

    station: str
    kind: str
    servers: int | None
    """None: infinite."""
    hours_per_week: float
    """Working hours available to us in a week without holidays, at the station's speed."""
    work_per_week: tuple[float, float]
    visits_per_week: tuple[float, float]
    overloaded: bool
    """More work than hours in the last half of the run, however requests are routed."""
    overloaded_by: str = ""
    """The categories alone that are too much for the people who may work on them; '' when it is all of the work."""
    lightened: bool = False
    """Requests leave, are turned away or not asked when there is much to do: the load is an upper bound."""

    @property
    def load(self) -> tuple[float, float]:
        """Work over hours; 0 for an infinite station."""
        low, high = self.work_per_week
        if not self.servers:
            return 0.0, 0.0
        if not self.hours_per_week:
            return tuple(np.inf if work else 0.0 for work in self.work_per_week)  # type: ignore[return-value]
        return low / self.hours_per_week, high / self.hours_per_week


def offered_loads(model: Model) -> tuple[Load, ...]:
    """The load of every station, averaged over the run after the warm-up."""
    begin = model.start_hours + model.warm_up_days * 24
    end = model.start_hours + model.horizon_days * 24
    whole, late = traffic(model, begin, end), _Late(model, (begin + end) / 2, end)
    return tuple(_load(model, number, begin, end, whole, late) for number in range(len(model.stations)))


def _load(model: Model, number: int, begin: float, end: float, whole: Traffic, late: _Late) -> Load:
    name = tuple(model.stations)[number]
    station = model.stations[name]
    infinite = station.servers == "infinite"
    servers = sum(group.most_servers for group in model.groups(name).values())
    too_much = None if infinite else late.too_much(name)
    asks_less = any(getattr(source, "asks_less", None) for source in model.demand.sources.values())
    return Load(
        station=name,
        kind=station.kind,
        servers=None if infinite else servers,
        hours_per_week=sum(group_hours(model, name, begin, end).values()),
        work_per_week=_bounds(whole.work[number]),
        visits_per_week=_bounds(whole.visits[number]),
        overloaded=too_much is not None,
        overloaded_by=too_much or "",
        lightened=least_joining(station) < 1 or asks_less,
    )


def _bounds(by_category: Floats) -> tuple[float, float]:
    low, high = by_category.sum(axis=0)
    return float(low), float(high)


class _Late:
    """The last half of a run: is there surely more work than hours?"""

    def __init__(self, model: Model, begin: float, end: float) -> None:
        self.model, self.begin, self.end = model, begin, end
        self.names = tuple(model.stations)
        self.work = traffic(model, begin, end).work
        self.hours = {name: group_hours(model, name, begin, end) for name in self.names}

    def too_much(self, name: str) -> str | None:
        """'' when all the work of a station is too much, the categories that alone are; None when nothing surely is."""
        station = self.model.stations[name]
        if station.call_off is not None or least_joining(station) == 0:
            return None  # more hours may come, and those who wait may leave
        capacity = sum(self.hours[name].values())
        low, high = _bounds(self.work[self.names.index(name)])
        if low > capacity or self._spilled(name, low, high, capacity) or self._pooled(name):
            return ""
        return self._by_skill(name)

    def _by_skill(self, name: str) -> str | None:
        """Categories that only some groups may work on, against the hours of these groups (Hall's condition)."""
        groups, categories = self.model.groups(name), categories_of(self.model)
        low = self.work[self.names.index(name)][:, 0]
        able = [frozenset(g for g, value in groups.items() if value.may_work_on(c)) for c in categories]
        for some in dict.fromkeys(able):
            only = [number for number, who in enumerate(able) if who <= some and low[number] > 0]
            if some and sum(low[only]) > sum(self.hours[name][group] for group in some):
                return ", ".join(categories[number] for number in only)
        return None

    def _spilled(self, name: str, low: float, high: float, capacity: float) -> bool:
        """Its own work together with what the stations before it must let overflow."""
        entry = self.model.routing.entry
        if not isinstance(entry, OpenFirst) or name not in entry.prefer:
            return False
        spilled = 1.0 if entry.prefer.index(name) == 0 else 0.0
        for other in entry.prefer[: entry.prefer.index(name)]:
            most = _bounds(self.work[self.names.index(other)])[1]
            spilled = max(spilled, 1 - sum(self.hours[other].values()) / most if most > 0 else 0.0)
        takes_the_rest = entry.overflow_beyond is None or name == entry.prefer[-1]
        return bool(takes_the_rest and low + (high - low) * spilled > capacity)

    def _pooled(self, name: str) -> bool:
        """A choice among stations that together have too few hours, even if each request went where it is shortest."""
        entry = self.model.routing.entry
        if not isinstance(entry, ShortestQueue | Soonest | Cheapest) or name not in entry.among:
            return False
        if any(least_joining(self.model.stations[other]) < 1 for other in entry.among):
            return False
        least = 0.0
        for source, counts in expected_arrivals(self.model, self.begin, self.end).items():
            value = self.model.demand.sources[source]
            if value.entry is not None or getattr(value, "asks_less", None):
                continue
            for category, count in counts.items():
                may = {other: open_share(self.model, other, category) for other in entry.among}
                for kind in kinds(self.model, category):
                    hours = [stay_hours(self.model, other, kind) for other in entry.among if may[other] > 0]
                    least += count * kind.share * max(may.values()) * min(hours, default=0.0)
        weekly = least / (self.end - self.begin) * HOURS_PER_WEEK
        return weekly > sum(sum(self.hours[other].values()) for other in entry.among)
