"""Steady-state studies: where the warm-up ends (MSER), and batch means on whole weeks as independent numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from changeflow.errors import RunError
from changeflow.measure.estimates.warm_up import mser
from changeflow.measure.records import Floats
from changeflow.measure.trace.weekly import week_name
from changeflow.model.schema import Model
from changeflow.study.file.steady import Steady
from changeflow.study.store.packing import Columns

LEAST_WEEKS = 100
"""With fewer weekly means MSER often finds a calm stretch near the end by chance: of settled series of 50 weeks it
refuses one in six, of 100 one in eleven, of 200 one in fifty (measured, exponential noise)."""


@dataclass(frozen=True, slots=True)
class Settled:
    """How the runs of a study were cut, and whether that was enough."""

    weeks: int
    cut: int
    """Weeks left out at the start, the most that any system needs."""
    batches: int
    batch_weeks: int
    correlation: float
    """Between the primary measure's neighbouring batches, the largest of all systems."""
    suspicious: bool
    """That correlation is larger than chance makes it (one-sided, at 1 % jointly): intervals are too narrow."""
    curves: Mapping[tuple[int, str], Floats]
    """Of each system the primary measure's weekly means over its runs, for Welch's chart."""


Series = dict[str, tuple[Floats, Floats]]
"""Measure -> sums and counts, runs x weeks."""


def weeks_followed(model: Model) -> int:
    """Whole weeks of a run whose requests are followed to their end."""
    return int((model.horizon_days - model.follow_up) / 7)


def settled(
    systems: Mapping[tuple[int, str], Columns], primary: str, steady: Steady
) -> tuple[Settled, dict[tuple[int, str], Columns]]:
    """Cut all systems alike, so that they stay paired, and give back batches in the place of replications.

    Raises RunError for runs that are too short: to settle (MSER wants to cut more than half), or for the batches.
    """
    series = {system: _series(columns) for system, columns in systems.items()}
    weeks = next(iter(series.values()))[primary][0].shape[1]
    cut = max(_cut(system, one, primary, weeks) for system, one in series.items())
    size = (weeks - cut) // steady.batches
    if size < 1:
        raise RunError(
            f"steady: expected at least {steady.batches} weeks after the warm-up of {cut}, found {weeks - cut}: "
            "raise horizon_days, or take fewer batches"
        )
    begin = weeks - size * steady.batches
    found = {system: _batches(systems[system], one, begin, size) for system, one in series.items()}
    correlations = [neighbours(columns.values[primary].reshape(-1, steady.batches)) for columns in found.values()]
    largest, count = max(correlations), next(iter(found.values())).count
    allowed = 2.33 / math.sqrt(count) if len(found) == 1 else 3.0 / math.sqrt(count)
    curves = {system: _means(*one[primary]).mean(axis=0) for system, one in series.items()}
    return Settled(weeks, begin, steady.batches, size, largest, largest > allowed, curves), found


def neighbours(runs: Floats) -> float:
    """Correlation of neighbouring batches of the same run (rows), about the mean of all."""
    centred = runs - runs.mean()
    whole = float(np.sum(centred**2)) / runs.size
    pairs = centred[:, 1:] * centred[:, :-1]
    return float(pairs.mean()) / whole if whole > 0 else 0.0


def _series(columns: Columns) -> Series:
    found = {}
    weeks = sum(key.startswith("backlog_requests@week-") for key in columns.ratios)
    for name in columns.values:
        pairs = np.stack([columns.ratios[week_name(name, week)] for week in range(weeks)], axis=1)
        found[name] = pairs[:, :, 0], pairs[:, :, 1]
    return found


def _means(tops: Floats, bottoms: Floats) -> Floats:
    """Weekly means; a week without requests has that of the week before."""
    with np.errstate(invalid="ignore", divide="ignore"):
        means: Floats = tops / bottoms
    for week in range(1, means.shape[1]):
        means[:, week] = np.where(np.isnan(means[:, week]), means[:, week - 1], means[:, week])
    return np.nan_to_num(means)


def _cut(system: tuple[int, str], series: Series, primary: str, weeks: int) -> int:
    """The most that MSER cuts from the primary measure and from the backlog, both averaged over runs.

    Its batches are weeks, seven daily observations in the place of MSER-5's five: they end with the calendar's period.
    """
    cut = 0
    for name in dict.fromkeys((primary, "backlog_requests")):
        found = mser(_means(*series[name]).mean(axis=0), batch=1)
        if not found.sufficient:
            point, scenario = system
            raise RunError(
                f"steady: point {point + 1}, {scenario}: expected {name} to settle within the first half of {weeks} "
                "weeks, found that it has not (MSER): raise horizon_days"
            )
        cut = max(cut, found.observations)
    return cut


def _batches(columns: Columns, series: Series, begin: int, size: int) -> Columns:
    """Means of batches, run by run, as if each were a replication."""
    values = {}
    for name, (tops, bottoms) in series.items():
        sums = [part[:, begin:].reshape(len(part), -1, size).sum(axis=2).ravel() for part in (tops, bottoms)]
        with np.errstate(invalid="ignore", divide="ignore"):
            values[name] = sums[0] / sums[1]
    count = len(next(iter(values.values())))
    per_run = count // columns.count
    at_least = {name: np.repeat(shares, per_run) for name, shares in columns.at_least.items()}
    return Columns(count, values, {}, at_least)
