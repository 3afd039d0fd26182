"""The component graph, and the matrix of combined risk: which change draws which other after it."""

from __future__ import annotations

import math
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch

from changeflow.present.drawing.canvas import WIDTH_INCHES, grow, house_style, new_sheet, put_legend, settled
from changeflow.present.drawing.palette import INK, OTHERS, PAPER, QUIET
from changeflow.present.words.plain import plain_name

MOST_IN_A_PICTURE = 24
"""Of a larger graph the components with most links are drawn: more cannot be told apart on the sheet."""
MOST_NUMBERED = 12
"""Cells of a larger matrix are too small for numbers."""
ROLE_LOOKS = {
    "multiplier": (OTHERS[0].colour, "^", "multiplier: sends out more"),
    "carrier": (OTHERS[3].colour, "o", "carrier: as many"),
    "absorber": (OTHERS[1].colour, "s", "absorber: sends out fewer"),
    "apart": (QUIET, "D", "without links"),
}
"""Colour, which is none of a route, and a marker for paper without colour."""
RISK = LinearSegmentedColormap.from_list("risk", ["#FFFFFF", "#FAD98B", "#E07B2A", "#8C1D0A"])
THINNEST, BROADEST = 0.5, 4.0
_NAME_AT = 1.13


def graph_chart(graph: Any, title: str) -> Figure:
    """Draw a networkx DiGraph of components: nodes with role and reaches (other components), edges with likelihood.

    Components stand on a circle in the order added; an arrow is as broad as its likelihood.
    """
    drawn = _most_linked(graph)
    places = {name: _on_circle(number, len(drawn)) for number, name in enumerate(drawn)}
    with house_style():
        figure, axes = new_sheet(WIDTH_INCHES * 0.78, title)
        axes.set_axis_off()
        axes.set_aspect("equal")
        top = max((value for *_, value in drawn.edges(data="likelihood")), default=0.0) or 1.0
        for start, end, likelihood in sorted(drawn.edges(data="likelihood"), key=lambda edge: edge[2]):
            axes.add_patch(_arrow(places[start], places[end], likelihood / top, len(drawn)))
        for name, node in drawn.nodes(data=True):
            colour, marker, _ = ROLE_LOOKS[node["role"]]
            x, y = places[name]
            axes.plot(x, y, marker, color=colour, markersize=_node_points(len(drawn)), markeredgecolor=PAPER, zorder=3)
            across = "left" if x > 0.15 else "right" if x < -0.15 else "center"
            up = "center" if across != "center" else "bottom" if y > 0 else "top"
            axes.text(_NAME_AT * x, _NAME_AT * y, plain_name(name), ha=across, va=up, fontsize=8.5, zorder=4)
        axes.set_xlim(-1.75, 1.75)
        axes.set_ylim(-1.3, 1.3)
        roles = dict.fromkeys(role for role in ROLE_LOOKS if role in {of for _, of in drawn.nodes(data="role")})
        handles = [
            Line2D([], [], color=ROLE_LOOKS[role][0], marker=ROLE_LOOKS[role][1], ls="", label=ROLE_LOOKS[role][2])
            for role in roles
        ]
        left_out = len(graph) - len(drawn)
        rest = f" ({left_out} of {len(graph)} components left out)" if left_out else ""
        put_legend(figure, handles, f"Arrows: likelihood, the broadest {top:.2g}{rest}")
        return settled(figure)


def _most_linked(graph: Any) -> Any:
    """The components with most links, in their own order; the one whose changes spread farthest is always there."""
    farthest = max(graph, key=lambda name: graph.nodes[name]["reaches"])
    ranked = sorted(graph, key=lambda name: (name != farthest, -graph.degree(name)))[:MOST_IN_A_PICTURE]
    return graph.subgraph(ranked) if len(ranked) < len(graph) else graph


def _on_circle(number: int, count: int) -> tuple[float, float]:
    angle = math.pi / 2 - 2 * math.pi * number / count
    return math.cos(angle), math.sin(angle)


def _node_points(count: int) -> float:
    return 11.0 if count <= MOST_NUMBERED else 8.0


def _arrow(start: tuple[float, float], end: tuple[float, float], share: float, count: int) -> FancyArrowPatch:
    """An arrow as broad as its likelihood, all thinner where many components stand on the circle."""
    breadth = THINNEST + (BROADEST * min(1.0, 8 / count) - THINNEST) * share
    return FancyArrowPatch(
        start,
        end,
        connectionstyle="arc3,rad=0.12",
        arrowstyle="-|>",
        mutation_scale=5 + 1.5 * breadth,
        linewidth=breadth,
        color=mpl.colors.to_hex(_shade(share)),
        shrinkA=_node_points(count) * 0.6,
        shrinkB=_node_points(count) * 0.6,
        zorder=1 + share,
    )


def _shade(share: float) -> tuple[float, float, float]:
    """Strong links darker, so that they stand out of many weak ones."""
    light = 0.78 - 0.45 * share
    return light, light, light


def risk_chart(names: tuple[str, ...], risk: np.ndarray, title: str) -> Figure:
    """The matrix of combined risk as a heat map: rows are changed first, columns follow."""
    kept = _riskiest(risk)
    cells, labels = risk[np.ix_(kept, kept)], [plain_name(names[number]) for number in kept]
    size = len(labels)
    top = float(cells.max()) or 1.0
    with house_style():
        figure, axes = new_sheet(WIDTH_INCHES * 0.78, title)
        shown = axes.imshow(cells, cmap=RISK, vmin=0, vmax=top)
        small = 8.5 if size <= MOST_NUMBERED else 6.5
        axes.set_xticks(range(size), labels, rotation=55, ha="right", rotation_mode="anchor", fontsize=small)
        axes.set_yticks(range(size), labels, fontsize=small)
        left_out = len(names) - size
        rest = f" ({left_out} of {len(names)} left out)" if left_out else ""
        axes.set_xlabel(f"... must be changed after it{rest}")
        axes.set_ylabel("a change of ...")
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        for row, column in np.argwhere(cells >= 0.005) if size <= MOST_NUMBERED else ():
            share = cells[row, column] / top
            colour = PAPER if share > 0.72 else INK
            axes.text(column, row, f"{cells[row, column]:.2f}", ha="center", va="center", color=colour, fontsize=7)
        bar = figure.colorbar(shown, ax=axes, shrink=0.85, pad=0.02)
        bar.set_label("combined risk (share of the work)")
        bar.outline.set_visible(False)
        grow(figure, 0.1)
        return settled(figure)


def _riskiest(risk: np.ndarray) -> list[int]:
    """The components to show, in their own order."""
    total = risk.sum(axis=0) + risk.sum(axis=1)
    total[list(np.unravel_index(risk.argmax(), risk.shape))] = np.inf  # the title names this pair
    return sorted(sorted(range(len(risk)), key=lambda number: -total[number])[:MOST_IN_A_PICTURE])
