"""How many runs the points of a study want next, and which of those that are there count."""

from __future__ import annotations

from collections.abc import Callable

from changeflow.study.experiment.cells import Cells
from changeflow.study.experiment.measures import control_measures
from changeflow.study.experiment.plan import StudyPlan
from changeflow.study.outcome.estimates import first_of, look_at, most_of
from changeflow.study.store.runs import Store


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
        wanted = {one.measure for one in rule.measures} | control_measures(plan)
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


def is_finished(plan: StudyPlan, cells: Cells, store: Store) -> bool:
    """Are all runs there that the study asks for?"""
    if plan.study.selection is not None:
        from changeflow.study.selection.systems import race_of  # noqa: PLC0415  other studies do without

        return race_of(plan, cells, store)[0].outcome is not None
    stage = stage_of(plan, cells, store)
    return all(stage(point) is None for point in range(len(plan.points)))
