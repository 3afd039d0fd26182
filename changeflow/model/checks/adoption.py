"""Adoption is all or nothing: switched on, each of its parameters must be there."""

from __future__ import annotations

from collections.abc import Iterator

from changeflow.errors import Fault
from changeflow.model.checks.parts import Parts, table_of
from changeflow.model.file.faults import Places
from changeflow.model.requests.adoption import PARAMETERS


def adoption(parts: Parts, where: Places) -> Iterator[Fault]:
    """No parameter has a default of its own: a prior set gives them, or the file does."""
    table = table_of(parts.raw, "adoption")
    missing = [name for name in PARAMETERS if table.get(name) is None]
    if table.get("mode") not in {"passive", "coupled"} or not missing:
        return
    which = "its parameters" if len(missing) == len(PARAMETERS) else ", ".join(missing)
    expected = f"{which} with adoption switched on, here or from a prior set (priors = ...)"
    yield where.fault(("adoption", "mode"), expected, table["mode"])
