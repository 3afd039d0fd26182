"""The tables of a study: points.csv, runs.csv, summary.csv, row by row; its charts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from changeflow.measure.estimates.replications import joint_level
from changeflow.present.files.csv_rows import RUNS, Row, csv_cell, write_csv
from changeflow.present.sections.analyses import ANALYSES
from changeflow.present.sections.section import Section
from changeflow.present.studies.moving import moving_title
from changeflow.present.studies.text import label
from changeflow.present.words.paths import labels_of
from changeflow.present.words.plain import plain
from changeflow.study.experiment.plan import RUNS_FILE, RUNS_PARQUET, TABLES, StudyPlan
from changeflow.study.file.toml_value import toml
from changeflow.study.outcome.estimates import difference
from changeflow.study.outcome.results import StudyResults

SUMMARY = (
    "point", "scenario", "measure", "mean", "half_width", "level", "unit", "replications", "bound", "difference",
    "difference_half_width", "difference_level", "growing",
)  # fmt: skip
EFFECTS = ("factor", "scenario", "value", "measure", "mean", "half_width", "level", "points")


def point_rows(plan: StudyPlan) -> Iterator[Row]:
    """Every point's number, from 1, with its values as TOML writes them."""
    for number, setting in enumerate(plan.points, start=1):
        yield number, *(_written(value) for value in setting)


def _written(value: object) -> str:
    """As TOML writes it; empty for a factor that stays as the model has it."""
    return "" if value is None else value if isinstance(value, str) else toml(value)


def run_rows(results: StudyResults) -> Iterator[Row]:
    """One tidy row per scenario at a point ("POINT/SCENARIO"), replication and measure: `diff` reads them."""
    for cell in results.cells:
        name = label(cell)
        columns = {measure: cell.columns.values[measure].tolist() for measure in cell.estimates}
        bounds = {
            measure: cell.columns.at_least[measure] > 0 for measure in columns if measure in cell.columns.at_least
        }
        for replication in range(cell.columns.count):
            for measure, values in columns.items():
                value = values[replication]
                bounded = measure in bounds and bool(bounds[measure][replication])
                yield name, replication, measure, csv_cell(value), bounded


def summary_rows(results: StudyResults) -> Iterator[Row]:
    """One row per point, scenario and measure: estimate, and the difference to the baseline at the same point.

    The primary measure's differences hold jointly over the scenarios of a point, those of the others one by one.
    """
    plan = results.plan
    for point in range(len(plan.points)):
        cells = results.at(point)
        base = next((cell for cell in cells if cell.scenario == plan.baseline), None)
        for cell in cells:
            for measure, one in cell.estimates.items():
                level = plan.comparison.level
                if measure == plan.comparison.primary:
                    level = joint_level(level, len(cells) - 1)
                against = (math.nan, math.nan, math.nan)
                if base is not None and cell is not base and measure in base.estimates:
                    against = (*difference(cell, base, measure, level), level)
                numbers = one.mean, one.half_width, one.level
                rest = one.unit, one.replications, one.bound, *map(csv_cell, against), cell.growing
                yield point + 1, cell.scenario, measure, *map(csv_cell, numbers), *rest


def effect_rows(results: StudyResults) -> Iterator[Row]:
    """The main effects on the primary measure, each mean with its own interval."""
    comparison = results.plan.comparison
    for one in results.effects:
        numbers = one.mean, csv_cell(one.half_width), comparison.level, one.points
        yield one.path, one.scenario, one.label, comparison.primary, *numbers


def write_tables(
    results: StudyResults, sections: Mapping[str, Section], folder: Path, *, parquet: bool = False
) -> None:
    """Every table, each put in place at once; the runs as Parquet instead, if wanted."""
    rows = point_rows(results.plan), run_rows(results), summary_rows(results), effect_rows(results)
    headers = ("point", *results.plan.paths), RUNS, SUMMARY, EFFECTS
    tables = [
        *zip(TABLES, headers, rows),
        *((f"{name}.csv", one.header, iter(one.rows)) for name, one in sections.items() if one.header),
    ]
    (folder / (RUNS_FILE if parquet else RUNS_PARQUET)).unlink(missing_ok=True)  # of two one would be old
    for name, header, lines in tables:
        if parquet and name == RUNS_FILE:
            from changeflow.present.studies.parquet import write_runs  # noqa: PLC0415  an extra

            write_runs(results, folder / RUNS_PARQUET)
            continue
        draft = folder / f".{name}.draft"
        write_csv(draft, header, lines)
        draft.replace(folder / name)
    _take_away(ANALYSES.keys() - sections.keys(), folder)


def further_tables(sections: Mapping[str, Section]) -> list[str]:
    """The files of a finished study beside TABLES."""
    return [f"{name}.csv" for name, one in sections.items() if one.header]


def _take_away(names: Iterable[str], folder: Path) -> None:
    """What an analysis left that the file asks for no more."""
    for name in names:
        for file in (folder / f"{name}.csv", folder / "charts" / f"{name}.svg", folder / "charts" / f"{name}.png"):
            file.unlink(missing_ok=True)


def save_charts(results: StudyResults, sections: Mapping[str, Section], folder: Path) -> None:
    """One of each analysis, and the main effects of factors."""
    from changeflow.present.drawing.figures import save  # noqa: PLC0415  matplotlib is slow to import

    for name, one in sections.items():
        if one.draw is not None:
            save(one.draw(), folder / "charts", name)
    if not results.effects:
        return
    from changeflow.present.sections.charts.main_effects import effects_chart  # noqa: PLC0415

    measure = results.plan.comparison.primary
    unit = next(cell.estimates[measure].unit for cell in results.cells if measure in cell.estimates)
    plan = results.plan
    labels = labels_of(plan.paths, plan.bases[0])
    what, level = f"{plain(measure)} ({unit})", plan.comparison.level
    figure = effects_chart(results.effects, moving_title(results), what, labels, level)
    save(figure, folder / "charts", "main_effects")
