"""A study from its file to its answer: lay out, check, make the runs that lack, estimate."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from changeflow.errors import PlanError, RunError, nearest
from changeflow.measure.units import MEASURES, base_name
from changeflow.model.process_only import process_only
from changeflow.study.effect_gaps import Gap, Moving, gaps_of, moving_most, with_intervals
from changeflow.study.facts import Facts, facts_of
from changeflow.study.growth import FOR_GROWTH
from changeflow.study.store import Store
from changeflow.study.study_answer import Best, GateResult, Level, best_of, gate, main_effects, target_met
from changeflow.study.study_estimates import Cell, cell_of, first_of, look_at, most_of
from changeflow.study.study_key import cell_key
from changeflow.study.study_plan import StudyPlan
from changeflow.study.wrong_choice import Misleading, misleading

if TYPE_CHECKING:  # slow imports that a study without a selection does without
    from changeflow.model.schema import Model
    from changeflow.study.gains import Gain
    from changeflow.study.selection.answer import Selected
    from changeflow.study.selection.race import System
    from changeflow.study.steady import Settled

COMMON = (
    "total_cost_with_undone", "total_cost", "sojourn_time_hours", "sojourn_time_hours.p90", "waiting_time_hours",
    "backlog_requests", "within_target_share", "refused_share", "rework_share", "utilisation",
)  # fmt: skip
"""Measures that every study's tables show."""


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
        from changeflow.study.gains import gains  # noqa: PLC0415  other studies do without

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


@dataclass
class Cells:
    """The key of every cell, and the facts of its model; models are made only for what the store does not know."""

    plan: StudyPlan
    keys: dict[tuple[int, str], str]
    orders: dict[tuple[int, str], str]
    """What each model is made from."""
    facts: dict[str, Facts]
    """By key, as far as they are known."""
    new: set[tuple[int, str]]
    """Cells that the store did not know."""
    process_only: tuple[int, str] | None = None
    """The first cell that only the process engine can run."""
    noted: set[str] = field(default_factory=set)
    """Keys whose facts the store knows."""
    runs_together: dict[tuple[int, str], int] = field(default_factory=dict)
    """Runs of one organisation, by cell."""
    looks: dict[int, int] = field(default_factory=dict)
    """With [precision]: point -> the replications looked at next."""
    enough: dict[int, int] = field(default_factory=dict)
    """With [precision]: point -> the replications that are enough, where that is known."""
    imprecise: set[int] = field(default_factory=set)
    """With [precision]: points that have the most replications allowed, and are not precise."""

    def together(self, point: int) -> int:
        """Runs that come together at a point: of one organisation, in every scenario."""
        return math.lcm(*(self.runs_together[point, scenario] for scenario in self.plan.scenarios))

    def note(self, store: Store) -> None:
        """Let the store know, with its next commit, the models that were made and the facts that were found."""
        for cell in self.new:
            store.note_order(self.orders[cell], self.keys[cell])
        for key in self.facts.keys() - self.noted:
            store.note_facts(key, asdict(self.facts[key]))
        self.new.clear()
        self.noted |= self.facts.keys()

    def facts_at(self, point: int, scenario: str) -> Facts:
        """The facts of a scenario at a point; they are found where nobody has found them yet."""
        key = self.keys[point, scenario]
        if key not in self.facts:
            self.facts[key] = facts_of(self.plan.model(point, scenario), self.plan.manner)
        return self.facts[key]


def cells_of(plan: StudyPlan, store: Store | None) -> Cells:
    """Every cell's key. Raises ModelError or PlanError, naming the point, for a model that cannot be."""
    known = store.orders() if store is not None else {}
    facts = {key: Facts(**one) for key, one in store.facts().items()} if store is not None else {}
    found = Cells(plan, {}, {}, facts, set(), noted=set(facts))
    for cell in plan.cells:
        order = found.orders[cell] = plan.order_key(*cell)
        if order in known and known[order] in facts:
            found.keys[cell] = known[order]
            together, only = facts[known[order]].together, facts[known[order]].process_only
        else:
            model = plan.model(*cell)
            if plan.study.kind == "steady":
                _check_steady(plan, cell, model)
            found.keys[cell] = cell_key(model, plan.seed_of(*cell), plan.manner.content)
            found.new.add(cell)
            together, only = plan.manner.runs_together(model.organisation.runs_together), bool(process_only(model))
        if only and found.process_only is None:
            found.process_only = cell
        found.runs_together[cell] = together
        _check_organisations(plan, cell, together)
    if plan.study.precision is not None:  # counts organisations, of all scenarios together
        for point in range(len(plan.points)):
            _check_organisations(plan, (point, plan.baseline), found.together(point))
    return found


