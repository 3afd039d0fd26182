"""What a team lead can turn: people, their hours a week, engineers, and when work overflows to the next station."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from changeflow.errors import PlanError, nearest
from changeflow.model.load.capacity import group_hours
from changeflow.model.load.topology import Load, offered_loads
from changeflow.model.requests.routing import OpenFirst
from changeflow.model.schema import Model

FULL_TIME_HOURS = 40.0
"""Hours a week of one full-time equivalent."""
HOURS_LADDER = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 60, 80, 120, 168)
OVERFLOW_LADDER = (0, 1, 2, 3, 4, 6, 8, 12, 20)

Point = tuple[int, ...]
"""A staffing: the step of each lever on its ladder."""


@dataclass(frozen=True, slots=True)
class Lever:
    """A number of the model that may be chosen, and the values that it may take."""

    path: str
    station: str
    kind: str
    """people, hours or overflow."""
    ladder: tuple[float, ...]
    """In rising order."""

    def step(self, value: float) -> int:
        """The step nearest to a value; of two equally near the upper one."""
        return min(range(len(self.ladder)), key=lambda step: (abs(self.ladder[step] - value), -step))


@dataclass(frozen=True, slots=True)
class Space:
    """All staffings of a model."""

    model: Model
    levers: tuple[Lever, ...]
    today: Point
    """The steps nearest to the model's own values, where these lie outside a range."""
    own: tuple[float, ...]
    """The model's own value of each lever."""
    stations: tuple[str, ...]
    """Those to which work comes."""

    @property
    def size(self) -> int:
        """How many staffings there are."""
        return math.prod(len(lever.ladder) for lever in self.levers)

    @property
    def has_today(self) -> bool:
        """Is the staffing of the model one that may be chosen?"""
        return not self.changes(self.today)

    def values(self, point: Point) -> dict[str, float]:
        """Path -> value."""
        return {lever.path: lever.ladder[step] for lever, step in zip(self.levers, point, strict=True)}

    def changes(self, point: Point) -> dict[str, float]:
        """What of the model a staffing changes."""
        found = zip(self.values(point).items(), self.own, strict=True)
        return {path: _whole(value) for (path, value), own in found if value != own}

    def at(self, point: Point) -> Model:
        """The model with this staffing. Raises ModelError where the model refuses it."""
        changes = self.changes(point)
        return self.model.with_(changes) if changes else self.model


def can_be_sized(model: Model) -> bool:
    """Is there anything to turn?"""
    return bool(_overflow_lever(model) or _station_levers(model))


def space_of(model: Model, ranges: Mapping[str, tuple[float, float]] | None = None) -> Space:
    """The levers of a model: people and hours of every station to which work comes, and the overflow at arrival.

    Hours a week are a lever where the model gives them; they, and the overflow, stay in the range that the model notes.
    `ranges` (path -> lowest and highest value) overrides; one value fixes a lever. Raises PlanError for a path that is
    no lever, and when nothing can be turned.
    """
    found = [*_station_levers(model), *_overflow_lever(model)]
    known = {lever.path: lever for lever, _ in found}
    for path, (low, high) in (ranges or {}).items():
        if path not in known:
            raise PlanError(f"--range {path}: expected something to choose, found '{path}' ({nearest(path, known)})")
        least = 0 if known[path].kind == "overflow" else 1
        if not (least <= low <= high < math.inf) or low != round(low) or high != round(high):
            raise PlanError(
                f"--range {path}: expected LOW..HIGH, whole numbers from {least} on, found {low:g}..{high:g}"
            )
    if not found:
        raise PlanError(f"{model.place}: expected people to choose: a station with servers to which work comes")
    levers = tuple(_within(lever, today, (ranges or {}).get(lever.path)) for lever, today in found)
    own = tuple(value for _, value in found)
    today = tuple(lever.step(value) for lever, value in zip(levers, own, strict=True))
    return Space(model, levers, today, own, tuple(load.station for load in _busy(model)))


@dataclass(frozen=True, slots=True)
class Staff:
    """The hours that a staffing keeps ready."""

    groups: tuple[tuple[str, str, float, float], ...]
    """Station, kind of station, people at the end of the run, hours a week of each."""
    bill_per_week: float
    """Those hours at the listed prices, worked or not."""

    @property
    def hours_per_week(self) -> float:
        """Of all people."""
        return sum(people * hours for _, _, people, hours in self.groups)

    @property
    def full_time(self) -> float:
        """The same in full-time equivalents of 40 hours."""
        return self.hours_per_week / FULL_TIME_HOURS

    @property
    def price(self) -> tuple[float, float]:
        """What a staffing costs that is not used: its bill; where hours have no price, the hours."""
        return self.bill_per_week, self.hours_per_week


