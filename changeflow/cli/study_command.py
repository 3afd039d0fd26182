"""changeflow study."""

from __future__ import annotations

import json as json_module
import os
import re
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from changeflow import __version__
from changeflow.errors import Incomplete, Interrupted, PlanError

if TYPE_CHECKING:
    from changeflow.present.sensitivity.section import Section
    from changeflow.study.crew import Crew
    from changeflow.study.store import Store
    from changeflow.study.study import Cells, StudyResults
    from changeflow.study.study_plan import StudyPlan

_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True)
class Options:
    """The options as given."""

    replications: int | None
    seed: int | None
    quick: bool
    engine: str
    workers: int | None
    dask: str | None
    out: str | None
    force: bool
    charts: bool
    parquet: bool
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
@click.option("--seed", type=int, metavar="N", help="Seed of all chance, instead of the file's; 0 is a seed.")
@click.option("--quick", is_flag=True, help="Few runs, for a first look; marked as such. They count later.")
@click.option("--engine", default="auto", metavar="auto|process|compiled", help="Which engine simulates.")
@click.option("--workers", type=int, metavar="N", help="Cores that share the runs (default: all, at most 8).")
@click.option("--dask", metavar="ADDRESS", help="Scheduler of a Dask cluster whose workers make the runs instead.")
@click.option("--out", metavar="DIR", help="Folder of the study (default: results/NAME of the file); it is resumed.")
@click.option("--force", is_flag=True, help="Accept a very large design; replace a results folder of something else.")
@click.option("--no-charts", "charts", is_flag=True, flag_value=False, default=True, help="Write tables only.")
@click.option("--parquet", is_flag=True, help="Write runs.parquet instead of runs.csv (extra: parquet).")
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
    from changeflow.study.store_folder import folder_of, manifest_in
    from changeflow.study.study import cells_of, check_measures

    options = Options(**given)
    seconds = _seconds(options.time_limit)
    if options.workers is not None and options.dask is not None:
        raise PlanError("expected either --workers or --dask, found both")
    if options.workers is not None and options.workers < 1:
        raise PlanError(f"--workers: expected at least 1, found {options.workers}")
    if options.parquet:
        from changeflow.present.parquet_files import check_parquet

        check_parquet()
    plan = _plan(study, options)
    if options.dry_run:
        return _dry_run(plan, options)
    with _cluster(options) as crew:  # what is wrong is said before anything is written
        folder = folder_of(options.out, plan.name, __version__, force=options.force)
        _check_size(plan, folder, options)
        cells = None
        if manifest_in(folder).get("digest") != plan.digest:
            _check_causes(plan)
        if not (folder / FILE).exists():
            from changeflow.study.study_pilot import engine_for, pilot

            cells = cells_of(plan, None)
            engine_for(plan, cells, options.engine, plan.runs)
            check_measures(plan, pilot(plan).measures)
        return _run(plan, folder, options, seconds, cells, crew)


def _cluster(options: Options) -> AbstractContextManager[Crew | None]:
    """The crew of --dask, if any."""
    if options.dask is None:
        return nullcontext()
    from changeflow.study.dask_crew import cluster

    return cluster(options.dask, __version__)


def _check_causes(plan: StudyPlan) -> None:
    """Before a waterfall is run: do its causes lead where it says?"""
    if plan.study.waterfall is not None:
        from changeflow.study.sensitivity.waterfall_check import check_causes

        check_causes(plan)


def _plan(study: str, options: Options) -> StudyPlan:
    from changeflow.study.plan import QUICK_REPLICATIONS
    from changeflow.study.study_plan import plan_of

    plan = plan_of(study)
    other: dict[str, Any] = {}
    if options.seed is not None:
        if options.seed < 0:
            raise PlanError(f"--seed: expected at least 0, found {options.seed}")
        other["seed"] = options.seed
    count = options.replications
    if count is None and options.quick:
        count = min(QUICK_REPLICATIONS, plan.replications)
    if count is not None:
        if count < 2:
            raise PlanError(f"--replications: expected at least 2, for an interval, found {count}")
        other |= {"replications": count, "precision": None}
    return replace(plan, study=plan.study.model_copy(update=other), quick=options.quick)


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
    from changeflow.study.study import cells_of, check_measures
    from changeflow.study.study_pilot import pilot

    cells = cells_of(plan, None)
    first = pilot(plan)
    check_measures(plan, first.measures)
    _check_causes(plan)
    click.echo("\n".join([*plan_lines(plan), *estimate_lines(plan, cells, first, _workers(options))]))
    return 0


def _run(
    plan: StudyPlan, folder: Path, options: Options, seconds: float | None, cells: Cells | None, crew: Crew | None
) -> int:
    """Open the store, make what lacks, write what it says; `cells` are known for a new folder."""
    from changeflow.present.sensitivity.sections import sections_of
    from changeflow.present.study_files import save_manifest
    from changeflow.study.sensitivity.analyses import analyses_of
    from changeflow.study.store import FILE, Store
    from changeflow.study.store_folder import manifest_in
    from changeflow.study.study import cells_of

    before = manifest_in(folder)
    if not before:
        save_manifest(plan, folder, runs=0, complete=False)
    store = Store.open(folder, anew=options.force)
    if store.network and options.progress == "auto":
        print(f"changeflow: {folder} lies on a network ({store.network}): slower, safer journal", file=sys.stderr)
    complete = False
    try:
        if cells is None:
            cells = cells_of(plan, store)
            _check_known(plan, cells, store)
        _say_what_changed(plan, cells, store, before, options)
        cells.note(store)
        store.commit()
        if (answer := _answer_before(plan, cells, store, folder, options)) is None:
            results = _results(plan, cells, store, options, seconds, crew)
            answer = _write(results, sections_of(analyses_of(results), plan), store, folder, options)
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
    return _finish(answer, options)


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


