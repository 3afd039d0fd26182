"""How far a factor surely moves the primary measure: the gap between its values' means, run by run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from changeflow.measure.estimates import joint_level, t_interval
from changeflow.measure.records import Floats
from changeflow.study.estimating import contributions
from changeflow.study.study_answer import Level
from changeflow.study.study_estimates import Cell


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
    """The means with Student's intervals over the runs (or organisations) that all points have, each at the level."""
    by_place, together, runs = _runs_of_all(cells)
    return [
        replace(one, half_width=t_interval(_by_run(one, by_place, measure, runs, together), level)[1])
        for one in effects
    ]


def gaps_of(effects: Sequence[Level], cells: Sequence[Cell], measure: str, level: float) -> list[Gap]:
    """One for each factor and scenario of which two values or more have a mean.

    All points have the same requests, run by run, so that a gap is a mean over runs (or organisations) of what each run
    says; its interval is Student's, split over all pairs of values of all factors and scenarios (Bonferroni).
    """
    groups = [list(one) for _, one in groupby(effects, key=lambda one: (one.path, one.scenario))]
    joint = joint_level(level, sum(len(one) * (len(one) - 1) // 2 for one in groups))
    by_place, together, runs = _runs_of_all(cells)
    found = []
    for levels in groups:
        low, high = min(levels, key=lambda one: one.mean), max(levels, key=lambda one: one.mean)
        if len(levels) > 1:
            means = [_by_run(one, by_place, measure, runs, together) for one in (low, high)]
            found.append(Gap(low, high, *t_interval(means[1] - means[0], joint), joint, means[1] - means[0]))
    return found


def moving_most(gaps: Sequence[Gap]) -> Moving | None:
    """The widest gap that surely is one, and what may be as wide; None where no factor surely moves anything."""
    sure = [gap for gap in gaps if gap.surely]
    if not sure:
        return None
    widest = max(sure, key=lambda gap: gap.mean)
    rivals = []
    for gap in gaps:
        mean, half_width = t_interval(widest.by_run - gap.by_run, widest.level)
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