def staff_of(model: Model, stations: Iterable[str]) -> Staff:
    """The staff of some stations at the end of the run."""
    end = model.start_hours + model.horizon_days * 24
    groups, bill = [], 0.0
    for name in stations:
        hours, people = sum(group_hours(model, name, end - 1, end).values()), _people(model, name)
        groups.append((name, model.stations[name].kind, people, hours / people if people else 0.0))
        bill += hours * model.hourly_rate(name)
    return Staff(tuple(groups), bill)


def _people(model: Model, station: str) -> float:
    groups = model.groups(station).values()
    return float(sum(group.head_count.servers[-1] if group.head_count else group.servers for group in groups))


def _busy(model: Model) -> list[Load]:
    return [load for load in offered_loads(model) if load.servers is not None and load.visits_per_week[1] > 0]


def _station_levers(model: Model) -> list[tuple[Lever, float]]:
    found: list[tuple[Lever, float]] = []
    for load in _busy(model):
        name, station = load.station, model.stations[load.station]
        groups = model.groups(name)
        for group, value in groups.items():
            if value.head_count is not None or value.training is not None or value.attrition is not None:
                continue  # their number is a plan of its own, or they are persons
            path = f"stations.{name}.staff.{group}.servers" if group else f"stations.{name}.servers"
            people = _enough_people(load, value.servers / sum(one.most_servers for one in groups.values()))
            _, noted = _noted(model, path, 1, people)
            ladder = tuple(float(n) for n in range(1, max(people, int(noted), value.servers) + 1))
            found.append((Lever(path, name, "people", ladder), float(value.servers)))
        if station.hours_per_week is not None:
            path = f"stations.{name}.hours_per_week"
            low, high = _noted(model, path, 1, model.open_hours_per_week(station.calendar))
            found.append((Lever(path, name, "hours", _rungs(HOURS_LADDER, low, high)), station.hours_per_week))
    return found


def _enough_people(load: Load, share: float) -> int:
    """More than anybody needs: a + 4 sqrt(a) + 2 for the highest load a in servers busy all the time."""
    each = load.hours_per_week / (load.servers or 1)
    work = load.work_per_week[1] if math.isfinite(load.work_per_week[1]) else load.work_per_week[0]
    busy = work / each if each else 1.0
    return math.ceil(share * (busy + 4 * math.sqrt(busy) + 2))


def _overflow_lever(model: Model) -> list[tuple[Lever, float]]:
    route = model.entry
    if not isinstance(route, OpenFirst) or route.overflow_beyond is None or len(route.prefer) < 2:
        return []
    path = "routing.entry.overflow_beyond"
    low, high = _noted(model, path, 0, OVERFLOW_LADDER[-1])
    return [(Lever(path, route.prefer[0], "overflow", _rungs(OVERFLOW_LADDER, low, high)), route.overflow_beyond)]


def _noted(model: Model, path: str, low: float, high: float) -> tuple[float, float]:
    """The range that the model notes for a number, within low and high; else these."""
    note = model.assumptions.get(path)
    if note is None or not isinstance(note.low, int | float) or not isinstance(note.high, int | float):
        return low, high
    return max(low, float(note.low)), float(note.high) if path.endswith("servers") else min(high, float(note.high))


def _within(lever: Lever, today: float, asked: tuple[float, float] | None) -> Lever:
    """The lever with today's value among its own, unless a range was asked for: then exactly that range."""
    if asked is None:
        return replace(lever, ladder=tuple(sorted({*lever.ladder, float(today)})))
    low, high = asked
    if lever.kind == "people":
        return replace(lever, ladder=tuple(float(n) for n in range(int(low), int(high) + 1)))
    return replace(lever, ladder=_rungs(HOURS_LADDER if lever.kind == "hours" else OVERFLOW_LADDER, low, high))


def _rungs(ladder: Sequence[float], low: float, high: float) -> tuple[float, ...]:
    """The part of a ladder between two values, both included."""
    return tuple(sorted({float(low), *(float(rung) for rung in ladder if low < rung < high), float(high)}))


def _whole(value: float) -> float | int:
    return int(value) if value == int(value) else value
