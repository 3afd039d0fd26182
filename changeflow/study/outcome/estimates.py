"""From the columns of a cell to estimates, and from two cells to a paired difference: no model is made."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from changeflow.measure.estimates.clusters import sums_and_counts
from changeflow.measure.estimates.precision import (
    FIRST,
    Course,
    Precision,
    look_ahead,
    mean_course,
    ratio_course,
    replications_needed,
    share_course,
)
from changeflow.measure.estimates.precision import replications_planned as planned
from changeflow.measure.records import Estimate, Floats
from changeflow.measure.units import MEASURES, base_name
from changeflow.study.crews.facts import Facts
from changeflow.study.estimates.columns import (
    controls_of,
    difference_of,
    estimate_of,
    in_clusters,
    mean_of,
    ratio_parts,
)
from changeflow.study.estimates.growth import FOR_GROWTH, growth_of
from changeflow.study.file.study import Sequential
from changeflow.study.store.packing import Columns


@dataclass(frozen=True, slots=True)
class Cell:
    """One scenario at one point after its runs."""

    point: int
    scenario: str
    facts: Facts
    columns: Columns
    estimates: dict[str, Estimate]
    settles: bool | None
    """Does the backlog surely settle (True), surely grow (False), or can the runs not tell?"""

    @property
    def growing(self) -> bool:
        """The backlog surely grows."""
        return self.settles is False


def cell_of(point: int, scenario: str, facts: Facts, columns: Columns, measures: Iterable[str], level: float) -> Cell:
    """Estimates of those measures that the runs have."""
    names = [name for name in dict.fromkeys((*measures, *FOR_GROWTH)) if name in columns.values]
    found = {name: one for name in names if (one := estimate(columns, name, facts, level)) is not None}
    growth = growth_of(found, facts.late_requests_per_week, overloaded=facts.overloaded)
    return Cell(point, scenario, facts, columns, found, growth.settles())


def grows(cell: Cell, level: float) -> bool:
    """Does its backlog surely grow, at another level?"""
    names = [name for name in FOR_GROWTH if name in cell.columns.values]
    found = {name: one for name in names if (one := estimate(cell.columns, name, cell.facts, level)) is not None}
    growth = growth_of(found, cell.facts.late_requests_per_week, overloaded=cell.facts.overloaded)
    return growth.settles() is False


def estimate(columns: Columns, measure: str, facts: Facts, level: float) -> Estimate | None:
    """Mean and interval over runs, or over organisations where they differ; None where no run has the number."""
    return estimate_of(columns, measure, level, facts.currency, facts.together)


def difference(one: Cell, other: Cell, measure: str, level: float) -> tuple[float, float]:
    """Run by run on the same requests, one minus other: mean and half-width, over the runs that both have."""
    together = math.lcm(one.facts.together, other.facts.together)
    return difference_of(one.columns, other.columns, measure, level, together)


def look_at(columns: Sequence[Columns], rule: Sequential, level: float, together: int = 1) -> tuple[int | None, int]:
    """The replications that are enough (None: not yet), look-ahead included, and how many to look at next.

    Enough: every measure is precise in every scenario and stays so. Next: what the spread so far asks for, with the
    look-ahead, no more than doubled at once, for an early spread may mislead; at most `most`. Runs come in
    organisations of `together`, which are what is counted: all sizes are whole organisations. A function of the runs
    alone, so that a study that was stopped and one that was not look at the same numbers of runs.
    """
    courses, wanted = _courses(columns, rule, level, together)
    needed = replications_needed(courses, wanted, first=max(-(-rule.first // together), FIRST))
    have = columns[0].count // together
    guess = min(planned(courses, wanted), 2 * have)
    after = max(guess + look_ahead(guess), have + look_ahead(have))
    enough = None if needed is None else (needed + look_ahead(needed)) * together
    return enough, min(after * together, most_of(rule, together))


def _controlled_course(values: Floats, controls: Floats, together: int, level: float, first: int) -> Course:
    """The estimate at the known means of controls; before the first look, which nobody asks for, no interval."""
    units, known = in_clusters(values, together), in_clusters(controls, together)
    pairs = [(math.nan, math.inf)] * min(first - 1, len(units))
    pairs += [mean_of(units[:n], 1, level, known[:n]) for n in range(len(pairs) + 1, len(units) + 1)]
    means, half_widths = np.array(pairs).T
    return Course(means, half_widths)


def first_of(rule: Sequential, together: int) -> int:
    """The replications looked at first: whole organisations, three of them at least."""
    return min(max(-(-rule.first // together), FIRST) * together, most_of(rule, together))


def most_of(rule: Sequential, together: int) -> int:
    """The most replications there may be: whole organisations."""
    return rule.most // together * together


def _courses(
    columns: Sequence[Columns], rule: Sequential, level: float, together: int
) -> tuple[list[Course], list[Precision]]:
    """Each measure of each scenario after 1, 2, 3, ... runs, or organisations."""
    courses, wanted = [], []
    for one in columns:
        for until in rule.measures:
            if until.measure not in one.values:
                continue
            kind, controls = MEASURES[base_name(until.measure)], controls_of(one)
            if controls is not None and not (kind.ratio or kind.yes_no):
                values = one.values[until.measure]
                courses.append(_controlled_course(values, controls, together, level, -(-rule.first // together)))
            elif kind.yes_no:
                courses.append(share_course(one.values[until.measure], together, level))
            elif kind.ratio:
                parts = ratio_parts(one, until.measure, together)
                courses.append(ratio_course(*parts, level, counted=kind.counted))
            elif together > 1:
                courses.append(ratio_course(*sums_and_counts(one.values[until.measure], together), level))
            else:
                courses.append(mean_course(one.values[until.measure], level))
            wanted.append(Precision(until.relative, until.absolute))
    return courses, wanted
