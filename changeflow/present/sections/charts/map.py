"""The break-even map: a square for each setting of two factors, in the colour of who is best there."""

from __future__ import annotations

from itertools import pairwise
from textwrap import fill
from typing import Any

from matplotlib.artist import Artist
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from changeflow.present.drawing.canvas import house_style, new_sheet, put_legend, settled
from changeflow.present.drawing.palette import FAINT, INK, PAPER, looks_of
from changeflow.present.sections.labels import in_order
from changeflow.present.words.paths import Labels
from changeflow.present.words.plain import plain
from changeflow.study.sensitivity.best_map import BestMap, Square

BODY_INCHES = 3.1
MOST_TICKS = 8
HATCHES = {"too_close": "////", "same": "...."}
PALE = 0.45
"""Of the colour where the best is so only because no other backlog settles."""


def map_chart(found: BestMap, title: str, labels: Labels) -> Figure:
    """Full colour: surely best, pale: as the only one that settles; hatched: cannot tell, dotted: no matter."""
    looks = looks_of(found.scenarios)
    columns, rows = (in_order([square.setting[i] for square in found.squares]) for i in (0, 1))
    with house_style():
        figure, axes = new_sheet(BODY_INCHES, title)
        for square in found.squares:
            colour = FAINT if square.leader is None else looks[square.leader].colour
            x, y = columns.index(square.setting[0]), rows.index(square.setting[1])
            axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, **_style(square, colour)))
        axes.set_xlim(-0.5, len(columns) - 0.5)
        axes.set_ylim(-0.5, len(rows) - 0.5)
        for axis, values in ((axes.xaxis, columns), (axes.yaxis, rows)):
            every = -(-len(values) // MOST_TICKS)
            places = range(0, len(values), every)
            axis.set_ticks(list(places), [_word(values[place]) for place in places])
        if found.mark is not None and found.nearest is not None:
            across, up = (_place(value, values) for value, values in zip(found.mark, (columns, rows)))
            axes.plot(across, up, "*", color=PAPER, ms=15, markeredgecolor=INK, mew=1.2, zorder=5)
        axes.set_xlabel(fill(labels[found.paths[0]], 48))
        axes.set_ylabel(fill(labels[found.paths[1]], 34))
        handles = _handles(found)
        put_legend(figure, handles)
        return settled(figure)


def _style(square: Square, colour: str) -> dict[str, Any]:
    hatch = HATCHES.get(square.best.kind)
    if hatch is None:
        tint = to_rgba(colour, PALE if square.alone else 1.0)
        return {"facecolor": tint, "edgecolor": PAPER, "linewidth": 0.6}
    return {"facecolor": PAPER, "edgecolor": colour, "linewidth": 0.0, "hatch": hatch}


def _handles(found: BestMap) -> list[Artist]:
    """Only what is on the map."""
    looks = looks_of(found.scenarios)
    there = {square.leader for square in found.squares}
    kinds = {square.best.kind for square in found.squares}
    handles: list[Artist] = [
        Patch(facecolor=look.colour, label=f"{plain(name)} has the best mean")
        for name, look in looks.items()
        if name in there
    ]
    words = {"too_close": "runs cannot tell", "same": "no difference that matters"}
    handles += [
        Patch(facecolor=PAPER, edgecolor=INK, hatch=HATCHES[kind], linewidth=0.0, label=word)
        for kind, word in words.items()
        if kind in kinds
    ]
    if any(square.alone for square in found.squares):
        handles.append(Patch(facecolor=to_rgba(INK, PALE), label="pale: the others' backlogs grow, or have no number"))
    if None in there:
        said = [
            word
            for kind, word in {"all_grow": "every backlog grows", "no_number": "no number"}.items()
            if kind in kinds
        ]
        handles.append(Patch(facecolor=FAINT, label=", or ".join(said)))
    if found.nearest is not None:
        handles.append(
            Line2D(
                [], [], marker="*", color=PAPER, ms=11, markeredgecolor=INK, mew=1, ls="none", label="your own point"
            )
        )
    return handles


def _word(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _place(value: float, values: list[Any]) -> float:
    """Where a number stands between the columns: in the same part of the way between its neighbours."""
    for place, (one, other) in enumerate(pairwise(values)):
        if one <= value <= other:
            return place + float((value - one) / (other - one))
    return 0.0
