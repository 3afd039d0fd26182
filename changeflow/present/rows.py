"""Charts of one row per configuration: the name stands above its row, so the row has the whole width."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, MaxNLocator

from changeflow.present.palette import INK, PAPER, text_colour
from changeflow.present.words import plain

BACKGROUND = {"facecolor": PAPER, "edgecolor": "none", "pad": 1.0}
THOUSANDS_FROM = 20_000.0
MILLIONS_FROM = 5_000_000.0


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


def scale_word(largest: float) -> tuple[float, str]:
    """What to divide large amounts by, and the word for it."""
    if largest >= MILLIONS_FROM:
        return 1e6, "million"
    if largest >= THOUSANDS_FROM:
        return 1e3, "thousand"
    return 1.0, ""


def in_units(unit: str, word: str) -> str:
    """A unit with its scale: 'EUR thousand', 'total cost (EUR thousand)'."""
    if not word:
        return unit
    return f"{unit[:-1]} {word})" if unit.endswith(")") else f"{unit} {word}"


def number_axis(axis: Axis, divisor: float) -> None:
    """Few ticks, thousands separated, in units of `divisor`."""
    axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / divisor:,.10g}"))
