"""A selection as a chart: each system's mean with its interval, and the runs that were spent on it."""

from __future__ import annotations

from textwrap import fill

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from changeflow.measure.units import MEASURES, base_name, unit_of
from changeflow.present.drawing.canvas import grow, house_style, new_sheet, put_legend, settled
from changeflow.present.drawing.palette import FAINT, INK, QUIET, Look, looks_of
from changeflow.present.drawing.scales import in_units, number_axis, scale_word
from changeflow.present.sections.selection.words import NAMES, is_out, system_name, where
from changeflow.present.words.plain import capitalised, plain
from changeflow.study.experiment.plan import StudyPlan
from changeflow.study.outcome.results import StudyResults
from changeflow.study.selection.answer import SystemResult

ROW_INCHES = 0.27
MOST_SYSTEMS = 30
LETTERS_A_LINE = 30
MOST_FACTORS = 2
"""Whose values a title can hold."""


def selection_chart(results: StudyResults) -> Figure:
    """Best mean on top; at most thirty systems. A ring marks the selected; grey are those that are surely out."""
    selected, plan = results.selected, results.plan
    assert selected is not None
    measure = plan.comparison.primary
    sign = -1.0 if MEASURES[base_name(measure)].more_is_better else 1.0
    best = selected.results[selected.best]
    ranked = sorted(selected.results, key=lambda one: (one is not best, sign * one.mean))[:MOST_SYSTEMS]
    cells = {(cell.point, cell.scenario): cell for cell in results.cells}
    looks = looks_of(dict.fromkeys(scenario for _, scenario in plan.cells))
    divisor, word = scale_word(max(abs(one.mean) for one in ranked))
    with house_style():
        figure, first = new_sheet(1.6, selection_title(results))
        first.remove()
        grow(figure, ROW_INCHES * max(len(ranked) - 4, 0))
        means, spent = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2))
        for row, one in enumerate(ranked):
            look = looks[one.system[1]]
            out = is_out(one)
            estimate = cells[one.system].estimates.get(measure)
            half_width = estimate.half_width if estimate is not None else 0.0
            colour = QUIET if out else look.colour
            means.errorbar(one.mean, row, xerr=half_width, fmt=look.marker, ms=4.5, color=colour, elinewidth=1.4)
            if one is best:
                means.plot(one.mean, row, marker="o", ms=11, mfc="none", mec=INK, mew=1.2)
            runs = one.observations * selected.runs_per_observation
            spent.barh(row, runs, height=0.62, color=FAINT if out else look.colour)
            spent.annotate(f"{runs:,}", (runs, row), xytext=(3, 0), textcoords="offset points", va="center", fontsize=8)
        means.set_yticks(range(len(ranked)), [_row_name(one, plan) for one in ranked])
        means.set_ylim(len(ranked) - 0.5, -0.5)
        means.grid(axis="x")
        number_axis(means.xaxis, divisor)
        unit = in_units(unit_of(measure, plan.bases[0].currency), word)
        means.set_xlabel(f"{fill(plain(measure), LETTERS_A_LINE)}\n({unit})")
        spent.set_xlabel("simulated runs")
        spent.margins(x=0.25)
        out_there = any(is_out(one) for one in ranked)
        handles = _handles(looks if _by_colour(plan) else {}, out=out_there)
        surer = "" if selected.selecting.independent else " Differences, on the same requests, are surer."
        chosen = "" if selected.selecting.of_a_size else ", a little less sure as a look at the runs chose how many"
        put_legend(figure, handles, f"Bars: {plan.comparison.level:.0%} interval of each mean alone{chosen}.{surer}")
        return settled(figure)


def selection_title(results: StudyResults) -> str:
    """The finding."""
    selected, plan = results.selected, results.plan
    assert selected is not None
    best = selected.results[selected.best]
    said = "has the best mean" if selected.guarantee in {"subset", "intervals"} else "is selected"
    if best.against_best is not None and best.against_best.surely_best:
        said = "is surely the best"
    name = where(best, plan) if len(plan.paths) <= MOST_FACTORS else system_name(best, plan)
    return f"{capitalised(name)} {said} ({NAMES[selected.selecting.procedure]}, {selected.level:.0%})"


def _by_colour(plan: StudyPlan) -> bool:
    """Do points stand in the rows, and scenarios in the legend?"""
    return len(plan.points) > 1 and len(plan.scenarios) > 1


def _row_name(one: SystemResult, plan: StudyPlan) -> str:
    return f"point {one.system[0] + 1}" if _by_colour(plan) else system_name(one, plan)


def _handles(looks: dict[str, Look], *, out: bool) -> list[Artist]:
    handles: list[Artist] = [
        Line2D([], [], color=look.colour, marker=look.marker, ms=4.5, lw=1.4, label=plain(name))
        for name, look in looks.items()
    ]
    handles.append(Line2D([], [], marker="o", ms=9, mfc="none", mec=INK, mew=1.2, ls="none", label="chosen"))
    if out:
        handles.append(Line2D([], [], color=QUIET, lw=1.4, label="grey: ruled out"))
    return handles
