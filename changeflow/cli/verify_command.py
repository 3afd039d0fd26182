"""changeflow verify."""

from __future__ import annotations

import json as json_module
from concurrent.futures import BrokenExecutor

import click

from changeflow.errors import PlanError, RunError

SAMPLE = 100
ENOUGH_CELLS = 100


@click.command("verify", epilog="Example: changeflow verify results/001 --all")
@click.argument("results", type=click.Path())
@click.option("--sample", type=int, default=SAMPLE, show_default=True, metavar="N", help="Runs that are made again.")
@click.option("--all", "everything", is_flag=True, help="Make every run again.")
@click.option("--engine", default="auto", metavar="auto|process|compiled", help="Which engine simulates.")
@click.option("--workers", type=int, metavar="N", help="Cores that share the runs (default: all, at most 8).")
@click.option("--json", is_flag=True, help="Print one JSON object.")
@click.option("--progress", type=click.Choice(["auto", "none", "json"]), default="auto", help="Progress on stderr.")
def command(
    results: str, sample: int, everything: bool, engine: str, workers: int | None, json: bool, progress: str
) -> int:
    """Make runs of a results folder again and compare them, bit by bit.

    For folders of run, compare and study. Exit 4 when a number has drifted.
    """
    from changeflow.cli.options import workers_for
    from changeflow.cli.progress import reporting
    from changeflow.engine.simulate import choose_engine
    from changeflow.present.verifying import drift_found, verified_as_json, verified_text
    from changeflow.study.crew import Workshop, crew_here
    from changeflow.study.recorded import recorded
    from changeflow.study.verify import verify

    if sample < 1:
        raise PlanError(f"--sample: expected at least 1, found {sample}")
    if workers is not None and workers < 1:
        raise PlanError(f"--workers: expected at least 1, found {workers}")
    kept = recorded(results)
    runs = kept.runs if everything else min(sample, kept.runs)
    looked_at = [kept.model(*cell) for cell in kept.cells[:ENOUGH_CELLS]]  # one may be for the process engine only
    engine = choose_engine(engine, models=looked_at)
    crew = crew_here(engine, workers_for(workers, runs), runs)
    workshop = Workshop(kept.model, kept.seed_of, kept.manner, engine, crew)
    try:
        with reporting(progress, "verifying") as tell:
            found = verify(kept, workshop, crew, None if everything else sample, tell)
    except BrokenExecutor:
        raise RunError("a worker process was killed; nothing was written, so the same command begins anew") from None
    if json:
        click.echo(json_module.dumps(verified_as_json(kept, found, results), allow_nan=False))
    else:
        click.echo(verified_text(kept, found, results))
    return 4 if drift_found(kept, found) else 0
