"""The options of run, compare and size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from changeflow.cli.crews import DASK, WORKERS
from changeflow.cli.options import ENGINE, FORCE, JSON, NO_CHARTS, PROGRESS, STRICT, Common
from changeflow.study.scenarios.plan import DEFAULT_SEED

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Shared(Common):
    """The options as given."""

    seed: int
    target: str | None
    sets: tuple[str, ...]


SEED = click.option(
    "--seed", type=int, default=DEFAULT_SEED, show_default=True, help="Seed of all chance; 0 is a seed."
)
_RUN_OPTIONS = (
    click.option("--replications", type=int, metavar="N", help="Runs of each configuration."),
    SEED,
    ENGINE,
    WORKERS,
    DASK,
    click.option("--out", metavar="DIR", help="Results folder (default: a fresh numbered one under results/)."),
    FORCE,
    NO_CHARTS,
    JSON,
    PROGRESS,
    click.option("--quick", is_flag=True, help="Few runs, for a first look; marked as such."),
    STRICT,
    click.option("--target", metavar="TEXT", help="A target in words; exit 3 if it is surely missed."),
)


def run_options(function: F) -> F:
    """Options of commands that simulate."""
    for option in reversed(_RUN_OPTIONS):
        function = option(function)
    return function
