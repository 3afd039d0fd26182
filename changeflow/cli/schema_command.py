"""changeflow schema."""

from __future__ import annotations

import click


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of model files."""
    from changeflow.present.schema import schema_text

    click.echo(schema_text(), nl=False)
