"""The traffic equations (Jackson 1957), with a least and a largest value where the state decides who goes where."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from changeflow.model.expected.choices import Choices, done_share
from changeflow.model.expected.effort import Kind, defects, kinds, mean_hours, passes, stay_hours
from changeflow.model.expected.propagated import propagated
from changeflow.model.expected.requests import categories_of, expected_arrivals, least_share
from changeflow.model.process_only import all_routes
from changeflow.model.requests.routing import Route, To, UntilDay, parts_of
from changeflow.model.schema import Model

Floats = NDArray[np.float64]
HOURS_PER_WEEK = 168.0
_LEAK = 1e-9
"""From each stay requests leave with this small chance, which makes the stays of an endless loop a number."""
_ENDLESS = 1e6
"""More stays than this are endless."""
_MOST_POLICIES = 100
"""Far more than there are: each policy is better than the last, and there are few ways to choose."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """Per week, stations x categories x (least, largest); infinite where a loop may hold requests for ever."""

    visits: Floats
    work: Floats
    """Working hours at the pace of the station."""


def traffic(model: Model, begin: float, end: float) -> Traffic:
    """The traffic equations over a window of clock hours."""
    names, categories = tuple(model.stations), categories_of(model)
    shape = (len(names), len(categories), 2)
    visits, work = np.zeros(shape), np.zeros(shape)
    weeks = (end - begin) / HOURS_PER_WEEK
    for a, b in _pieces(model, begin, end):
        arrivals = expected_arrivals(model, a, b)
        done = list(_done(model, arrivals, (a + b) / 2))
        for number, category in enumerate(categories):
            sent = [*_sent(model, category, arrivals), *_drawn(model, category, done)]
            for kind in kinds(model, category) if sent else ():
                choices = Choices(model, kind, (a + b) / 2)
                for station in range(len(names)):
                    for into, rewards, is_work in zip((visits, work), _rewards(choices, station), (False, True)):
                        bounds = _bounds(choices, rewards, sent, is_work=is_work)
                        into[station, number] += bounds * kind.share / weeks
    return Traffic(visits, work)


def _pieces(model: Model, begin: float, end: float) -> Iterator[tuple[float, float]]:
    """The window cut where a rule changes."""
    days = {part.day * 24 for route in all_routes(model) for part in parts_of(route) if isinstance(part, UntilDay)}
    return pairwise([begin, *sorted(day for day in days if begin < day < end), end])


@dataclass(frozen=True, slots=True)
class _Sent:
    """Requests of one category that a rule sends off, (least, largest)."""

    route: Route
    count: tuple[float, float]
    work: tuple[float, float]
    """The same, each counted by its work beside a request's mean."""


def _sent(model: Model, category: str, arrivals: dict[str, dict[str, float]]) -> Iterator[_Sent]:
    """Root requests by their source."""
    drawn = propagated(model)
    own_work = 1.0 if drawn is None else float(drawn.own_work[categories_of(model).index(category)])
    for name, counts in arrivals.items():
        route, count = _route(model, name), counts.get(category, 0.0)
        if route is not None and count:
            both = (least_share(model, model.demand.sources[name]) * count, count)
            yield _Sent(route, both, (both[0] * own_work, both[1] * own_work))


def _done(model: Model, arrivals: dict[str, dict[str, float]], now: float) -> Iterator[tuple[Route, Floats]]:
    """Root requests of each source that are done in the end, (least, largest) x categories; none if they draw none."""
    categories = categories_of(model)
    for name, counts in arrivals.items() if propagated(model) else ():
        route, least = _route(model, name), least_share(model, model.demand.sources[name])
        if route is not None:
            done = np.array([done_share(Choices(model, Kind(root), now), route) for root in categories]).T
            yield route, done * [counts.get(root, 0.0) for root in categories] * [[least], [1.0]]


def _drawn(model: Model, category: str, done: list[tuple[Route, Floats]]) -> Iterator[_Sent]:
    """Changes of other components that requests of all categories draw after them, by the source of the root."""
    drawn, here = propagated(model), categories_of(model).index(category)
    if drawn is None:
        return
    for route, roots in done:
        count, work = (
            tuple(_product(roots[side], of[side, :, here]) for side in (0, 1)) for of in (drawn.changes, drawn.work)
        )
        if count[1]:
            yield _Sent(route, count, work)  # type: ignore[arg-type]


