"""A selection as a table and as JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from changeflow.measure.units import MEASURES, base_name
from changeflow.present.csv_files import Row
from changeflow.present.selection_text import fate, selection_sentence
from changeflow.study.selected import SystemResult
from changeflow.study.study import StudyResults

SELECTION = (
    "point", "scenario", "measure", "mean", "observations", "runs", "became", "out_after_runs", "against_best_low",
    "against_best_high", "selected",
)  # fmt: skip


def selection_rows(results: StudyResults) -> Iterator[Row]:
    """One row a system; intervals are of its mean minus the best other's, in the measure's own sign."""
    selected = results.selected
    if selected is None:
        return
    for place, one in enumerate(selected.results):
        point, scenario = one.system
        out = "" if one.out_after is None else one.out_after * selected.runs_per_observation
        low, high = against_best(one, results)
        yield (
            point + 1, scenario, results.plan.comparison.primary, one.mean, one.observations,
            one.observations * selected.runs_per_observation, fate(one, results), out,
            "" if low is None else low, "" if high is None else high, place == selected.best,
        )  # fmt: skip


def against_best(one: SystemResult, results: StudyResults) -> tuple[float | None, float | None]:
    """The interval in the measure's own sign; None where there is none."""
    if one.against_best is None:
        return None, None
    low, high = one.against_best.low, one.against_best.high
    if MEASURES[base_name(results.plan.comparison.primary)].more_is_better:
        low, high = -high, -low
    return (low if math.isfinite(low) else None), (high if math.isfinite(high) else None)


def selection_as_json(results: StudyResults) -> dict[str, Any]:
    """The selection; empty without one."""
    selected = results.selected
    if selected is None:
        return {}
    systems = []
    for one in selected.results:
        low, high = against_best(one, results)
        systems.append(
            {
                "point": one.system[0] + 1, "scenario": one.system[1], "mean": one.mean,
                "observations": one.observations, "runs": one.observations * selected.runs_per_observation,
                "became": fate(one, results), "against_best": None if low is None else [low, high],
            }
        )  # fmt: skip
    best = selected.results[selected.best].system
    return {
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
        "systems": systems,
        "left_out": [{"point": point + 1, "scenario": scenario} for point, scenario in selected.left_out],
        "sentence": selection_sentence(results),
    }
