"""Checks that need several parts of a model at once; they run on whatever parts could be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from changeflow.errors import Fault, nearest
from changeflow.model import moments
from changeflow.model.calendars import Calendar, known_holidays
from changeflow.model.demand import Replay, Source, batch_of
from changeflow.model.faults import Loc, Places, file_path
from changeflow.model.routing import OUTCOMES, ByCategory, OpenFirst, Route, Routing, places
from changeflow.model.stations import Category, Station

_SOURCE: TypeAdapter[Source] = TypeAdapter(Source)


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a model that could be read; names are known even where a part has faults."""

    raw: Mapping[str, Any]
    stations: dict[str, Station | None] = field(default_factory=dict)
    categories: dict[str, Category | None] = field(default_factory=dict)
    calendars: dict[str, Calendar | None] = field(default_factory=dict)
    sources: dict[str, Source | None] = field(default_factory=dict)
    routing: Routing | None = None

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Parts:
        """Read each part on its own."""
        return cls(
            raw,
            {name: _station_parsed(value) for name, value in _table(raw, "stations").items()},
            {name: _parsed(TypeAdapter(Category), value) for name, value in _table(raw, "categories").items()},
            {name: _parsed(TypeAdapter(Calendar), value) for name, value in _table(raw, "calendars").items()},
            {name: _parsed(_SOURCE, value) for name, value in _table(_table(raw, "demand"), "sources").items()},
            _parsed(TypeAdapter(Routing), raw.get("routing", {})),
        )


