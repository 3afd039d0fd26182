"""The results of a study: the estimates from its runs, and all that is worked out of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from changeflow.errors import RunError
from changeflow.measure.units import MEASURES, base_name
from changeflow.study.estimates.growth import FOR_GROWTH
from changeflow.study.estimates.wrong_choice import Misleading, misleading
from changeflow.study.experiment.cells import Cells
from changeflow.study.experiment.measures import COMMON, control_measures, named_measures
from changeflow.study.experiment.plan import StudyPlan
from changeflow.study.outcome.answer import Best, GateResult, Level, best_of, gate, main_effects, target_met
from changeflow.study.outcome.effect_gaps import Gap, Moving, gaps_of, moving_most, with_intervals
from changeflow.study.outcome.estimates import Cell, cell_of
from changeflow.study.outcome.stages import sizes
from changeflow.study.store.runs import Store

if TYPE_CHECKING:  # slow imports that a study without them does without
    from changeflow.study.experiment.steady import Settled
    from changeflow.study.outcome.gains import Gain
    from changeflow.study.selection.answer import Selected


@dataclass(frozen=True)
class StudyResults:
    """Everything that tables, charts and sentences of a study are made of."""

    plan: StudyPlan
    cells: tuple[Cell, ...]
    """Point by point, each with all scenarios in order."""
    imprecise: int
    """Points with the most runs that [precision] allows, and not precise."""
    settled: Settled | None = None
    """How the runs of a steady-state study were cut."""
    selected: Selected | None = None
    """What [selection] has found."""

    def at(self, point: int) -> tuple[Cell, ...]:
        """The scenarios of a point, without those that a selection left out."""
        return self._by_point.get(point, ())

    @cached_property
    def _by_point(self) -> dict[int, tuple[Cell, ...]]:
        found: dict[int, list[Cell]] = {}
        for cell in self.cells:
            found.setdefault(cell.point, []).append(cell)
        return {point: tuple(cells) for point, cells in found.items()}

    @cached_property
    def bests(self) -> tuple[Best, ...]:
        """Who is best, point by point; one scenario alone is compared over the points instead."""
        if len(self.plan.scenarios) == 1:
            return (best_of(self.cells, self.plan.comparison, self.matters(self.cells)),)
        points = self._by_point
        return tuple(best_of(self.at(i), self.plan.comparison, self.matters(self.at(i))) for i in points)

    def matters(self, cells: tuple[Cell, ...]) -> float:
        """The smallest difference of interest among cells, in the primary measure's unit."""
        comparison = self.plan.comparison
        baseline = next((cell for cell in cells if cell.scenario == self.plan.baseline), cells[0])
        one = baseline.estimates.get(comparison.primary)
        return comparison.smallest_difference * abs(one.mean) if one is not None else 0.0

    @cached_property
    def misleading(self) -> Misleading | None:
        """How often few of these runs choose the wrong system; None where the file does not ask."""
        asked = self.plan.study.wrong_choice
        if asked is None:
            return None
        measure = self.plan.comparison.primary
        sign = -1.0 if MEASURES[base_name(measure)].more_is_better else 1.0
        first, second = (sign * cell.columns.values[measure] for cell in self.cells)
        if np.isnan([first, second]).any():
            raise RunError(f"[wrong_choice]: expected a number for {measure} in every run, found runs without one")
        return misleading((first, second), asked.replications, self.plan.comparison.level)

    @cached_property
    def gains(self) -> list[Gain]:
        """What variance reduction has gained; nothing where there is none."""
        manner = self.plan.manner
        if not (manner.controls or manner.antithetic):
            return []
        from changeflow.study.outcome.gains import gains  # noqa: PLC0415  other studies do without

        measure = self.plan.comparison.primary
        return gains(self.cells, self.plan.baseline, measure, controls=manner.controls, antithetic=manner.antithetic)

    @cached_property
    def gates(self) -> tuple[GateResult, ...]:
        """What became of each [[expect]]."""
        return tuple(gate(one, self.cells, self.plan) for one in self.plan.study.expect)

    @property
    def target_missed(self) -> bool:
        """Is the study's target surely missed by every scenario at every point?"""
        targets = self.plan.bases[0].targets
        return self.plan.study.target is not None and all(target_met(cell, targets) is False for cell in self.cells)

    @cached_property
    def effects(self) -> list[Level]:
        """The factors' main effects on the primary measure, with intervals."""
        comparison, found = self.plan.comparison, main_effects(self.cells, self.plan)
        return with_intervals(found, self.cells, comparison.primary, comparison.level) if found else []

    @cached_property
    def gaps(self) -> list[Gap]:
        """How far each factor moves the primary measure, scenario by scenario."""
        comparison = self.plan.comparison
        return gaps_of(self.effects, self.cells, comparison.primary, comparison.level) if self.effects else []

    @cached_property
    def moving(self) -> Moving | None:
        """What surely moves it most."""
        return moving_most(self.gaps)


def results_of(plan: StudyPlan, cells: Cells, store: Store, selection: Selected | None = None) -> StudyResults:
    """The estimates of a study whose runs are all there; only measures that its tables show, unless it says "all"."""
    shown = dict.fromkeys([plan.comparison.primary, *(name for _, name in named_measures(plan)), *COMMON])
    if plan.study.kind == "steady":
        return _steady_results(plan, cells, store, shown)
    wanted = None if "all" in plan.study.measures else {*shown, *FOR_GROWTH, *control_measures(plan)}
    found = []
    for point in range(len(plan.points)):
        keys = [cells.keys[point, scenario] for scenario in plan.scenarios]
        counts = _counts(plan, cells, point, store, selection)
        for scenario, key in zip(plan.scenarios, keys):
            if scenario not in counts:
                continue
            columns = store.columns(key, counts[scenario], wanted)
            facts = cells.facts_at(point, scenario)
            names = list(columns.values) if wanted is None else shown
            found.append(cell_of(point, scenario, facts, columns, names, plan.comparison.level))
    return StudyResults(plan, tuple(found), len(cells.imprecise), selected=selection)


def _counts(plan: StudyPlan, cells: Cells, point: int, store: Store, selection: Selected | None) -> dict[str, int]:
    """The runs that count of each scenario at a point; a selection leaves some out."""
    if selection is not None:
        return {scenario: runs for (where, scenario), runs in selection.counts().items() if where == point}
    count, _ = sizes(plan, cells, point, store)
    return dict.fromkeys(plan.scenarios, count)


def _steady_results(plan: StudyPlan, cells: Cells, store: Store, shown: Iterable[str]) -> StudyResults:
    """The estimates from batch means, after the warm-up is cut off."""
    from changeflow.study.experiment.steady import settled  # noqa: PLC0415  other studies do without
    from changeflow.study.file.steady import Steady  # noqa: PLC0415  the same

    raw = {cell: store.columns(cells.keys[cell], plan.replications) for cell in plan.cells}
    how, batches = settled(raw, plan.comparison.primary, plan.study.steady or Steady())
    level, every = plan.comparison.level, "all" in plan.study.measures
    found = tuple(
        cell_of(*cell, replace(cells.facts_at(*cell), together=1), columns, columns.values if every else shown, level)
        for cell, columns in batches.items()
    )
    return StudyResults(plan, found, 0, settled=how)
