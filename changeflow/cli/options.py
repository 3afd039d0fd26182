"""Options that several commands share, and the plan that they make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import click

from changeflow.cli.crews import DASK
from changeflow.errors import ModelError
from changeflow.model.reading import read_model
from changeflow.model.schema import Model
from changeflow.model.targets import targets_from_words
from changeflow.study.plan import DEFAULT_SEED

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Shared:
    """The shared options as given."""

    replications: int | None
    seed: int
    engine: str
    workers: int | None
    dask: str | None
    out: str | None
    force: bool
    charts: bool
    json: bool
    progress: str
    quick: bool
    strict: bool
    target: str | None
    sets: tuple[str, ...]


_MODEL_OPTIONS = (
    click.option(
        "--set", "sets", multiple=True, metavar="PATH=VALUE",
        help="Another value at a path of the model; repeatable. NAME:PATH=VALUE for one scenario.",
    ),
    click.option("--horizon-days", type=float, metavar="D", help="Calendar days that a run lasts."),
    click.option("--warm-up-days", type=float, metavar="D", help="Days at the start that are not measured."),
)  # fmt: skip
_RUN_OPTIONS = (
    click.option("--replications", type=int, metavar="N", help="Runs of each configuration."),
    click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, help="Seed of all chance; 0 is a seed."),
    click.option("--engine", default="auto", metavar="auto|process|compiled", help="Which engine simulates."),
    click.option("--workers", type=int, metavar="N", help="Cores that share the runs (default: what pays, at most 8)."),
    DASK,
    click.option("--out", metavar="DIR", help="Results folder (default: a fresh numbered one under results/)."),
    click.option("--force", is_flag=True, help="Replace a results folder of changeflow."),
    click.option("--no-charts", "charts", is_flag=True, flag_value=False, default=True, help="Write tables only."),
    click.option("--json", is_flag=True, help="Print one JSON object."),
    click.option("--progress", type=click.Choice(["auto", "none", "json"]), default="auto", help="Progress on stderr."),
    click.option("--quick", is_flag=True, help="Few runs, for a first look; marked as such."),
    click.option("--strict", is_flag=True, help="Warnings fail (exit 1)."),
    click.option("--target", metavar="TEXT", help="A target in words; exit 3 if it is surely missed."),
)  # fmt: skip


def model_options(function: F) -> F:
    """Options that change a model."""
    for option in reversed(_MODEL_OPTIONS):
        function = option(function)
    return function


def run_options(function: F) -> F:
    """Options of commands that simulate."""
    for option in reversed(_RUN_OPTIONS):
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
