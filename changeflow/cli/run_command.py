"""changeflow run."""

from __future__ import annotations

from typing import Any

import click

from changeflow.cli.crews import asked_for
from changeflow.cli.options import Shared, model_options, read_with_options, run_options
from changeflow.cli.output import finish, prepare, tell_compiling
from changeflow.cli.progress import reporting


@click.command("run", epilog="Example: changeflow run mmc --replications 50")
@click.argument("model")
@model_options
@run_options
def command(model: str, horizon_days: float | None, warm_up_days: float | None, **shared: Any) -> int:
    """Simulate one configuration; MODEL is a file or the id of a model that comes along."""
    from changeflow.study.compare import run, with_engine
    from changeflow.study.plan import Plan, name_scenarios

    options = Shared(**shared)
    scenarios = name_scenarios([read_with_options(model, options.sets, horizon_days, warm_up_days, options.target)], [])
    plan = Plan.of(
        scenarios, replications=options.replications, seed=options.seed, engine=options.engine,
        quick=options.quick, workers=options.workers,
    )  # fmt: skip
    folder = prepare(options)
    plan = with_engine(plan)
    tell_compiling(plan, options)
    hired = asked_for(options.dask, options.workers)
    with hired as crew, reporting(options.progress, "simulating") as progress:
        results = run(plan, crew=crew, progress=progress)
    return finish(results, folder, options)