def _results(
    plan: StudyPlan, cells: Cells, store: Store, options: Options, seconds: float | None, crew: Crew | None
) -> StudyResults:
    """Make what lacks and estimate, again and again while a search wants to look elsewhere."""
    from changeflow.study.sensitivity.break_even import values_to_look_at
    from changeflow.study.study import cells_of, results_of

    end = None if seconds is None else time.monotonic() + seconds
    while True:
        left = None if end is None else max(end - time.monotonic(), 0.0)
        _make_runs(plan, cells, store, options, left, crew)
        results = results_of(plan, cells, store)
        cells.note(store)
        more = values_to_look_at(results)
        if not more:
            return results
        plan = plan.with_points(more)
        cells = cells_of(plan, store)
        cells.note(store)
        store.commit()


def _make_runs(
    plan: StudyPlan, cells: Cells, store: Store, options: Options, seconds: float | None, crew: Crew | None
) -> int:
    """Make every run that lacks; returns how many were made."""
    from changeflow.study.study import stage_of

    scenarios = tuple(plan.scenarios)
    stage = stage_of(plan, cells, store)
    points = [point for point in range(len(plan.points)) if stage(point) is not None]
    if not points:
        return 0
    from changeflow.cli.progress import reporting_with_rate
    from changeflow.study.crew import Workshop, crew_here
    from changeflow.study.study_pilot import engine_for, must_compile
    from changeflow.study.study_runner import Agenda, run_missing

    def cell(point: int, scenario: str) -> str:
        return cells.keys[point, scenario]

    least = plan.least_replications
    wanted = least * len(set(cells.keys.values()))
    already = sum(min(len(store.done(key)), least) for key in set(cells.keys.values()))
    engine = engine_for(plan, cells, options.engine, max(wanted - already, 1))
    if options.progress == "auto" and must_compile(plan, engine):
        print("changeflow: compiling the engine, once, some ten seconds", file=sys.stderr)
    before = store.count
    agenda = Agenda(iter(points), scenarios, stage, lambda point, name: store.done(cell(point, name)))
    crew = crew or crew_here(engine, _workers(options), wanted - already)
    workshop = Workshop(plan.model, plan.study.seed, engine, crew)
    with reporting_with_rate(options.progress, "simulating") as tell:
        run_missing(agenda, workshop, store, cells, already=already, wanted=wanted, time_limit=seconds, tell=tell)
    return store.count - before


def _stamp(plan: StudyPlan, folder: Path, options: Options) -> str:
    """What the tables and the answer hang on, beside the runs."""
    from changeflow.study.study_key import digest_of

    return digest_of(
        [
            plan.digest,
            plan.study.model_dump(mode="json"),
            plan.quick,
            options.charts,
            options.parquet,
            str(folder),
            __version__,
        ]
    )


def _answer_before(
    plan: StudyPlan, cells: Cells, store: Store, folder: Path, options: Options
) -> dict[str, Any] | None:
    """The answer that was given before, if its tables are there and it is of the same runs and the same file."""
    from changeflow.study.study import stage_of
    from changeflow.study.study_plan import RUNS_FILE, RUNS_PARQUET, TABLES

    stage = stage_of(plan, cells, store)
    if any(stage(point) is not None for point in range(len(plan.points))):
        return None
    names = [RUNS_PARQUET if options.parquet and name == RUNS_FILE else name for name in TABLES]
    names += json_module.loads(store.note("analyses", "[]"))
    if store.note("tables") != _stamp(plan, folder, options) or not all((folder / name).is_file() for name in names):
        return None
    answer: dict[str, Any] = json_module.loads(store.note("answer", "null"))
    return answer


def _write(
    results: StudyResults, sections: Sequence[Section], store: Store, folder: Path, options: Options
) -> dict[str, Any]:
    """Tables, charts and the answer; a finished study shows it again without working it out again."""
    from changeflow.present.study_files import save_charts, write_tables
    from changeflow.present.study_machine import study_as_json
    from changeflow.present.study_text import study_text

    store.set_note("tables", "")
    store.commit()
    write_tables(results, sections, folder, parquet=options.parquet)
    if options.charts:
        save_charts(results, sections, folder)
    answer = {
        "text": study_text(results, sections, str(folder)),
        "json": study_as_json(results, sections, str(folder)),
        "missed": results.target_missed or any(one.verdict == "fail" for one in results.gates),
        "unsure": any(one.verdict == "cannot tell" for one in results.gates),
    }
    store.set_note("answer", json_module.dumps(answer, allow_nan=False))
    store.set_note("analyses", json_module.dumps([f"{one.name}.csv" for one in sections]))
    store.set_note("tables", _stamp(results.plan, folder, options))
    return answer


def _finish(answer: dict[str, Any], options: Options) -> int:
    """Print, and say by the exit code what became of the expectations."""
    click.echo(json_module.dumps(answer["json"], allow_nan=False) if options.json else answer["text"])
    if answer["missed"]:
        return 3
    return 1 if options.strict and answer["unsure"] else 0


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
