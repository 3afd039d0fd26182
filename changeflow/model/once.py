"""What is worked out of a model once: models never change, and several callers ask."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from changeflow.model.schema import Model

R = TypeVar("R")


def once_a_model(work: Callable[[Model], R]) -> Callable[[Model], R]:
    """Keep what `work` finds as long as the model lives; a copy is another model. Nothing found may hold the model."""
    kept: dict[int, R] = {}

    @wraps(work)
    def found(model: Model) -> R:
        key = id(model)
        if key not in kept:
            kept[key] = work(model)
            weakref.finalize(model, kept.pop, key).atexit = False
        return kept[key]

    return found
