"""Working hours that the people on duty could give, period by period."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from changeflow.engine.tables.model import Tables
from changeflow.engine.tables.station import INFINITE, GroupTable, StationTable
from changeflow.engine.trace import Trace
from changeflow.measure.records import Floats


def hours_on_duty(tables: Tables, trace: Trace, edges: Floats) -> Floats:
    """Between each edge and the next, periods x stations, as a run was staffed; of one server where infinite.

    People who leave and are replaced, and further ones who are called off for a while, count as the run had them.
    """
    hours = planned_hours(tables.as_staffed(trace.staff) if trace.staff else tables.stations, edges)
    for station, since, until, servers in trace.called_off:
        group = tables.stations[station].groups[-1]
        open_hours = np.diff(group.calendar.open_hours_at(np.clip(edges, since, until)))
        hours[:, station] += servers * open_hours / group.hours_per_work_hour
    return hours


def planned_hours(stations: Iterable[StationTable], edges: Floats) -> Floats:
    """The same as the file staffs the stations."""
    none = np.zeros(len(edges) - 1)
    found = [sum((group_hours(group, edges) for group in station.groups), none) for station in stations]
    return np.array(found).reshape(-1, len(none)).T


def group_hours(group: GroupTable, edges: Floats) -> Floats:
    """Those of one group of people; of one server where it is infinite."""
    inside = group.times[(group.times > edges[0]) & (group.times < edges[-1])]
    cuts = np.unique(np.concatenate([edges, inside]))
    open_hours = np.diff(group.calendar.open_hours_at(cuts))
    place = np.searchsorted(group.times, cuts[:-1], "right") - 1
    on_duty = np.where(place >= 0, np.asarray(group.on_duty)[place], 0)
    on_duty = np.minimum(on_duty, 1) if group.servers == INFINITE else on_duty
    sums = np.add.reduceat(on_duty * open_hours, np.searchsorted(cuts, edges[:-1]))
    return np.asarray(sums / group.hours_per_work_hour, float)
