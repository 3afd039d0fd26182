"""What a study answers: who is best at each point, which gates hold, which factors move the primary measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Literal

from changeflow.measure.estimates import joint_level
from changeflow.measure.units import MEASURES, base_name
from changeflow.model.targets import Comparison, Targets
from changeflow.study.study_estimates import Cell, difference, estimate
from changeflow.study.study_file import Expect
from changeflow.study.study_plan import StudyPlan

Gate = Literal["pass", "fail", "cannot tell"]


@dataclass(frozen=True, slots=True)
class Best:
    """wins: surely better than all others by more than matters; same: surely no difference that matters; too_close:
    the runs cannot tell; all_grow: nothing settles; single: nothing to compare with.
    """

    kind: Literal["wins", "same", "too_close", "all_grow", "single"]
    leader: int | None
    """Place of the best mean among those that settle."""
    second: int | None = None
    lead: float = 0.0
    """How much better than the second, in the measure's unit."""
    half_width: float = 0.0
    rivals: int = 0
    """Others that are not surely worse by more than matters."""


@dataclass(frozen=True, slots=True)
class GateResult:
    """What became of an expectation: at how many scenarios and points it passes, fails, cannot be told."""

    expect: Expect
    verdict: Gate
    counts: dict[Gate, int]
    worst: Cell | None
    """The first that failed, else the first that could not be told."""


@dataclass(frozen=True, slots=True)
class Level:
    """The mean of the primary measure over all points at one value (or part of the range) of a factor."""

    path: str
    scenario: str
    value: Any
    label: str
    mean: float
    points: int


def best_of(cells: Sequence[Cell], comparison: Comparison, matters: float) -> Best:
    """Compare the best of those that settle with each other one, by paired intervals that hold for every pair."""
    measure = comparison.primary
    settled = [i for i, cell in enumerate(cells) if not cell.growing and measure in cell.estimates]
    if len(cells) == 1:
        return Best("single", 0)
    if not settled:
        return Best("all_grow", None)
    sign = -1.0 if MEASURES[base_name(measure)].more_is_better else 1.0
    leader, *others = sorted(settled, key=lambda i: sign * cells[i].estimates[measure].mean)
    if not others:
        return Best("wins", leader)
    level = joint_level(comparison.level, len(settled) * (len(settled) - 1) // 2)
    leads = [difference(cells[i], cells[leader], measure, level) for i in others]
    leads = [(sign * mean, half_width) for mean, half_width in leads]
    rivals = sum(not mean - half_width > matters for mean, half_width in leads)
    (lead, half_width), second = leads[0], others[0]
    if rivals == 0:
        return Best("wins", leader, second, lead, half_width)
    same = lead + half_width < matters and lead - half_width > -matters
    return Best("same" if same else "too_close", leader, second, lead, half_width, rivals)


def gate(expect: Expect, cells: Sequence[Cell], plan: StudyPlan) -> GateResult:
    """An expectation by the intervals of all cells that it speaks of, which hold jointly."""
    asked = [cell for cell in cells if speaks_of(expect, cell, plan)]
    level = joint_level(plan.comparison.level, len(asked))
    found: list[tuple[Gate, Cell]] = [(_one_gate(expect, cell, level), cell) for cell in asked]
    counts: dict[Gate, int] = {kind: sum(one == kind for one, _ in found) for kind in ("pass", "fail", "cannot tell")}
    verdict: Gate = "fail" if counts["fail"] else "cannot tell" if counts["cannot tell"] or not found else "pass"
    worst = next((cell for one, cell in found if one == verdict), None) if verdict != "pass" else None
    return GateResult(expect, verdict, counts, worst)


def speaks_of(expect: Expect, cell: Cell, plan: StudyPlan) -> bool:
    """Is the cell of the expectation's scenario and values?"""
    values = dict(zip(plan.paths, plan.points[cell.point]))
    return expect.scenario in {None, cell.scenario} and all(values[path] == value for path, value in expect.at.items())


def _one_gate(expect: Expect, cell: Cell, level: float) -> Gate:
    """A number that is only "at least" can neither be surely below nor fail to be above."""
    one = estimate(cell.columns, expect.measure, cell.facts, level) if expect.measure in cell.estimates else None
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
    verdicts: list[bool | None] = []
    share = cell.estimates.get("within_target_share")
    within = [one.share for one in (targets.started_within, targets.closed_within) if one is not None]
    if within and share is not None:
        wanted = max(within)
        verdicts.append(True if share.low >= wanted else False if share.high < wanted else None)
    if targets.backlog_not_growing:
        verdicts.append(not cell.growing)
    if False in verdicts:
        return False
    return True if verdicts and all(verdicts) else None


PARTS = 5
"""A factor with more values than this is drawn in so many parts of its range."""


def main_effects(cells: Sequence[Cell], plan: StudyPlan) -> list[Level]:
    """Of each factor and scenario: the primary measure's mean at each value, over all settings of the others."""
    measure = plan.comparison.primary
    found = []
    for place, path in enumerate(plan.paths):
        parts = _parts([setting[place] for setting in plan.points])
        for scenario in plan.scenarios:
            mine = [cell for cell in cells if cell.scenario == scenario and measure in cell.estimates]
            for (label, value), points in parts.items():
                means = [cell.estimates[measure].mean for cell in mine if cell.point in points]
                if means:
                    found.append(Level(path, scenario, value, label, fmean(means), len(means)))
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
            found.setdefault((f"{begin:.4g} to {end:.4g}", (begin + end) / 2), set()).add(point)
    return dict(sorted(found.items(), key=lambda item: item[0][1])) if numbers else found


def _said(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
