"""How easily what is there can be changed again, by category, as propagation needs it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from changeflow.model.expected import categories_of
from changeflow.model.schema import Model


def flexibility_by_category(model: Model) -> NDArray[np.float64]:
    """`system.flexibility` in the order of the categories; 0 for all where the file has none: likelihoods as given."""
    given = getattr(getattr(model, "system", None), "flexibility", None)
    return np.array([_of(given, category) for category in categories_of(model)])


def _of(given: float | Mapping[str, float] | None, category: str) -> float:
    if given is None:
        return 0.0
    if isinstance(given, Mapping):
        return float(given[category] if category in given else given["default"])
    return float(given)
