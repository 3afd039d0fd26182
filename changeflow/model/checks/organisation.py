"""What is drawn for an organisation and for its requests between 0 and 1, and how difficulty goes with size."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import TypeAdapter, ValidationError

from changeflow.errors import Fault
from changeflow.model.checks.parts import Parts, table_of
from changeflow.model.file.faults import Loc, Places
from changeflow.model.values.laws import Law, largest

_DRAWN = ("specification_quality", "readiness", "request_rate")
_LAW: TypeAdapter[Law] = TypeAdapter(Law)


def variation(parts: Parts, where: Places) -> Iterator[Fault]:
    """Something is drawn for an organisation, and its readiness lies between 0 and 1."""
    organisation = table_of(parts.raw, "organisation")
    if "variation" not in organisation:
        return
    table = table_of(organisation, "variation")
    path = ("organisation", "variation")
    if not any(key in table for key in _DRAWN):
        yield where.fault(path, f"at least one of {', '.join(_DRAWN)}, or a prior set that has them")
    if "readiness" in table:
        try:
            law = _LAW.validate_python(table["readiness"])
        except ValidationError:  # told as a fault of its own
            return
        yield from _within_one((*path, "readiness"), law, where)


def levels(parts: Parts, where: Places) -> Iterator[Fault]:
    """Difficulty and specification quality lie between 0 and 1: chances of errors are products with them."""
    for name, category in parts.categories.items():
        for key in ("difficulty", "specification_quality") if category else ():
            law = getattr(category, key)
            if law is not None:
                yield from _within_one(("categories", name, key), law, where)


def _within_one(path: Loc, law: Law, where: Places) -> Iterator[Fault]:
    top = largest(law)
    if top > 1:
        yield where.fault(path, "a law between 0 and 1 (or with at_most = 1)", f"up to {top:g}")


def correlations(parts: Parts, where: Places) -> Iterator[Fault]:
    """Difficulty correlates with the size of the work at a station, so there is one."""
    for name, category in parts.categories.items():
        if category and category.difficulty_size_correlation and not parts.stations:
            path = ("categories", name, "difficulty_size_correlation")
            yield where.fault(path, "a station, whose work has the size", category.difficulty_size_correlation)
