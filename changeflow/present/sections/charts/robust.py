"""The robust share of best: a row for each scenario."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.patches import Patch

from changeflow.present.drawing.canvas import house_style, put_legend, settled
from changeflow.present.drawing.palette import INK, QUIET, looks_of
from changeflow.present.sections.charts.rows import row_name, row_sheet
from changeflow.present.words.plain import plain
from changeflow.study.sensitivity.robust import Robust


def robust_chart(found: Robust, title: str) -> Figure:
    """Pale: the best mean; full: surely best; whiskers: exact binomial intervals of both."""
    looks = looks_of(one.scenario for one in found.shares)
    with house_style():
        figure, axes = row_sheet(title, len(found.shares))
        for row, one in enumerate(found.shares):
            colour = looks[one.scenario].colour
            axes.barh(row, 100 * one.share, height=0.36, color=colour, alpha=0.35, zorder=2)
            axes.barh(row, 100 * one.surely_share, height=0.36, color=colour, zorder=3)
            for up, share, low, high, ink in (
                (-0.07, one.share, one.low, one.high, QUIET),
                (0.07, one.surely_share, one.surely_low, one.surely_high, INK),
            ):
                arms = [[100 * (share - low)], [100 * (high - share)]]
                axes.errorbar(100 * share, row + up, xerr=arms, color=ink, lw=1, capsize=2, zorder=4)
            row_name(axes, row, plain(one.scenario))
        axes.set_xlim(0, 100)
        axes.set_xlabel(f"share of {found.points} settings (%)")
        put_legend(
            figure,
            [
                Patch(color=QUIET, alpha=0.35, label="best mean"),
                Patch(color=QUIET, label="surely best, by more than matters"),
            ],
            f"Whiskers: {found.level:.0%} intervals (grey: best mean, black: surely best).",
        )
        return settled(figure)
