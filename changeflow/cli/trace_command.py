"""changeflow trace."""

from __future__ import annotations

import json as json_module

import click

from changeflow.cli.model_options import model_options, read_with_options
from changeflow.cli.options import ENGINE, FORCE, JSON
from changeflow.cli.run_options import SEED


@click.command("trace", epilog="Example: changeflow trace partly_open --who both --out trace")
@click.argument("model")
@model_options
@click.option("--who", metavar="ROUTE", help="One route: vendor, power_users or both.")
@click.option("--replication", type=click.IntRange(min=0), default=0, show_default=True, help="Which run.")
@SEED
@ENGINE
@click.option("--out", metavar="DIR", help="Write requests.csv, visits.csv, decisions.csv and ledger.csv there.")
@click.option("--parquet", is_flag=True, help="Write the tables as Parquet (extra: parquet).")
@FORCE
@JSON
def command(
    model: str, sets: tuple[str, ...], horizon_days: float | None, warm_up_days: float | None, who: str | None,
    replication: int, seed: int, engine: str, out: str | None, parquet: bool, force: bool, json: bool,
) -> None:  # fmt: skip
    """Write the event log of one replication, every request and visit."""
    from changeflow.engine.simulate import choose_engine, simulate
    from changeflow.measure.trace.checks import check_trace
    from changeflow.present.files.folder import choose_folder
    from changeflow.present.trace.lines import event_lines
    from changeflow.present.trace.tables import trace_tables, write_trace
    from changeflow.study.scenarios.plan import name_scenarios

    if parquet:
        from changeflow.present.studies.parquet import check_parquet

        check_parquet()
    read = read_with_options(model, sets, horizon_days, warm_up_days)
    if who is not None:
        read = next(iter(name_scenarios([read], [who]).values()))
    engine = choose_engine(engine, models=(read,))
    folder = choose_folder(out, force=force) if out is not None else None
    trace = simulate(read, seed=seed, replication=replication, engine=engine, decisions=True)
    check_trace(trace)
    if folder is not None:
        write_trace(trace, read, folder, seed=seed, replication=replication, engine=engine, parquet=parquet)
    tables = trace_tables(trace, read)
    counts = {name: len(table) for name, table in tables.items()}
    if json:
        click.echo(
            json_module.dumps(
                {
                    "schema_version": 1,
                    "command": "trace",
                    "seed": seed,
                    "engine": engine,
                    "replication": replication,
                    "rows": counts,
                    "folder": out,
                }
            )
        )
    elif folder is not None:
        kind = "parquet" if parquet else "csv"
        files = ", ".join(f"{name}.{kind} {count} rows" for name, count in counts.items())
        click.echo(f"{folder}: {files} (seed {seed}, replication {replication}, {engine})")
    else:
        for line in event_lines(trace, read):
            click.echo(line)
