"""What is worked out of a model once: models never change, and several callers ask."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

M = TypeVar("M")
"""The model, which itself asks for what was found before."""
R = TypeVar("R")


def once_a_model(work: Callable[[M], R]) -> Callable[[M], R]:
    """Keep what `work` finds as long as the model lives; a copy is another model. Nothing found may hold the model."""
    kept: dict[int, R] = {}

    @wraps(work)
    def found(model: M) -> R:
        key = id(model)
        if key not in kept:
            kept[key] = work(model)
            weakref.finalize(model, kept.pop, key).atexit = False
        return kept[key]

    return found


MOST_CAUSES = 64
Work = Callable[[M, float, float], R]


def once_a_cause(causes: Callable[[M], str]) -> Callable[[Work[M, R]], Work[M, R]]:
    """Keep what `work` finds between two times for the latest causes: a search asks for models that differ in others.

    Nothing but the causes and the times may decide about what is found.
    """

    def keeping(work: Work[M, R]) -> Work[M, R]:
        kept: dict[tuple[str, float, float], tuple[R, M]] = {}  # with its model, whose parts causes may name

        @wraps(work)
        def found(model: M, begin: float, end: float) -> R:
            key = causes(model), begin, end
            if key not in kept:
                while len(kept) >= MOST_CAUSES:
                    kept.pop(next(iter(kept)), None)
                kept[key] = work(model, begin, end), model
            return kept[key][0]

        return found

    return keeping
