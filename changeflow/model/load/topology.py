"""Load before any run: work arriving at each station against the hours its people have.

With routing that depends on the state, servers of different speed, or people who learn, a station has a lower load
(only what nobody else may take, done by the fastest at full skill) and an upper one (everything it may be sent, done by
the slowest with the skill they begin with). How often deliveries are wrong is taken at full skill in both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from changeflow.model.expected.choices import least_staying
from changeflow.model.expected.requests import categories_of, expected_arrivals, least_share
from changeflow.model.load.capacity import group_hours, least_speeds, speeds
from changeflow.model.load.kept_traffic import kept_traffic
from changeflow.model.load.overload import overloads
from changeflow.model.load.traffic import Floats, Traffic
from changeflow.model.schema import Model
from changeflow.model.values.once import once_a_model

__all__ = ["Load", "categories_of", "expected_arrivals", "most_visits_per_week", "offered_loads"]


@dataclass(frozen=True, slots=True)
class Load:
    """Work arriving at a station against the hours it has, per week; low and high bound state-dependent routing."""

    station: str
    kind: str
    servers: int | None
    """None: infinite."""
    hours_per_week: float
    """Hours on duty for us in a week without holidays."""
    work_per_week: tuple[float, float]
    """Working hours at the servers' own pace; infinite where a loop may hold requests for ever, as are the visits."""
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


@once_a_model
def offered_loads(model: Model) -> tuple[Load, ...]:
    """The load of every station, averaged over the run after the warm-up."""
    begin, end = _measured(model)
    whole, late = _traffic(model), overloads(model, (begin + end) / 2, end)
    asks_less = any(least_share(model, source) < 1 for source in model.demand.sources.values())
    return tuple(
        Load(
            station=name,
            kind=station.kind,
            servers=None if station.servers == "infinite" else _most_servers(model, name),
            hours_per_week=sum(group_hours(model, name, begin, end).values()),
            work_per_week=_bounds(_at_own_pace(model, name, whole.work[number])),
            visits_per_week=_bounds(whole.visits[number]),
            overloaded=name in late,
            overloaded_by=late.get(name, ""),
            lightened=station.capacity is not None or least_staying(station) < 1 or asks_less,
        )
        for number, (name, station) in enumerate(model.stations.items())
    )


def most_visits_per_week(model: Model) -> float:
    """Visits to all stations, at most; infinite where a loop may hold requests for ever. Costs half of the loads."""
    return sum(_bounds(visits)[1] for visits in _traffic(model).visits)


@once_a_model
def _traffic(model: Model) -> Traffic:
    return kept_traffic(model, *_measured(model))


def _measured(model: Model) -> tuple[float, float]:
    """Clock hours of the run after the warm-up."""
    return model.start_hours + model.warm_up_days * 24, model.start_hours + model.horizon_days * 24


def _most_servers(model: Model, name: str) -> int:
    return sum(group.most_servers for group in model.groups(name).values())


def _at_own_pace(model: Model, name: str, work: Floats) -> Floats:
    """Hours by category when the fastest, and when the slowest of those who may do it do all of it."""
    fastest = [max(speeds(model, name, category).values()) for category in categories_of(model)]
    slowest = [min(least_speeds(model, name, category).values()) for category in categories_of(model)]
    return np.asarray(work / np.transpose([fastest, slowest]))


def _bounds(by_category: Floats) -> tuple[float, float]:
    low, high = by_category.sum(axis=0)
    return float(low), float(high)
