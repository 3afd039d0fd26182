"""Costs that contradict each other, and costs that lack what they need."""

from __future__ import annotations

from collections.abc import Iterator

from changeflow.errors import Fault
from changeflow.model.checks.parts import Parts, table_of
from changeflow.model.file.faults import Places
from changeflow.model.money.waiting import StepWaiting


def costs(parts: Parts, where: Places) -> Iterator[Fault]:
    """Waiting said once, due dates for what costs at them, hours agreed on for a day job of some value."""
    own = table_of(parts.raw, "costs")
    if "waiting" in own and "waiting_per_day" in own:
        yield where.fault(
            ("costs", "waiting_per_day"), "either waiting or waiting_per_day (both say what waiting costs)"
        )
    if parts.costs and parts.costs.day_job_agreed_hours_per_week and not parts.costs.day_job_value_per_hour:
        expected = "a day_job_value_per_hour with day_job_agreed_hours_per_week (hours of no value are not missed)"
        yield where.fault(("costs", "day_job_agreed_hours_per_week"), expected)
    at_due_date = parts.costs is not None and isinstance(parts.costs.waiting, StepWaiting)
    if at_due_date and not parts.categories:
        yield where.fault(("costs", "waiting"), "categories with due_within_days (a step comes at the due date)")
    for name, category in parts.categories.items():
        if category is None:
            continue
        if category.waiting is not None and category.waiting_cost_per_day is not None:
            expected = "either waiting or waiting_cost_per_day (both say what waiting costs)"
            yield where.fault(("categories", name, "waiting_cost_per_day"), expected, category.waiting_cost_per_day)
        silent = category.waiting is None and category.waiting_cost_per_day is None
        if category.due_within_days is None and (isinstance(category.waiting, StepWaiting) or (silent and at_due_date)):
            yield where.fault(("categories", name), "due_within_days (its waiting costs a step at the due date)")
