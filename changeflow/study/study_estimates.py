"""From the columns of a cell to estimates, and from two cells to a paired difference: evaluate.py without models."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from changeflow.measure.clusters import cluster_sums, clustered_mean
from changeflow.measure.controlled import controlled
from changeflow.measure.controls import ARRIVALS, LUCK
from changeflow.measure.estimates import jackknife_difference, jackknife_ratio, t_interval, yes_no_interval
from changeflow.measure.precision import Course, Precision, look_ahead, mean_course, ratio_course, replications_needed
from changeflow.measure.precision import replications_planned as planned
from changeflow.measure.records import Estimate, Floats
from changeflow.measure.units import MEASURES, base_name, unit_of
from changeflow.study.evaluate import NEGLIGIBLE_SHARE, grows
from changeflow.study.store_packing import Columns
from changeflow.study.study_file import Sequential

FOR_GROWTH = ("backlog_growth_per_week", "arrived_requests", "unasked_requests")
"""Measures that tell whether a backlog grows."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a model the estimates need, so that a finished study makes no model again."""

    together: int
    """Runs of one organisation."""
    overloaded: bool
    late_requests_per_week: float
    currency: str
    visits: float
    """Expected in a run."""
    process_only: bool
    """Only the process engine can run it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One scenario at one point after its runs."""

    point: int
    scenario: str
    facts: Facts
    columns: Columns
    estimates: dict[str, Estimate]
    growing: bool


def cell_of(point: int, scenario: str, facts: Facts, columns: Columns, measures: Iterable[str], level: float) -> Cell:
    """Estimates of those measures that the runs have."""
    names = [name for name in dict.fromkeys((*measures, *FOR_GROWTH)) if name in columns.values]
    found = {name: one for name in names if (one := estimate(columns, name, facts, level)) is not None}
    growing = facts.overloaded or grows(found, facts.late_requests_per_week)
    return Cell(point, scenario, facts, columns, found, growing)


def estimate(columns: Columns, measure: str, facts: Facts, level: float) -> Estimate | None:
    """Mean and interval over runs, or over organisations where they differ; None where no run has the number."""
    values, together = columns.values[measure], facts.together
    if np.isnan(values).all():
        return None
    kind = MEASURES[base_name(measure)]
    if kind.ratio:
        mean, half_width = jackknife_ratio(*_ratio(columns, measure, together), level)
    elif kind.yes_no:
        mean, half_width = yes_no_interval(values, level)
    else:
        mean, half_width = _mean(values, together, level, controls_of(columns))
    shares = columns.at_least.get(measure)
    bounded = shares is not None and float(shares.mean()) > NEGLIGIBLE_SHARE
    unit = unit_of(measure, facts.currency)
    return Estimate(mean, half_width, level, unit, columns.count, "at_least" if bounded else "")


def difference(one: Cell, other: Cell, measure: str, level: float) -> tuple[float, float]:
    """Run by run on the same requests, one minus other: mean and half-width, over the runs that both have."""
    count = min(one.columns.count, other.columns.count)
    first, second = (cell.columns.first(count) for cell in (one, other))
    together = math.lcm(one.facts.together, other.facts.together)
    if MEASURES[base_name(measure)].ratio:
        return jackknife_difference(_ratio(first, measure, together), _ratio(second, measure, together), level)
    controls = controls_of(first) if one.columns.count == other.columns.count else None
    return _mean(first.values[measure] - second.values[measure], together, level, controls)


def controls_of(columns: Columns) -> Floats | None:
    """The control variates, runs x controls; None where the runs have none."""
    found = [values for name, values in columns.values.items() if base_name(name) in {ARRIVALS, LUCK}]
    return np.column_stack(found) if found else None


def in_clusters(values: Floats, together: int) -> Floats:
    """Means over each `together` runs in a row."""
    found: Floats = values if together == 1 else cluster_sums(values, together) / together
    return found


def _mean(values: Floats, together: int, level: float, controls: Floats | None = None) -> tuple[float, float]:
    if controls is not None and len(values) % together == 0:
        found = controlled(in_clusters(values, together), in_clusters(controls, together), level)
        if found is not None:
            return found.mean, found.half_width
    return t_interval(values, level) if together == 1 else clustered_mean(values, together, level)


def _ratio(columns: Columns, measure: str, together: int) -> tuple[Floats, Floats]:
    parts = columns.ratios[measure]
    if together > 1:
        parts = cluster_sums(parts, together)
    return parts[:, 0], parts[:, 1]


def enough(columns: Sequence[Columns], rule: Sequential, level: float) -> int | None:
    """The replications after which every measure is precise in every scenario, look-ahead included; None: not yet."""
    courses, wanted = _courses(columns, rule, level)
    needed = replications_needed(courses, wanted, first=rule.first)
    return None if needed is None else needed + look_ahead(needed)


def next_size(columns: Sequence[Columns], rule: Sequential, level: float) -> int:
    """How many replications to look at next: what the spread so far asks for, with the look-ahead; at most `most`.

    No more than doubled at once, for an early spread may mislead. A function of the runs alone, so that a study that
    was stopped and one that was not look at the same numbers of runs.
    """
    courses, wanted = _courses(columns, rule, level)
    have = columns[0].count
    guess = min(planned(courses, wanted), 2 * have)
    return min(max(guess + look_ahead(guess), have + look_ahead(have)), rule.most)


def _courses(columns: Sequence[Columns], rule: Sequential, level: float) -> tuple[list[Course], list[Precision]]:
    courses, wanted = [], []
    for one in columns:
        for until in rule.measures:
            if until.measure not in one.values:
                continue
            if MEASURES[base_name(until.measure)].ratio:
                courses.append(ratio_course(one.ratios[until.measure][:, 0], one.ratios[until.measure][:, 1], level))
            else:
                courses.append(mean_course(one.values[until.measure], level))
            wanted.append(Precision(until.relative, until.absolute))
    return courses, wanted
