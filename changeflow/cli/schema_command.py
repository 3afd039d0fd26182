"""changeflow schema."""

from __future__ import annotations

import click


@click.command("schema", epilog="Example: changeflow schema study > study.schema.json")
@click.argument("what", type=click.Choice(["model", "study"]), default="model", metavar="[model|study]")
def command(what: str) -> None:
    """Print the JSON Schema of model files, or of study files."""
    from changeflow.present.inputs.schema import schema_text, study_schema_text

    click.echo(schema_text() if what == "model" else study_schema_text(), nl=False)
