"""changeflow diff."""

from __future__ import annotations

import json as json_module

import click

from changeflow.cli.options import JSON


@click.command("diff", epilog="Example: changeflow diff results/001 results/002")
@click.argument("old", type=click.Path())
@click.argument("new", type=click.Path())
@click.option("--tolerance", type=float, default=0.0, show_default=True, help="Relative difference that is no drift.")
@JSON
def command(old: str, new: str, tolerance: float, json: bool) -> int:
    """Did results drift between two folders? Exit 4 when they did."""
    from changeflow.present.files.drift import compare_folders

    drift = compare_folders(old, new, tolerance)
    if json:
        click.echo(json_module.dumps({"schema_version": 1, "command": "diff", **drift.as_dict()}))
    else:
        click.echo(drift.in_words())
    return 4 if drift.found else 0
