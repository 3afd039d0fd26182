"""The parts of a model that stay the same in all its runs, as arrays for the compiled engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from changeflow.engine.records import STATION
from changeflow.engine.station_table import INFINITE, StationTable

_SAME_NAME = (
    "servers", "stage", "stage_number", "hours_per_work_hour", "speed", "delay_law", "accepts", "rework_share",
    "max_attempts", "at_limit_done",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layout:
    """Stations in their state at the start, idle servers, calendars one after another, tables by category."""

    stations: NDArray[Any]
    idle: NDArray[np.int64]
    opens: NDArray[np.float64]
    closes: NDArray[np.float64]
    before: NDArray[np.float64]
    service_law: NDArray[np.int64]
    openness: NDArray[np.float64]
    rework: NDArray[np.float64]
    entry_route: NDArray[np.int64]
    station_stage: NDArray[np.uint64]
    route_stage: NDArray[np.uint64]
    """The stage that all stations of a route share; 0 when they do not."""
    stages: int

    @classmethod
    def of(
        cls,
        stations: Sequence[StationTable],
        next_route: Sequence[int],
        entry_route: Sequence[int],
        routes: NDArray[Any],
        places: NDArray[np.int64],
        start: float,
        stages: int,
    ) -> Layout:
        """Lay out compiled stations and routes."""
        rows = _station_rows(stations, next_route, start)
        calendars = {id(station.calendar): station.calendar for station in stations}.values()
        return cls(
            stations=rows,
            idle=np.concatenate([*(np.arange(row["idle"]) for row in rows), np.zeros(1, np.int64)]),
            opens=np.concatenate([*(calendar.opens for calendar in calendars), np.zeros(1)]),
            closes=np.concatenate([*(calendar.closes for calendar in calendars), np.zeros(1)]),
            before=np.concatenate([*(calendar.before for calendar in calendars), np.zeros(1)]),
            service_law=np.array([s.service_law for s in stations], np.int64).ravel(),
            openness=np.array([s.openness for s in stations], float).ravel(),
            rework=np.array([s.rework_probability for s in stations], float).ravel(),
            entry_route=np.array(entry_route, np.int64),
            station_stage=np.array([int(s.stage) for s in stations] or [0], np.uint64),
            route_stage=np.array([_common_stage(stations, route, places) for route in routes], np.uint64),
            stages=max(stages, 1),
        )


def _station_rows(stations: Sequence[StationTable], next_route: Sequence[int], start: float) -> NDArray[Any]:
    rows = np.zeros(len(stations), STATION)
    server = interval = 0
    calendars: dict[int, int] = {}
    for row, station, route in zip(rows, stations, next_route, strict=True):
        for field in _SAME_NAME:
            row[field] = getattr(station, field)
        row["never_closes"] = station.calendar.never_closes
        row["intervals"] = len(station.calendar.opens)
        if id(station.calendar) not in calendars:
            calendars[id(station.calendar)] = interval
            interval += len(station.calendar.opens)
        row["calendar"] = calendars[id(station.calendar)]
        row["next_route"], row["first_server"], row["since"] = route, server, start
        row["idle"] = 0 if station.servers == INFINITE else station.servers
        server += int(row["idle"])
    return rows


def _common_stage(stations: Sequence[StationTable], route: Any, places: NDArray[np.int64]) -> int:
    first, size = int(route["first"]), int(route["size"])
    stages = {int(stations[place].stage) for place in places[first : first + size] if place >= 0}
    return stages.pop() if len(stages) == 1 else 0
