"""The parts of a model that stay the same in all its runs, as arrays for the compiled engine."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from changeflow.engine.shared.worktime import WorkTime
from changeflow.engine.tables.graph import NONE as NO_GRAPH
from changeflow.engine.tables.graph import GraphTable
from changeflow.engine.tables.mistakes import MISTAKES, NOTICE
from changeflow.engine.tables.records import (
    ARRAY_NAMES,
    ASK,
    CHANGE,
    ENTRANCE,
    EXPERIENCE,
    GROUP,
    MATCH,
    MATCH_FIELDS,
    NOWHERE,
    SAME_NAME,
    SLOT_NUMBER,
    STATION,
    joined,
)
from changeflow.engine.tables.routes import BY_CATEGORY, BY_SIZE, OPEN_FIRST, SPLIT, TO, UNTIL_DAY
from changeflow.engine.tables.station import INFINITE, NO_LAW, GroupTable, StationTable

Array = NDArray[Any]


CONSTANT = (
    "opens", "closes", "before", "matches", "speeds", "authority", "changes", "joins", "entrances", "asks",
    "mistakes", "notices", "rigidity", "components", "links", "softness", "starts", "factors", "overdue_hours",
)  # fmt: skip
"""Arrays of a layout that the kernel only reads."""


def point(row: NDArray[np.int64], arrays: Mapping[str, Array]) -> None:
    """Write into a row of dtype ARRAYS where these arrays lie and how long they are."""
    for name, array in arrays.items():
        place = 2 * ARRAY_NAMES.index(name)
        row[place], row[place + 1] = array.ctypes.data, array.size


@dataclass(frozen=True, slots=True)
class Layout:
    """Stations and groups in their state at the start, calendars one after another, tables by category."""

    stations: Array
    groups: Array
    idle: NDArray[np.int64]
    in_hand: NDArray[np.uint32]
    changes: Array
    speeds: NDArray[np.float64]
    """By group and category; 0: not eligible."""
    authority: NDArray[np.float64]
    """By group and category."""
    experience: Array
    """By group and category."""
    matches: Array
    """By station and category."""
    joins: NDArray[np.float64]
    opens: NDArray[np.float64]
    closes: NDArray[np.float64]
    before: NDArray[np.float64]
    entrances: Array
    asks: Array
    mistakes: Array
    """By station."""
    notices: Array
    """By kind of error."""
    rigidity: NDArray[np.float64]
    """By category."""
    components: Array
    links: Array
    softness: NDArray[np.float64]
    starts: NDArray[np.float64]
    factors: NDArray[np.float64]
    spreads: int
    """What a change does to other components: a mode of graph.py."""
    most_children: int
    overdue_hours: NDArray[np.float64]
    """By category; nobody looks where adoption is off."""
    station_stage: NDArray[np.uint64]
    route_stage: NDArray[np.uint64]
    """The stage that all stations of a route share; 0 when they do not."""
    route_law: NDArray[np.int64]
    """The law of work that all stations of a route share, by route and category; NO_LAW when they do not."""
    stages: int
    errors: bool
    """Errors, or changes that draw others (compiled/follow_ups.py), or any feature."""
    features: bool
    """Anything of compiled/doors, hands, people, users or a rule by value: an event may write several rows."""
    addresses: NDArray[np.int64] = field(init=False, compare=False)
    """A row of dtype ARRAYS that says where the arrays lie that no run changes; the others are 0."""

    @property
    def code(self) -> str:
        """Which machine code of the loop it needs."""
        return "all" if self.features else "errors" if self.errors else "plain"

    def __post_init__(self) -> None:
        row = np.zeros(2 * len(ARRAY_NAMES), np.int64)
        point(row, {name: getattr(self, name) for name in CONSTANT})
        object.__setattr__(self, "addresses", row)

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy has its arrays elsewhere, so it is made like a new one."""
        return Layout, tuple(getattr(self, part.name) for part in fields(self) if part.init)

    @classmethod
    def of(
        cls,
        stations: Sequence[StationTable],
        next_route: Sequence[int],
        entrances: tuple[Array, Array],
        routes: Array,
        places: NDArray[np.int64],
        graph: GraphTable,
        start: float,
        stages: int,
        overdue_hours: NDArray[np.float64],
        has_adoption: bool,
    ) -> Layout:
        """Lay out compiled stations and routes."""
        pool = _Calendars()
        categories = len(overdue_hours)
        groups = [group for station in stations for group in station.groups]
        rows = _station_rows(stations, next_route, start, pool)
        staff = _group_rows(stations, pool)
        features = has_adoption or _has_features(stations, rows, groups, routes, entrances[0])
        return cls(
            stations=rows,
            groups=staff,
            idle=np.concatenate([*(np.arange(row["idle"]) for row in staff), np.zeros(1, np.int64)]),
            in_hand=np.full(sum(staff["idle"]) + 1, NOWHERE, SLOT_NUMBER),
            changes=np.concatenate([*(_changes(group) for group in groups), np.zeros(1, CHANGE)]),
            speeds=np.array([group.speed for group in groups] or [(0.0,)], float).ravel(),
            authority=np.array([group.authority for group in groups] or [(0.0,)], float).ravel(),
            experience=np.concatenate([*(_experience(group) for group in groups), np.zeros(1, EXPERIENCE)]),
            matches=np.concatenate([*(_matches(station) for station in stations), np.zeros(1, MATCH)]),
            joins=np.array([share for station in stations for share in station.joins] or [0.0], float),
            opens=pool.array("opens"),
            closes=pool.array("closes"),
            before=pool.array("before"),
            entrances=entrances[0],
            asks=entrances[1],
            mistakes=_mistake_rows(stations),
            notices=np.array(list(_first_mistakes(stations, "notices", [(0.0,) * 3])), NOTICE),
            rigidity=np.array(_first_mistakes(stations, "rigidity", [1.0]), float),
            overdue_hours=overdue_hours,
            station_stage=np.array([int(s.stage) for s in stations] or [0], np.uint64),
            route_stage=np.array([_common_stage(stations, route, places) for route in routes], np.uint64),
            route_law=np.array(
                [law for route in routes for law in _common_laws(stations, route, places, categories)] or [NO_LAW]
            ),
            components=graph.components,
            links=graph.links,
            softness=graph.softness,
            starts=graph.starts,
            factors=graph.factors,
            spreads=graph.mode,
            most_children=graph.most_children,
            stages=max(stages, 1),
            errors=features or graph.mode != NO_GRAPH or bool(rows["has_mistakes"].any()),
            features=features,
        )


