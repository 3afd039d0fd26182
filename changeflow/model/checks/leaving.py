"""Full stations and newcomers who do not join: overflow that ends, chances that let somebody in."""

from __future__ import annotations

from collections.abc import Iterator

from changeflow.errors import Fault, nearest
from changeflow.model.checks.parts import Parts
from changeflow.model.file.faults import Loc, Places


def leaving(parts: Parts, where: Places) -> Iterator[Fault]:
    """Capacity, overflow and joining of every station."""
    for name, station in parts.read_stations():
        path: Loc = ("stations", name)
        known = [*parts.stations, "refused"]
        if station.when_full not in known:
            hint = nearest(station.when_full, known)
            yield where.fault((*path, "when_full"), "a station of this model, or refused", station.when_full, hint)
        elif station.when_full != "refused" and station.capacity is None:
            expected = "a capacity with when_full (without one the station is never full)"
            yield where.fault((*path, "when_full"), expected, station.when_full)
        else:
            yield from _loop(name, parts, where)
        if station.join_probability and station.join_probability[0] == 0:
            expected = "a first chance above 0 (else nobody ever joins)"
            yield where.fault((*path, "join_probability"), expected, list(station.join_probability))
        hold = station.hold
        if hold and hold.size and not hold.every_days and (station.capacity or hold.size) < hold.size:
            expected = f"a capacity of at least hold.size, {hold.size} (else nobody is ever let in)"
            yield where.fault((*path, "capacity"), expected, station.capacity)


def _loop(name: str, parts: Parts, where: Places) -> Iterator[Fault]:
    """An overflow that comes back to where it began; told once, at the first of its stations."""
    chain = [name]
    while (station := parts.stations.get(chain[-1])) and station.capacity is not None:
        if station.when_full in chain:
            order = list(parts.stations)
            if station.when_full == name and order.index(name) == min(map(order.index, chain)):
                shown = " -> ".join([*chain, name])
                yield where.fault(("stations", name, "when_full"), "an overflow that ends", shown)
            return
        chain.append(station.when_full)
