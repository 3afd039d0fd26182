"""A selection as it is shown."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from changeflow.measure.units import MEASURES, base_name
from changeflow.present.files.csv_rows import Row
from changeflow.present.sections.section import Section
from changeflow.present.sections.selection.words import fate, race, selection_sentence
from changeflow.study.outcome.results import StudyResults
from changeflow.study.selection.answer import Selected, SystemResult

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEADER = (
    "point", "scenario", "measure", "mean", "observations", "runs", "became", "out_after_runs", "against_best_low",
    "against_best_high", "selected",
)  # fmt: skip


def selection_section(selected: Selected, results: StudyResults) -> Section:
    """The race, who is chosen, and what is promised of the choice."""
    best = selected.results[selected.best].system
    facts = {
        "procedure": selected.selecting.procedure,
        "paired": not selected.selecting.independent,
        "measure": results.plan.comparison.primary,
        "zone": selected.zone,
        "level": selected.level,
        "runs_per_observation": selected.runs_per_observation,
        "selected": {"point": best[0] + 1, "scenario": best[1]},
        "guarantee": selected.guarantee,
        "expected_loss": selected.expected_loss,
        "asked_beyond_most": selected.asked,
        "left_out": [{"point": point + 1, "scenario": scenario} for point, scenario in selected.left_out],
    }
    rows, shown = tuple(_rows(selected, results)), tuple(race(results))
    return Section(selection_sentence(results), HEADER, rows, shown, lambda: _draw(results), facts)


def _rows(selected: Selected, results: StudyResults) -> Iterator[Row]:
    """One row a system; intervals are of its mean minus the best other's, in the measure's own sign."""
    for place, one in enumerate(selected.results):
        point, scenario = one.system
        out = "" if one.out_after is None else one.out_after * selected.runs_per_observation
        low, high = _against_best(one, results)
        yield (
            point + 1, scenario, results.plan.comparison.primary, one.mean, one.observations,
            one.observations * selected.runs_per_observation, fate(one, results), out,
            "" if low is None else low, "" if high is None else high, place == selected.best,
        )  # fmt: skip


def _against_best(one: SystemResult, results: StudyResults) -> tuple[float | None, float | None]:
    """The interval in the measure's own sign; None where there is none."""
    if one.against_best is None:
        return None, None
    low, high = one.against_best.low, one.against_best.high
    if MEASURES[base_name(results.plan.comparison.primary)].more_is_better:
        low, high = -high, -low
    return (low if math.isfinite(low) else None), (high if math.isfinite(high) else None)


def _draw(results: StudyResults) -> Figure:
    from changeflow.present.sections.selection.chart import selection_chart  # noqa: PLC0415  matplotlib is slow to import

    return selection_chart(results)
