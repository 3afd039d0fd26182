"""Follow-ups without end: each change draws at least one more after it, so the first one never ends."""

from __future__ import annotations

from collections.abc import Iterator

from changeflow.errors import Fault
from changeflow.model.expected.follow_ups import Defects, follow_ups
from changeflow.model.file.faults import Places
from changeflow.model.schema import Model


def endless_follow_ups(model: Model, where: Places, defects: Defects | None = None) -> Iterator[Fault]:
    """With unlimited propagation the sum must have a limit, whichever stations deliver."""
    if model.components is None or not model.components.unlimited:
        return
    found = follow_ups(model, defects)
    if found is not None and found.radius[0] >= 1:
        yield where.fault(
            ("components", "unlimited"),
            "less than one follow-up per change in the long run (a spectral radius below 1), or unlimited = false",
            hint=f"each change draws {found.radius[0]:.3g} more after it, without end",
        )
