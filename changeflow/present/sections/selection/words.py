"""A selection in words: the race, who is chosen, and what is promised of the choice."""

from __future__ import annotations

import math

from changeflow.measure.units import MEASURES, base_name, unit_of
from changeflow.present.sections.section import amount
from changeflow.present.words.paths import path_words, setting_word
from changeflow.present.words.plain import capitalised, digits, plain
from changeflow.study.experiment.plan import StudyPlan
from changeflow.study.outcome.estimates import Cell
from changeflow.study.outcome.results import StudyResults
from changeflow.study.selection.answer import Selected, SystemResult

NEXT_TO_NOTHING = 1e-4
"""An expected loss below this share of the mean is not printed."""
NAMES = {
    "screen": "paired screen",
    "mcb": "multiple comparison with the best",
    "kim_nelson": "Kim and Nelson's sequential selection",
    "nelson_matejcik": "Nelson and Matejcik's two stages",
    "rinott": "Rinott's two stages",
    "gupta": "Gupta's subset",
    "ocba": "optimal computing budget allocation",
}


def selection_plan(plan: StudyPlan) -> str:
    """What a selection will do: procedure, chance, zone, how many observations."""
    selecting = plan.study.selection
    assert selecting is not None
    how = "runs of their own" if selecting.independent else "the same requests for all"
    parts = [f"{NAMES[selecting.procedure]} over all scenarios and points, {how}"]
    if selecting.zone is not None:
        parts.append(f"zone {selecting.zone:g}")
    if selecting.of_a_size:
        parts.append(f"{plan.replications} runs each")
    elif selecting.budget is not None:
        parts.append(f"{selecting.budget} observations in all, {selecting.first_stage} of each first")
    else:
        parts.append(f"{selecting.first_stage} to {selecting.cap} observations each")
    if plan.runs_per_observation > 1:
        parts.append(f"an observation is the mean of {plan.runs_per_observation} runs")
    return ", ".join(parts)


def system_name(result: SystemResult, plan: StudyPlan) -> str:
    """'vendor only' where there is one point, else with its number."""
    point, scenario = result.system
    if len(plan.points) == 1:
        return plain(scenario)
    return f"point {point + 1}" + (f" {plain(scenario)}" if len(plan.scenarios) > 1 else "")


def where(result: SystemResult, plan: StudyPlan) -> str:
    """The system with its values: 'point 3 vendor only with vendor servers 2, go live fit 0.8'."""
    values = zip(plan.paths, plan.points[result.system[0]])
    said = ", ".join(f"{path_words(path)} {setting_word(value)}" for path, value in values)
    return system_name(result, plan) + (f" with {said}" if said else "")


def race(results: StudyResults) -> list[tuple[str, ...]]:
    """The systems, the selected and then the best mean first: mean, runs, and what became of each."""
    selected, plan = _of(results), results.plan
    measure = plan.comparison.primary
    sign = -1.0 if _falls(results) else 1.0
    ranked = sorted(selected.results, key=lambda one: (one is not selected.results[selected.best], sign * one.mean))
    unit = unit_of(measure, plan.bases[0].currency)
    rows: list[tuple[str, ...]] = [("system", f"{plain(measure)} ({unit})", "runs", "became")]
    cells = {(cell.point, cell.scenario): cell for cell in results.cells}
    for one in ranked:
        estimate = cells[one.system].estimates.get(measure)
        half_width = estimate.half_width if estimate is not None and math.isfinite(estimate.half_width) else 0.0
        arms = f" +- {digits(half_width, half_width)}" if half_width else ""
        mean = (digits(one.mean, half_width) if arms else f"{one.mean:.6g}") + arms
        runs = one.observations * selected.runs_per_observation
        rows.append((system_name(one, plan), mean, str(runs), fate(one, results)))
    return rows


