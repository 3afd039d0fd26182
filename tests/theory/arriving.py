"""Arrivals of a reference case as sources of ours, each with its way in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import permutations
from math import factorial
from typing import Any

from .laws import law, law_mean, part_of, request_rate, source
from .reasons import Raw, Unsupported, number, only
from .stations import Place

ARRIVAL_KEYS = {"cls", "station", "process", "priority"}
SHORTEST = re.compile(r"join the short(?:er|est) of ([\w, ]+?) \(number in station; ties fair coin\)$")
MOST_STATIONS = 4
"""A fair coin among tied stations takes every order of them."""
Entry = tuple[Raw, Any]
"""A process and the route of its requests."""


def read_arrivals(arrivals: list[Raw], places: tuple[Place, ...], hours: float) -> Callable[[float], dict[str, Raw]]:
    """Our sources for any horizon."""
    entries: list[tuple[str, Entry]] = []
    for table in arrivals:
        only(table, ARRIVAL_KEYS, "arrivals")
        entries += [(table.get("cls", "cr"), entry) for entry in _entries(table, places)]
    closed = any(table["process"].get("type") == "finite_source" for table in arrivals)
    if closed and len(arrivals) > 1:
        raise Unsupported("a finite source beside other arrivals")
    return partial(_sources, entries, hours)


def _sources(entries: list[tuple[str, Entry]], hours: float, horizon: float) -> dict[str, Raw]:
    return {
        f"source-{place}": source(process, hours, horizon) | {"category": name, "entry": route}
        for place, (name, (process, route)) in enumerate(entries)
    }


def _entries(table: Raw, places: tuple[Place, ...]) -> Iterator[Entry]:
    """One source, or one for each order of the stations where a fair coin decides between equal ones."""
    to, process, names = table["station"], table["process"], [place.name for place in places]
    if not names:
        yield process, "refused"
    elif to in names:
        yield process, to
    else:
        found = SHORTEST.match(str(to))
        among = re.split(r", *| and ", found[1]) if found else []
        if not among or not set(among) <= set(names) or len(among) > MOST_STATIONS:
            raise Unsupported(f"arrival rule '{to}'")
        if len({place.servers for place in places if place.name in among}) > 1:
            raise Unsupported("the shortest of stations with different numbers of servers (ours counts per server)")
        for order in permutations(among):
            route = {"rule": "shortest_queue", "among": list(order)}
            yield part_of(process, 1 / factorial(len(among))), route


def planned_rate(arrivals: list[Raw], stations: list[Raw]) -> float:
    """Requests per unit of time, to plan how long to run; of a closed population no more than its servers can do."""
    total = 0.0
    for table in arrivals:
        source(table["process"], 1.0, 1.0)  # refuses what it does not know
        rate = request_rate(table["process"])
        if table["process"]["type"] == "finite_source":
            rate = min([rate, *(_most(station) for station in stations if station["name"] == table["station"])])
        total += rate
    return total


def _most(station: Raw) -> float:
    if not isinstance(station.get("servers"), int) or "service" not in station:
        return float("inf")
    return number(station["servers"], "servers") / law_mean(law(station["service"], 1.0))
