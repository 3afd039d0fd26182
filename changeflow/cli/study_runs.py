"""Opens or resumes a study in its folder, and ends it: tables, charts and the answer."""

from __future__ import annotations

import json as json_module
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from changeflow.cli.study_making import Making
from changeflow.cli.study_options import Options
from changeflow.errors import Incomplete, Interrupted

if TYPE_CHECKING:
    from changeflow.study.crews.crew import Crew
    from changeflow.study.experiment.cells import Cells
    from changeflow.study.experiment.plan import StudyPlan
    from changeflow.study.outcome.results import StudyResults
    from changeflow.study.store.runs import Store


def run_study(
    plan: StudyPlan, folder: Path, options: Options, seconds: float | None, cells: Cells | None, crew: Crew | None
) -> int:
    """Open the store, make what lacks, write what it says; `cells` are known for a new folder."""
    from changeflow.present.studies.manifest import save_manifest
    from changeflow.study.experiment.cells import cells_of
    from changeflow.study.store.folder import manifest_in
    from changeflow.study.store.runs import FILE, Store

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
            end = None if seconds is None else time.monotonic() + seconds
            results = Making(store, options, crew, end).results(plan, cells)
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
    from changeflow.study.experiment.measures import check_measures

    first = [cells.keys[0, scenario] for scenario in plan.scenarios]
    if all(store.has(key, 1) for key in first):
        check_measures(plan, {name for key in first for name in store.columns(key, 1).values})
    else:
        from changeflow.study.experiment.pilot import pilot

        check_measures(plan, pilot(plan).measures)


def _say_what_changed(plan: StudyPlan, cells: Cells, store: Store, before: dict[str, Any], options: Options) -> None:
    """What is another than when the folder was last written, and how many of the runs that are kept count for it."""
    if before and before.get("digest") != plan.digest and options.progress == "auto":
        from changeflow.present.files.manifest_gap import what_differs
        from changeflow.present.studies.manifest import study_manifest

        changed = ", ".join(what_differs(before, study_manifest(plan, 0, 0, complete=False)))
        count = sum(len(store.done(key)) for key in set(cells.keys.values()))
        others = "" if count == store.count else ", the others stay"
        print(
            f"changeflow: changed: {changed or 'its design'}; now study {plan.digest[:8]}, "
            f"{count} of {store.count} runs kept count for it{others}",
            file=sys.stderr,
        )


def _stamp(plan: StudyPlan, folder: Path, options: Options) -> str:
    """What the tables and the answer hang on, beside the runs: the file, the options, and the words of the program."""
    from changeflow.study.store.key import digest_of, words_digest

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
    from changeflow.study.experiment.plan import RUNS_FILE, RUNS_PARQUET, TABLES
    from changeflow.study.outcome.stages import is_finished

    if not is_finished(plan, cells, store):
        return None
    names = [RUNS_PARQUET if options.parquet and name == RUNS_FILE else name for name in TABLES]
    names += json_module.loads(store.note("analyses", "[]"))
    if store.note("tables") != _stamp(plan, folder, options) or not all((folder / name).is_file() for name in names):
        return None
    answer: dict[str, Any] = json_module.loads(store.note("answer", "null"))
    return answer


def _write(results: StudyResults, store: Store, folder: Path, options: Options) -> dict[str, Any]:
    """Tables, charts and the answer; a finished study shows it again without working it out again."""
    from changeflow.present.sections.analyses import sections_of
    from changeflow.present.studies.files import further_tables, save_charts, write_tables
    from changeflow.present.studies.machine import study_as_json
    from changeflow.present.studies.text import study_text

    sections = sections_of(results)
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
