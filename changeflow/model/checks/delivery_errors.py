"""Errors with a cause: stations and the model say the same, and their repairs come to an end."""

from __future__ import annotations

from collections.abc import Iterator

from changeflow.errors import Fault
from changeflow.model.checks.categories import complete
from changeflow.model.checks.parts import Parts
from changeflow.model.file.faults import Loc, Places
from changeflow.model.stations.delivery_errors import KINDS, Errors, StationErrors
from changeflow.model.stations.station import Station

_BY_CHANCE = ("rework_probability", "rework_work", "rework_hours")


def delivery_errors(parts: Parts, where: Places) -> Iterator[Fault]:
    """[errors], [system] and what stations say of their own errors."""
    testers = {station.acceptance.by for _, station in parts.read_stations() if station.acceptance}
    if parts.system and isinstance(parts.system.flexibility, dict):
        yield from complete(("system", "flexibility"), parts.system.flexibility, parts, where)
    for name, station in parts.read_stations():
        path: Loc = ("stations", name)
        if station.errors is None:
            if not parts.says(name, "errors"):
                yield from _by_chance(path, station, where)
            continue
        if "errors" not in parts.raw:
            yield where.fault((*path, "errors"), "a table [errors] in the model (how errors come about)", "none")
        for key in _BY_CHANCE if station.acceptance else ():
            if key in station.acceptance.model_fields_set:  # type: ignore[union-attr]
                expected = f"either errors or acceptance.{key} (both say how often, or how long, a delivery is redone)"
                yield where.fault((*path, "acceptance", key), expected)
        if name in testers:
            yield where.fault((*path, "errors"), "a tester without errors (a test is not tested)")
        if parts.errors is not None:
            yield from _quality(path, station.errors, parts, where)
            yield from _endless(path, station, station.errors, parts.errors, where)
    if "errors" in parts.raw and not any(parts.says(name, "errors") for name in parts.stations):
        yield where.fault(("errors",), "a station with a table errors, such as { links = 2, slip = 0.04 }", "none")


def _by_chance(path: Loc, station: Station, where: Places) -> Iterator[Fault]:
    if station.acceptance and station.acceptance.rework_probability is None:
        expected = "rework_probability, or a table errors of the station"
        yield where.fault((*path, "acceptance"), expected)


def _quality(path: Loc, own: StationErrors, parts: Parts, where: Places) -> Iterator[Fault]:
    """Errors of hand-over depend on the specification, so there must be one."""
    assert parts.errors is not None
    if not own.links or not parts.errors.per_link or not parts.errors.quality_effect:
        return
    for name, category in parts.categories.items():
        if category is not None and category.specification_quality is None:
            expected = "specification_quality (stations." + str(path[1]) + ".errors.links depends on it)"
            yield where.fault(("categories", name), expected)


def _endless(path: Loc, station: Station, own: StationErrors, errors: Errors, where: Places) -> Iterator[Fault]:
    """An error that is sure keeps a request for ever when it is always noticed, else it comes back for ever."""
    chances = (
        *_of_links(own, errors),
        own.promise,
        own.slip,
        0.0,  # a deviation is sure for the hardest request alone
    )
    for kind, chance in zip(KINDS, chances, strict=True):
        found = getattr(errors.kinds, kind)
        noticed = found.caught_at_review + (1 - found.caught_at_review) * found.caught_at_acceptance
        limited = station.acceptance is not None and station.acceptance.max_attempts is not None
        if chance == 1.0 and noticed == 1.0 and not limited:
            yield where.fault((*path, "errors"), f"a {kind} that is not sure, or acceptance.max_attempts", 1.0)
        if chance == 1.0 and noticed == 0.0:
            expected = f"fewer than 1 expected defect of a delivery (each {kind} escapes, its repair has one again)"
            yield where.fault((*path, "errors"), expected, 1.0)


def _of_links(own: StationErrors, errors: Errors) -> tuple[float, float]:
    """Chances of misunderstanding and omission where no specification helps."""
    sure = own.links > 0 and errors.per_link == 1.0 and errors.quality_effect == 0.0
    return float(sure and errors.omission_share < 1), float(sure and errors.omission_share == 1)
