"""From runs to estimates: means with intervals, paired differences, whether the backlog grows."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from changeflow.measure.estimates.anova import split_variance
from changeflow.measure.estimates.replications import joint_level
from changeflow.measure.records import Difference, Floats, RunMeasures
from changeflow.measure.units import unit_of
from changeflow.model.load.topology import expected_arrivals, offered_loads
from changeflow.model.schema import Model
from changeflow.study.estimates.columns import columns_of, difference_of, estimate_of
from changeflow.study.estimates.growth import growth_of
from changeflow.study.estimates.results import ScenarioResult
from changeflow.study.store.packing import Columns

SPLIT = ("total_cost", "total_cost_with_undone")
"""Measures whose variance is split between and within organisations."""


def evaluate(name: str, model: Model, runs: tuple[RunMeasures, ...]) -> ScenarioResult:
    """Estimates of every measure of a scenario, at the level of its comparison."""
    level, together = model.comparison.level, model.organisation.runs_together
    columns = columns_of(runs)
    found = {one: estimate_of(columns, one, level, model.currency, together) for one in columns.values}
    estimates = {measure: one for measure, one in found.items() if one is not None}
    load = offered_loads(model)
    overloaded = any(station.overloaded for station in load)
    growth = growth_of(estimates, late_requests_per_week(model), overloaded=overloaded)
    clear, settles = estimates.get("backlog_clear_days"), growth.settles()
    if settles is False and clear is not None:
        estimates["backlog_clear_days"] = replace(clear, bound="at_least")
    splits = {measure: split_variance(column(runs, measure), together, level) for measure in SPLIT}
    known = {measure: split for measure, split in splits.items() if split is not None}
    return ScenarioResult(name, model, runs, estimates, load, settles, known)


def column(runs: tuple[RunMeasures, ...], measure: str) -> Floats:
    """One measure over the runs; NaN where a run has none."""
    return np.array([run.values.get(measure, np.nan) for run in runs])


def late_requests_per_week(model: Model) -> float:
    """Our requests expected in the last half of the run, without other customers'."""
    begin, end = model.start_hours, model.start_hours + model.horizon_days * 24
    late = expected_arrivals(model, (begin + end) / 2, end)
    ours = sum(sum(late[name].values()) for name, source in model.demand.sources.items() if not source.background)
    return ours / ((end - begin) / 2 / 168)


def paired_differences(
    baseline: ScenarioResult, others: list[ScenarioResult], level: float, primary: str
) -> tuple[Difference, ...]:
    """Scenario minus baseline for every measure both have.

    The primary measure's intervals hold jointly over the scenarios; all other measures' intervals hold
    jointly over scenarios and measures.
    """
    found, base = [], columns_of(baseline.runs)
    for other in others:
        columns = columns_of(other.runs)
        common = [name for name in baseline.estimates if name in other.estimates]
        for measure in common:
            count = len(others) if measure == primary else len(others) * (len(common) - 1)
            pair = columns.only(measure), base.only(measure)
            found.append(_between(other, baseline, pair, measure, joint_level(level, count)))
    return tuple(found)


def paired_difference(one: ScenarioResult, other: ScenarioResult, measure: str, level: float) -> Difference:
    """Run by run, one minus other, at the given level; the interval is over organisations where they differ."""
    pair = columns_of(one.runs, (measure,)), columns_of(other.runs, (measure,))
    return _between(one, other, pair, measure, level)


def _between(
    one: ScenarioResult, other: ScenarioResult, pair: tuple[Columns, Columns], measure: str, level: float
) -> Difference:
    """The same from the columns of both."""
    together = math.lcm(*(result.model.organisation.runs_together for result in (one, other)))
    mean, half_width = difference_of(*pair, measure, level, together)
    unit = unit_of(measure, one.model.currency)
    return Difference(one.name, other.name, measure, mean, half_width, level, unit)
