"""changeflow check."""

from __future__ import annotations

import json as json_module

import click

from changeflow.cli.model_options import model_options, read_with_options
from changeflow.cli.options import JSON, STRICT


@click.command("check", epilog="Example: changeflow check partly_open")
@click.argument("models", nargs=-1, required=True, metavar="MODEL...")
@model_options
@JSON
@STRICT
def command(
    models: tuple[str, ...], sets: tuple[str, ...], horizon_days: float | None, warm_up_days: float | None,
    json: bool, strict: bool,
) -> int:  # fmt: skip
    """Is a model valid, what load does it carry, what will it do, what is assumed? Runs nothing."""
    from changeflow.present.story.checking import check, check_as_json, warnings_of

    read = {path: read_with_options(path, sets, horizon_days, warm_up_days) for path in models}
    if json:
        found = {path: check_as_json(model) for path, model in read.items()}
        click.echo(json_module.dumps({"schema_version": 1, "command": "check", "models": found}))
    else:
        click.echo("\n\n".join(check(model) for model in read.values()))
    return 1 if strict and any(warnings_of(model) for model in read.values()) else 0
