"""A study from its file to its answer: lay out, check, make the runs that lack, estimate."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from changeflow.errors import PlanError, RunError, nearest
from changeflow.measure.controls import control_names
from changeflow.measure.units import MEASURES, base_name
from changeflow.model.process_only import process_only
from changeflow.model.schema import Model
from changeflow.study.store import Store
from changeflow.study.study_answer import Best, GateResult, Level, best_of, gate, main_effects
from changeflow.study.study_estimates import FOR_GROWTH, Cell, Facts, cell_of, enough, next_size
from changeflow.study.study_key import cell_key
from changeflow.study.study_plan import StudyPlan
from changeflow.study.wrong_choice import Misleading, misleading

if TYPE_CHECKING:  # slow imports that a study without a selection does without
    from changeflow.study.gains import Gain
    from changeflow.study.selected import Selected
    from changeflow.study.selecting import System
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
    """Points whose runs reached the most that [precision] allows."""
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

    @cached_property
    def effects(self) -> list[Level]:
        """The factors' main effects on the primary measure."""
        return main_effects(self.cells, self.plan)


@dataclass
class Cells:
    """The key of every cell, and the facts of its model; models are made only for what the store does not know."""

    plan: StudyPlan
    keys: dict[tuple[int, str], str]
    facts: dict[tuple[int, str], Facts]
    new: dict[tuple[int, str], str]
    """Order keys of the cells that the store did not know."""

    def note(self, store: Store) -> None:
        """Let the store know the models that were made."""
        for cell, key in self.new.items():
            store.note_order(key, self.keys[cell], asdict(self.facts[cell]))
        store.commit()


def cells_of(plan: StudyPlan, store: Store | None) -> Cells:
    """Every cell's key. Raises ModelError or PlanError, naming the point, for a model that cannot be."""
    known = store.orders() if store is not None else {}
    found = Cells(plan, {}, {}, {})
    for cell in plan.cells:
        order = plan.order_key(*cell)
        if order in known:
            found.keys[cell], facts = known[order]
            found.facts[cell] = Facts(**facts)
        else:
            model = plan.model(*cell)
            if plan.study.kind == "steady":
                _check_steady(plan, cell, model)
            found.keys[cell] = cell_key(model, plan.seed_of(*cell), plan.manner.content)
            own = facts_of(model)
            found.facts[cell] = replace(own, together=plan.manner.runs_together(own.together))
            found.new[cell] = order
        _check_organisations(plan, cell, found.facts[cell].together)
    return found


def _check_steady(plan: StudyPlan, cell: tuple[int, str], model: Model) -> None:
    """Raise PlanError with every reason why a model has no steady state."""
    from changeflow.model.steady import unsteady  # noqa: PLC0415  a finished study needs no graphs

    reasons = unsteady(model)
    if reasons:
        raise PlanError(
            f'{plan.places.file}: point {cell[0] + 1}, {cell[1]}: kind = "steady": expected a model with a steady '
            f"state, found {'; '.join(reasons)}"
        )


def facts_of(model: Model) -> Facts:
    """What of a model is asked again and again."""
    from changeflow.model.topology import offered_loads  # noqa: PLC0415  a finished study needs no graphs
    from changeflow.study.evaluate import late_requests_per_week  # noqa: PLC0415

    loads = offered_loads(model)
    return Facts(
        together=model.organisation.runs_together,
        overloaded=any(load.overloaded for load in loads),
        late_requests_per_week=late_requests_per_week(model),
        currency=model.currency,
        visits=sum(load.visits_per_week[1] for load in loads) * model.horizon_days / 7,
        process_only=bool(process_only(model)),
    )


def _check_organisations(plan: StudyPlan, cell: tuple[int, str], together: int) -> None:
    """An interval over organisations needs two of them."""
    if together > 1 and plan.least_replications < 2 * together:
        raise PlanError(
            f"{plan.places.file}: point {cell[0] + 1}, {cell[1]}: expected at least {2 * together} replications, "
            f"two {'pairs' if plan.manner.antithetic else 'organisations'} of {together} runs each, "
            f"found {plan.least_replications}"
        )


