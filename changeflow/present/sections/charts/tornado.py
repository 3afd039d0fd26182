"""The tornado: a bar for each assumption, from its low to its high end, the widest on top."""

from __future__ import annotations

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from changeflow.present.drawing.canvas import house_style, put_legend, settled
from changeflow.present.drawing.palette import INK, OTHERS, QUIET
from changeflow.present.drawing.scales import number_axis, scale_word
from changeflow.present.sections.charts.rows import MOST_ROWS, row_name, row_sheet
from changeflow.present.sections.labels import response_label
from changeflow.present.sections.section import ends_in_words
from changeflow.present.words.paths import Labels
from changeflow.study.sensitivity.tornado import Tornado

LOW, HIGH = "#8FB8D9", OTHERS[5].colour
"""Ends are no configurations: light is low, dark is high, also on grey paper."""
APART = 0.08
"""Half a bar: those of the two ends stand one above the other, so that their whiskers never overlap."""


def tornado_chart(found: Tornado, title: str, labels: Labels) -> Figure:
    """Bars begin at the response of the model as it is; whiskers are joint intervals of the change."""
    with house_style():
        bars = found.bars[:MOST_ROWS]
        figure, axes = row_sheet(title, len(bars))
        for row, bar in enumerate(bars):
            for end, colour, up in ((bar.low, LOW, -APART), (bar.high, HIGH, APART)):
                axes.barh(row + 0.06 + up, end.change, left=found.base, height=2 * APART, color=colour, zorder=2)
                axes.errorbar(
                    found.base + end.change, row + 0.06 + up, xerr=end.half_width, color=QUIET, lw=1, capsize=2,
                    zorder=3,
                )  # fmt: skip
            low, high = ends_in_words(bar.low.value, bar.high.value)
            turns = ", turns the winner" if bar.low.turns or bar.high.turns else ""
            row_name(axes, row, labels[bar.path], f"{low} to {high.split()[-1]}{turns}")
        axes.axvline(found.base, color=INK, lw=1, zorder=4)
        if found.response.minus is not None:
            axes.axvline(0, color=INK, lw=1, ls=(0, (4, 2)), zorder=1)
        reach = [abs(found.base), *(abs(found.base + end.change) for bar in bars for end in (bar.low, bar.high))]
        divisor, word = scale_word(max(reach))
        number_axis(axes.xaxis, divisor)
        axes.set_xlabel(response_label(found.response, word))
        handles: list[Artist] = [Patch(color=LOW, label="at the low end"), Patch(color=HIGH, label="at the high end")]
        handles.append(Line2D([], [], color=INK, lw=1, label="as the model is"))
        if found.response.minus is not None:
            handles.append(Line2D([], [], color=INK, lw=1, ls=(0, (4, 2)), label="no difference"))
        put_legend(figure, handles, f"Whiskers: intervals, {found.level:.0%} sure for all changes together.")
        return settled(figure)
