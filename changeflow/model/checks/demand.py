"""Sources of requests: logs, gaps, batches."""

from __future__ import annotations

from collections.abc import Iterator

from changeflow.errors import Fault
from changeflow.model.checks.categories import known_category
from changeflow.model.checks.parts import Parts
from changeflow.model.file.faults import Loc, Places, file_path
from changeflow.model.requests.demand import Replay, batch_of
from changeflow.model.values import moments


def replays(parts: Parts, where: Places) -> Iterator[Fault]:
    """Values of a log are mapped to known categories."""
    for name, source in parts.sources.items():
        if not isinstance(source, Replay):
            continue
        path: Loc = ("demand", "sources", name)
        for value, category in source.category_map.items():
            yield from known_category((*path, "category_map", value), category, parts, where)
        yield from known_category((*path, "default_category"), source.default_category, parts, where)
        if len(parts.categories) > 1 and source.default_category is None:
            yield where.fault(file_path((*path, "default_category"), parts.raw), "a category for unmapped values")


def gaps(parts: Parts, where: Places) -> Iterator[Fault]:
    """Times between arrivals that are always zero are a rate without limit."""
    for name, source in parts.sources.items():
        law = getattr(source, "interarrival_hours", None)
        if law is not None and moments.mean(law) <= 0:
            path = file_path(("demand", "sources", name, "interarrival_hours"), parts.raw)
            yield where.fault(path, "times above 0 (these are all 0: arrivals without limit)")


def batches(parts: Parts, where: Places) -> Iterator[Fault]:
    """A batch is a whole number of requests."""
    for name, source in parts.sources.items():
        batch = batch_of(source)
        if batch and any(value != int(value) or value < 1 for value in batch.values):
            path = ("demand", "sources", name, "batch", "values")
            yield where.fault(file_path(path, parts.raw), "whole numbers of at least 1", list(batch.values))


def other_customers(parts: Parts, where: Places) -> Iterator[Fault]:
    """Requests of others do not react to our backlog."""
    for name, source in parts.sources.items():
        if source and source.background and getattr(source, "asks_less", None) is not None:
            path = file_path(("demand", "sources", name, "asks_less"), parts.raw)
            yield where.fault(path, "a source without background (other customers do not see our backlog)")
