"""The cells of a study: every scenario at every point, with its key in the store and the facts of its model."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from changeflow.errors import PlanError
from changeflow.model.process_only import process_only
from changeflow.study.crews.facts import Facts, facts_of
from changeflow.study.experiment.plan import StudyPlan
from changeflow.study.store.key import cell_key
from changeflow.study.store.runs import Store

if TYPE_CHECKING:
    from changeflow.model.schema import Model


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
    from changeflow.model.load.steady import unsteady  # noqa: PLC0415  a finished study needs no graphs
    from changeflow.study.experiment.steady import LEAST_WEEKS, weeks_followed  # noqa: PLC0415  other studies do without

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
