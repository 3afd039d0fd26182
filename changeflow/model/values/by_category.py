"""Values that may differ by category: one, or a table by category with `default` for those not named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Discriminator, Tag

from changeflow.model.values.frozen import NamedOf, NonNegative, PartOfOne, Positive, Share
from changeflow.model.values.laws import LAWS, Law

_OF_A_LAW = frozenset(field for law in LAWS.values() for field in law.model_fields)


def _one_or_table(value: Any) -> str:
    """A table by category; one that has a law's own keys is a law, if perhaps one without its name."""
    is_law = isinstance(value, Mapping) and ("law" in value or (value and set(value) <= _OF_A_LAW))
    return "table" if isinstance(value, Mapping) and not is_law else "one"


LawByCategory = Annotated[
    Annotated[Law, Tag("one")] | Annotated[NamedOf[Law], Tag("table")], Discriminator(_one_or_table)
]
"""One law, or a table of laws by category."""

ShareByCategory = Annotated[
    Annotated[Share, Tag("one")] | Annotated[NamedOf[Share], Tag("table")], Discriminator(_one_or_table)
]
"""One share, or a table of shares by category."""

SpeedByCategory = Annotated[
    Annotated[Positive, Tag("one")] | Annotated[NamedOf[Positive], Tag("table")], Discriminator(_one_or_table)
]
"""One speed, or a table of speeds by category."""

EaseByCategory = Annotated[
    Annotated[PartOfOne, Tag("one")] | Annotated[NamedOf[PartOfOne], Tag("table")], Discriminator(_one_or_table)
]
"""One number above 0 and up to 1, or a table of them by category."""

TimesByCategory = Annotated[
    Annotated[NonNegative, Tag("one")] | Annotated[NamedOf[NonNegative], Tag("table")], Discriminator(_one_or_table)
]
"""One number of times, or a table of them by category."""


def by_category(value: Any, category: str) -> Any:
    """The entry of a by-category field for one category."""
    if isinstance(value, dict):
        return value[category] if category in value else value["default"]
    return value
