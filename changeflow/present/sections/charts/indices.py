"""Morris' effects and Sobol indices: a row for each assumption, with intervals."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from changeflow.present.drawing.canvas import house_style, put_legend, settled
from changeflow.present.drawing.palette import INK, OTHERS, QUIET
from changeflow.present.drawing.scales import number_axis, scale_word
from changeflow.present.sections.charts.rows import MOST_ROWS, row_name, row_sheet
from changeflow.present.sections.labels import response_label, response_words
from changeflow.present.words.paths import Labels
from changeflow.study.sensitivity.indices import Indices
from changeflow.study.sensitivity.morris import Morris

FIRST, SECOND = OTHERS[5].colour, OTHERS[0].colour
APART = 0.1
"""Half the distance between the two marks of a row."""


def morris_chart(found: Morris, title: str, labels: Labels) -> Figure:
    """The mean size of each effect with its interval, its spread, and what noise alone would show."""
    with house_style():
        effects = found.effects[:MOST_ROWS]
        figure, axes = row_sheet(title, len(effects))
        for row, one in enumerate(effects):
            axes.plot([one.low, one.high], [row, row], color=FIRST, lw=2.2, solid_capstyle="butt")
            axes.plot(one.mu_star, row, "o", color=FIRST, ms=5)
            axes.plot(one.sigma, row + 2 * APART, "D", color=SECOND, ms=4.5, markerfacecolor="none")
            axes.plot(one.noise, row, "|", color=QUIET, ms=9, mew=1.4)
            row_name(axes, row, labels[one.path])
        axes.set_xlim(left=0)
        divisor, word = scale_word(max(max(one.high, one.sigma) for one in effects))
        number_axis(axes.xaxis, divisor)
        axes.set_xlabel(response_label(found.response, word))
        put_legend(
            figure,
            [
                Line2D(
                    [],
                    [],
                    color=FIRST,
                    marker="o",
                    ms=5,
                    lw=2.2,
                    label=f"mean effect, {found.level:.0%} sure for all together",
                ),
                Line2D(
                    [],
                    [],
                    color=SECOND,
                    marker="D",
                    ms=4.5,
                    ls="none",
                    markerfacecolor="none",
                    label="spread over settings",
                ),
                Line2D([], [], color=QUIET, marker="|", ms=9, mew=1.4, ls="none", label="size of noise alone"),
            ],
        )
        return settled(figure)


def indices_chart(found: Indices, title: str, labels: Labels) -> Figure:
    """First and total index of each assumption."""
    with house_style():
        indices = found.indices[:MOST_ROWS]
        figure, axes = row_sheet(title, len(indices))
        for row, one in enumerate(indices):
            for up, ends, value, colour, marker in (
                (-APART, (one.first_low, one.first_high), one.first, FIRST, "o"),
                (APART, (one.total_low, one.total_high), one.total, SECOND, "D"),
            ):
                axes.plot(ends, [row + up + 0.05] * 2, color=colour, lw=2, solid_capstyle="butt")
                axes.plot(value, row + up + 0.05, marker, color=colour, ms=4.5)
            row_name(axes, row, labels[one.path])
        axes.axvline(0, color=INK, lw=0.8)
        axes.set_xlabel(f"share of the variance\n{response_words(found.response)}")
        put_legend(
            figure,
            [
                Line2D([], [], color=FIRST, marker="o", ms=4.5, lw=2, label="alone (first)"),
                Line2D([], [], color=SECOND, marker="D", ms=4.5, lw=2, label="with the others (total)"),
            ],
            title=f"Bars: {found.level:.0%} interval. Noise is {found.noise_share:.0%} of one run's variance.",
        )
        return settled(figure)
