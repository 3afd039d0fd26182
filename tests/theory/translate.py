"""A reference case as a model of ours: everything our models can say, a reason for everything else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from changeflow.errors import ChangeflowError
from changeflow.model.reading import build_model
from changeflow.model.schema import Model

from .laws import law, request_rate, source
from .reasons import Raw, Unsupported, number, only
from .shifts import OpenHours, calendar, hours_per_unit, read_staff

MONDAY = date(2026, 1, 5)
CASE_KEYS = {"id", "kind", "share", "feature", "source", "note", "model", "expected", "published", "accept"}
ACCEPT_KEYS = {
    "rule", "conf", "min_reps", "max_rel_hw", "abs_hw_floor", "arrivals_per_rep", "warmup_arrivals", "abs_tol",
    "rel_tol", "macro_reps", "min_correct",
}  # fmt: skip
MODEL_KEYS = {"arrivals", "stations", "routing", "initial_in_station", "target"}
ARRIVAL_KEYS = {"cls", "station", "process", "priority"}
STATION_KEYS = {
    "name", "servers", "servers_schedule", "schedule_period", "shift_end", "on_interrupt", "discipline", "service",
    "service_by_class", "rework_probability", "rework_to", "rework_service", "capacity", "overflow_to",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setup:
    """A translated case: our model for any horizon, and what the measures need to know of it."""

    raw: Raw
    sources: Callable[[float], dict[str, Raw]]
    hours: float
    """Clock hours a unit of the case's time stands for."""
    stations: tuple[str, ...]
    servers: tuple[int | str, ...]
    open_hours: tuple[OpenHours | None, ...]
    period: float
    """Time averages are over whole multiples of this; 0 where there is no period."""
    classes: tuple[str, ...]
    rate: float
    """Requests per unit of time."""
    edges: tuple[float, ...]
    """Edges of a piecewise arrival rate, for counts."""
    overflow_to: int | None
    target: int | None

    def tables(self, horizon: float) -> Raw:
        """The model as tables of a model file, for a horizon in the case's unit."""
        days = horizon * self.hours / 24
        return self.raw | {"demand": {"sources": self.sources(horizon)}, "horizon_days": days}

    def model(self, horizon: float) -> Model:
        """The checked model."""
        return checked(self.tables(horizon), Path("case"))


def checked(tables: Raw, file: Path) -> Model:
    """A Model from tables; what the model language refuses is unsupported."""
    try:
        return build_model(tables, file=file, shown="case")
    except ChangeflowError as error:
        raise Unsupported("our model refuses it: " + "; ".join(str(error).splitlines())) from None


def check_case(case: Raw) -> None:
    """Refuse keys of a case that no one here has read the meaning of."""
    only(case, CASE_KEYS, "case")
    only(case.get("accept", {}), ACCEPT_KEYS, "accept")


def common(title: str) -> Raw:
    """What every model of a case has."""
    return {"title": title, "go_live": MONDAY, "warm_up_days": 0.0, "follow_up_days": 0.0}


def translate(case: Raw, reach: float | None = None) -> Setup:
    """Translate a case about a system. `reach` is the last time it asks about, if there is one."""
    model = case["model"]
    only(model, MODEL_KEYS, "model")
    arrivals, stations = model["arrivals"], model["stations"]
    for table in arrivals:
        only(table, ARRIVAL_KEYS, "arrivals")
    for table in stations:
        only(table, STATION_KEYS, f"station {table.get('name')}")
    names = tuple(table["name"] for table in stations)
    staff = [read_staff(table, f"station {table['name']}") for table in stations]
    hours = hours_per_unit([schedule for _, schedule in staff if schedule], reach)
    classes = tuple(dict.fromkeys(table.get("cls", "cr") for table in arrivals))

    raw = common(str(case["id"]))
    raw["categories"] = {name: {"share": 1 / len(classes)} for name in classes}
    raw["stations"], raw["calendars"] = {}, {}
    open_hours: list[OpenHours | None] = []
    for table, (servers, schedule) in zip(stations, staff):
        built = _station(table, classes, hours) | {"servers": servers}
        if schedule:
            built["calendar"] = f"hours-of-{table['name']}"
            raw["calendars"][built["calendar"]], spans = calendar(schedule, hours)
        open_hours.append(spans if schedule else None)
        raw["stations"][table["name"]] = built
    overflow = _overflow(stations, arrivals, model)
    raw["routing"] = {"next": _routing(model.get("routing", {}), names)}
    raw["open_today"] = _open_today(model, names, classes)
    entries = [_entry(table, names, overflow, stations) for table in arrivals]
    if not stations:
        raw["routing"]["entry"] = "refused"
    return Setup(
        raw=raw,
        sources=partial(_sources, arrivals, entries, hours),
        hours=hours,
        stations=names,
        servers=tuple(servers for servers, _ in staff),
        open_hours=tuple(open_hours),
        period=_common_period([schedule.period or 0.0 for _, schedule in staff if schedule], arrivals),
        classes=classes,
        rate=sum(_rate(table["process"]) for table in arrivals),
        edges=_edges(arrivals),
        overflow_to=names.index(overflow[1]) if overflow else None,
        target=_target(case),
    )


def _sources(arrivals: list[Raw], entries: list[Any], hours: float, horizon: float) -> dict[str, Raw]:
    return {
        f"source-{place}": source(table["process"], hours, horizon)
        | {"category": table.get("cls", "cr"), "entry": entry}
        for place, (table, entry) in enumerate(zip(arrivals, entries))
    }


