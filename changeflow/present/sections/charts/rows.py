"""The sheet of charts with a row for each assumption: its path above it, what was found beside it."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from changeflow.present.drawing.canvas import new_sheet
from changeflow.present.drawing.palette import INK
from changeflow.present.drawing.rows import BACKGROUND, bare_rows

ROW_INCHES = 0.42
MOST_ROWS = 12
"""Rows of a chart; the rest is in the table."""
LETTERS_A_ROW = 76
NAME_UP = 0.36
"""How far above its row a name stands."""


def row_sheet(title: str, rows: int) -> tuple[Figure, Axes]:
    """A sheet for so many rows, numbered from 0 at the top."""
    figure, axes = new_sheet(ROW_INCHES * rows + 0.7, title)
    bare_rows(axes, rows - 0.5, -0.75)
    return figure, axes


def row_name(axes: Axes, row: float, name: str, remark: str = "") -> None:
    """A row's name above it, flush left, and a remark behind the name."""
    if len(name) + len(remark) > LETTERS_A_ROW:
        name = name.partition(" (")[0]  # the unit gives way, the numbers do not
    note = axes.annotate(
        f"{name}  {remark}".rstrip(), xy=(0, row - NAME_UP), xycoords=axes.get_yaxis_transform(), xytext=(2, 0),
        textcoords="offset points", va="center", fontsize=8, color=INK, bbox=BACKGROUND, zorder=5,
    )  # fmt: skip
    note.set_in_layout(False)  # a long name takes no width from the drawing