def named_measures(plan: StudyPlan) -> list[tuple[str, str]]:
    """Measures that the study names: where, and which."""
    study = plan.study
    named = [(f"expect {i + 1}: measure", one.measure) for i, one in enumerate(study.expect)]
    named += [("precision.measures", one.measure) for one in (study.precision.measures if study.precision else ())]
    named += [("measures", name) for name in study.measures if name != "all"]
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
        keys = [cells.keys[point, scenario] for scenario in plan.scenarios]
        wanted, done = sizes(plan, keys, store)
        return None if done else wanted

    return stage


def sizes(plan: StudyPlan, keys: list[str], store: Store) -> tuple[int, bool]:
    """The replications that count at a point so far, or that it wants next, and whether they are all there."""
    rule, level = plan.study.precision, plan.comparison.level
    if rule is None:
        return plan.replications, all(store.has(key, plan.replications) for key in keys)
    look = rule.first
    while all(store.has(key, look) for key in keys):
        columns = [store.columns(key, look, {one.measure for one in rule.measures}) for key in keys]
        found = enough(columns, rule, level)
        if found is not None:
            return found, True
        if look >= rule.most:
            return rule.most, True
        look = next_size(columns, rule, level)
    return look, False


def systems_of(plan: StudyPlan, cells: Cells) -> tuple[list[System], list[System]]:
    """Who is in the race of a [selection], and who is left out because more work arrives than there are hours for.

    Raises PlanError where fewer than two are left, or where observations would tear organisations apart.
    """
    selecting, where = plan.study.selection, f"{plan.places.file}: selection"
    assert selecting is not None
    for cell in plan.cells:
        if plan.runs_per_observation % cells.facts[cell].together:
            raise PlanError(
                f"{where}.runs_per_observation: expected a multiple of {cells.facts[cell].together}, "
                f"the runs of one organisation, found {plan.runs_per_observation}"
            )
    left_out = [cell for cell in plan.cells if cells.facts[cell].overloaded]
    systems = [cell for cell in plan.cells if not cells.facts[cell].overloaded]
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
    controls = (
        dict.fromkeys(name for base in plan.bases for name in control_names(base)) if plan.manner.controls else ()
    )
    wanted = None if "all" in plan.study.measures else {*shown, *FOR_GROWTH, *controls}
    found, imprecise = [], 0
    for point in range(len(plan.points)):
        keys = [cells.keys[point, scenario] for scenario in plan.scenarios]
        counts = _counts(plan, point, keys, store, selection)
        imprecise += plan.study.precision is not None and plan.replications in counts.values()
        for scenario, key in zip(plan.scenarios, keys):
            if scenario not in counts:
                continue
            columns = store.columns(key, counts[scenario], wanted)
            facts = cells.facts[point, scenario]
            names = list(columns.values) if wanted is None else shown
            found.append(cell_of(point, scenario, facts, columns, names, plan.comparison.level))
    return StudyResults(plan, tuple(found), imprecise, selected=selection)


def _steady_results(plan: StudyPlan, cells: Cells, store: Store, shown: Iterable[str]) -> StudyResults:
    """The estimates from batch means, after the warm-up is cut off."""
    from changeflow.study.steady import Steady, settled  # noqa: PLC0415  other studies do without

    raw = {cell: store.columns(cells.keys[cell], plan.replications) for cell in plan.cells}
    how, batches = settled(raw, plan.comparison.primary, plan.study.steady or Steady())
    level = plan.comparison.level
    found = tuple(
        cell_of(*cell, replace(cells.facts[cell], together=1), columns, shown, level)
        for cell, columns in batches.items()
    )
    return StudyResults(plan, found, 0, settled=how)


def _counts(plan: StudyPlan, point: int, keys: list[str], store: Store, selection: Selected | None) -> dict[str, int]:
    """The runs that count of each scenario at a point."""
    if selection is not None:
        return {scenario: runs for (where, scenario), runs in selection.counts().items() if where == point}
    count, _ = sizes(plan, keys, store)
    return dict.fromkeys(plan.scenarios, count)
