"""A steady-state study in words: what was cut off, in what batches, and whether that was enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from changeflow.present.sections.section import Section
from changeflow.present.words.plain import plain
from changeflow.study.experiment.plan import StudyPlan
from changeflow.study.experiment.steady import Settled

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def warm_up_section(found: Settled, plan: StudyPlan) -> Section:
    """'The first 20 of 500 weeks are left out ...'; Welch's chart."""
    said = (
        f"The first {found.cut} of {found.weeks} weeks of each run are left out (by MSER on weekly means, and for "
        f"whole batches); intervals are from {found.batches} batches of {found.batch_weeks} weeks in each of "
        f"{plan.replications} runs. "
        f"Neighbouring batches of {plain(plan.comparison.primary)} are correlated by {found.correlation:.2f}"
    )
    said += ": too much, so intervals are too narrow; raise horizon_days." if found.suspicious else "."
    facts = {
        "weeks": found.weeks,
        "weeks_left_out": found.cut,
        "batches": found.batches,
        "batch_weeks": found.batch_weeks,
        "correlation_of_neighbours": found.correlation,
        "too_correlated": found.suspicious,
    }
    return Section(said, (), (), (), lambda: _draw(found, plan), facts, label="STEADY")


def _draw(found: Settled, plan: StudyPlan) -> Figure:
    from changeflow.present.sections.charts.warm_up import welch_chart  # noqa: PLC0415  matplotlib is slow to import

    return welch_chart(found, plan)
