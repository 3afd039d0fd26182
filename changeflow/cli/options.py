"""Options that several commands share."""

from __future__ import annotations

from dataclasses import dataclass

import click

ENGINE = click.option("--engine", default="auto", metavar="auto|process|compiled", help="Which engine simulates.")
FORCE = click.option("--force", is_flag=True, help="Replace a results folder of changeflow.")
JSON = click.option("--json", is_flag=True, help="Print one JSON object.")
NO_CHARTS = click.option(
    "--no-charts", "charts", is_flag=True, flag_value=False, default=True, help="Write tables only."
)
PROGRESS = click.option(
    "--progress", type=click.Choice(["auto", "none", "json"]), default="auto", help="Progress on stderr."
)
STRICT = click.option("--strict", is_flag=True, help="Warnings fail (exit 1).")


@dataclass(frozen=True, slots=True)
class Common:
    """What run, compare, size and study are told alike, as given."""

    replications: int | None
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