def _has_features(
    stations: Sequence[StationTable], rows: Array, groups: Sequence[GroupTable], routes: Array, entrances: Array
) -> bool:
    common = np.isin(routes["rule"], (TO, SPLIT, BY_CATEGORY, OPEN_FIRST))
    return bool(
        any(station.has_more_than_intake for station in stations)
        or any(law != NO_LAW for station in stations for law in station.patience_law)
        or rows["has_aftermath"].any()
        or not rows["is_plain"].all()
        or any(len(group.times) > 1 or group.job is not None for group in groups)
        or rows["learns"].any()
        or not common.all()
        or entrances["asks"].any()
    )


def entrances_of(
    entry_route: Sequence[int],
    background: Sequence[bool],
    beyond: Sequence[Sequence[int]],
    share: Sequence[Sequence[float]],
    fit: Sequence[float],
) -> tuple[Array, Array]:
    """Sources as rows, and the numbers of open requests from which fewer ask, one source after another."""
    rows = np.zeros(len(entry_route), ENTRANCE)
    rows["route"], rows["background"], rows["fit"] = entry_route, background, fit
    rows["asks"][: len(beyond)] = [len(numbers) for numbers in beyond]
    rows["first_ask"] = np.cumsum(rows["asks"]) - rows["asks"]
    asks = np.zeros(int(rows["asks"].sum()) + 1, ASK)
    asks["beyond"][:-1] = [number for numbers in beyond for number in numbers]
    asks["share"][:-1] = [number for numbers in share for number in numbers]
    return rows, asks


class _Calendars:
    """All calendars one after another; the same one stands there once."""

    def __init__(self) -> None:
        self._places: dict[int, int] = {}
        self._all: list[WorkTime] = []
        self._size = 0

    def place(self, row: Any, calendar: WorkTime) -> None:
        """Write where a calendar lies into a record."""
        if id(calendar) not in self._places:
            self._places[id(calendar)] = self._size
            self._all.append(calendar)
            self._size += len(calendar.opens)
        row["never_closes"] = calendar.never_closes
        row["calendar"], row["intervals"] = self._places[id(calendar)], len(calendar.opens)

    def array(self, name: str) -> NDArray[np.float64]:
        return np.concatenate([*(getattr(calendar, name) for calendar in self._all), np.zeros(1)])


