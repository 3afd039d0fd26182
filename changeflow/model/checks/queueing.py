"""Disciplines with what they need, and combinations that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from changeflow.errors import Fault
from changeflow.model.checks.parts import Parts
from changeflow.model.file.faults import Loc, Places
from changeflow.model.stations.queueing import PREEMPTIVE, Ageing
from changeflow.model.stations.station import Station


def disciplines(parts: Parts, where: Places) -> Iterator[Fault]:
    """The discipline of every station."""
    for name, station in parts.read_stations():
        path: Loc = ("stations", name)
        rule = station.discipline.rule
        if station.preemptive and rule not in PREEMPTIVE:
            reason = f"under {rule} an arrival never takes the place of work in hand"
            expected = f"one of {', '.join(PREEMPTIVE)} with preemptive ({reason})"
            yield where.fault((*path, "discipline"), expected, rule)
        if rule == "shortest_remaining" and station.interrupted_work != "resume":
            expected = "resume with shortest_remaining (else there is no remaining work)"
            yield where.fault((*path, "interrupted_work"), expected, station.interrupted_work)
        yield from _due_dates(path, station, parts, where)
        if rule == "cost_of_delay" and not _waiting_costs(parts):
            expected = "a cost of delay: costs.waiting_per_day, or waiting_cost_per_day of a category"
            yield where.fault((*path, "discipline"), expected, "no cost of waiting")


def _due_dates(path: Loc, station: Station, parts: Parts, where: Places) -> Iterator[Fault]:
    values = parts.categories.values()
    if any(value is None or value.due_within_days is not None for value in values):
        return
    if station.discipline.rule == "due_date":
        expected = "due_within_days in some category (due_date needs due dates)"
        yield where.fault((*path, "discipline"), expected, "no due date")
    if isinstance(station.discipline, Ageing) and station.discipline.urgent_before_due_days is not None:
        expected = "due_within_days in some category (there are no due dates)"
        yield where.fault(
            (*path, "discipline", "urgent_before_due_days"), expected, station.discipline.urgent_before_due_days
        )


def _waiting_costs(parts: Parts) -> bool:
    values = parts.categories.values()
    if parts.costs is None or any(v is None or v.waiting_cost_per_day or v.waiting for v in values):
        return True
    others = not values or any(value and value.waiting_cost_per_day is None for value in values)
    return others and (parts.costs.waiting_per_day > 0 or parts.costs.waiting is not None)


def at_once(parts: Parts, where: Places) -> Iterator[Fault]:
    """Several requests in one pair of hands: simple by choice, so not with everything."""
    for name, station in parts.read_stations():
        path: Loc = ("stations", name)
        if station.at_once == 1:
            if station.switching_loss:
                expected = "at_once above 1 with switching_loss (one request at a time is never switched)"
                yield where.fault((*path, "switching_loss"), expected, station.switching_loss)
            continue
        clashes = {
            "preemptive": station.preemptive, "shift_end": station.shift_end != "pause",
            "patience_hours": station.patience_hours is not None, "call_off": station.call_off is not None,
        }  # fmt: skip
        for key, used in clashes.items():
            if used:
                yield where.fault((*path, "at_once"), f"1 with {key} (not modelled together)", station.at_once)
        if station.staff_drop == "hand_back":
            for group, value in station.staff.items():
                if value.head_count or value.until_day:
                    leaving = "head_count" if value.head_count else "until_day"
                    expected = f"1 with {leaving} in staff.{group} and staff_drop hand_back, or staff_drop finish"
                    reason = "(whose requests go back is not modelled)"
                    yield where.fault((*path, "at_once"), f"{expected} {reason}", station.at_once)
