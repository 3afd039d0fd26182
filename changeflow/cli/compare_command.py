"""changeflow compare."""

from __future__ import annotations

from typing import Any

import click

from changeflow.cli.model_options import model_options, read_with_options
from changeflow.cli.output import finish
from changeflow.cli.run_options import Shared, run_options
from changeflow.cli.scenario_sets import split_sets, with_scenario_sets
from changeflow.cli.simulating import drawing, folder_for, hiring, planned


@click.command("compare", epilog="Example: changeflow compare partly_open --who vendor,power_users,both")
@click.argument("models", nargs=-1, required=True, metavar="MODEL...")
@click.option("--who", metavar="ROUTE,...", help="Routes: vendor, power_users, both.")
@click.option("--baseline", metavar="NAME", help="The scenario to compare with (default: the first).")
@model_options
@run_options
def command(
    models: tuple[str, ...],
    who: str | None,
    baseline: str | None,
    horizon_days: float | None,
    warm_up_days: float | None,
    **shared: Any,
) -> int:
    """Send the same requests through every configuration.

    With --who: one system, the same requests, several routes. MODEL is a file or the id of a model that
    comes along.
    """
    from changeflow.present.drawing.studio import OF_RESULTS
    from changeflow.study.scenarios.compare import compare
    from changeflow.study.scenarios.plan import name_scenarios

    options = Shared(**shared)
    general, own = split_sets(options.sets)
    read = [read_with_options(path, general, horizon_days, warm_up_days, options.target) for path in models]
    routes = [part.strip() for part in who.split(",") if part.strip()] if who is not None else []
    if who is not None and not routes:
        raise click.UsageError("--who: expected some of vendor, power_users, both, found nothing")
    scenarios = with_scenario_sets(name_scenarios(read, routes), own)
    one_system = {name: name for name in scenarios} if len(read) == 1 and len(routes) > 1 and not own else None
    plan, folder = planned(scenarios, options, baseline), folder_for(options)
    with drawing(OF_RESULTS, options) as draw:
        with hiring(plan, options, "simulating") as (plan, crew, progress):
            results = compare(plan, routes=one_system, screening=not options.quick, crew=crew, progress=progress)
        return finish(results, folder, options, draw)
