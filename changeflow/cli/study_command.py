"""changeflow study."""

from __future__ import annotations

import json as json_module
import os
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from changeflow import __version__
from changeflow.errors import Incomplete, Interrupted, PlanError

if TYPE_CHECKING:
    from changeflow.study.selected import Selected
    from changeflow.study.store import Store
    from changeflow.study.study import Cells, StudyResults
    from changeflow.study.study_plan import StudyPlan
    from changeflow.study.study_runner import Tasks

_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True)
class Options:
    """The options as given."""

    replications: int | None
    engine: str
    workers: int | None
    out: str | None
    force: bool
    charts: bool
    json: bool
    progress: str
    strict: bool
    time_limit: str | None
    dry_run: bool


@click.command("study", epilog="Example: changeflow study experiments/staffing.toml --dry-run")
@click.argument("study", metavar="STUDY.toml")
@click.option(
    "--replications", type=int, metavar="N", help="Runs of each scenario at each point, instead of the file's."
)
@click.option("--engine", default="auto", metavar="auto|process|compiled", help="Which engine simulates.")
@click.option("--workers", type=int, metavar="N", help="Cores that share the runs (default: all, at most 8).")
@click.option("--out", metavar="DIR", help="Folder of the study (default: results/NAME of the file); it is resumed.")
@click.option("--force", is_flag=True, help="Accept a very large design; replace a results folder of something else.")
@click.option("--no-charts", "charts", is_flag=True, flag_value=False, default=True, help="Write tables only.")
@click.option("--json", is_flag=True, help="Print one JSON object.")
@click.option("--progress", type=click.Choice(["auto", "none", "json"]), default="auto", help="Progress on stderr.")
@click.option("--strict", is_flag=True, help="An expectation that cannot be told fails, too (exit 1).")
@click.option("--time-limit", metavar="20m", help="Stop after so long (s, m, h) with exit 5; run again to go on.")
@click.option("--dry-run", is_flag=True, help="Print the plan, number of runs, estimated time and memory; run nothing.")
def command(study: str, **given: Any) -> int:
    """Run an experiment file; the same command goes on where it was stopped.

    Exit 3 when an expectation is surely missed, 5 when the time limit came first.
    """
    from changeflow.study.store import FILE
    from changeflow.study.store_folder import folder_of
    from changeflow.study.study import cells_of, check_measures, systems_of

    options = Options(**given)
    seconds = _seconds(options.time_limit)
    if options.workers is not None and options.workers < 1:
        raise PlanError(f"--workers: expected at least 1, found {options.workers}")
    plan = _plan(study, options)
    if options.dry_run:
        return _dry_run(plan, options)
    folder = folder_of(options.out, plan.name, __version__, force=options.force)
    _check_size(plan, folder, options)
    cells = None
    if not (folder / FILE).exists():
        from changeflow.study.study_pilot import engine_for, pilot

        cells = cells_of(plan, None)  # what is wrong is said before anything is written
        if plan.study.selection is not None:
            systems_of(plan, cells)
        engine_for(plan, cells, options.engine, plan.runs)
        check_measures(plan, pilot(plan).measures)
    return _run(plan, folder, options, seconds, cells)


def _plan(study: str, options: Options) -> StudyPlan:
    from changeflow.study.study_plan import plan_of

    plan = plan_of(study)
    if options.replications is None:
        return plan
    if options.replications < 2:
        raise PlanError(f"--replications: expected at least 2, for an interval, found {options.replications}")
    if plan.study.selection is not None and not plan.study.selection.of_a_size:
        procedure = plan.study.selection.procedure
        raise PlanError(f"--replications: expected none with selection by {procedure}, which asks for what it needs")
    other = plan.study.model_copy(update={"replications": options.replications, "precision": None})
    return replace(plan, study=other)


