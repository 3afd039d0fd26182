"""Acceptance by a station of its own: one that only tests."""

from __future__ import annotations

from collections.abc import Iterator

from changeflow.errors import Fault, nearest
from changeflow.model.checks.parts import Parts
from changeflow.model.file.faults import Loc, Places


def acceptance(parts: Parts, where: Places) -> Iterator[Fault]:
    """Testers, and the work of a repeated pass."""
    for name, station in parts.read_stations():
        value = station.acceptance
        if value is None:
            continue
        path: Loc = ("stations", name, "acceptance")
        if value.rework_hours is not None and value.rework_work != "fresh":
            expected = "either rework_hours or rework_work (both say how long a repeated pass takes)"
            yield where.fault((*path, "rework_hours"), expected)
        if value.by is not None:
            yield from _tester((*path, "by"), name, value.by, parts, where)


def _tester(path: Loc, name: str, by: str, parts: Parts, where: Places) -> Iterator[Fault]:
    others = [station for station in parts.stations if station != name]
    if by == name:
        yield where.fault(path, "another station (a delivery is not tested where it was made)", by)
        return
    if by not in parts.stations:
        yield where.fault(path, "a station of this model", by, nearest(by, others))
        return
    tester = parts.stations[by]
    if parts.routing and by in parts.routing.next:
        yield where.fault(path, "a station without routing.next (a tested delivery goes back with its verdict)", by)
    if tester is None:
        return
    tested = parts.stations[name]
    if tested and (tester.stage or by) == (tested.stage or name):
        expected = "a station of another stage (a test is other work than what it tests, with luck of its own)"
        yield where.fault(path, expected, by)
    if tester.acceptance is not None:
        yield where.fault(path, "a station without acceptance of its own (a test is not tested)", by)
    for key in ("capacity", "join_probability", "patience_hours", "requester_wait", "hold", "release"):
        if getattr(tester, key):
            yield where.fault(path, f"a station without {key} (a tester takes every delivery, at once)", by)
