"""Calendars that are named, and hours that fit into them."""

from __future__ import annotations

from collections.abc import Iterator

from changeflow.errors import Fault, nearest
from changeflow.model.checks.parts import Parts
from changeflow.model.file.faults import Loc, Places
from changeflow.model.stations.calendars import known_holidays


def calendars(parts: Parts, where: Places) -> Iterator[Fault]:
    """Of stations and groups; holidays that the library knows."""
    for name, station in parts.read_stations():
        path: Loc = ("stations", name)
        yield from _known(path, station.calendar, parts, where)
        if not station.staff:
            yield from _fits(path, station.hours_per_week, station.calendar, parts, where)
        for group, value in station.staff.items():
            own: Loc = (*path, "staff", group)
            if value.calendar is not None:
                yield from _known(own, value.calendar, parts, where)
            calendar = value.calendar or station.calendar
            if value.hours_per_week is not None:
                yield from _fits(own, value.hours_per_week, calendar, parts, where)
            elif value.availability is None:
                yield from _fits(path, station.hours_per_week, calendar, parts, where)
    for name, calendar_value in parts.calendars.items():
        if calendar_value and calendar_value.holidays and not known_holidays(calendar_value.holidays):
            expected = "a code of the holidays library such as 'DE' or 'DE-BY'"
            yield where.fault(("calendars", name, "holidays"), expected, calendar_value.holidays)


def _known(path: Loc, name: str, parts: Parts, where: Places) -> Iterator[Fault]:
    if name != "always" and name not in parts.calendars:
        hint = nearest(name, ["always", *parts.calendars])
        yield where.fault((*path, "calendar"), "a calendar of this file", name, hint)


def _fits(path: Loc, hours: float | None, calendar: str, parts: Parts, where: Places) -> Iterator[Fault]:
    value = parts.calendars.get(calendar)
    open_hours = value.open_hours_per_week() if value else 168.0
    if hours is not None and hours > open_hours + 1e-9:
        expected = f"at most the {open_hours:g} open hours of its calendar"
        yield where.fault((*path, "hours_per_week"), expected, hours)
