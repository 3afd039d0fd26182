"""Staff: groups that contradict their station, and servers that cannot be counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from changeflow.errors import Fault
from changeflow.model.checks.categories import complete, known_category
from changeflow.model.checks.parts import Parts, table_of
from changeflow.model.faults import Loc, Places
from changeflow.model.stations import Station


def staff(parts: Parts, where: Places) -> Iterator[Fault]:
    """Groups and servers of every station."""
    for name, station in parts.read_stations():
        path: Loc = ("stations", name)
        if station.staff and "servers" in table_of(table_of(parts.raw, "stations"), name):
            expected = "either servers or staff (each group has servers of its own)"
            yield where.fault((*path, "servers"), expected, station.servers)
        if station.servers == "infinite":
            yield from _uncounted(path, station, where)
        yield from _groups((*path, "staff"), station, parts, where)


def _uncounted(path: Loc, station: Station, where: Places) -> Iterator[Fault]:
    """With infinite servers nobody waits and nobody is counted."""
    given = {
        "preemptive": station.preemptive, "most_in_hand": station.most_in_hand, "at_once": station.at_once > 1,
        "call_off": station.call_off,
    }  # fmt: skip
    for key, used in given.items():
        if used:
            yield where.fault((*path, key), "a number of servers (with infinite servers nobody waits)", "infinite")
    if station.shift_end == "hand_back":
        expected = "pause or finish (with infinite servers there is no queue to hand work back to)"
        yield where.fault((*path, "shift_end"), expected, station.shift_end)


def _groups(path: Loc, station: Station, parts: Parts, where: Places) -> Iterator[Fault]:
    for name, group in station.staff.items():
        own: Loc = (*path, name)
        if not name or any(sign in name for sign in ".@/"):
            yield where.fault(own, "a name without . @ /", name)
        for number, category in enumerate(group.categories or ()):
            yield from known_category((*own, "categories", number), category, parts, where)
        if isinstance(group.speed, Mapping):
            yield from complete((*own, "speed"), group.speed, parts, where)
        if group.head_count and not any(group.head_count.servers):
            found = list(group.head_count.servers)
            yield where.fault((*own, "head_count", "servers"), "at least one server on some day", found)
