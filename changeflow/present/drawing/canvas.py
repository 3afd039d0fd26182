"""The sheet every chart is drawn on: size, type, title, legend."""

from __future__ import annotations

import math
import textwrap
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from changeflow.present.drawing.palette import FAINT, INK, PAPER, QUIET, Dashes, Look
from changeflow.present.words.plain import plain

WIDTH_INCHES = 4.8  # 122 mm: type of 9.5 points is still 6 points when printed 80 mm wide
TITLE_CHARACTERS = 48
TITLE_LINE_INCHES = 0.2
LEGEND_CHARACTERS = 68
LEGEND_LINE_INCHES = 0.165
LEGEND_INCHES_PER_CHARACTER = 0.07
LEGEND_INCHES_PER_HANDLE = 0.55

TITLE_TYPE: dict[str, Any] = {"fontsize": 10.5, "fontweight": "bold"}

HOUSE_STYLE: dict[Any, Any] = {
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


def new_sheet(body_inches: float, title: str) -> tuple[Figure, Axes]:
    """An empty chart under its title; the sheet is as much higher than its body as the title needs."""
    text = wrapped(title)
    height = body_inches + TITLE_LINE_INCHES * (text.count("\n") + 1)
    figure = Figure(figsize=(WIDTH_INCHES, height), layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(text, x=0.012, ha="left", **TITLE_TYPE)
    return figure, figure.add_subplot()


def wrapped(title: str) -> str:
    """The finding or the question, over as many lines as it needs."""
    return textwrap.fill(title, TITLE_CHARACTERS)


def grow(figure: Figure, inches: float) -> None:
    """Make the sheet higher, so that what is added takes nothing from the drawing."""
    figure.set_figheight(figure.get_figheight() + inches)


def settled(figure: Figure) -> Figure:
    """The finished figure with its layout fixed: left alone it would move a little with every rendering."""
    engine = figure.get_layout_engine()
    if engine is not None:
        for _ in range(3):
            engine.execute(figure)
    figure.set_layout_engine(None)  # "none" would leave one in place, for which every saving draws twice
    return figure


def put_legend(figure: Figure, handles: Sequence[Artist], title: str | None = None) -> None:
    """The legend below the chart under its title, in as many columns as its longest label leaves room for."""
    longest = max(len(str(handle.get_label())) for handle in handles)
    room = WIDTH_INCHES / (LEGEND_INCHES_PER_HANDLE + LEGEND_INCHES_PER_CHARACTER * longest)
    columns = min(max(int(room), 1), len(handles))
    heading = None if title is None else textwrap.fill(title, LEGEND_CHARACTERS)
    lines = math.ceil(len(handles) / columns) + (0 if heading is None else heading.count("\n") + 1)
    grow(figure, LEGEND_LINE_INCHES * lines)
    figure.legend(
        handles=list(handles),
        loc="outside lower left",
        ncols=columns,
        title=heading,
        alignment="left",
        handlelength=2.8,
        columnspacing=1.4,
        labelspacing=0.35,
        borderaxespad=0.1,
    )


def line_handles(looks: dict[str, Look], remarks: Mapping[str, str] = MappingProxyType({})) -> list[Artist]:
    """One legend entry per configuration, in plain words, with what must be known about it."""
    return [
        Line2D([], [], color=look.colour, linestyle=line_style(look), lw=2, label=plain(name) + remarks.get(name, ""))
        for name, look in looks.items()
    ]


def line_style(look: Look) -> Literal["-"] | tuple[float, Dashes]:
    """The dashes in matplotlib's form."""
    return (0, look.dashes) if look.dashes else "-"
