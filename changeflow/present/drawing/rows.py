"""Charts of one row per configuration: the name stands above its row, so the row has the whole width."""

from __future__ import annotations

from matplotlib.axes import Axes

from changeflow.present.drawing.palette import INK, PAPER, text_colour
from changeflow.present.words.plain import plain

BACKGROUND = {"facecolor": PAPER, "edgecolor": "none", "pad": 1.0}


def name_row(axes: Axes, y: float, scenario: str, colour: str, remark: str = "") -> None:
    """Write a configuration's name above its row, flush left, and a remark behind it."""
    name = axes.annotate(
        plain(scenario),
        xy=(0, y),
        xycoords=axes.get_yaxis_transform(),
        xytext=(2, 0),
        textcoords="offset points",
        va="center",
        fontsize=9.5,
        fontweight="bold",
        color=text_colour(colour),
        bbox=BACKGROUND,
    )
    axes.annotate(
        remark,
        xy=(1, 0.5),
        xycoords=name,
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        fontsize=9.5,
        color=INK,
        bbox=BACKGROUND,
    )


def bare_rows(axes: Axes, lowest: float, highest: float) -> None:
    """Rows have names instead of a scale."""
    axes.set_ylim(lowest, highest)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
