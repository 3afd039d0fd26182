"""changeflow study."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from changeflow import __version__
from changeflow.cli.crews import DASK, WORKERS, asked_for
from changeflow.cli.options import ENGINE, JSON, NO_CHARTS, PROGRESS
from changeflow.cli.study_options import Options
from changeflow.cli.study_runs import run_study
from changeflow.errors import PlanError

if TYPE_CHECKING:
    from changeflow.study.experiment.cells import Cells
    from changeflow.study.experiment.plan import StudyPlan

_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}


@click.command("study", epilog="Example: changeflow study experiments/hours_and_fit.toml --dry-run")
@click.argument("study", metavar="STUDY.toml")
@click.option(
    "--replications", type=int, metavar="N", help="Runs of each scenario at each point, instead of the file's."
)
@click.option("--seed", type=int, metavar="N", help="Seed of all chance, instead of the file's; 0 is a seed.")
@click.option("--quick", is_flag=True, help="Few runs, for a first look; marked as such. They count later.")
@ENGINE
@WORKERS
@DASK
@click.option("--out", metavar="DIR", help="Folder of the study (default: results/NAME of the file); it is resumed.")
@click.option("--force", is_flag=True, help="Accept a very large design; replace a results folder of something else.")
@NO_CHARTS
@click.option("--parquet", is_flag=True, help="Write runs.parquet instead of runs.csv (extra: parquet).")
@JSON
@PROGRESS
@click.option("--strict", is_flag=True, help="An expectation that cannot be told fails, too (exit 1).")
@click.option("--time-limit", metavar="20m", help="Stop after so long (s, m, h) with exit 5; run again to go on.")
@click.option("--dry-run", is_flag=True, help="Print the plan, number of runs, estimated time and memory; run nothing.")
def command(study: str, **given: Any) -> int:
    """Run an experiment file; the same command goes on where it was stopped.

    Exit 3 when an expectation is surely missed, 5 when the time limit came first.
    """
    from changeflow.study.experiment.cells import cells_of
    from changeflow.study.experiment.measures import check_measures
    from changeflow.study.store.folder import folder_of, manifest_in
    from changeflow.study.store.runs import FILE

    options = Options(**given)
    seconds = _seconds(options.time_limit)
    cluster = asked_for(options.dask, options.workers)
    if options.parquet:
        from changeflow.present.studies.parquet import check_parquet

        check_parquet()
    plan = _plan(study, options)
    if options.dry_run:
        return _dry_run(plan, options)
    with cluster as crew:  # what is wrong is said before anything is written
        folder = folder_of(options.out, plan.name, __version__, force=options.force)
        _check_size(plan, folder, options)
        cells = None
        if manifest_in(folder).get("digest") != plan.digest:
            _check_causes(plan)
        if not (folder / FILE).exists():
            from changeflow.study.experiment.pilot import engine_for, pilot

            cells = cells_of(plan, None)
            _check_systems(plan, cells)
            engine_for(plan, cells, options.engine, plan.runs)
            check_measures(plan, pilot(plan).measures)
        return run_study(plan, folder, options, seconds, cells, crew)


def _check_systems(plan: StudyPlan, cells: Cells) -> None:
    """Before a selection is run: are there enough to choose from?"""
    if plan.study.selection is not None:
        from changeflow.study.selection.systems import systems_of

        systems_of(plan, cells)


def _check_causes(plan: StudyPlan) -> None:
    """Before a waterfall is run: do its causes lead where it says?"""
    if plan.study.waterfall is not None:
        from changeflow.study.sensitivity.waterfall_check import check_causes

        check_causes(plan)


def _plan(study: str, options: Options) -> StudyPlan:
    from changeflow.study.experiment.layout import plan_of
    from changeflow.study.scenarios.plan import QUICK_REPLICATIONS

    plan = plan_of(study)
    other: dict[str, Any] = {}
    if options.seed is not None:
        if options.seed < 0:
            raise PlanError(f"--seed: expected at least 0, found {options.seed}")
        other["seed"] = options.seed
    count, selection = options.replications, plan.study.selection
    if selection is not None and not selection.of_a_size and (count is not None or options.quick):
        name = "--quick" if count is None else "--replications"
        raise PlanError(f"{name}: expected none with selection by {selection.procedure}, which asks for what it needs")
    if count is None and options.quick:
        count = min(QUICK_REPLICATIONS, plan.replications)
    if count is not None:
        if count < 2:
            raise PlanError(f"--replications: expected at least 2, for an interval, found {count}")
        other |= {"replications": count, "precision": None}
    return replace(plan, study=plan.study.model_copy(update=other), quick=options.quick)


def _check_size(plan: StudyPlan, folder: Path, options: Options) -> None:
    """A folder of the same study always resumes, however large."""
    from changeflow.study.experiment.plan import MOST_RUNS
    from changeflow.study.store.folder import manifest_in

    if plan.runs > MOST_RUNS and not options.force and manifest_in(folder).get("digest") != plan.digest:
        raise PlanError(
            f"{plan.places.file}: expected at most {MOST_RUNS:,} runs, found {plan.runs:,} "
            f"({len(plan.points)} points x {len(plan.scenarios)} scenarios x {plan.replications}); --force accepts them"
        )


def _dry_run(plan: StudyPlan, options: Options) -> int:
    from changeflow.present.studies.estimate import estimate_lines
    from changeflow.present.studies.plan import plan_lines
    from changeflow.study.experiment.cells import cells_of
    from changeflow.study.experiment.measures import check_measures
    from changeflow.study.experiment.pilot import cores_for, pilot

    cells = cells_of(plan, None)
    _check_systems(plan, cells)
    first = pilot(plan)
    check_measures(plan, first.measures)
    _check_causes(plan)
    runs = len(set(cells.keys.values())) * plan.least_replications
    cores = cores_for(plan, cells, first.engine, runs, options.workers)
    click.echo("\n".join([*plan_lines(plan), *estimate_lines(plan, cells, first, cores)]))
    return 0


def _seconds(text: str | None) -> float | None:
    """'20m' -> 1200."""
    if text is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh])", text.strip())
    if match is None or float(match[1]) <= 0:
        raise PlanError(f"--time-limit: expected a time such as 90s, 20m or 2h, found '{text}'")
    return float(match[1]) * _SECONDS[match[2]]
