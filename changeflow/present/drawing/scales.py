"""Scales of axes: large amounts in thousands or millions, few ticks, the unit with its scale."""

from __future__ import annotations

from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, MaxNLocator

THOUSANDS_FROM = 20_000.0
MILLIONS_FROM = 5_000_000.0


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