def _check_steady(plan: StudyPlan, cell: tuple[int, str], model: Model) -> None:
    """Raise PlanError with every reason why a model has no steady state."""
    from changeflow.model.steady import unsteady  # noqa: PLC0415  a finished study needs no graphs
    from changeflow.study.steady import LEAST_WEEKS, weeks_followed  # noqa: PLC0415  other studies do without

    reasons = unsteady(model)
    if (weeks := weeks_followed(model)) < LEAST_WEEKS:
        reasons.append(f"horizon_days: {weeks} weeks before the follow-up, with {LEAST_WEEKS} or more to settle in")
    if reasons:
        raise PlanError(
            f'{plan.places.file}: point {cell[0] + 1}, {cell[1]}: kind = "steady": expected a model with a steady '
            f"state, found {'; '.join(reasons)}"
        )


def _check_organisations(plan: StudyPlan, cell: tuple[int, str], together: int) -> None:
    """An interval over organisations needs two of them, variance reduction whole ones, wrong choices none at all."""
    where = f"{plan.places.file}: point {cell[0] + 1}, {cell[1]}"
    if together > 1 and plan.study.wrong_choice is not None:
        raise PlanError(f"{where}: [wrong_choice]: expected independent runs, found {together} of each organisation")
    given = plan.study.precision is None  # which looks at whole ones only
    if plan.study.variance_reduction is not None and given and plan.replications % together:
        raise PlanError(
            f"{where}: [variance_reduction]: expected a multiple of {together} replications, the runs that are not "
            f"independent of each other, found {plan.replications}"
        )
    if together > 1 and plan.least_replications < 2 * together:
        raise PlanError(
            f"{where}: expected at least {2 * together} replications, "
            f"two {'pairs' if plan.manner.antithetic else 'organisations'} of {together} runs each, "
            f"found {plan.least_replications}"
        )


def named_measures(plan: StudyPlan) -> list[tuple[str, str]]:
    """Measures that the study names: where, and which."""
    study = plan.study
    named = [(f"expect {i + 1}: measure", one.measure) for i, one in enumerate(study.expect)]
    named += [("precision.measures", one.measure) for one in (study.precision.measures if study.precision else ())]
    named += [("measures", name) for name in study.measures if name != "all"]
    named += [("pareto.measures", name) for name in (study.pareto.measures if study.pareto else ())]
    if study.sensitivity is not None and study.sensitivity.measure is not None:
        named.append(("sensitivity.measure", study.sensitivity.measure))
    return [*named, ("comparison.primary", plan.comparison.primary)]


def check_measures(plan: StudyPlan, known: Iterable[str]) -> None:
    """Raise PlanError for a measure that no scenario's runs have."""
    there = set(known)
    for where, name in named_measures(plan):
        if name not in there:
            raise PlanError(
                f"{plan.places.file}: {where}: expected a measure of these models, found '{name}' "
                f"({nearest(name, there)})".replace(" ()", "")
            )


def stage_of(plan: StudyPlan, cells: Cells, store: Store) -> Callable[[int], int | None]:
    """How many replications a point wants next; None when it has enough."""

    def stage(point: int) -> int | None:
        wanted, done = sizes(plan, cells, point, store)
        return None if done else wanted

    return stage


def sizes(plan: StudyPlan, cells: Cells, point: int, store: Store) -> tuple[int, bool]:
    """The replications that count at a point so far, or that it wants next, and whether they are all there.

    The numbers looked at are those of a study that was never stopped; what was looked at is not looked at again.
    """
    rule, level = plan.study.precision, plan.comparison.level
    keys = [cells.keys[point, scenario] for scenario in plan.scenarios]
    if rule is None:
        return plan.replications, all(store.has(key, plan.replications) for key in keys)
    if point in cells.enough:
        return cells.enough[point], True
    together = cells.together(point)
    look = cells.looks.get(point) or first_of(rule, together)
    while all(store.has(key, look) for key in keys):
        wanted = {one.measure for one in rule.measures} | _controls(plan)
        columns = [store.columns(key, look, wanted) for key in keys]
        found, after = look_at(columns, rule, level, together)
        if found is not None or look >= most_of(rule, together):
            cells.enough[point] = found or look
            if found is None:
                cells.imprecise.add(point)
            return cells.enough[point], True
        look = after
    cells.looks[point] = look
    return look, False


