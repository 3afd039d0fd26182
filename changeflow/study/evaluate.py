"""From runs to estimates: means with intervals, paired differences, whether the backlog grows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from changeflow.measure.anova import split_variance
from changeflow.measure.clusters import cluster_sums, clustered_mean
from changeflow.measure.estimates import jackknife_difference, jackknife_ratio, joint_level, t_interval, yes_no_interval
from changeflow.measure.records import Difference, Estimate, Floats, RunMeasures
from changeflow.measure.units import MEASURES, base_name, unit_of
from changeflow.model.schema import Model
from changeflow.model.topology import expected_arrivals, offered_loads
from changeflow.study.results import ScenarioResult

NEGLIGIBLE_SHARE = 0.001
"""A mean hangs on open requests, and is given as "at least", when more than this share of all is unknown."""
SPLIT = ("total_cost", "total_cost_with_undone")
"""Measures whose variance is split between and within organisations."""
GROWTH_TOLERANCE = 0.02
"""A backlog grows when its slope is surely above this share of the requests that arrive."""


def evaluate(name: str, model: Model, runs: tuple[RunMeasures, ...]) -> ScenarioResult:
    """Estimates of every measure of a scenario, at the level of its comparison."""
    level, together = model.comparison.level, model.organisation.runs_together
    estimates = {
        measure: estimate_measure(measure, runs, level, model.currency, together)
        for measure in runs[0].values
        if any(not math.isnan(run.values[measure]) for run in runs)
    }
    load = offered_loads(model)
    growing = _grows(model, estimates, load)
    clear = estimates.get("backlog_clear_days")
    if growing and clear is not None:
        estimates["backlog_clear_days"] = replace(clear, bound="at_least")
    splits = {measure: split_variance(column(runs, measure), together, level) for measure in SPLIT}
    known = {measure: split for measure, split in splits.items() if split is not None}
    return ScenarioResult(name, model, runs, estimates, load, growing, known)


def column(runs: tuple[RunMeasures, ...], measure: str) -> Floats:
    """One measure over the runs; NaN where a run has none."""
    return np.array([run.values.get(measure, np.nan) for run in runs])


def estimate_measure(
    measure: str, runs: tuple[RunMeasures, ...], level: float, currency: str, together: int
) -> Estimate:
    """One measure; its interval is over organisations of `together` runs each, over runs where they do not differ."""
    if MEASURES[base_name(measure)].ratio:
        mean, half_width = jackknife_ratio(*_ratio(runs, measure, together), level)
    elif MEASURES[base_name(measure)].yes_no:
        mean, half_width = yes_no_interval(column(runs, measure), level)
    else:
        mean, half_width = _mean(column(runs, measure), together, level)
    bounded = float(np.mean([run.at_least.get(measure, 0.0) for run in runs])) > NEGLIGIBLE_SHARE
    unit = unit_of(measure, currency)
    return Estimate(mean, half_width, level, unit, len(runs), "at_least" if bounded else "")


def _mean(values: Floats, together: int, level: float) -> tuple[float, float]:
    return t_interval(values, level) if together == 1 else clustered_mean(values, together, level)


def _ratio(runs: tuple[RunMeasures, ...], measure: str, together: int) -> tuple[Floats, Floats]:
    parts = np.array([run.ratios[measure] for run in runs])
    if together > 1:
        parts = cluster_sums(parts, together)
    return parts[:, 0], parts[:, 1]


def _grows(model: Model, estimates: dict[str, Estimate], load: tuple) -> bool:  # type: ignore[type-arg]
    """Growing only if work surely exceeds hours, or the slope's interval lies above a tolerance."""
    return grows(estimates, late_requests_per_week(model)) or any(station.overloaded for station in load)


def grows(estimates: Mapping[str, Estimate], late_requests: float) -> bool:
    """Does the slope's interval lie above a tolerance? The rate of requests is that of the last half of the run."""
    slope = estimates.get("backlog_growth_per_week")
    asked = asked_share(estimates)
    return slope is not None and slope.low > max(GROWTH_TOLERANCE * late_requests * asked, 0.0)


def asked_share(estimates: Mapping[str, Estimate]) -> float:
    """Share of the expected requests that were asked at all."""
    if "unasked_requests" not in estimates:
        return 1.0
    arrived, unasked = estimates["arrived_requests"].mean, estimates["unasked_requests"].mean
    return arrived / (arrived + unasked) if arrived else 0.0


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
    found = []
    for other in others:
        common = [name for name in baseline.estimates if name in other.estimates]
        for measure in common:
            count = len(others) if measure == primary else len(others) * (len(common) - 1)
            found.append(paired_difference(other, baseline, measure, joint_level(level, count)))
    return tuple(found)


def paired_difference(one: ScenarioResult, other: ScenarioResult, measure: str, level: float) -> Difference:
    """Run by run, one minus other, at the given level; the interval is over organisations where they differ."""
    together = math.lcm(*(result.model.organisation.runs_together for result in (one, other)))
    if MEASURES[base_name(measure)].ratio:
        first, second = (_ratio(result.runs, measure, together) for result in (one, other))
        mean, half_width = jackknife_difference(first, second, level)
    else:
        mean, half_width = _mean(column(one.runs, measure) - column(other.runs, measure), together, level)
    unit = unit_of(measure, one.model.currency)
    return Difference(one.name, other.name, measure, mean, half_width, level, unit)
