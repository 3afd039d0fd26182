"""What a results folder of a run or comparison holds: manifest, tables, charts, summary, report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from changeflow import __version__
from changeflow.present.comparison.component_tables import COMPONENTS, component_rows
from changeflow.present.comparison.content import report_content
from changeflow.present.comparison.summary import markdown
from changeflow.present.drawing.drawn import Drawing
from changeflow.present.drawing.studio import OF_RESULTS, Draw, draw_here, draw_nothing
from changeflow.present.files.csv_rows import RUNS, SUMMARY, Row, runs_rows, summary_rows, write_csv
from changeflow.present.files.folder import choose_folder, write_whole
from changeflow.present.files.report import ReportContent, render_report
from changeflow.present.files.surroundings import made_with
from changeflow.present.words.adoption import is_on
from changeflow.study.estimates.results import Results
from changeflow.study.store.folder import MANIFEST, manifest_text

Tables = Mapping[str, tuple[Sequence[str], Iterable[Row]]]
"""File name -> header and rows."""
_LIBRARIES = ("numpy", "scipy", "simpy", "numba", "pandas", "matplotlib", "seaborn")


def write_results(results: Results, folder: Path, *, command_line: list[str], draw: Draw) -> None:
    """Manifest, tables, charts and report of a run or comparison; `draw` draws the charts of its results."""

    def fill(draft: Path) -> None:
        content = report_content(results, save_all(draw(results), draft), command_line)
        write_files(draft, results, _further_tables(results), markdown(results), content, command_line)

    write_whole(folder, fill)


def write_report(results: Results, out: str | Path, *, charts: bool = True, force: bool = False) -> Path:
    """Write a results folder with tables, charts and report.html; returns it. For use from Python."""
    folder = choose_folder(str(out), force=force)
    write_results(
        results, folder, command_line=["python"], draw=partial(draw_here, OF_RESULTS) if charts else draw_nothing
    )
    return folder


def save_all(drawings: Sequence[Drawing], draft: Path) -> list[tuple[str, str, str]]:
    """Charts in their folder; heading, element and caption of each for a page."""
    for one in drawings:
        one.save(draft / "charts")
    return [(one.heading, one.element(), one.caption) for one in drawings]


def write_files(
    draft: Path, results: Results, further: Tables, summary: str, content: ReportContent, command_line: list[str]
) -> None:
    """What every folder of results holds, and further tables."""
    always: Tables = {"runs.csv": (RUNS, runs_rows(results)), "summary.csv": (SUMMARY, summary_rows(results))}
    for name, (header, rows) in {**always, **further}.items():
        write_csv(draft / name, header, rows)
    (draft / "summary.md").write_text(summary, encoding="utf-8")
    (draft / "report.html").write_text(render_report(content), encoding="utf-8")
    (draft / MANIFEST).write_text(manifest_text(_manifest(results, command_line)), encoding="utf-8")


def _further_tables(results: Results) -> Tables:
    """Those of models with components, and with adoption."""
    found: dict[str, tuple[Sequence[str], Iterable[Row]]] = {}
    if components := list(component_rows(results)):
        found["components.csv"] = COMPONENTS, components
    if is_on(results):
        from changeflow.present.comparison.adoption_frames import SURVIVAL, survival_rows  # noqa: PLC0415  it needs pandas

        found["survival.csv"] = SURVIVAL, survival_rows(results)
    return found


def _manifest(results: Results, command_line: list[str]) -> dict[str, object]:
    """What made these results, and what is needed to make them again."""
    return {
        "program": "changeflow",
        "version": __version__,
        "command": results.command,
        "command_line": command_line,
        "seed": results.seed,
        "engine": results.engine,
        "replications": results.replications,
        "quick": results.quick,
        "baseline": results.baseline,
        "models": {
            name: {
                "file": result.model.place,
                "digest": result.model.digest(),
                "priors": result.model.priors,
                "logs": {source: log.in_words() for source, log in result.model.logs.items()},
                "tables": result.model.tables,
                "model": result.model.model_dump(mode="json", exclude_none=True, by_alias=True),
            }
            for name, result in results.scenarios.items()
        },
        **made_with(*_LIBRARIES),
    }
