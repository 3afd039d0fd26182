"""The race of a study's selection: who runs in it, and how far the runs that are there lead it."""

from __future__ import annotations

from changeflow.errors import PlanError
from changeflow.study.experiment.cells import Cells
from changeflow.study.experiment.plan import StudyPlan
from changeflow.study.selection.race import Race, System
from changeflow.study.store.runs import Store


def race_of(plan: StudyPlan, cells: Cells, store: Store) -> tuple[Race, list[System]]:
    """The race as far as the runs that are there lead it, and who is left out."""
    systems, left_out = systems_of(plan, cells)
    return Race(plan, systems, lambda *cell: cells.keys[cell], store), left_out


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
