"""Numbers in JSON, which knows no NaN and no infinity: null stands for them."""

from __future__ import annotations

import math
from typing import Any


def json_number(value: float) -> float | None:
    """The number, if it is one."""
    return value if math.isfinite(value) else None


def json_value(value: Any) -> Any:
    """The same for every number in a value."""
    if isinstance(value, float):
        return json_number(value)
    if isinstance(value, dict):
        return {key: json_value(inner) for key, inner in value.items()}
    return [json_value(inner) for inner in value] if isinstance(value, list | tuple) else value