def _route(model: Model, source: str) -> Route | None:
    return model.demand.sources[source].entry or (model.entry if model.stations else None)


def _product(counts: Floats, each: Floats) -> float:
    """The sum of products in which what nobody asks for does not count, infinite or not."""
    return float(counts[counts > 0] @ each[counts > 0])


def _rewards(choices: Choices, station: int) -> tuple[Floats, Floats]:
    """Visits to a station, and working hours there, that a stay at each station brings.

    Each delivery is also a visit at the station that tests it.
    """
    model, kind = choices.model, choices.kind
    visits, work = np.zeros(len(model.stations)), np.zeros(len(model.stations))
    target = tuple(model.stations)[station]
    for number, (name, value) in enumerate(model.stations.items()):
        if value.acceptance and value.acceptance.by == target:
            visits[number] = passes(model, name, kind.category)
            work[number] = visits[number] * mean_hours(model, target, kind.category)
    visits[station] += passes(model, target, kind.category)
    work[station] += stay_hours(model, target, kind)
    return visits, work


def _bounds(choices: Choices, rewards: Floats, sent: list[_Sent], *, is_work: bool) -> Floats:
    """Least and largest sum of rewards, visits or hours of work, over all ways to choose."""
    unit = float(rewards.max())
    if not unit:
        return np.zeros(2)
    bounds = []
    for side, sign in enumerate((-1.0, 1.0)):
        amounts = [
            ((one.work if is_work else one.count)[side], _each(choices, one.route, worths))
            for repairs_go, some in _by_repairs(choices.model, sent)
            for worths in (_worths(choices, sign * rewards / unit, repairs_go, is_work=is_work),)
            for one in some
        ]
        bounds.append(unit * math.fsum(amount * each for amount, each in amounts if amount and each))
    return np.array(bounds)


def _by_repairs(model: Model, sent: list[_Sent]) -> list[tuple[Route | None, list[_Sent]]]:
    """What is sent off, by the rule that its repairs go by: that of its own source; None: back to their station."""
    if model.errors is None or model.errors.repairs_go != "entry":
        return [(None, sent)]
    rules: list[Route] = []
    rules += (one.route for one in sent if one.route not in rules)
    return [(rule, [one for one in sent if one.route == rule]) for rule in rules]


def _each(choices: Choices, route: Route, worths: dict[str, float]) -> float:
    """What each request that a rule sends off brings in the end."""
    total = abs(sum(share * worths[name] for name, share in choices.stays(route, worths).items()))
    return total if total < _ENDLESS else math.inf


def _worths(choices: Choices, rewards: Floats, repairs_go: Route | None, *, is_work: bool) -> dict[str, float]:
    """The largest expected sum of rewards from a stay at each station on, by policy iteration (Howard 1960).

    Defects that escape come back as requests: to their station, once and again, or to where a rule at arrival sends
    them, each as a visit, or as its share of the work. A repair of a repair is as large as a repair.
    """
    model = choices.model
    names = tuple(model.stations)
    after = [model.routing.next.get(name, To(place="done")) for name in names]
    found, share = np.array([defects(model, name, choices.kind.category) for name in names]).T.reshape(2, -1)
    back = found * (share if is_work else 1.0)
    times = np.ones(len(names)) if repairs_go else 1 + back / np.maximum(1 - found, _LEAK)
    rewards = times * rewards
    worths, last = dict(zip(names, rewards.tolist(), strict=True)), None
    for _ in range(_MOST_POLICIES):
        onward = [choices.stays(route, worths) for route in after]
        flow = times[:, None] * np.array([[stays.get(name, 0.0) for name in names] for stays in onward])
        if repairs_go:
            anew = choices.stays(repairs_go, worths)
            flow += np.outer(back, [anew.get(name, 0.0) for name in names])
        if last is not None and np.array_equal(flow, last):
            break
        value = np.linalg.solve(np.eye(len(names)) - (1 - _LEAK) * flow, rewards)
        worths, last = dict(zip(names, value.tolist(), strict=True)), flow
    return worths
