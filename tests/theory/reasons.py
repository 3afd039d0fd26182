"""Why a case cannot be run: the one exception of the adapter, and the checks that raise it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

Raw = dict[str, Any]


class Unsupported(Exception):
    """The case asks for something that our model, our engine or this adapter cannot express."""


def only(table: Mapping[str, Any], known: Collection[str], where: str) -> None:
    """Refuse keys that nobody here has thought about."""
    unknown = [key for key in table if key not in known]
    if unknown:
        raise Unsupported(f"{where}: {', '.join(unknown)}")


def number(value: Any, where: str) -> float:
    """A number of the case as a float."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unsupported(f"{where}: expected a number, found {value!r}")
    return float(value)
