"""Vertical marks on a chart (go-live, today, a target) with labels above the axes that never overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from changeflow.present.drawing.canvas import grow
from changeflow.present.drawing.palette import INK, PAPER, Dashes, text_colour

ROW_POINTS = 12.5
GAP_POINTS = 6.0
LABEL_SIZE = 8.5
POINTS_PER_INCH = 72.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One vertical line: where on the x axis, in its units, and what it means."""

    at: float
    label: str
    colour: str = INK
    dashes: Dashes = (1.2, 1.6)


def draw_marks(figure: Figure, axes: Axes, marks: Sequence[Mark]) -> None:
    """Draw all marks; labels that would collide are stacked, and the sheet grows by the rows they need."""
    for mark in marks:
        axes.axvline(mark.at, color=mark.colour, linewidth=1.1, dashes=mark.dashes or (), zorder=1.5)
    figure.draw_without_rendering()  # only now is it known where on the sheet a date stands
    rows: list[list[tuple[float, float]]] = []
    # From right to left: a label starts at its line and runs to the right, so a higher label's
    # line passes to the left of the lower labels already placed.
    for mark in sorted(marks, key=lambda mark: -mark.at):
        _place(figure, axes, mark, rows)
    grow(figure, len(rows) * ROW_POINTS / POINTS_PER_INCH)


def _place(figure: Figure, axes: Axes, mark: Mark, rows: list[list[tuple[float, float]]]) -> None:
    """Put one label into the lowest row with room, shifted left where it would leave the chart."""
    points = POINTS_PER_INCH / figure.dpi
    line = axes.transData.transform((mark.at, 0.0))[0] * points
    width = _width(figure, axes, mark.label)
    right_edge = axes.get_window_extent().x1 * points
    left = min(line, right_edge - width)
    row = _lowest_free(rows, left, left + width)
    rows[row].append((left, left + width))
    for below in rows[:row]:
        below.append((line, line))  # the label's line passes here
    _write(axes, mark, left - line, 4.0 + row * ROW_POINTS, (line - left) / width)


def _lowest_free(rows: list[list[tuple[float, float]]], left: float, right: float) -> int:
    for number, taken in enumerate(rows):
        if all(right + GAP_POINTS < start or left > end + GAP_POINTS for start, end in taken):
            return number
    rows.append([])
    return len(rows) - 1


def _write(axes: Axes, mark: Mark, shift: float, height: float, line_at: float) -> Annotation:
    """The label, `height` points above the axes, tied to its line by a thin stroke."""
    stroke = {"arrowstyle": "-", "color": mark.colour, "linewidth": 0.8, "relpos": (line_at, 0.0)}
    return axes.annotate(
        mark.label,
        xy=(mark.at, 1.0),
        xycoords=axes.get_xaxis_transform(),
        xytext=(shift, height),
        textcoords="offset points",
        fontsize=LABEL_SIZE,
        color=text_colour(mark.colour),
        ha="left",
        va="bottom",
        arrowprops={**stroke, "shrinkA": 0, "shrinkB": 0},
        bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.6},
        zorder=4,
    )


def _width(figure: Figure, axes: Axes, label: str) -> float:
    """Width of a label in points."""
    trial = axes.text(0, 0, label, fontsize=LABEL_SIZE)
    width = trial.get_window_extent().width
    trial.remove()
    return width * POINTS_PER_INCH / figure.dpi
