"""Authority: a rule of the file's own routing that leaves a category to nobody."""

from __future__ import annotations

from collections.abc import Iterator

from changeflow.errors import Fault
from changeflow.model.checks.parts import Parts
from changeflow.model.checks.routes import all_routes
from changeflow.model.checks.skills import categories_at, flow_of, share_within
from changeflow.model.file.faults import Places, file_path
from changeflow.model.requests.routing import Cheapest, OpenFirst, ShortestQueue, Soonest, places


def left_to_nobody(parts: Parts, where: Places) -> Iterator[Fault]:
    """Rules that look at the stations, and find for a category nobody with authority at any that is open to it."""
    if parts.routing is None or not any(station.staff for _, station in parts.read_stations()):
        return
    flow = flow_of(parts)
    for path, route in all_routes(parts):
        if isinstance(route, OpenFirst | ShortestQueue | Soonest | Cheapest):
            for category in sorted(categories_at(path, flow, parts) & set(parts.categories)):
                if _nobody_may(route, category, parts):
                    expected = f"a station where somebody has authority over requests of category '{category}'"
                    yield where.fault(
                        file_path(path, parts.raw),
                        expected,
                        ", ".join(place for place in places(route) if place in parts.stations),
                    )


def _nobody_may(route: OpenFirst | ShortestQueue | Soonest | Cheapest, category: str, parts: Parts) -> bool:
    """Would somebody do it if authority were no question, and does nobody so?"""
    found = [parts.stations[place] for place in places(route) if place in parts.stations]
    stations = [station for station in found if station is not None]
    if len(stations) < len(found) or all(station.authority_over(category) < 0 for station in stations):
        return False
    within = [share_within(station.reach(category), category, parts) for station in stations]
    skilled = [station.model_copy(update={"staff": {}}) for station in stations if station.may_work_on(category)]
    free = [share_within(station.reach(category), category, parts) for station in skilled]
    return max(free) > 0 and max(within) == 0
