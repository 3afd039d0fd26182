"""How easily what is there can be changed again, by category, as propagation and repairs need it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from changeflow.model.expected.requests import categories_of
from changeflow.model.schema import Model
from changeflow.model.stations.delivery_errors import Errors, System
from changeflow.model.values.by_category import by_category


def flexibility_by_category(model: Model) -> NDArray[np.float64]:
    """`system.flexibility` in the order of the categories; 0 for all where the file has none: likelihoods as given."""
    given = model.system.flexibility
    return np.array([0.0 if given is None else by_category(given, name) for name in categories_of(model)])


def rigidity(errors: Errors, system: System, category: str) -> float:
    """How much longer a repair takes than at flexibility 1."""
    if system.flexibility is None:
        return 1.0
    return float(by_category(system.flexibility, category) ** -errors.repair_exponent)
