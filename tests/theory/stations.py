"""A station of a reference case as a station of ours: its people, its queue, its door and its acceptance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .joining import chances
from .laws import law
from .reasons import Raw, Unsupported, number, only
from .shifts import OpenHours, Schedule, calendar, hours_per_unit, read_staff

STATION_KEYS = {
    "name", "servers", "servers_schedule", "schedule_period", "shift_end", "on_interrupt", "discipline", "service",
    "service_by_class", "patience", "patience_by_class", "capacity", "overflow_to", "join_probability",
    "rework_probability", "rework_to", "rework_service", "rework_priority",
}  # fmt: skip
DISCIPLINES: dict[str, Raw] = {
    "fifo": {},
    "lifo_nonpreemptive": {"discipline": "lifo"},
    "random": {"discipline": "random"},
    "random_nonpreemptive": {"discipline": "random"},
    "random_order": {"discipline": "random"},
    "priority_nonpreemptive": {"discipline": "priority"},
    "priority_preemptive_resume": {"discipline": "priority", "preemptive": True},
    "priority_preemptive_restart": {"discipline": "priority", "preemptive": True, "interrupted_work": "restart"},
    "priority_preemptive_resample": {"discipline": "priority", "preemptive": True, "interrupted_work": "resample"},
    "sjf_nonpreemptive": {"discipline": "shortest"},
    "sjf_preemptive_original_size": {"discipline": "shortest", "preemptive": True},
    "srpt": {"discipline": "shortest_remaining", "preemptive": True},
}
"""A discipline's name in the cases -> keys of our station."""
LEAST_URGENT = 9


@dataclass(frozen=True, slots=True)
class Place:
    """One station: our table for it, and what the measures need to know."""

    name: str
    table: Raw
    servers: int | str
    schedule: Schedule | None
    open_hours: OpenHours | None
    """Where work in hand rests while a calendar is closed."""
    resumes: bool
    """Work may be interrupted, and goes on where it was."""
    repeats: bool
    """Work may be interrupted, and is done anew."""

    @property
    def overflows(self) -> bool:
        """Who finds it full goes on to another station."""
        return bool(self.table.get("when_full", "refused") != "refused")

    def with_staff(self, horizon: float, hours: float) -> Raw:
        """Our table, with a head count laid out to a horizon where the schedule is no calendar."""
        if self.schedule is None or "calendar" in self.table:
            return self.table
        return self.table | {"staff": {"team": {"head_count": self.schedule.head_count(horizon, hours)}}}


def read_places(stations: list[Raw], ranks: Mapping[str, int]) -> tuple[tuple[Place, ...], Raw, float]:
    """All stations, their calendars, and clock hours a unit; `ranks` are the classes with their priorities."""
    for table in stations:
        only(table, STATION_KEYS, f"station {table.get('name')}")
    staff = [read_staff(table, f"station {table['name']}") for table in stations]
    hours = hours_per_unit([schedule for _, schedule in staff if schedule])
    calendars: Raw = {}
    places = []
    for table, (servers, schedule) in zip(stations, staff):
        built = queue(table, ranks, hours, f"station {table['name']}")
        found = calendar(schedule, hours) if schedule else None
        if found:
            built["calendar"] = f"hours-of-{table['name']}"
            calendars[built["calendar"]] = found[0]
        if schedule is None or found:
            built["servers"] = servers
        if schedule:
            built |= handing_over(schedule, built, is_calendar=found is not None)
        interrupts = bool(built.get("preemptive")) or (schedule is not None and schedule.interrupted is not None)
        repeats = interrupts and built.get("interrupted_work", "resume") != "resume"
        rests = found[1] if found and built["shift_end"] == "pause" else None
        places.append(Place(table["name"], built, servers, schedule, rests, interrupts and not repeats, repeats))
    return tuple(places), calendars, hours


