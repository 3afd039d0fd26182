"""The model that a command is given, and the options that change it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import click

from changeflow.errors import ModelError
from changeflow.model.reading import read_model
from changeflow.model.schema import Model
from changeflow.model.targets import targets_from_words

F = TypeVar("F", bound=Callable[..., Any])

_MODEL_OPTIONS = (
    click.option(
        "--set", "sets", multiple=True, metavar="PATH=VALUE",
        help="Another value at a path of the model; repeatable. NAME:PATH=VALUE for one scenario.",
    ),
    click.option("--horizon-days", type=float, metavar="D", help="Calendar days that a run lasts."),
    click.option("--warm-up-days", type=float, metavar="D", help="Days at the start that are not measured."),
)  # fmt: skip


def model_options(function: F) -> F:
    """Options that change a model."""
    for option in reversed(_MODEL_OPTIONS):
        function = option(function)
    return function


def read_with_options(
    path: str,
    sets: Sequence[str] = (),
    horizon_days: float | None = None,
    warm_up_days: float | None = None,
    target: str | None = None,
) -> Model:
    """A model with the options' values in place of the file's."""
    options = list(sets)
    said: dict[str, str] = {}
    for option, key, value in (
        ("--horizon-days", "horizon_days", horizon_days),
        ("--warm-up-days", "warm_up_days", warm_up_days),
    ):
        if value is not None:
            options.append(f"{key}={value!r}")
            said[f"--set {key}={value!r}"] = f"{option} {value:g}"
    if target is not None:
        options += target_sets(target)
    try:
        return read_model(path, options)
    except ModelError as error:
        faults = [replace(fault, place=said.get(fault.place, fault.place)) for fault in error.faults]
        raise ModelError(faults) from None


def target_sets(text: str) -> list[str]:
    """A target in words as options on the model's [targets], which they replace."""
    targets = targets_from_words(text)
    parts = []
    for name in ("started_within", "closed_within"):
        within = getattr(targets, name)
        if within is not None:
            values = within.model_dump(exclude_none=True)
            parts.append(f"{name} = {{" + ", ".join(f"{key} = {value!r}" for key, value in values.items()) + "}")
    parts.append(f"backlog_not_growing = {'true' if targets.backlog_not_growing else 'false'}")
    return ["targets={" + ", ".join(parts) + "}"]
