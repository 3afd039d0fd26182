"""The working hours that a stay at a station takes, first pass and repeated ones, at the station's own pace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from changeflow.model.expected.error_rates import error_rates
from changeflow.model.process_only import all_routes
from changeflow.model.requests.routing import BySize, parts_of, places
from changeflow.model.schema import Model
from changeflow.model.values import moments
from changeflow.model.values.by_category import by_category
from changeflow.model.values.going_together import CUTS, mean_of_ranks
from changeflow.model.values.laws import Law


@dataclass(frozen=True, slots=True)
class Kind:
    """Requests of a category whose luck lies in (low, high]: alike in size, so rules send them all the same way."""

    category: str
    low: float = 0.0
    high: float = 1.0

    @property
    def share(self) -> float:
        """Of the category's requests."""
        return self.high - self.low


def kinds(model: Model, category: str) -> tuple[Kind, ...]:
    """The kinds of a category: one, unless rules by size divide it or difficulty goes with size."""
    cuts = sorted({0.0, 1.0, *(small_share(model, rule, category) for rule in _by_size(model))})
    if difficulty_with_size(model, category):
        cuts = sorted({*cuts, *CUTS})
    return tuple(Kind(category, a, b) for a, b in pairwise(cuts))


def difficulty_with_size(model: Model, category: str) -> float:
    """The correlation of difficulty with the luck that kinds are made of.

    0 where a rule looks at the size of other work: what that says of the difficulty is left out.
    """
    found = model.categories[category].difficulty_size_correlation if category in model.categories else 0.0
    measured = {_measured_at(rule, model) for rule in _by_size(model)} if found else set()
    return found if all(name is None or model.stage(name) == model.work_stage for name in measured) else 0.0


def small_share(model: Model, route: BySize, category: str) -> float:
    """Share of a category's requests that a rule by size calls small."""
    name = _measured_at(route, model)
    return 1.0 if name is None else moments.cdf(service_law(model, name, category), route.up_to_hours)


def _by_size(model: Model) -> Iterator[BySize]:
    return (part for route in all_routes(model) for part in parts_of(route) if isinstance(part, BySize))


def _measured_at(route: BySize, model: Model) -> str | None:
    return next((place for place in places(route) if place in model.stations), None)


def service_law(model: Model, station: str, category: str) -> Law:
    """The law of the reference hours of a first pass."""
    own = model.stations[station].service_hours
    chosen: Any = by_category(own, category) if own is not None else model.categories[category].work_hours
    return chosen  # type: ignore[no-any-return]


def mean_hours(model: Model, station: str, category: str) -> float:
    """Expected working hours of a pass of any size, at the station's pace."""
    return moments.mean(service_law(model, station, category)) / model.stations[station].speed


def first_hours(model: Model, station: str, kind: Kind) -> float:
    """Expected working hours of a first pass of a kind, at the station's pace."""
    law, speed = service_law(model, station, kind.category), model.stations[station].speed
    if kind.share == 1.0:
        return moments.mean(law) / speed
    if difficulty_with_size(model, kind.category):
        at_work = model.stage(station) == model.work_stage
        return (mean_of_ranks(law, kind.low, kind.high) if at_work else moments.mean(law)) / speed
    rules = list(_by_size(model))
    limits = {small_share(model, rule, kind.category): rule.up_to_hours for rule in rules}
    measured = {
        service_law(model, name, kind.category) for rule in rules if (name := _measured_at(rule, model)) is not None
    }
    if measured != {law}:  # another law than the one that was measured: what size says of it is left out
        return moments.mean(law) / speed
    below = moments.mean_below(law, limits[kind.low]) if kind.low > 0 else 0.0
    up_to = moments.mean_below(law, limits[kind.high]) if kind.high < 1 else moments.mean(law)
    return (up_to - below) / kind.share / speed


def passes(model: Model, name: str, category: str) -> float:
    """Expected passes of a stay."""
    station = model.stations[name]
    rates = error_rates(model).get((name, category))
    if rates is not None:
        return rates.passes
    if station.acceptance is None or station.acceptance.rework_probability is None:
        return 1.0
    p = by_category(station.acceptance.rework_probability, category)
    limit = station.acceptance.max_attempts
    if p == 1:
        return float(limit) if limit else np.inf
    return float((1 - (p**limit if limit else 0.0)) / (1 - p))


def stay_hours(model: Model, name: str, kind: Kind) -> float:
    """Expected working hours of a stay: the first pass and the repeated ones."""
    station, first = model.stations[name], first_hours(model, name, kind)
    rates = error_rates(model).get((name, kind.category))
    if rates is not None:
        return first * (1 + rates.repair_work)
    if station.acceptance is None:
        return first
    again = mean_hours(model, name, kind.category)
    if station.acceptance.rework_hours is not None:
        again = moments.mean(station.acceptance.rework_hours) / station.speed
    elif station.acceptance.rework_work != "fresh":
        again = first * station.acceptance.rework_work
    return first + (passes(model, name, kind.category) - 1) * again


def defects(model: Model, name: str, category: str) -> tuple[float, float]:
    """Expected defects of a stay that come back as requests, and the work of each as a share of the stay's first."""
    rates = error_rates(model).get((name, category))
    return (0.0, 0.0) if rates is None or not rates.escapes else (rates.escapes, rates.defect_work)
