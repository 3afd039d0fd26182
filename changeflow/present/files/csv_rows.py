"""runs.csv and summary.csv, row by row: numbers are written so that reading gives the same bits."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from changeflow.study.estimates.results import Results

Row = tuple[object, ...]
RUNS = ("scenario", "replication", "measure", "value", "at_least")
SUMMARY = (
    "scenario", "measure", "mean", "half_width", "level", "unit", "replications", "bound", "difference",
    "difference_half_width", "difference_level",
)  # fmt: skip


def write_csv(file: Path, header: Sequence[str], rows: Iterable[Row]) -> None:
    """A table with a header; NaN is an empty cell."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def runs_rows(results: Results) -> Iterator[Row]:
    """One tidy row per scenario, replication, measure."""
    for name, result in results.scenarios.items():
        for replication, run in enumerate(result.runs):
            bounds = run.at_least
            yield from [
                (name, replication, measure, csv_cell(value), measure in bounds)
                for measure, value in run.values.items()
            ]


def summary_rows(results: Results) -> Iterator[Row]:
    """One row per scenario and measure: estimate, and the difference to the baseline."""
    differences = {(one.scenario, one.measure): one for one in results.differences}
    for name, result in results.scenarios.items():
        for measure, one in result.estimates.items():
            numbers = csv_cell(one.mean), csv_cell(one.half_width), one.level, one.unit, one.replications, one.bound
            against = differences.get((name, measure))
            rest = (against.mean, against.half_width, against.level) if against else (math.nan,) * 3
            yield name, measure, *numbers, *map(csv_cell, rest)


def csv_cell(value: float) -> float | str:
    """Empty where there is no number."""
    return "" if math.isnan(value) else float(value)