def fate(one: SystemResult, results: StudyResults) -> str:
    """What became of a system."""
    selected = _of(results)
    chosen = one is selected.results[selected.best]
    if one.in_subset is not None:
        return ("may be the best" if one.in_subset else "not the best") + (", best mean" if chosen else "")
    if selected.selecting.procedure == "mcb":
        assert one.against_best is not None
        if one.against_best.surely_best:
            return "surely the best"
        return "may be the best" if one.against_best.may_be_best else "surely not the best"
    if chosen:
        return "selected"
    return f"out after {one.out_after * selected.runs_per_observation}" if one.out_after is not None else "behind"


def is_out(one: SystemResult) -> bool:
    """Has the procedure ruled it out?"""
    no_more = one.against_best is not None and not one.against_best.may_be_best
    return one.out_after is not None or one.in_subset is False or no_more


def selection_sentence(results: StudyResults) -> str:
    """Who is selected, with what guarantee, at what price of a wrong choice."""
    selected, plan = _of(results), results.plan
    best = selected.results[selected.best]
    measure = plain(plan.comparison.primary)
    unit = unit_of(plan.comparison.primary, plan.bases[0].currency)
    parts = [_found(results, where(best, plan), measure), _promise(selected, unit)]
    negligible = selected.expected_loss < NEXT_TO_NOTHING * abs(best.mean)
    price = "next to nothing" if negligible else f"at most {amount(selected.expected_loss)} {unit}"
    parts.append(f"If another is the best, this choice costs on average {price}.")
    if (cell := _cell_of(results, best)) is not None and cell.growing:
        parts.append("Yet its backlog grows, so nothing is called best.")
    if selected.left_out:
        count = len(selected.left_out)
        parts.append(f"Left out, as more work arrives than there are hours for: {count} of {len(plan.cells)} systems.")
    return " ".join(parts)


def _found(results: StudyResults, name: str, measure: str) -> str:
    selected = _of(results)
    spent = f"{selected.observations * selected.runs_per_observation} runs of {len(selected.results)} systems"
    if selected.guarantee == "subset":
        count = sum(bool(one.in_subset) for one in selected.results)
        return f"{count} of {len(selected.results)} systems may be the best in {measure}; the best mean: {name}."
    if selected.guarantee == "intervals":
        may = sum(bool(one.against_best and one.against_best.may_be_best) for one in selected.results)
        sure = "surely the best" if may == 1 else f"one of {may} that may be the best"
        return f"{capitalised(name)} has the best mean in {measure} and is {sure}, by {spent}."
    return f"Selected in {measure}: {name}, by {spent}."


def _promise(selected: Selected, unit: str) -> str:
    """The guarantee in words."""
    level, together = selected.level, selected.runs_per_observation
    means = "on means of replications" if together == 1 else f"on means of {together} replications each"
    zone = f"{amount(selected.zone)} {unit}" if selected.zone is not None else ""
    if selected.asked is not None:
        return (
            f"No guarantee: the procedure asked for {selected.asked} observations of a system, the file allows "
            f"{selected.selecting.cap}; a wider zone or a larger `most` ends it."
        )
    match selected.guarantee:
        case "good":
            return f"With {level:.0%} its mean is within {zone} of the best ({means})."
        case "correct":
            return (
                f"With {level:.0%} it is the best if the best leads by {zone}; where several lie closer, it is one "
                f"within {zone} of the best as surely in tests, not by proof ({means})."
            )
        case "subset":
            lead = f", if it leads by {zone}" if zone else ""
            return f"With {level:.0%} the best is among them{lead} ({means})."
        case "intervals":
            return f"The intervals against the best other hold together with {level:.0%} ({means})."
        case _:
            return "No guarantee: a budget was spent where it helps most to tell the best from its rivals."


def _of(results: StudyResults) -> Selected:
    assert results.selected is not None
    return results.selected


def _cell_of(results: StudyResults, one: SystemResult) -> Cell | None:
    return next((cell for cell in results.cells if (cell.point, cell.scenario) == one.system), None)


def _falls(results: StudyResults) -> bool:
    """Is more better?"""
    return MEASURES[base_name(results.plan.comparison.primary)].more_is_better
