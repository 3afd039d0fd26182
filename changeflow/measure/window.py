"""Which part of a run counts, and the calendars that its hours are counted on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from changeflow.engine.station_table import INFINITE, GroupTable
from changeflow.engine.tables import Tables
from changeflow.engine.trace import Rows
from changeflow.engine.worktime import WorkTime, lay_out
from changeflow.measure.loops import queue_waits, work_done
from changeflow.measure.records import Floats
from changeflow.model.schema import Model


@dataclass(frozen=True, slots=True)
class Window:
    """A model's window in clock hours, with what is the same in all of its runs."""

    model: Model
    tables: Tables
    start: float
    begin: float
    """End of the warm-up: time averages and money count from here."""
    cohort_end: float
    """Requests that arrive from here on are followed, not measured."""
    end: float
    office: WorkTime
    """The calendar on which a requester's working hours are counted."""
    office_day_hours: float
    servers: Floats
    """Servers by station, the most there ever are; NaN for infinite."""
    capacity_hours: Floats
    """Working hours that all servers on duty could give in [begin, end), by station; of one server where infinite."""
    of_others: NDArray[np.bool_]
    """By source, the last one for requests open at the start: requests of other customers."""

    @classmethod
    def of(cls, tables: Tables) -> Window:
        """The window of a compiled model."""
        model = tables.model
        begin = tables.start + model.warm_up_days * 24
        office = next((s.calendar for s in model.stations.values() if s.calendar != "always"), "always")
        return cls(
            model=model,
            tables=tables,
            start=tables.start,
            begin=begin,
            cohort_end=tables.end - model.follow_up * 24,
            end=tables.end,
            office=lay_out(model, office, tables.end),
            office_day_hours=24.0 if office == "always" else model.calendars[office].open_hours_per_day(),
            servers=np.array([np.nan if s.servers == INFINITE else s.servers for s in tables.stations]),
            capacity_hours=np.array(
                [sum(_capacity(group, begin, tables.end) for group in station.groups) for station in tables.stations]
            ),
            of_others=np.array(tables.background),
        )

    @property
    def weeks(self) -> float:
        """Weeks in [begin, end)."""
        return (self.end - self.begin) / 168.0

    def worked_hours(self, visits: Rows, begin: float, end: float) -> Floats:
        """Working hours done on each visit in [begin, end), by its server's calendar and availability."""
        layout = self.tables.layout
        hours = np.empty(len(visits))
        work_done(
            visits, layout.stations, layout.groups, layout.opens, layout.closes, layout.before, begin, end, self.end,
            hours,
        )  # fmt: skip
        return hours

    def queue_waits(self, visits: Rows) -> tuple[Floats, Floats]:
        """Time in queue of each visit so far, in clock hours and in its station's open hours."""
        layout = self.tables.layout
        clock, working = np.empty(len(visits)), np.empty(len(visits))
        queue_waits(visits, layout.stations, layout.opens, layout.closes, layout.before, self.end, clock, working)
        return clock, working


def _capacity(group: GroupTable, begin: float, end: float) -> float:
    """Working hours that a group on duty could give; of one server where it is infinite."""
    edges = np.clip(np.concatenate([group.times, [end]]), begin, end)
    open_hours = np.diff(group.calendar.open_hours_at(edges))
    on_duty = np.minimum(group.on_duty, 1) if group.servers == INFINITE else group.on_duty
    return float(on_duty @ open_hours) / group.hours_per_work_hour
