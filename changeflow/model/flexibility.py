"""How easily what is there can be changed again, by category, as propagation needs it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from changeflow.model.by_category import by_category
from changeflow.model.expected import categories_of
from changeflow.model.schema import Model


def flexibility_by_category(model: Model) -> NDArray[np.float64]:
    """`system.flexibility` in the order of the categories; 0 for all where the file has none: likelihoods as given."""
    given = model.system.flexibility
    return np.array([0.0 if given is None else by_category(given, name) for name in categories_of(model)])
