"""changeflow models."""

from __future__ import annotations

import json as json_module
import textwrap
import tomllib

import click

from changeflow.cli.options import JSON


@click.command("models")
@JSON
def command(json: bool) -> None:
    """List the models that come along."""
    from changeflow.model.file.shipped import shipped_models

    found = {
        name: tomllib.loads(path.read_text(encoding="utf-8")).get("title", "")
        for name, path in shipped_models().items()
    }
    if json:
        click.echo(json_module.dumps({"schema_version": 1, "command": "models", "models": found}))
        return
    width = max(map(len, found))
    for name, title in found.items():
        click.echo(f"{name:<{width}}  {textwrap.shorten(title, 80 - width - 2, placeholder='...')}")
    click.echo("\nchangeflow new NAME --from ID writes a copy to change.")
