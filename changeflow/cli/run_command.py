"""changeflow run."""

from __future__ import annotations

from typing import Any

import click

from changeflow.cli.model_options import model_options, read_with_options
from changeflow.cli.output import finish
from changeflow.cli.run_options import Shared, run_options
from changeflow.cli.simulating import drawing, folder_for, hiring, planned


@click.command("run", epilog="Example: changeflow run mmc --replications 50")
@click.argument("model")
@model_options
@run_options
def command(model: str, horizon_days: float | None, warm_up_days: float | None, **shared: Any) -> int:
    """Simulate one configuration; MODEL is a file or the id of a model that comes along."""
    from changeflow.present.drawing.studio import OF_RESULTS
    from changeflow.study.scenarios.compare import run
    from changeflow.study.scenarios.plan import name_scenarios

    options = Shared(**shared)
    scenarios = name_scenarios([read_with_options(model, options.sets, horizon_days, warm_up_days, options.target)], [])
    plan, folder = planned(scenarios, options), folder_for(options)
    with drawing(OF_RESULTS, options) as draw:
        with hiring(plan, options, "simulating") as (plan, crew, progress):
            results = run(plan, crew=crew, progress=progress)
        return finish(results, folder, options, draw)