def handing_over(schedule: Schedule, built: Raw, *, is_calendar: bool) -> Raw:
    """What becomes of work in hand at the end of a shift, or when people leave."""
    if is_calendar:
        return {"shift_end": "finish" if schedule.at_end == "finish" else "pause"}
    found = {"staff_drop": schedule.at_end}
    if schedule.interrupted is None:
        return found
    if built.get("preemptive") and built.get("interrupted_work", "resume") != schedule.interrupted:
        raise Unsupported("one rule for work interrupted by urgent requests, another at the end of a shift")
    return found | {"interrupted_work": schedule.interrupted}


def queue(table: Raw, ranks: Mapping[str, int], hours: float, where: str) -> Raw:
    """Everything but the people."""
    discipline = table.get("discipline", "fifo")
    if discipline not in DISCIPLINES:
        raise Unsupported(f"{where}: discipline {discipline}")
    built = DISCIPLINES[discipline] | {"service_hours": by_class("service", table, list(ranks), hours, where)}
    if "patience" in table or "patience_by_class" in table:
        built["patience_hours"] = by_class("patience", table, list(ranks), hours, where)
    if "capacity" in table:
        built["capacity"] = table["capacity"]
        built["when_full"] = table.get("overflow_to", "refused")
    elif "overflow_to" in table:
        raise Unsupported(f"{where}: overflow_to without capacity")
    if "join_probability" in table:
        built["join_probability"] = chances(table["join_probability"], where)
    if "rework_probability" in table:
        built["acceptance"] = _acceptance(table, built, ranks, hours, where)
    elif any(key.startswith("rework") for key in table):
        raise Unsupported(f"{where}: rework without rework_probability")
    return built


def by_class(what: str, table: Raw, classes: list[str], hours: float, where: str) -> Raw:
    """One law, or one for each class."""
    if (what in table) == (f"{what}_by_class" in table):
        raise Unsupported(f"{where}: either {what} or {what}_by_class")
    if what in table:
        return law(table[what], hours)
    own = table[f"{what}_by_class"]
    missing = [name for name in classes if name not in own]
    if missing:
        raise Unsupported(f"{where}: no {what}_by_class for {', '.join(missing)}")
    return {name: law(own[name], hours) for name in classes}


def _acceptance(table: Raw, built: Raw, ranks: Mapping[str, int], hours: float, where: str) -> Raw:
    back = table.get("rework_to", "same queue, tail")
    if back != "same queue, tail":
        raise Unsupported(f"{where}: rework_to '{back}'")
    chance = table["rework_probability"]
    found: Raw = {"rework_probability": chance if isinstance(chance, dict) else number(chance, "rework_probability")}
    if table.get("rework_service", table.get("service")) != table.get("service"):
        found["rework_hours"] = law(table["rework_service"], hours)
    if "rework_priority" in table:
        if built.get("discipline") != "priority":
            raise Unsupported(f"{where}: rework_priority under {table.get('discipline', 'fifo')}")
        found["rework_priority"] = _rank_of_rework(table["rework_priority"], ranks, where)
    return found


def _rank_of_rework(said: Any, ranks: Mapping[str, int], where: str) -> int:
    """Classes stand at 1 and more, so that there is room above them."""
    match said:
        case "below new":
            return max(ranks.values()) + 1
        case "above new":
            return min(ranks.values()) - 1
    raise Unsupported(f"{where}: rework_priority '{said}'")


def priorities(given: Mapping[str, Any], *, matter: bool) -> dict[str, int]:
    """Priorities of classes in order from 1, the most urgent first."""
    if matter and len(given) > 1 and None in given.values():
        raise Unsupported(f"no priority of class {', '.join(name for name, value in given.items() if value is None)}")
    values = sorted({number(value or 0, "priority") for value in given.values()})
    if len(values) > LEAST_URGENT - 1:
        raise Unsupported(f"{len(values)} priorities")
    return {name: 1 + values.index(value or 0) for name, value in given.items()}
