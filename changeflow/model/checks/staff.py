"""Staff: groups that contradict their station, and servers that cannot be counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from changeflow.errors import Fault
from changeflow.model.checks.categories import complete, known_category
from changeflow.model.checks.parts import Parts
from changeflow.model.file.faults import Loc, Places
from changeflow.model.stations.station import Station


def staff(parts: Parts, where: Places) -> Iterator[Fault]:
    """Groups and servers of every station."""
    for name, station in parts.read_stations():
        path: Loc = ("stations", name)
        if station.staff and parts.says(name, "servers"):
            expected = "either servers or staff (each group has servers of its own)"
            yield where.fault((*path, "servers"), expected, station.servers)
        if station.servers == "infinite":
            yield from _uncounted(path, station, where)
        if station.learning is not None:
            yield from _learners(path, station, parts, where)
        yield from _groups((*path, "staff"), station, parts, where)


def _learners(path: Loc, station: Station, parts: Parts, where: Places) -> Iterator[Fault]:
    """Only people with a name learn: of others nobody knows who did what."""
    expected = "named people, each a group of staff with servers = 1 (anonymous servers learn nothing)"
    if not parts.says(str(path[1]), "staff"):
        yield where.fault((*path, "learning"), expected, f"servers = {station.servers}")
    for name, group in station.staff.items():
        if not group.is_person:
            found = "head_count" if group.head_count else f"servers = {group.servers}"
            yield where.fault((*path, "learning"), expected, f"staff.{name}: {found}")
    if station.call_off is not None:
        yield where.fault((*path, "call_off"), "no learning at this station (who is called off has no name)")


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
        expected = "pause or finish with infinite servers (nobody knows whose work would be handed back)"
        yield where.fault((*path, "shift_end"), expected, station.shift_end)


def _groups(path: Loc, station: Station, parts: Parts, where: Places) -> Iterator[Fault]:
    for name, group in station.staff.items():
        own: Loc = (*path, name)
        if not name or any(sign in name for sign in ".@/"):
            yield where.fault(own, "a name without . @ /", name)
        for number, category in enumerate(group.categories or ()):
            yield from known_category((*own, "categories", number), category, parts, where)
        for key in ("speed", "authority", "experience"):
            table = getattr(group, key)
            if isinstance(table, Mapping):
                yield from complete((*own, key), table, parts, where)
        learns = parts.says(str(path[1]), "learning")
        for key in ("trained", "experience", "training"):
            if key in group.model_fields_set and not learns:
                yield where.fault((*own, key), f"learning at this station (without it {key} means nothing)")
        if group.head_count and not any(group.head_count.servers):
            found = list(group.head_count.servers)
            yield where.fault((*own, "head_count", "servers"), "at least one server on some day", found)