def _rate(process: Raw) -> float:
    source(process, 1.0, 1.0)  # refuses what it does not know
    return request_rate(process)


def _station(table: Raw, classes: tuple[str, ...], hours: float) -> Raw:
    where = f"station {table['name']}"
    discipline = table.get("discipline", "fifo")
    if discipline != "fifo":
        raise Unsupported(f"{where}: discipline {discipline}")
    if ("service" in table) == ("service_by_class" in table):
        raise Unsupported(f"{where}: either service or service_by_class")
    if "service" in table:
        built: Raw = {"service_hours": law(table["service"], hours)}
    else:
        by_class = table["service_by_class"]
        missing = [name for name in classes if name not in by_class]
        if missing:
            raise Unsupported(f"{where}: no service_by_class for {', '.join(missing)}")
        built = {"service_hours": {name: law(by_class[name], hours) for name in classes}}
    if "capacity" in table and "overflow_to" not in table:
        raise Unsupported(f"{where}: capacity (requests turned away)")
    if "rework_probability" in table:
        built["acceptance"] = _acceptance(table, where)
    elif "rework_service" in table or "rework_to" in table:
        raise Unsupported(f"{where}: rework without rework_probability")
    return built


def _acceptance(table: Raw, where: str) -> Raw:
    back = table.get("rework_to", "same queue, tail")
    if back != "same queue, tail":
        raise Unsupported(f"{where}: rework_to '{back}'")
    chance = table["rework_probability"]
    built: Raw = {"rework_probability": chance if isinstance(chance, dict) else number(chance, "rework_probability")}
    again, first = table.get("rework_service"), table.get("service")
    if again is not None and again != first:
        if not first or first.get("type") != "det" or again.get("type") != "det":
            raise Unsupported(f"{where}: rework_service with a law of its own")
        built["rework_work"] = number(again["value"], "rework_service") / number(first["value"], "service")
    return built


def _routing(routing: Any, names: tuple[str, ...]) -> Raw:
    built: Raw = {}
    for name, row in routing.items():
        if name not in names:
            raise Unsupported(f"routing: no station {name}")
        if isinstance(row, str):
            row = {row: 1.0}  # noqa: PLW2901  a bare name is a table with one entry
        elsewhere = [place for place in row if place not in names]
        if elsewhere:
            raise Unsupported(f"routing from {name}: {', '.join(elsewhere)}")
        shares = {place: number(share, f"routing from {name}") for place, share in row.items()}
        rest = 1.0 - sum(shares.values())
        if rest < -1e-9:
            raise Unsupported(f"routing from {name}: more than 1 in all")
        built[name] = shares | ({"done": rest} if rest > 1e-12 else {})
    return built


def _overflow(stations: list[Raw], arrivals: list[Raw], model: Raw) -> tuple[str, str] | None:
    """A first station of limited capacity and the one that takes what finds it full."""
    full = [table for table in stations if "overflow_to" in table]
    if not full:
        return None
    first, names = full[0], [table["name"] for table in stations]
    second = first["overflow_to"]
    routed = {place for row in model.get("routing", {}).values() for place in row}
    plain = isinstance(first.get("servers"), int) and isinstance(first.get("capacity"), int)
    if len(full) > 1 or second not in names or not plain or first["name"] in routed or "rework_probability" in first:
        raise Unsupported(f"station {first['name']}: overflow_to other than from one full entry station to another")
    if any(table["station"] not in names for table in arrivals):
        raise Unsupported("an arrival rule beside overflow_to")
    return first["name"], second


def _entry(table: Raw, names: tuple[str, ...], overflow: tuple[str, str] | None, stations: list[Raw]) -> Any:
    place = table["station"]
    if not names:
        return "refused"
    if place not in names:
        raise Unsupported(f"arrival rule '{place}'")
    if overflow and place == overflow[0]:
        first = stations[names.index(place)]
        waiting = first["capacity"] - first["servers"]
        if waiting < 0:
            raise Unsupported(f"station {place}: capacity below servers")
        return {"rule": "open_first", "prefer": list(overflow), "overflow_beyond": waiting}
    return place


def _open_today(model: Raw, names: tuple[str, ...], classes: tuple[str, ...]) -> int:
    count = model.get("initial_in_station", 0)
    if isinstance(count, bool) or not isinstance(count, int):
        raise Unsupported(f"initial_in_station = {count!r}")
    if count and (len(names) != 1 or len(classes) != 1):
        raise Unsupported("initial_in_station with several stations or classes")
    return count


def _common_period(periods: list[float], arrivals: list[Raw]) -> float:
    for table in arrivals:
        process = table["process"]
        if "period" in process:
            periods = [*periods, float(process["period"])]
    longest = max(periods, default=0.0)
    if any(period and abs(longest / period - round(longest / period)) > 1e-9 for period in periods):
        raise Unsupported("periods that are not multiples of one another")
    return longest


def _edges(arrivals: list[Raw]) -> tuple[float, ...]:
    found = {tuple(map(float, table["process"].get("edges", ()))) for table in arrivals}
    return found.pop() if len(found) == 1 else ()


def _target(case: Raw) -> int | None:
    """The level of a stopping time: a key of the model, or the words 'target = n' of the note."""
    if "target" in case["model"]:
        return int(case["model"]["target"])
    _, found, rest = str(case.get("note", "")).partition("target = ")
    digits = rest.split(":")[0].split(",")[0].split()[:1]
    return int(digits[0]) if found and digits and digits[0].isdigit() else None
