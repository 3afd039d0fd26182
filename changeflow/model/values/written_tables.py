"""A model's tables as JSON can hold them, and back: JSON knows no dates."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

_KINDS: dict[str, type[date] | type[time]] = {"datetime": datetime, "date": date, "time": time}


def written(value: Any) -> Any:
    """Tables with each date, time or both as a table of one key that no model has."""
    if isinstance(value, dict):
        return {key: written(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [written(inner) for inner in value]
    for name, kind in _KINDS.items():
        if isinstance(value, kind):
            return {f"={name}": value.isoformat()}
    return value


def read_back(value: Any) -> Any:
    """The tables that were written."""
    if isinstance(value, list):
        return [read_back(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    for name, kind in _KINDS.items():
        if value.keys() == {f"={name}"}:
            return kind.fromisoformat(value[f"={name}"])
    return {key: read_back(inner) for key, inner in value.items()}