def _check_size(plan: StudyPlan, folder: Path, options: Options) -> None:
    """A folder of the same study always resumes, however large."""
    from changeflow.study.store_folder import manifest_in
    from changeflow.study.study_plan import MOST_RUNS

    if plan.runs > MOST_RUNS and not options.force and manifest_in(folder).get("digest") != plan.digest:
        raise PlanError(
            f"{plan.places.file}: expected at most {MOST_RUNS:,} runs, found {plan.runs:,} "
            f"({len(plan.points)} points x {len(plan.scenarios)} scenarios x {plan.replications}); --force accepts them"
        )


def _dry_run(plan: StudyPlan, options: Options) -> int:
    from changeflow.present.study_estimate import estimate_lines
    from changeflow.present.study_text import plan_lines
    from changeflow.study.study import cells_of, check_measures, systems_of
    from changeflow.study.study_pilot import pilot

    cells = cells_of(plan, None)
    if plan.study.selection is not None:
        systems_of(plan, cells)
    first = pilot(plan)
    check_measures(plan, first.measures)
    click.echo("\n".join([*plan_lines(plan), *estimate_lines(plan, cells, first, _workers(options))]))
    return 0


def _run(plan: StudyPlan, folder: Path, options: Options, seconds: float | None, cells: Cells | None) -> int:
    """Open the store, make what lacks, write what it says; `cells` are known for a new folder."""
    from changeflow.present.study_files import save_manifest
    from changeflow.study.store import FILE, Store
    from changeflow.study.store_folder import manifest_in
    from changeflow.study.study import cells_of, results_of

    before = manifest_in(folder)
    if not before:
        save_manifest(plan, folder, runs=0, complete=False)
    store = Store.open(folder, anew=options.force)
    complete = False
    try:
        if cells is None:
            cells = cells_of(plan, store)
            _check_known(plan, cells, store)
        _say_what_changed(plan, cells, store, before, options)
        cells.note(store)
        if plan.study.selection is None:
            made, selection = _make_runs(plan, cells, store, options, seconds), None
        else:
            made, selection = _race(plan, cells, store, options, seconds)
        results = results_of(plan, cells, store, selection)
        _write(results, store, folder, options, new=made > 0)
        complete = True
    except Interrupted:
        print(f"changeflow: {store.count} runs are kept; the same command goes on", file=sys.stderr)
        raise
    except Incomplete as stop:
        raise Incomplete(f"{stop}; the same command goes on") from None
    finally:
        store.close()
        if (folder / FILE).exists():
            save_manifest(plan, folder, runs=store.count, complete=complete)
    return _finish(results, folder, options)


def _check_known(plan: StudyPlan, cells: Cells, store: Store) -> None:
    """A measure that was added to the file since must be one of the runs that are there."""
    from changeflow.study.study import check_measures

    first = [cells.keys[0, scenario] for scenario in plan.scenarios]
    if all(store.has(key, 1) for key in first):
        check_measures(plan, {name for key in first for name in store.columns(key, 1).values})
    else:
        from changeflow.study.study_pilot import pilot

        check_measures(plan, pilot(plan).measures)


def _say_what_changed(plan: StudyPlan, cells: Cells, store: Store, before: dict[str, Any], options: Options) -> None:
    """Another design, model or program: which of the runs that are kept count for it."""
    if before and before.get("digest") != plan.digest and options.progress == "auto":
        count = sum(len(store.done(key)) for key in set(cells.keys.values()))
        print(
            f"changeflow: design, model or program have changed: now study {plan.digest[:8]}, "
            f"{count} of {store.count} runs kept count for it, the others stay",
            file=sys.stderr,
        )


def _make_runs(plan: StudyPlan, cells: Cells, store: Store, options: Options, seconds: float | None) -> int:
    """Make every run that lacks; returns how many were made."""
    from changeflow.study.study import stage_of

    scenarios = tuple(plan.scenarios)
    stage = stage_of(plan, cells, store)
    points = [point for point in range(len(plan.points)) if stage(point) is not None]
    if not points:
        return 0
    from changeflow.study.study_runner import Agenda

    def cell(point: int, scenario: str) -> str:
        return cells.keys[point, scenario]

    agenda = Agenda(iter(points), scenarios, stage, lambda point, name: store.done(cell(point, name)))
    return _work(agenda, plan, cells, store, options, seconds)


