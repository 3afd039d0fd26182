"""Categories that are named, and work for each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from changeflow.errors import Fault, nearest
from changeflow.model.checks.parts import Parts, table_of
from changeflow.model.file.faults import Loc, Places, file_path
from changeflow.model.requests.demand import Replay


def by_category_tables(parts: Parts, where: Places) -> Iterator[Fault]:
    """Tables by category name known categories, all of them or `default`."""
    for name, station in parts.read_stations():
        tables: list[tuple[Loc, Any]] = [
            (("stations", name, key), getattr(station, key)) for key in ("service_hours", "openness", "patience_hours")
        ]
        if station.acceptance:
            path: Loc = ("stations", name, "acceptance", "rework_probability")
            tables.append((path, station.acceptance.rework_probability))
        for path, table in tables:
            if isinstance(table, dict):
                yield from complete(path, table, parts, where)
    for name, source in parts.sources.items():
        if source and not isinstance(source, Replay):
            yield from known_category(("demand", "sources", name, "category"), source.category, parts, where)


def complete(path: Loc, table: Iterable[str], parts: Parts, where: Places) -> Iterator[Fault]:
    """A table that names known categories, all of them or `default`."""
    known = parts.categories
    for name in table:
        if name not in known and name != "default":
            yield where.fault((*path, name), "a category of this model", name, nearest(name, known))
    missing = [name for name in known if name not in table]
    if missing and "default" not in table:
        yield where.fault(path, f"an entry for {', '.join(missing)}, or 'default'")


def known_category(path: Loc, name: str | None, parts: Parts, where: Places) -> Iterator[Fault]:
    """A category of the model, or none."""
    if name is not None and name not in parts.categories:
        hint = nearest(name, parts.categories)
        yield where.fault(file_path(path, parts.raw), "a category of this model", name, hint)


def work(parts: Parts, where: Places) -> Iterator[Fault]:
    """Every station knows how long the work takes."""
    for name, station in parts.stations.items():
        if station is None or "service_hours" in table_of(table_of(parts.raw, "stations"), name):
            continue
        bare = [key for key, value in parts.categories.items() if value and value.work_hours is None]
        if not parts.categories or bare:
            what = f"work_hours for {', '.join(bare)}" if bare else "work_hours in [categories.NAME]"
            yield where.fault(("stations", name), f"service_hours, or {what}")