def _station_rows(stations: Sequence[StationTable], next_route: Sequence[int], start: float, pool: _Calendars) -> Array:
    rows = np.zeros(len(stations), STATION)
    group = join = 0
    for row, station, route in zip(rows, stations, next_route, strict=True):
        for name in SAME_NAME:
            row[name] = getattr(station, name)
        pool.place(row, station.calendar)
        row["first_group"], row["groups"] = group, len(station.groups)
        row["first_join"], row["joins"] = join, len(station.joins)
        row["next_route"], row["since"], row["opens_at"] = route, start, math.inf
        row["head"] = row["tail"] = row["held_head"] = row["held_tail"] = NOWHERE
        row["is_plain"], row["has_door"] = station.is_plain, station.has_door
        row["has_mistakes"] = station.mistakes is not None
        row["has_aftermath"] = station.has_aftermath
        group += len(station.groups)
        join += len(station.joins)
    return rows


def _mistake_rows(stations: Sequence[StationTable]) -> Array:
    rows = np.zeros(max(len(stations), 1), MISTAKES)
    for row, station in zip(rows, stations, strict=False):
        for name in MISTAKES.names or () if station.mistakes else ():
            row[name] = getattr(station.mistakes, name)
    return rows


def _first_mistakes(stations: Sequence[StationTable], field: str, otherwise: Sequence[Any]) -> Sequence[Any]:
    """What is the same at all stations with errors."""
    found: Sequence[Any] = next((getattr(s.mistakes, field) for s in stations if s.mistakes), otherwise)
    return found


def _group_rows(stations: Sequence[StationTable], pool: _Calendars) -> Array:
    rows = np.zeros(sum(len(station.groups) for station in stations), GROUP)
    number = server = change = 0
    for place, station in enumerate(stations):
        first = 0
        for group in station.groups:
            row = rows[number]
            number += 1
            row["station"], row["servers"] = place, group.servers
            row["hours_per_work_hour"] = group.hours_per_work_hour
            pool.place(row, group.calendar)
            row["first_server"], row["first_number"] = server, first
            row["first_change"], row["changes"], row["change"] = change, len(group.times), 1
            row["on_duty"], row["trained"], row["since"] = group.on_duty[0], group.trained, group.times[0]
            row["idle"] = 0 if group.servers == INFINITE else group.servers
            first += int(row["idle"])
            server += int(row["idle"])
            change += len(group.times)
    return rows


def _changes(group: GroupTable) -> Array:
    rows = np.zeros(len(group.times), CHANGE)
    rows["time"], rows["on_duty"], rows["rule"], rows["news"] = group.times, group.on_duty, group.rule, group.news
    return rows


def _experience(group: GroupTable) -> Array:
    rows = np.zeros(len(group.experience), EXPERIENCE)
    rows["passes"], rows["last"] = group.experience, group.times[0]
    return rows


def staff_of_run(groups: Array, changes: Array, experience: Array, staff: Mapping[int, GroupTable]) -> Array:
    """Write into rows of groups and experience who holds which job in this run; returns all changes of staff."""
    parts, first = [changes], len(changes)
    for number, group in staff.items():
        row, size = groups[number], len(group.experience)
        row["first_change"], row["changes"] = first, len(group.times)
        row["on_duty"], row["trained"] = group.on_duty[0], group.trained
        experience[number * size : (number + 1) * size] = _experience(group)
        parts.append(_changes(group))
        first += len(group.times)
    return joined(*parts)


def _matches(station: StationTable) -> Array:
    rows = np.zeros(len(station.openness), MATCH)
    for name, _ in MATCH_FIELDS:
        rows[name] = getattr(station, name)
    return rows


def _common_laws(stations: Sequence[StationTable], route: Any, places: NDArray[np.int64], categories: int) -> list[int]:
    if _common_stage(stations, route, places) == 0:
        return [NO_LAW] * categories
    first, size = int(route["first"]), int(route["size"])
    laws = zip(*(stations[place].service_law for place in places[first : first + size] if place >= 0))
    return [of_category[0] if len(set(of_category)) == 1 else NO_LAW for of_category in laws]


def _common_stage(stations: Sequence[StationTable], route: Any, places: NDArray[np.int64]) -> int:
    if route["rule"] in (BY_SIZE, UNTIL_DAY):  # its numbers are rules
        return 0
    first, size = int(route["first"]), int(route["size"])
    stages = {int(stations[place].stage) for place in places[first : first + size] if place >= 0}
    return stages.pop() if len(stages) == 1 else 0
