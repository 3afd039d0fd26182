"""What a study answers: who is best at each point, which gates hold, which factors move the primary measure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Literal

from changeflow.measure.estimates.replications import joint_level
from changeflow.measure.records import Estimate
from changeflow.measure.units import MEASURES, base_name
from changeflow.model.targets import Comparison, Targets
from changeflow.study.estimates.met import targets_met
from changeflow.study.estimates.ranking import Ranking, rank, standing
from changeflow.study.experiment.plan import StudyPlan
from changeflow.study.file.combinations import EXPLAINING
from changeflow.study.file.study import Expect
from changeflow.study.file.toml_value import same
from changeflow.study.outcome.estimates import Cell, difference, estimate

Gate = Literal["pass", "fail", "cannot tell"]


Best = Ranking
"""Who is best among cells."""


@dataclass(frozen=True, slots=True)
class GateResult:
    """What became of an expectation: at how many scenarios and points it passes, fails, cannot be told."""

    expect: Expect
    verdict: Gate
    counts: dict[Gate, int]
    worst: Cell | None
    """The first that failed, else the first that could not be told."""
    found: Estimate | None
    """What was judged there, with its interval of the joint level."""


@dataclass(frozen=True, slots=True)
class Level:
    """The mean of the primary measure over all points at one value (or part of the range) of a factor."""

    path: str
    scenario: str
    value: Any
    label: str
    mean: float
    points: int
    where: frozenset[int] = frozenset()
    """The points that the mean is over."""
    half_width: float = math.nan
    """Of the mean's interval over the runs, at these points; what other points would say is not in it."""


def best_of(cells: Sequence[Cell], comparison: Comparison, matters: float) -> Best:
    """Compare the best of those that settle with each other one, by paired intervals that hold for every pair."""
    measure = comparison.primary
    means = [standing(cell.estimates.get(measure), growing=cell.growing) for cell in cells]
    return rank(
        means,
        lambda one, other, level: difference(cells[one], cells[other], measure, level),
        level=comparison.level,
        matters=matters,
        more_is_better=MEASURES[base_name(measure)].more_is_better,
    )


def gate(expect: Expect, cells: Sequence[Cell], plan: StudyPlan) -> GateResult:
    """An expectation by the intervals of all cells that it speaks of, which hold jointly."""
    asked = [cell for cell in cells if speaks_of(expect, cell, plan)]
    level = joint_level(plan.comparison.level, len(asked))
    judged = [(cell, _judged(expect, cell, level)) for cell in asked]
    found = [(_one_gate(expect, one), cell, one) for cell, one in judged]
    counts: dict[Gate, int] = {kind: sum(one == kind for one, *_ in found) for kind in ("pass", "fail", "cannot tell")}
    verdict: Gate = "fail" if counts["fail"] else "cannot tell" if counts["cannot tell"] or not found else "pass"
    worst = next(((cell, one) for kind, cell, one in found if kind == verdict), None) if verdict != "pass" else None
    return GateResult(expect, verdict, counts, *(worst or (None, None)))


def speaks_of(expect: Expect, cell: Cell, plan: StudyPlan) -> bool:
    """Is the cell of the expectation's scenario and values?"""
    values = dict(zip(plan.paths, plan.points[cell.point]))
    return expect.scenario in {None, cell.scenario} and all(
        same(values.get(path), value) for path, value in expect.at.items()
    )


def _judged(expect: Expect, cell: Cell, level: float) -> Estimate | None:
    return estimate(cell.columns, expect.measure, cell.facts, level) if expect.measure in cell.estimates else None


def _one_gate(expect: Expect, one: Estimate | None) -> Gate:
    """A number that is only "at least" can neither be surely below nor fail to be above."""
    if one is None:
        return "cannot tell"
    if expect.below is not None:
        if one.low >= expect.below:
            return "fail"
        return "pass" if one.high < expect.below and not one.bound else "cannot tell"
    assert expect.above is not None
    if one.low > expect.above:
        return "pass"
    return "fail" if one.high <= expect.above and not one.bound else "cannot tell"


def target_met(cell: Cell, targets: Targets) -> bool | None:
    """True: surely met; False: surely missed; None: cannot tell, or there is no target."""
    return targets_met(targets, cell.estimates, settles=cell.settles)


PARTS = 5
"""A factor with more values than this is drawn in so many parts of its range."""


RANDOM = ("latin_hypercube", "sobol")
POINTS_A_FACTOR = 10


def main_effects(cells: Sequence[Cell], plan: StudyPlan) -> list[Level]:
    """Of each factor and scenario: the primary measure's mean at each value, over all settings of the others.

    None where not all factors move at once, where a search has chosen the points, and where a random design has fewer
    than ten points for each of many factors, or where a selection left scenarios out at some points or ran them as
    often as it needed: what the others happen to be would pass for an effect.
    """
    measure, study = plan.comparison.primary, plan.study
    if study.design.kind in EXPLAINING or study.waterfall is not None or study.break_even is not None:
        return []
    if study.design.kind in RANDOM and len(plan.paths) > PARTS and len(plan.points) < POINTS_A_FACTOR * len(plan.paths):
        return []
    if len(cells) < len(plan.cells) or (study.selection is not None and not study.selection.of_a_size):
        return []
    found = []
    for place, path in enumerate(plan.paths):
        parts = _parts([plan.ranges[place].number(setting[place]) for setting in plan.points])
        for scenario in plan.scenarios:
            mine = [cell for cell in cells if cell.scenario == scenario and measure in cell.estimates]
            for (label, value), points in parts.items():
                here = {cell.point: cell.estimates[measure].mean for cell in mine if cell.point in points}
                if here:
                    mean = fmean(here.values())
                    found.append(Level(path, scenario, value, label, mean, len(here), frozenset(here)))
    return found


def _parts(values: Sequence[Any]) -> Mapping[tuple[str, Any], set[int]]:
    """Points by value of a factor (of a table, by its place); of many numbers, by equal parts of their range."""
    different = list(dict.fromkeys(map(repr, values)))
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    found: dict[tuple[str, Any], set[int]] = {}
    if len(different) <= PARTS or not numbers:
        for point, value in enumerate(values):
            said = f"value {different.index(repr(value)) + 1}" if isinstance(value, dict | list) else _said(value)
            found.setdefault((said, value if numbers else said), set()).add(point)
    else:
        low, high = min(values), max(values)
        width = (high - low) / PARTS
        for point, value in enumerate(values):
            part = min(int((value - low) / width), PARTS - 1)
            begin, end = low + part * width, low + (part + 1) * width
            found.setdefault((f"{begin:.3g} to {end:.3g}", (begin + end) / 2), set()).add(point)
    return dict(sorted(found.items(), key=lambda item: item[0][1])) if numbers else found


def _said(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
