"""The measures of a study: those that it names, those that its tables show, those that correct others."""

from __future__ import annotations

from collections.abc import Iterable

from changeflow.errors import PlanError, nearest
from changeflow.study.experiment.plan import StudyPlan

COMMON = (
    "total_cost_with_undone", "total_cost", "sojourn_time_hours", "sojourn_time_hours.p90", "waiting_time_hours",
    "backlog_requests", "within_target_share", "refused_share", "rework_share", "utilisation",
)  # fmt: skip
"""Measures that every study's tables show."""


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


def control_measures(plan: StudyPlan) -> set[str]:
    """Measures whose known means correct the others."""
    if not plan.manner.controls:
        return set()
    from changeflow.measure.estimates.controls import control_names  # noqa: PLC0415  it brings the engine, for a few studies

    return {name for base in plan.bases for name in control_names(base)}
