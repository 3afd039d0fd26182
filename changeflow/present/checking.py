"""What `check` says of a model: its load, what it will do in words, what is assumed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from changeflow.model.demand import GoLive, Piecewise, Poisson, Renewal, Replay, batch_of
from changeflow.model.routing import ByCategory, OpenFirst, Route, Split, To
from changeflow.model.schema import Model
from changeflow.model.stations import Station
from changeflow.model.topology import Load, expected_arrivals, offered_loads
from changeflow.present.frames import assumption_rows_of
from changeflow.present.logs import log_lines
from changeflow.present.terminal import check_lines, years_in_words
from changeflow.present.words import digits, load_in_words, plain_name


def check(model: Model) -> str:
    """Everything a reader should know before the first run."""
    sections = [
        ("LOAD     work arriving against hours available", [_load_line(load) for load in offered_loads(model)]),
        ("WHAT THE MODEL WILL DO", list(_story(model))),
    ]
    warnings = warnings_of(model)
    if model.logs:
        sections.append(("DATA", log_lines(model)))
    if warnings:
        sections.insert(0, ("WARNING", warnings))
    if model.missing:
        sections.append(("NOT MODELLED", [model.missing]))
    rows = assumption_rows_of(model)
    assumed = [f"{path} = {value} ({span}; {source})" for path, value, span, source in rows]
    none = ["This model names no prior set and has no [assumptions]; its comments say where its numbers come from."]
    sections.append((f"NUMBERS   {len(assumed)} with range and source", assumed or none))
    return check_lines(f"{model.place} is valid: {model.title}", [(head, texts or ["-"]) for head, texts in sections])


def check_as_json(model: Model) -> dict[str, Any]:
    """The same for machines."""
    return {
        "valid": True,
        "title": model.title,
        "digest": model.digest(),
        "warnings": warnings_of(model),
        "load": {
            load.station: {
                "low": _number(load.load[0]), "high": _number(load.load[1]), "hours_per_week": load.hours_per_week,
                "work_hours_per_week": [_number(hours) for hours in load.work_per_week], "overloaded": load.overloaded,
            }
            for load in offered_loads(model)
        },
        "story": list(_story(model)),
        "assumptions": [
            dict(zip(("path", "value", "range", "source"), row, strict=True)) for row in assumption_rows_of(model)
        ],
        "data": log_lines(model),
    }  # fmt: skip


def _number(value: float) -> float | None:
    """JSON knows no infinity."""
    return value if math.isfinite(value) else None


def warnings_of(model: Model) -> list[str]:
    """Overload in words, and rows of a log that cannot be used."""
    said = [
        f"{plain_name(load.station)}: OVERLOAD, {load_in_words(*load.load)} of its hours; the backlog will grow"
        for load in offered_loads(model)
        if load.overloaded
    ]
    for name, log in model.logs.items():
        if log.refused:
            said.append(f"{name}: {log.in_words()}")
    return said


def _load_line(load: Load) -> str:
    low, high = load.work_per_week
    if load.servers is None:
        return f"{plain_name(load.station)}: {digits(high)} hours a week, unlimited"
    work = digits(high) if high - low < 0.005 * max(high, 1) else f"{digits(low)} to {digits(high)}"
    if math.isinf(high):
        work = f"{digits(low)} or more" if math.isfinite(low) else "endless"
    share = load_in_words(*load.load) + ("  OVERLOAD" if load.overloaded else "")
    return f"{plain_name(load.station)}: {work} hours of work a week, {digits(load.hours_per_week)} available: {share}"


def _story(model: Model) -> Iterator[str]:
    begin, end = model.start_hours, model.start_hours + model.horizon_days * 24
    span = years_in_words(model.horizon_days)
    for name, counts in expected_arrivals(model, begin, end).items():
        total = sum(counts.values())
        number = digits(total, max(total, 1) / 20)
        yield f"{plain_name(name)}: {_demand(model, name)}; about {number} requests in {span}."
    if model.open_today:
        yield f"{model.open_today} requests are open at the start."
    if model.stations:
        yield "A new request goes to " + _route(model.entry) + "."
    for name, station in model.stations.items():
        yield f"{plain_name(name)}: {_station(model, name, station)}."
        route = model.routing.next.get(name)
        if route is not None:
            yield f"After {plain_name(name)} a request goes to " + _route(route) + "."
    follow = model.follow_up
    yield (
        f"Measured are requests that arrive from day {model.warm_up_days:g} to {follow:g} days before the end; "
        "those still open count as at least their age."
    )
    if model.targets.in_words():
        yield f"Target: {model.targets.in_words()}."


def _demand(model: Model, name: str) -> str:
    source = model.demand.sources[name]
    batch = batch_of(source)
    batches = " in batches" if batch and len(batch.values) > 1 else ""
    match source:
        case Poisson():
            return f"a steady {digits(source.per_hour(model.organisation.users) * 168)} arrivals a week{batches}"
        case Piecewise():
            return f"rates that change on given days{batches}"
        case Renewal():
            return f"independent times between arrivals{batches}"
        case GoLive():
            rising = f"rising until day {source.time_days:g}, then fewer"
            shape = "most at once, then fewer" if source.shape == "decay" else rising
            return f"misfits found after go-live, {shape} (fit {source.fit:g})"
        case Replay():
            return f"replayed from {model.logs[name].file}"
    raise AssertionError(source)


def _route(route: Route) -> str:
    match route:
        case To():
            return plain_name(route.place)
        case Split():
            return ", ".join(f"{plain_name(place)} ({share:.0%})" for place, share in route.shares.items())
        case ByCategory():
            return ", ".join(f"{plain_name(place)} for {plain_name(category)}" for category, place in route.to.items())
        case OpenFirst():
            names = [plain_name(place) for place in route.prefer]
            beyond = (
                ""
                if route.overflow_beyond is None or len(names) == 1
                else f" or {route.overflow_beyond} would already wait there"
            )
            return (f"; if that is not open to it{beyond}, to ").join(
                names
            ) + "; if no station is open to it, it is refused"
    raise AssertionError(route)


def _station(model: Model, name: str, station: Station) -> str:
    people = (
        "unlimited servers"
        if station.servers == "infinite"
        else f"{station.servers} server{'s' if station.servers != 1 else ''}"
    )
    hours = model.capacity_share(name) * model.open_hours_per_week(station.calendar)
    kind = "vendor's" if station.kind == "vendor" else "in-house"
    parts = [
        f"{people} ({kind}), {digits(hours)} hours a week each on calendar {station.calendar}, first come first served"
    ]
    if station.speed != 1:
        parts.append(f"{station.speed:g} times the reference speed")
    if station.intake_delay_hours is not None:
        parts.append("intake first")
    if station.acceptance is not None:
        limit = station.acceptance.max_attempts
        most = f", at most {limit} attempts" if limit else ""
        parts.append(f"a rejected delivery is done again here, at the end of the queue{most}")
    if station.price_per_hour:
        parts.append(f"{model.currency} {station.price_per_hour:g} an hour")
    return "; ".join(parts)
