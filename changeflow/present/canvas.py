"""The sheet every chart is drawn on: size, type, title, legend."""

from __future__ import annotations

import textwrap
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from changeflow.present.palette import FAINT, INK, PAPER, QUIET, Look
from changeflow.present.words import plain

WIDTH_INCHES = 4.8  # 122 mm: type of 9.5 points is still 6 points when printed 80 mm wide
TITLE_CHARACTERS = 54
LEGEND_POINTS_PER_CHARACTER = 5.0
LEGEND_POINTS_PER_HANDLE = 42.0

HOUSE_STYLE = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so every machine draws the same letters
    "font.size": 9.5,
    "axes.labelsize": 9.5,
    "axes.labelcolor": INK,
    "axes.edgecolor": QUIET,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.fontsize": 8.5,
    "legend.title_fontsize": 8.5,
    "legend.frameon": False,
    "hatch.linewidth": 0.8,
    "text.color": INK,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "svg.fonttype": "path",
    "svg.hashsalt": "changeflow",
}

_one_at_a_time = threading.RLock()


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style; matplotlib's settings are global, so one thread draws at a time."""
    with _one_at_a_time, mpl.rc_context(HOUSE_STYLE):
        yield


def new_sheet(height_inches: float, title: str) -> tuple[Figure, Axes]:
    """An empty chart under its title."""
    figure = Figure(figsize=(WIDTH_INCHES, height_inches), layout="constrained")
    FigureCanvasAgg(figure)
    layout = figure.get_layout_engine()
    if layout is not None:
        layout.set(w_pad=0.06, h_pad=0.06)
    put_title(figure, title)
    return figure, figure.add_subplot()


def put_title(figure: Figure, title: str) -> None:
    """The finding or the question, flush left, over as many lines as it needs."""
    figure.suptitle(
        textwrap.fill(title, TITLE_CHARACTERS), x=0.012, ha="left", fontsize=10.5, fontweight="bold"
    )


def put_legend(figure: Figure, handles: Sequence[Artist], title: str | None = None) -> None:
    """The legend below the chart, in as many columns as its longest label leaves room for."""
    longest = max(len(str(handle.get_label())) for handle in handles)
    room = 72 * WIDTH_INCHES
    columns = int(room // (LEGEND_POINTS_PER_HANDLE + LEGEND_POINTS_PER_CHARACTER * longest))
    figure.legend(
        handles=list(handles),
        loc="outside lower left",
        ncols=min(max(columns, 1), len(handles)),
        title=title,
        alignment="left",
        handlelength=2.8,
        columnspacing=1.4,
        labelspacing=0.35,
        borderaxespad=0.1,
    )


def line_handles(looks: dict[str, Look]) -> list[Artist]:
    """One legend entry per configuration, in plain words."""
    return [
        Line2D([], [], color=look.colour, linestyle=line_style(look), linewidth=2, label=plain(name))
        for name, look in looks.items()
    ]


def line_style(look: Look) -> str | tuple[float, tuple[float, ...]]:
    """The dashes in matplotlib's form."""
    return (0, look.dashes) if look.dashes else "-"
