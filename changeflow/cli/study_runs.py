"""Makes, resumes and ends a study in its folder: runs that lack, then tables, charts and the answer."""

from __future__ import annotations

import json as json_module
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from changeflow.cli.study_options import Options
from changeflow.errors import Incomplete, Interrupted

if TYPE_CHECKING:
    from changeflow.study.agenda import Tasks
    from changeflow.study.crew import Crew
    from changeflow.study.selection.answer import Selected
    from changeflow.study.selection.race import Race, System
    from changeflow.study.store import Store
    from changeflow.study.study import Cells, StudyResults
    from changeflow.study.study_plan import StudyPlan


def run_study(
    plan: StudyPlan, folder: Path, options: Options, seconds: float | None, cells: Cells | None, crew: Crew | None
) -> int:
    """Open the store, make what lacks, write what it says; `cells` are known for a new folder."""
    from changeflow.present.study_manifest import save_manifest
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
            answer = _write(results, store, folder, options)
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
    """What is another than when the folder was last written, and how many of the runs that are kept count for it."""
    if before and before.get("digest") != plan.digest and options.progress == "auto":
        from changeflow.present.manifest_gap import what_differs
        from changeflow.present.study_manifest import study_manifest

        changed = ", ".join(what_differs(before, study_manifest(plan, 0, 0, complete=False)))
        count = sum(len(store.done(key)) for key in set(cells.keys.values()))
        others = "" if count == store.count else ", the others stay"
        print(
            f"changeflow: changed: {changed or 'its design'}; now study {plan.digest[:8]}, "
            f"{count} of {store.count} runs kept count for it{others}",
            file=sys.stderr,
        )


def _results(
    plan: StudyPlan, cells: Cells, store: Store, options: Options, seconds: float | None, crew: Crew | None
) -> StudyResults:
    """Make what lacks and estimate, again and again while a search wants to look elsewhere."""
    from changeflow.study.sensitivity.break_even import values_to_look_at
    from changeflow.study.store import LOOKED_AT
    from changeflow.study.study import cells_of, results_of

    if plan.study.selection is not None:  # it asks for its runs itself, and never looks elsewhere
        return results_of(plan, cells, store, _race(plan, cells, store, options, seconds, crew))
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
        store.set_note(LOOKED_AT, json_module.dumps(plan.points[plan.planned :]))
        store.commit()


def _make_runs(
    plan: StudyPlan, cells: Cells, store: Store, options: Options, seconds: float | None, crew: Crew | None
) -> None:
    """Make every run that lacks."""
    from changeflow.study.study import stage_of

    scenarios = tuple(plan.scenarios)
    stage = stage_of(plan, cells, store)
    points = [point for point in range(len(plan.points)) if stage(point) is not None]
    if not points:
        return
    from changeflow.study.agenda import Agenda

    def cell(point: int, scenario: str) -> str:
        return cells.keys[point, scenario]

    agenda = Agenda(iter(points), scenarios, stage, lambda point, name: store.done(cell(point, name)))
    _work(agenda, plan, cells, store, options, seconds, crew)


def _race_of(plan: StudyPlan, cells: Cells, store: Store) -> tuple[Race, list[System]]:
    """A selection as far as the runs that are there lead it, and who is left out."""
    from changeflow.study.selection.race import Race
    from changeflow.study.study import systems_of

    systems, left_out = systems_of(plan, cells)
    return Race(plan, systems, lambda *cell: cells.keys[cell], store), left_out


def _race(
    plan: StudyPlan, cells: Cells, store: Store, options: Options, seconds: float | None, crew: Crew | None
) -> Selected:
    """Make the runs that a selection asks for, until it has chosen."""
    from changeflow.study.selection.answer import selected

    race, left_out = _race_of(plan, cells, store)
    cells.note(store)  # the facts of all systems, which had to be known
    if race.outcome is None:
        _work(race, plan, cells, store, options, seconds, crew)
    assert race.outcome is not None
    return selected(race, race.outcome, left_out)