def _table(raw: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = raw.get(key)
    return value if isinstance(value, Mapping) else {}


def _parsed(adapter: TypeAdapter[Any], value: Any) -> Any:
    try:
        return adapter.validate_python(value)
    except ValidationError:
        return None


def _station_parsed(value: Any) -> Station | None:
    """A station; where keys of it are wrong, the rest of it, so that its other faults are told as well."""
    adapter = TypeAdapter(Station)
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        wrong = {item["loc"][0] for item in error.errors(include_url=False) if item["loc"]}
        if not isinstance(value, Mapping) or not wrong:
            return None
        rest: Station | None = _parsed(adapter, {key: part for key, part in value.items() if key not in wrong})
        return rest


def cross_faults(parts: Parts, where: Places) -> list[Fault]:
    """Every contradiction between parts."""
    found: list[Fault] = []
    for check in (_window, _names, _calendars, _by_category, _work, _replays, _gaps, _routes, _endless, _batches):
        found += check(parts, where)
    return found


def _window(parts: Parts, where: Places) -> Iterator[Fault]:
    def number(key: str, default: float) -> float:
        value = parts.raw.get(key, default)
        return float(value) if isinstance(value, int | float) else default

    horizon, warm_up = number("horizon_days", 1095.0), number("warm_up_days", 0.0)
    follow_up = number("follow_up_days", min(0.1 * max(horizon, 0), 90.0))
    if 0 < horizon <= warm_up:
        yield where.fault(("warm_up_days",), f"a warm-up shorter than the horizon ({horizon:g} days)", warm_up)
    elif 0 < horizon <= warm_up + follow_up:
        yield where.fault(
            ("follow_up_days",),
            f"warm-up and follow-up together shorter than the horizon ({horizon:g} days)",
            warm_up + follow_up,
        )


def _names(parts: Parts, where: Places) -> Iterator[Fault]:
    for name in parts.stations:
        if name in (*OUTCOMES, "open_today", "always") or "." in name or "@" in name or "/" in name:
            yield where.fault(("stations", name), "a station name without . @ / that is no outcome", name)
    for name in parts.sources:
        if name == "open_today":
            yield where.fault(("demand", "sources", name), "another name (open_today is the backlog at the start)")
    if not parts.sources and "demand" in parts.raw:
        yield where.fault(("demand",), "a source: [demand] with kind, or [demand.sources.NAME]")


def _calendars(parts: Parts, where: Places) -> Iterator[Fault]:
    for name, station in parts.stations.items():
        if station and station.calendar != "always" and station.calendar not in parts.calendars:
            hint = nearest(station.calendar, ["always", *parts.calendars])
            yield where.fault(("stations", name, "calendar"), "a calendar of this file", station.calendar, hint)
        calendar = parts.calendars.get(station.calendar) if station else None
        if station and station.hours_per_week is not None:
            open_hours = calendar.open_hours_per_week() if calendar else 168.0
            if station.hours_per_week > open_hours + 1e-9:
                expected = f"at most the {open_hours:g} open hours of its calendar"
                yield where.fault(("stations", name, "hours_per_week"), expected, station.hours_per_week)
    for name, calendar in parts.calendars.items():
        if calendar and calendar.holidays and not known_holidays(calendar.holidays):
            expected = "a code of the holidays library such as 'DE' or 'DE-BY'"
            yield where.fault(("calendars", name, "holidays"), expected, calendar.holidays)


def _by_category(parts: Parts, where: Places) -> Iterator[Fault]:
    for name, station in parts.stations.items():
        if station is None:
            continue
        tables: list[tuple[Loc, Any]] = [
            (("stations", name, "service_hours"), station.service_hours),
            (("stations", name, "openness"), station.openness),
        ]
        if station.acceptance:
            path: Loc = ("stations", name, "acceptance", "rework_probability")
            tables.append((path, station.acceptance.rework_probability))
        for path, table in tables:
            if isinstance(table, dict):
                yield from _complete(path, table, parts, where)
    for name, source in parts.sources.items():
        if source and not isinstance(source, Replay):
            yield from _known_category(("demand", "sources", name, "category"), source.category, parts, where)


def _complete(path: Loc, table: Iterable[str], parts: Parts, where: Places) -> Iterator[Fault]:
    known = parts.categories
    for name in table:
        if name not in known and name != "default":
            yield where.fault((*path, name), "a category of this model", name, nearest(name, known))
    missing = [name for name in known if name not in table]
    if missing and "default" not in table:
        yield where.fault(path, f"an entry for {', '.join(missing)}, or 'default'")


def _known_category(path: Loc, name: str | None, parts: Parts, where: Places) -> Iterator[Fault]:
    if name is not None and name not in parts.categories:
        hint = nearest(name, parts.categories)
        yield where.fault(file_path(path, parts.raw), "a category of this model", name, hint)


def _work(parts: Parts, where: Places) -> Iterator[Fault]:
    for name, station in parts.stations.items():
        if station is None or "service_hours" in _table(_table(parts.raw, "stations"), name):
            continue
        bare = [key for key, value in parts.categories.items() if value and value.work_hours is None]
        if not parts.categories or bare:
            what = f"work_hours for {', '.join(bare)}" if bare else "work_hours in [categories.NAME]"
            yield where.fault(("stations", name), f"service_hours, or {what}")


def _replays(parts: Parts, where: Places) -> Iterator[Fault]:
    for name, source in parts.sources.items():
        if not isinstance(source, Replay):
            continue
        path: Loc = ("demand", "sources", name)
        for value, category in source.category_map.items():
            yield from _known_category((*path, "category_map", value), category, parts, where)
        yield from _known_category((*path, "default_category"), source.default_category, parts, where)
        if len(parts.categories) > 1 and source.default_category is None:
            yield where.fault(file_path((*path, "default_category"), parts.raw), "a category for unmapped values")


def _gaps(parts: Parts, where: Places) -> Iterator[Fault]:
    """Times between arrivals that are always zero are a rate without limit."""
    for name, source in parts.sources.items():
        law = getattr(source, "interarrival_hours", None)
        if law is not None and moments.mean(law) <= 0:
            path = file_path(("demand", "sources", name, "interarrival_hours"), parts.raw)
            yield where.fault(path, "times above 0 (these are all 0: arrivals without limit)")


def _routes(parts: Parts, where: Places) -> Iterator[Fault]:
    if parts.routing is None:
        return
    if parts.routing.entry is None and len(parts.stations) != 1:
        covered = parts.sources and all(source and source.entry for source in parts.sources.values())
        if not covered:
            yield where.fault(("routing", "entry"), "a place (only a model with one station may leave it out)")
    for path, route in _all_routes(parts):
        yield from _route(path, route, parts, where)
    for name in parts.routing.next:
        if name not in parts.stations:
            hint = nearest(name, parts.stations)
            yield where.fault(("routing", "next", name), "a station of this model", name, hint)
    if not parts.stations and not _refuses_all(parts):
        yield where.fault(("stations",), "at least one station (only a model that refuses everything has none)")


def _all_routes(parts: Parts) -> Iterator[tuple[Loc, Route]]:
    if parts.routing:
        if parts.routing.entry is not None:
            yield ("routing", "entry"), parts.routing.entry
        for name, route in parts.routing.next.items():
            yield ("routing", "next", name), route
    for name, source in parts.sources.items():
        if source and source.entry is not None:
            yield ("demand", "sources", name, "entry"), source.entry


def _refuses_all(parts: Parts) -> bool:
    entries = [source.entry for source in parts.sources.values() if source and source.entry]
    if parts.routing and parts.routing.entry:
        entries.append(parts.routing.entry)
    return bool(entries) and all(set(places(route)) == {"refused"} for route in entries)


def _route(path: Loc, route: Route, parts: Parts, where: Places) -> Iterator[Fault]:
    known = [*parts.stations, *OUTCOMES]
    for place in places(route):
        if place not in known:
            hint = nearest(place, known)
            yield where.fault(file_path(path, parts.raw), "a station of this model, done or refused", place, hint)
    if isinstance(route, OpenFirst):
        for place in route.prefer:
            if place in OUTCOMES:
                yield where.fault((*file_path(path, parts.raw), "prefer"), "stations only", place)
    if isinstance(route, ByCategory):
        yield from _complete((*file_path(path, parts.raw), "to"), route.to, parts, where)


def _endless(parts: Parts, where: Places) -> Iterator[Fault]:
    """A station from which no outcome can be reached keeps its requests for ever."""
    known = {*parts.stations, *OUTCOMES}
    if parts.routing is None or any(set(places(route)) - known for _, route in _all_routes(parts)):
        return
    if not parts.routing.next:
        for name, station in parts.stations.items():
            yield from _endless_rework(name, station, where)
        return
    import networkx as nx  # noqa: PLC0415  a slow import that a model without `next` does not need

    graph: nx.DiGraph[str] = nx.DiGraph()
    for name, station in parts.stations.items():
        route = parts.routing.next.get(name)
        graph.add_edges_from((name, place) for place in _likely(route))
        yield from _endless_rework(name, station, where)
    ends = set(OUTCOMES) & set(graph)
    leads_out = set().union(*(nx.ancestors(graph, end) for end in ends)) if ends else set()
    for name in parts.stations:
        if name not in leads_out:
            yield where.fault(("routing", "next", name), "a way that ends in done or refused", "a loop without end")


def _endless_rework(name: str, station: Station | None, where: Places) -> Iterator[Fault]:
    if _always_reworked(station):
        path = ("stations", name, "acceptance", "rework_probability")
        yield where.fault(path, "below 1, or max_attempts (else rework never ends)", 1.0)


def _likely(route: Route | None) -> tuple[str, ...]:
    if route is None:
        return ("done",)
    shares = getattr(route, "shares", None)
    if shares is not None:
        return tuple(place for place, share in shares.items() if share > 0)
    return tuple(place for place in places(route) if not (isinstance(route, OpenFirst) and place == "refused"))


def _always_reworked(station: Station | None) -> bool:
    if station is None or station.acceptance is None or station.acceptance.max_attempts is not None:
        return False
    chance = station.acceptance.rework_probability
    return 1.0 in (chance.values() if isinstance(chance, dict) else (chance,))


def _batches(parts: Parts, where: Places) -> Iterator[Fault]:
    for name, source in parts.sources.items():
        batch = batch_of(source)
        if batch and any(value != int(value) or value < 1 for value in batch.values):
            path = ("demand", "sources", name, "batch", "values")
            yield where.fault(file_path(path, parts.raw), "whole numbers of at least 1", list(batch.values))
