"""How far a factor surely moves the primary measure: the gap between its values' means, run by run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from changeflow.measure.estimates.replications import joint_level
from changeflow.measure.records import Floats
from changeflow.measure.units import MEASURES, base_name
from changeflow.study.estimates.columns import contributions, controls_of, in_clusters, mean_of
from changeflow.study.outcome.answer import Level
from changeflow.study.outcome.estimates import Cell


@dataclass(frozen=True)
class Gap:
    """The value of a factor with the highest mean against the one with the lowest, in one scenario."""

    low: Level
    high: Level
    mean: float
    """High minus low, over the runs that all points have."""
    half_width: float
    level: float
    """At which the gaps of all factors and scenarios hold jointly, whichever values turned out highest and lowest."""
    by_run: Floats
    controls: Floats | None = None
    """Control variates of the same runs, runs x controls."""

    @property
    def surely(self) -> bool:
        """Is there surely a gap?"""
        return self.mean - self.half_width > 0


@dataclass(frozen=True, slots=True)
class Moving:
    """What moves the primary measure most."""

    gap: Gap
    rivals: tuple[str, ...]
    """Paths of other factors that may move it as much."""


def with_intervals(effects: Sequence[Level], cells: Sequence[Cell], measure: str, level: float) -> list[Level]:
    """The means with the intervals of `gaps_of` over the runs (or organisations) that all points have, each alone."""
    by_place, together, runs = _runs_of_all(cells)
    found = []
    for one in effects:
        controls = _controls([one], by_place, measure, runs, together)
        _, half_width = mean_of(_by_run(one, by_place, measure, runs, together), 1, level, controls)
        found.append(replace(one, half_width=half_width))
    return found


def gaps_of(effects: Sequence[Level], cells: Sequence[Cell], measure: str, level: float) -> list[Gap]:
    """One for each factor and scenario of which two values or more have a mean.

    All points have the same requests, run by run, so that a gap is a mean over runs (or organisations) of what each run
    says; its interval is Student's, at the known means of controls where there are any, split over all pairs of
    values of all factors and scenarios (Bonferroni).
    """
    groups = [list(one) for _, one in groupby(effects, key=lambda one: (one.path, one.scenario))]
    joint = joint_level(level, sum(len(one) * (len(one) - 1) // 2 for one in groups))
    by_place, together, runs = _runs_of_all(cells)
    found = []
    for levels in groups:
        low, high = min(levels, key=lambda one: one.mean), max(levels, key=lambda one: one.mean)
        if len(levels) > 1:
            means = [_by_run(one, by_place, measure, runs, together) for one in (low, high)]
            gap, controls = means[1] - means[0], _controls([low, high], by_place, measure, runs, together)
            found.append(Gap(low, high, *mean_of(gap, 1, joint, controls), joint, gap, controls))
    return found


def moving_most(gaps: Sequence[Gap]) -> Moving | None:
    """The widest gap that surely is one, and what may be as wide; None where no factor surely moves anything."""
    sure = [gap for gap in gaps if gap.surely]
    if not sure:
        return None
    widest = max(sure, key=lambda gap: gap.mean)
    rivals = []
    for gap in gaps:
        both = [one.controls for one in (widest, gap) if one.controls is not None]
        controls = np.column_stack(both) if both else None
        mean, half_width = mean_of(widest.by_run - gap.by_run, 1, widest.level, controls)
        if gap.low.path != widest.low.path and not mean - half_width > 0:
            rivals.append(gap.low.path)
    return Moving(widest, tuple(dict.fromkeys(rivals)))


def _runs_of_all(cells: Sequence[Cell]) -> tuple[dict[tuple[int, str], Cell], int, int]:
    """The cells by point and scenario, the runs of an organisation, and how many runs every cell has."""
    together = math.lcm(*(cell.facts.together for cell in cells))
    runs = min(cell.columns.count for cell in cells) // together * together
    return {(cell.point, cell.scenario): cell for cell in cells}, together, runs


def _by_run(level: Level, cells: dict[tuple[int, str], Cell], measure: str, runs: int, together: int) -> Floats:
    """What each run, or organisation, says of the mean over the points of a level."""
    mine = [cells[point, level.scenario].columns.first(runs) for point in sorted(level.where)]
    return np.asarray(np.mean([contributions(columns, measure, together) for columns in mine], axis=0))


def _controls(
    levels: Sequence[Level], cells: dict[tuple[int, str], Cell], measure: str, runs: int, together: int
) -> Floats | None:
    """Of each run, or organisation: the controls of each level, as means over its points; their mean is 0, too."""
    kind = MEASURES[base_name(measure)]
    if kind.ratio or kind.yes_no:
        return None
    found = []
    for level in levels:
        mine = [controls_of(cells[point, level.scenario].columns.first(runs)) for point in sorted(level.where)]
        known = [one for one in mine if one is not None]
        if len(known) < len(mine):
            return None
        found.append(in_clusters(np.asarray(np.mean(known, axis=0)), together))
    return np.column_stack(found)