def systems_of(plan: StudyPlan, cells: Cells) -> tuple[list[System], list[System]]:
    """Who is in the race of a [selection], and who is left out because more work arrives than there are hours for.

    Raises PlanError where fewer than two are left, or where observations would tear organisations apart.
    """
    selecting, where = plan.study.selection, f"{plan.places.file}: selection"
    assert selecting is not None
    for cell in plan.cells:
        if plan.runs_per_observation % cells.runs_together[cell]:
            raise PlanError(
                f"{where}.runs_per_observation: expected a multiple of {cells.runs_together[cell]}, "
                f"the runs of one organisation, found {plan.runs_per_observation}"
            )
    left_out = [cell for cell in plan.cells if cells.facts_at(*cell).overloaded]
    systems = [cell for cell in plan.cells if not cells.facts_at(*cell).overloaded]
    if len(systems) < 2:
        raise PlanError(
            f"{where}: expected at least 2 scenarios or points where not more work arrives than there are hours for, "
            f"found {len(systems)} of {len(plan.cells)}"
        )
    least = selecting.first_stage * len(systems)
    if selecting.budget is not None and selecting.budget < least:
        raise PlanError(
            f"{where}.budget: expected a budget of at least {least}, {selecting.first_stage} first observations of "
            f"each of {len(systems)} systems, found {selecting.budget}"
        )
    size = plan.replications // plan.runs_per_observation
    if selecting.of_a_size and size < 3:
        raise PlanError(
            f"{where}: expected replications for at least 3 observations of {plan.runs_per_observation} runs each, "
            f"found {plan.replications}"
        )
    return systems, left_out


def results_of(plan: StudyPlan, cells: Cells, store: Store, selection: Selected | None = None) -> StudyResults:
    """The estimates of a study whose runs are all there; only measures that its tables show, unless it says "all"."""
    shown = dict.fromkeys([plan.comparison.primary, *(name for _, name in named_measures(plan)), *COMMON])
    if plan.study.kind == "steady":
        return _steady_results(plan, cells, store, shown)
    wanted = None if "all" in plan.study.measures else {*shown, *FOR_GROWTH, *_controls(plan)}
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


def _controls(plan: StudyPlan) -> set[str]:
    """Measures whose known means correct the others."""
    if not plan.manner.controls:
        return set()
    from changeflow.measure.controls import control_names  # noqa: PLC0415  it brings the engine, for a few studies

    return {name for base in plan.bases for name in control_names(base)}


def _counts(plan: StudyPlan, cells: Cells, point: int, store: Store, selection: Selected | None) -> dict[str, int]:
    """The runs that count of each scenario at a point; a selection leaves some out."""
    if selection is not None:
        return {scenario: runs for (where, scenario), runs in selection.counts().items() if where == point}
    count, _ = sizes(plan, cells, point, store)
    return dict.fromkeys(plan.scenarios, count)


def _steady_results(plan: StudyPlan, cells: Cells, store: Store, shown: Iterable[str]) -> StudyResults:
    """The estimates from batch means, after the warm-up is cut off."""
    from changeflow.study.steady import settled  # noqa: PLC0415  other studies do without
    from changeflow.study.steady_file import Steady  # noqa: PLC0415  the same

    raw = {cell: store.columns(cells.keys[cell], plan.replications) for cell in plan.cells}
    how, batches = settled(raw, plan.comparison.primary, plan.study.steady or Steady())
    level, every = plan.comparison.level, "all" in plan.study.measures
    found = tuple(
        cell_of(*cell, replace(cells.facts_at(*cell), together=1), columns, columns.values if every else shown, level)
        for cell, columns in batches.items()
    )
    return StudyResults(plan, found, 0, settled=how)
