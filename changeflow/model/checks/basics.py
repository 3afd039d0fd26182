"""The window of a run, and names that mean something else already."""

from __future__ import annotations

from collections.abc import Iterator

from changeflow.errors import Fault
from changeflow.model.checks.parts import Parts
from changeflow.model.file.faults import Places
from changeflow.model.requests.routing import OUTCOMES


def window(parts: Parts, where: Places) -> Iterator[Fault]:
    """Warm-up and follow-up leave something to measure."""

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


def names(parts: Parts, where: Places) -> Iterator[Fault]:
    """Names that are free to be used."""
    for name in parts.stations:
        if name in (*OUTCOMES, "open_today", "always", "wait") or "." in name or "@" in name or "/" in name:
            yield where.fault(("stations", name), "a station name without . @ / that is no outcome", name)
    for name in parts.sources:
        if name == "open_today":
            yield where.fault(("demand", "sources", name), "another name (open_today is the backlog at the start)")
    if not parts.sources and "demand" in parts.raw:
        yield where.fault(("demand",), "a source: [demand] with kind, or [demand.sources.NAME]")
