"""changeflow verify."""

from __future__ import annotations

import json as json_module

import click

from changeflow.cli.crews import DASK, WORKERS, asked_for
from changeflow.cli.options import ENGINE, JSON, PROGRESS
from changeflow.errors import PlanError

SAMPLE = 100
ENOUGH_CELLS = 100


@click.command("verify", epilog="Example: changeflow verify results/001 --all")
@click.argument("results", type=click.Path())
@click.option("--sample", type=int, default=SAMPLE, show_default=True, metavar="N", help="Runs that are made again.")
@click.option("--all", "everything", is_flag=True, help="Make every run again.")
@ENGINE
@WORKERS
@DASK
@JSON
@PROGRESS
def command(
    results: str,
    sample: int,
    everything: bool,
    engine: str,
    workers: int | None,
    dask: str | None,
    json: bool,
    progress: str,
) -> int:
    """Make runs of a results folder again and compare them, bit by bit.

    For folders of run, compare and study. Exit 4 when a number has drifted.
    """
    from changeflow.cli.progress import reporting
    from changeflow.engine.simulate import choose_engine
    from changeflow.model.load.topology import most_visits_per_week
    from changeflow.present.files.verifying import drift_found, verified_as_json, verified_text
    from changeflow.study.crews.crew import cores_worth, crew_here
    from changeflow.study.crews.workshop import Workshop
    from changeflow.study.recorded import recorded
    from changeflow.study.store.packing import pack
    from changeflow.study.verify import verify

    if sample < 1:
        raise PlanError(f"--sample: expected at least 1, found {sample}")
    hired = asked_for(dask, workers)
    kept = recorded(results)
    runs = kept.runs if everything else min(sample, kept.runs)
    looked_at = [kept.model(*cell) for cell in kept.cells[:ENOUGH_CELLS]]  # one may be for the process engine only
    engine = choose_engine(engine, models=looked_at)
    visits = max(most_visits_per_week(model) * model.horizon_days / 7 for model in looked_at)
    cores = cores_worth(engine, runs, visits) if workers is None else workers
    with (
        hired as cluster,
        crew_here(engine, cores, runs, cluster) as crew,
        reporting(progress, "verifying") as tell,
    ):
        workshop = Workshop(crew, kept.model, kept.seed_of, kept.manner, engine, pack)
        found = verify(kept, workshop, None if everything else sample, tell)
    if json:
        click.echo(json_module.dumps(verified_as_json(kept, found, results), allow_nan=False))
    else:
        click.echo(verified_text(kept, found, results))
    return 4 if drift_found(kept, found) else 0