def _work(
    tasks: Tasks,
    plan: StudyPlan,
    cells: Cells,
    store: Store,
    options: Options,
    seconds: float | None,
    crew: Crew | None,
) -> None:
    """Make the runs of an agenda."""
    from changeflow.cli.progress import reporting_with_rate
    from changeflow.study.crew import crew_here
    from changeflow.study.store_packing import pack
    from changeflow.study.study_pilot import engine_for, must_compile
    from changeflow.study.study_runner import run_missing
    from changeflow.study.workshop import Workshop

    least = plan.least_replications
    wanted = least * len(set(cells.keys.values()))
    already = sum(min(len(store.done(key)), least) for key in set(cells.keys.values()))
    engine = engine_for(plan, cells, options.engine, max(wanted - already, 1))
    if options.progress == "auto" and must_compile(plan, engine):
        print("changeflow: compiling the engine, once, some ten seconds", file=sys.stderr)
    hired = crew_here(engine, options.crew_size, wanted - already, crew)
    with hired as hands, reporting_with_rate(options.progress, "simulating") as tell:
        workshop = Workshop(hands, plan.model, plan.seed_of, plan.manner, engine, pack)
        run_missing(tasks, workshop, store, cells, already=already, wanted=wanted, time_limit=seconds, tell=tell)


def _stamp(plan: StudyPlan, folder: Path, options: Options) -> str:
    """What the tables and the answer hang on, beside the runs: the file, the options, and the words of the program."""
    from changeflow.study.study_key import digest_of, words_digest

    return digest_of(
        [
            plan.digest,
            plan.study.model_dump(mode="json"),
            plan.quick,
            options.charts,
            options.parquet,
            str(folder),
            words_digest(),
        ]
    )


def _answer_before(
    plan: StudyPlan, cells: Cells, store: Store, folder: Path, options: Options
) -> dict[str, Any] | None:
    """The answer that was given before, if its tables are there and it is of the same runs and the same file."""
    from changeflow.study.study_plan import RUNS_FILE, RUNS_PARQUET, TABLES

    if not _is_finished(plan, cells, store):
        return None
    names = [RUNS_PARQUET if options.parquet and name == RUNS_FILE else name for name in TABLES]
    names += json_module.loads(store.note("analyses", "[]"))
    if store.note("tables") != _stamp(plan, folder, options) or not all((folder / name).is_file() for name in names):
        return None
    answer: dict[str, Any] = json_module.loads(store.note("answer", "null"))
    return answer


def _is_finished(plan: StudyPlan, cells: Cells, store: Store) -> bool:
    """Are all runs there that the study asks for?"""
    from changeflow.study.study import stage_of

    if plan.study.selection is not None:
        return _race_of(plan, cells, store)[0].outcome is not None
    stage = stage_of(plan, cells, store)
    return all(stage(point) is None for point in range(len(plan.points)))


def _write(results: StudyResults, store: Store, folder: Path, options: Options) -> dict[str, Any]:
    """Tables, charts and the answer; a finished study shows it again without working it out again."""
    from changeflow.present.sensitivity.sections import sections_of
    from changeflow.present.study_files import further_tables, save_charts, write_tables
    from changeflow.present.study_machine import study_as_json
    from changeflow.present.study_text import study_text
    from changeflow.study.sensitivity.analyses import analyses_of

    sections = sections_of(analyses_of(results), results)
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
    store.set_note("analyses", json_module.dumps(further_tables(sections)))
    store.set_note("tables", _stamp(results.plan, folder, options))
    return answer


def _finish(answer: dict[str, Any], options: Options) -> int:
    """Print, and say by the exit code what became of the expectations."""
    click.echo(json_module.dumps(answer["json"], allow_nan=False) if options.json else answer["text"])
    if answer["missed"]:
        return 3
    return 1 if options.strict and answer["unsure"] else 0
