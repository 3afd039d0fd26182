"""A steady-state study in words and as JSON: what was cut off, in what batches, and whether that was enough."""

from __future__ import annotations

from typing import Any

from changeflow.present.words import plain
from changeflow.study.steady import Settled
from changeflow.study.study_plan import StudyPlan


def steady_sentence(found: Settled, plan: StudyPlan) -> str:
    """'The first 20 of 500 weeks are left out ...'."""
    said = (
        f"The first {found.cut} of {found.weeks} weeks of each run are left out (by MSER on weekly means, and for "
        f"whole batches); intervals are from {found.batches} batches of {found.batch_weeks} weeks in each of "
        f"{plan.replications} runs. "
        f"Neighbouring batches of {plain(plan.comparison.primary)} are correlated by {found.correlation:.2f}"
    )
    return said + (": too much, so intervals are too narrow; raise horizon_days." if found.suspicious else ".")


def steady_as_json(found: Settled) -> dict[str, Any]:
    """The cut."""
    return {
        "weeks": found.weeks,
        "weeks_left_out": found.cut,
        "batches": found.batches,
        "batch_weeks": found.batch_weeks,
        "correlation_of_neighbours": found.correlation,
        "too_correlated": found.suspicious,
    }
