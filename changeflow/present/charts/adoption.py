"""Adoption, the softest part: how long systems stay in use, and what both fates cost."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from changeflow.present.drawing.canvas import house_style, line_handles, new_sheet, put_legend, settled
from changeflow.present.drawing.lines import draw_lines, looks_present
from changeflow.present.drawing.palette import INK, PAPER, Look
from changeflow.present.drawing.rows import bare_rows, name_row
from changeflow.present.drawing.scales import in_units, number_axis, scale_word

BODY_INCHES = 2.35
ROW_INCHES = 0.95
FRAME_INCHES = 0.65
NAME_ABOVE = -0.32
FATES = ("survived", "abandoned")
_PLACE = {"survived": 0.0, "abandoned": 0.28}


def survival_chart(frame: pd.DataFrame, title: str) -> Figure:
    """Draw the share of systems still in use; `frame`: scenario, days, share, low, high."""
    with house_style():
        figure, axes = new_sheet(BODY_INCHES, title)
        draw_lines(axes, frame, "days", "share")
        axes.set_xlim(0, float(frame["days"].max()))
        axes.set_ylim(0, 1.005)
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes.set_xlabel("calendar days since the start")
        axes.set_ylabel("share of runs in use")
        axes.grid(axis="y")
        put_legend(figure, line_handles(looks_present(frame)), "Band: exact interval at each day. No forecast.")
        return settled(figure)


def fate_chart(runs: pd.DataFrame, summary: pd.DataFrame, title: str, unit: str) -> Figure:
    """Draw the cost of every run, those given up below those that survived, each kind with its own mean.

    `runs`: scenario, fate, value. `summary`: scenario, fate, share, mean, low, high; an interval may be NaN.
    """
    looks = looks_present(summary)
    divisor, word = scale_word(float(runs["value"].abs().max()))
    with house_style():
        figure, axes = new_sheet(FRAME_INCHES + ROW_INCHES * len(looks), title)
        for row, (name, look) in enumerate(looks.items()):
            mine = summary[summary["scenario"] == name]
            for _, fate in mine.iterrows():
                values = runs.loc[(runs["scenario"] == name) & (runs["fate"] == fate["fate"]), "value"]
                _draw_fate(axes, row + _PLACE[str(fate["fate"])], values, fate, look)
            shares = ", ".join(f"{fate['fate']} {fate['share']:.0%}" for _, fate in mine.iterrows())
            name_row(axes, row + NAME_ABOVE, name, look.colour, shares)
        bare_rows(axes, len(looks) - 0.45, -0.6)
        number_axis(axes.xaxis, divisor)
        axes.set_xlabel(in_units(unit, word))
        put_legend(figure, _entries())
        return settled(figure)


def _draw_fate(axes: Axes, y: float, values: pd.Series, fate: pd.Series, look: Look) -> None:
    marker = "|" if fate["fate"] == "survived" else "x"
    axes.plot(values, [y] * len(values), marker, ms=5, color=look.colour, alpha=0.55, linestyle="none")
    axes.plot([fate["low"], fate["high"]], [y, y], color=INK, linewidth=3, zorder=4)
    axes.plot([fate["mean"]], [y], "D", color=INK, markerfacecolor=PAPER, markersize=4.2, zorder=5)


def _entries() -> list[Line2D]:
    survived = Line2D([], [], color=INK, marker="|", ms=5, linestyle="none", label="a run in use to its end")
    gone = Line2D([], [], color=INK, marker="x", ms=5, linestyle="none", label="a run given up")
    mean = Line2D([], [], color=INK, marker="D", markerfacecolor=PAPER, lw=3, ms=4.2, label="mean of its kind ± error")
    return [survived, gone, mean]
