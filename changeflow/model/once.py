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


MOST_CAUSES = 64


def once_a_cause(
    causes: Callable[[Model], str],
) -> Callable[[Callable[[Model], R]], Callable[[Model], R]]:
    """Keep what `work` finds for the latest causes: a search asks models that differ in other things, many times.

    Nothing but the causes may decide about what is found.
    """

    def keeping(work: Callable[[Model], R]) -> Callable[[Model], R]:
        kept: dict[str, tuple[R, Model]] = {}  # the model stays, so that what its causes name by identity does

        @wraps(work)
        def found(model: Model) -> R:
            key = causes(model)
            if key not in kept:
                while len(kept) >= MOST_CAUSES:
                    kept.pop(next(iter(kept)), None)
                kept[key] = work(model), model
            return kept[key][0]

        return found

    return keeping