def _race(plan: StudyPlan, cells: Cells, store: Store, options: Options, seconds: float | None) -> tuple[int, Selected]:
    """Make the runs that a selection asks for, until it has chosen; returns how many were made, and its answer."""
    from changeflow.study.selected import selected
    from changeflow.study.selecting import Race
    from changeflow.study.study import systems_of

    systems, left_out = systems_of(plan, cells)
    race = Race(plan, systems, lambda *cell: cells.keys[cell], store)
    made = 0 if race.outcome is not None else _work(race, plan, cells, store, options, seconds)
    assert race.outcome is not None
    return made, selected(race, race.outcome, left_out)


def _work(tasks: Tasks, plan: StudyPlan, cells: Cells, store: Store, options: Options, seconds: float | None) -> int:
    """Make the runs of an agenda; returns how many were made."""
    from changeflow.cli.progress import reporting_with_rate
    from changeflow.study.study_pilot import engine_for, must_compile
    from changeflow.study.study_runner import Workshop, run_missing

    def cell(point: int, scenario: str) -> str:
        return cells.keys[point, scenario]

    least = plan.least_replications
    wanted = least * len(set(cells.keys.values()))
    already = sum(min(len(store.done(key)), least) for key in set(cells.keys.values()))
    engine = engine_for(plan, cells, options.engine, max(wanted - already, 1))
    if options.progress == "auto" and must_compile(plan, engine):
        print("changeflow: compiling the engine, once, some ten seconds", file=sys.stderr)
    before = store.count
    workshop = Workshop(plan.model, plan.seed_of, plan.manner, engine, _workers(options))
    with reporting_with_rate(options.progress, "simulating") as tell:
        run_missing(tasks, workshop, store, cell, already=already, wanted=wanted, time_limit=seconds, tell=tell)
    return store.count - before


def _write(results: StudyResults, store: Store, folder: Path, options: Options, *, new: bool) -> None:
    """Tables and charts, unless those that are there are of the same runs and the same file."""
    from changeflow.present.study_files import TABLES, save_charts, write_tables
    from changeflow.study.study_key import digest_of

    plan = results.plan
    stamp = digest_of([plan.digest, plan.study.model_dump(mode="json"), options.charts])
    files = [folder / name for name in TABLES]
    if not new and store.note("tables") == stamp and all(file.is_file() for file in files):
        return
    store.set_note("tables", "")
    store.commit()
    write_tables(results, folder)
    if options.charts:
        save_charts(results, folder)
    store.set_note("tables", stamp)


def _finish(results: StudyResults, folder: Path, options: Options) -> int:
    """Print, and say by the exit code what became of the expectations."""
    from changeflow.present.study_machine import study_as_json, target_missed
    from changeflow.present.study_text import study_text

    if options.json:
        click.echo(json_module.dumps(study_as_json(results, str(folder)), allow_nan=False))
    else:
        click.echo(study_text(results, str(folder)))
    if target_missed(results) or any(one.verdict == "fail" for one in results.gates):
        return 3
    return 1 if options.strict and any(one.verdict == "cannot tell" for one in results.gates) else 0


def _workers(options: Options) -> int:
    return min(os.cpu_count() or 1, 8) if options.workers is None else options.workers


def _seconds(text: str | None) -> float | None:
    """'20m' -> 1200."""
    if text is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh])", text.strip())
    if match is None or float(match[1]) <= 0:
        raise PlanError(f"--time-limit: expected a time such as 90s, 20m or 2h, found '{text}'")
    return float(match[1]) * _SECONDS[match[2]]
