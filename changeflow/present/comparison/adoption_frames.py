"""Tidy tables of adoption: survival curves and cost by fate."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from changeflow.measure.estimates.survival import survival_over_runs
from changeflow.present.charts.adoption import FATES
from changeflow.present.comparison.frames import with_all_names
from changeflow.present.files.csv_rows import Row
from changeflow.study.estimates.evaluate import column
from changeflow.study.estimates.results import Results, ScenarioResult

SURVIVAL = ("scenario", "days", "share", "low", "high", "level")
A_MOMENT = 1e-3
"""Days before a step at which its upper end is drawn, for lines are drawn in order of their days."""


def survival_rows(results: Results) -> Iterator[Row]:
    """The curve of each configuration with adoption: a row a day on which a system was given up, and first and last."""
    for name, result in results.scenarios.items():
        if "abandoned" in result.estimates:
            level = result.model.comparison.level
            for day, share, low, high in _curve(result, level):
                yield name, day, share, low, high, level


def _curve(result: ScenarioResult, level: float) -> list[tuple[float, float, float, float]]:
    days, gone = column(result.runs, "days_in_use"), column(result.runs, "abandoned") == 1.0
    return survival_over_runs(days, gone, result.model.organisation.runs_together, level)


def survival_frame(results: Results) -> pd.DataFrame:
    """The same as steps to be drawn as lines."""
    rows = []
    for name, result in results.scenarios.items():
        if "abandoned" not in result.estimates:
            continue
        before: tuple[float, float, float] | None = None
        for day, *values in _curve(result, result.model.comparison.level):
            share, low, high = values
            if before is not None:
                rows.append((name, day - A_MOMENT, *before))
            rows.append((name, day, share, low, high))
            before = share, low, high
    frame = pd.DataFrame(rows, columns=["scenario", "days", "share", "low", "high"])
    return with_all_names(frame, results)


def fate_frames(results: Results) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cost of every run under its fate, and each fate's share and mean with its interval."""
    runs, summary = [], []
    for name, result in results.scenarios.items():
        for fate in FATES:
            measure = f"cost_if_{fate}"
            if measure not in result.estimates:
                continue
            values = column(result.runs, measure)
            values = values[~np.isnan(values)]
            one = result.estimates[measure]
            half = one.half_width if math.isfinite(one.half_width) else math.nan
            share = len(values) / len(result.runs)
            summary.append((name, fate, share, one.mean, one.mean - half, one.mean + half))
            runs += [(name, fate, value) for value in values]
    return (
        with_all_names(pd.DataFrame(runs, columns=["scenario", "fate", "value"]), results),
        with_all_names(pd.DataFrame(summary, columns=["scenario", "fate", "share", "mean", "low", "high"]), results),
    )
