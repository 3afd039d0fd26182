"""A selection as a chart: each system's mean with its interval, and the runs that were spent on it."""

from __future__ import annotations

from matplotlib.figure import Figure

from changeflow.measure.units import MEASURES, base_name, unit_of
from changeflow.present.canvas import grow, house_style, new_sheet, settled
from changeflow.present.palette import FAINT, INK, QUIET, looks_of
from changeflow.present.rows import in_units, number_axis, scale_word
from changeflow.present.selection_text import NAMES, system_name
from changeflow.present.words import plain
from changeflow.study.study import StudyResults

ROW_INCHES = 0.27
MOST_SYSTEMS = 30


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
            out = one.out_after is not None or one.in_subset is False
            estimate = cells[one.system].estimates.get(measure)
            half_width = estimate.half_width if estimate is not None else 0.0
            colour = QUIET if out else look.colour
            means.errorbar(one.mean, row, xerr=half_width, fmt=look.marker, ms=4.5, color=colour, elinewidth=1.4)
            if one is best:
                means.plot(one.mean, row, marker="o", ms=11, mfc="none", mec=INK, mew=1.2)
            runs = one.observations * selected.runs_per_observation
            spent.barh(row, runs, height=0.62, color=FAINT if out else look.colour)
            spent.annotate(f"{runs:,}", (runs, row), xytext=(3, 0), textcoords="offset points", va="center", fontsize=8)
        means.set_yticks(range(len(ranked)), [system_name(one, plan) for one in ranked])
        means.set_ylim(len(ranked) - 0.5, -0.5)
        means.grid(axis="x")
        number_axis(means.xaxis, divisor)
        means.set_xlabel(f"{plain(measure)} ({in_units(unit_of(measure, plan.bases[0].currency), word)})")
        spent.set_xlabel("simulated runs")
        spent.margins(x=0.25)
        return settled(figure)


def selection_title(results: StudyResults) -> str:
    """The finding."""
    selected, plan = results.selected, results.plan
    assert selected is not None
    name = system_name(selected.results[selected.best], plan)
    said = "has the best mean" if selected.guarantee in {"subset", "intervals"} else "is selected"
    words = f"{plain(name)} {said} ({NAMES[selected.selecting.procedure]}, {selected.level:.0%})"
    return words[0].upper() + words[1:]
