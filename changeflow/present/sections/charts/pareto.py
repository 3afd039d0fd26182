"""The Pareto front of the first two measures."""

from __future__ import annotations

from textwrap import fill

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from changeflow.measure.units import MEASURES, base_name
from changeflow.present.drawing.canvas import house_style, new_sheet, put_legend, settled
from changeflow.present.drawing.palette import INK, PAPER, QUIET, looks_of
from changeflow.present.drawing.scales import in_units, number_axis, scale_word
from changeflow.present.words.plain import plain
from changeflow.study.sensitivity.pareto import Front

BODY_INCHES = 3.0
HALF = 0.5
LETTERS_A_LABEL = (60, 34)
"""Of the label of the lower and the upright axis."""


def pareto_chart(found: Front, title: str) -> Figure:
    """Full: on the front in most resamples; hollow: in few; the line joins the front of the means."""
    ordered = sorted(found.candidates, key=lambda one: one.point)
    looks = looks_of(dict.fromkeys(one.scenario for one in ordered))
    with house_style():
        figure, axes = new_sheet(BODY_INCHES, title)
        for one in ordered:
            look = looks[one.scenario]
            axes.errorbar(
                one.means[0], one.means[1], xerr=one.half_widths[0], yerr=one.half_widths[1],
                fmt="x" if one.growing else look.marker,
                color=look.colour, ms=5.5, lw=0.8, capsize=0, mew=1.2,
                markerfacecolor=look.colour if one.probability >= HALF else PAPER,
            )  # fmt: skip
        front = sorted((one.means[0], one.means[1]) for one in ordered if one.on_front)
        axes.plot([x for x, _ in front], [y for _, y in front], color=QUIET, lw=1, ls=(0, (3, 2)), zorder=0)
        for axis, place in ((axes.xaxis, 0), (axes.yaxis, 1)):
            divisor, word = scale_word(max(abs(one.means[place]) for one in ordered))
            number_axis(axis, divisor)
            measure = found.measures[place]
            good = "more" if MEASURES[base_name(measure)].more_is_better else "less"
            label = in_units(f"{plain(measure)} ({found.units[place]})", word) + f", {good} is better"
            axis.set_label_text(fill(label, LETTERS_A_LABEL[place]))
        axes.grid()
        put_legend(
            figure,
            [
                *(
                    Line2D([], [], color=look.colour, marker=look.marker, ls="none", label=plain(name))
                    for name, look in looks.items()
                ),
                Line2D([], [], color=INK, marker="o", ls="none", label="on the front in 50% or more"),
                Line2D([], [], color=INK, marker="o", ls="none", markerfacecolor=PAPER, label="in fewer resamples"),
                *(
                    Line2D([], [], color=INK, marker="x", ls="none", label="its backlog grows")
                    for _ in range(any(one.growing for one in ordered))
                ),
            ],
            "Bars: interval of each mean. Dashed: the front of the means.",
        )
        return settled(figure)
