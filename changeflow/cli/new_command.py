"""changeflow new."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("new", epilog="Example: changeflow new my_crm --from partly_open")
@click.argument("name")
@click.option("--from", "source", default="partly_open", show_default=True, metavar="ID", help="The model to copy.")
@click.option("--force", is_flag=True, help="Replace a file of that name.")
def command(name: str, source: str, force: bool) -> None:
    """Write NAME.toml, a commented copy of a model that comes along, and the schema beside it."""
    from changeflow.errors import Fault, ModelError, PlanError, nearest
    from changeflow.model.file.components import files_beside
    from changeflow.model.file.shipped import shipped_models
    from changeflow.model.reading import read_model
    from changeflow.present.inputs.hints import with_hints
    from changeflow.present.inputs.schema import schema_text

    shipped = shipped_models()
    if source not in shipped:
        raise ModelError(
            [Fault(f"--from {source}", "", "a model that comes along", f"'{source}'", nearest(source, shipped))]
        )
    if not Path(name).stem:
        raise PlanError(f"NAME: expected a name for the new model, found '{name}'")
    target = Path(name if name.endswith(".toml") else f"{name}.toml")
    if target.exists() and not force:
        raise PlanError(f"{target}: expected a new file, found one (--force replaces it)")
    if not target.absolute().parent.is_dir():
        raise PlanError(f"{target}: expected an existing folder, found no {target.parent}")
    text = with_hints(shipped[source].read_text(encoding="utf-8"))
    schema = target.with_name("model.schema.json")
    beside = {target.with_name(name): shipped[source].with_name(name) for name in files_beside(text)}
    for file in beside:
        if file.exists() and not force:
            raise PlanError(f"{file}: expected no such file, the model brings one along (--force replaces it)")
    try:
        for file, original in beside.items():
            file.write_bytes(original.read_bytes())
        target.write_text(text, encoding="utf-8")
        if not schema.exists():
            schema.write_text(schema_text(), encoding="utf-8")
    except OSError as error:
        raise PlanError(f"{target}: expected a file that can be written ({error.strerror})") from None
    written = ", ".join(str(file) for file in (target, *beside))
    click.echo(f"{written} written, a copy of {source}; model.schema.json beside it helps editors.")
    logs = "replay" in source
    click.echo(f"Next: changeflow check {target}" + (" --set demand.file=YOUR_LOG.csv" if logs else ""))
    if not logs:
        read_model(target)
