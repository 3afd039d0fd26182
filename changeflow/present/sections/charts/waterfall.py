"""The waterfall: from the one scenario to the other, a floating bar for each cause."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from changeflow.present.drawing.canvas import house_style, put_legend, settled
from changeflow.present.drawing.palette import INK, OTHERS, looks_of
from changeflow.present.drawing.scales import in_units, number_axis, scale_word
from changeflow.present.sections.charts.rows import row_name, row_sheet
from changeflow.present.words.plain import plain, plus_minus
from changeflow.study.sensitivity.waterfall import Fall

LESS, MORE = "#8FB8D9", OTHERS[2].colour


def waterfall_chart(found: Fall, title: str) -> Figure:
    """Each part begins where the one above ends; whiskers are joint intervals of the part."""
    looks = looks_of((found.begin_name, found.end_name))
    divisor, word = scale_word(max(abs(found.begin), abs(found.end)))
    with house_style():
        figure, axes = row_sheet(title, len(found.steps) + 2)
        axes.barh(0, found.begin, height=0.36, color=looks[found.begin_name].colour, zorder=2)
        _total(axes, 0, found.begin_name, found.begin, found.begin_half_width, divisor)
        level = found.begin
        for row, step in enumerate(found.steps, start=1):
            colour = LESS if step.mean < 0 else MORE
            axes.barh(row, step.mean, left=level, height=0.36, color=colour, zorder=2)
            axes.plot([level, level], [row - 0.82, row + 0.18], color=INK, lw=0.7, zorder=1)
            level += step.mean
            axes.errorbar(level, row, xerr=step.half_width, color=INK, lw=1, capsize=2, zorder=3)
            row_name(axes, row, step.name, _part(step.mean / divisor, step.half_width / divisor))
        last = len(found.steps) + 1
        axes.plot([level, level], [last - 0.82, last + 0.18], color=INK, lw=0.7, zorder=1)
        axes.barh(last, found.end, height=0.36, color=looks[found.end_name].colour, zorder=2)
        _total(axes, last, found.end_name, found.end, found.end_half_width, divisor)
        number_axis(axes.xaxis, divisor)
        axes.set_xlabel(in_units(f"{plain(found.measure)} ({found.unit})", word))
        note = f"Whiskers: {found.level:.0%} interval of each total, and of all parts together."
        put_legend(figure, [Patch(color=LESS, label="lowers it"), Patch(color=MORE, label="raises it")], note)
        return settled(figure)


def _total(axes: Axes, row: int, name: str, mean: float, half_width: float, divisor: float) -> None:
    """A total's interval, and its number behind its name."""
    axes.errorbar(mean, row, xerr=half_width, color=INK, lw=1, capsize=2, zorder=3)
    row_name(axes, row, plain(name), plus_minus(mean / divisor, half_width / divisor))


def _part(mean: float, half_width: float) -> str:
    return ("+" if mean > 0 else "") + plus_minus(mean, half_width)
