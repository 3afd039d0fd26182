"""Boxes and arrows of the request-flow network, drawn on axes whose unit is an inch."""

from __future__ import annotations

import textwrap
from collections.abc import Hashable
from typing import Any, Literal

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from changeflow.present.charts.network.arrows import Curve, Point, along, place_arrows
from changeflow.present.charts.network.boxes import Box
from changeflow.present.drawing.palette import INK, PAPER, QUIET, ROUTES

LINE_INCHES = 0.165
TEXT_SIZE = 8.5
INCHES_PER_CHARACTER = 0.072
BROADEST_ARROW = 4.5
THINNEST_ARROW = 0.9
LABEL_AT = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82)
"""Where along its arrow a flow may be written, best place first."""

OVERLOADED = "#6E1A0C"
NO_LOAD = "#EFEFEF"
FILL = LinearSegmentedColormap.from_list("load", ["#FFFBEF", "#FAD98B", "#EBA53A"])
"""From no work to as much work as hours; what is above is drawn dark and says so."""
OUTLINES: dict[str, tuple[str, Literal["-", "--"]]] = {
    "in_house": (ROUTES["power_users"].colour, "-"),
    "vendor": (ROUTES["vendor"].colour, "--"),
}


def node_text(attributes: dict[str, Any], width: float) -> str:
    """The node's label, its load in words, and overload by name, wrapped to a box of `width` inches."""
    lines = str(attributes["label"]).split("\n")
    if attributes.get("load") is not None:
        lines.append(f"work: {attributes['work']} of\N{NO-BREAK SPACE}hours")
    if attributes.get("overloaded"):
        lines.append("OVERLOADED")
    most = int((width - 0.1) / INCHES_PER_CHARACTER)
    return "\n".join(textwrap.fill(line, most, break_long_words=False) for line in lines)


def fill_of(load: float | None, overloaded: bool = False) -> str:
    """Colour of a box by its load; the bound of a load may lie above 1 where rules may route around the station."""
    if overloaded:
        return OVERLOADED
    return NO_LOAD if load is None else to_hex(FILL(min(load, 1.0)))


def draw_box(axes: Axes, box: Box, text: str, about: dict[str, Any]) -> None:
    """One node."""
    kind, overloaded = about["kind"], bool(about.get("overloaded"))
    outline, line = OUTLINES.get(kind, (QUIET, "-"))
    axes.add_patch(
        FancyBboxPatch(
            (box.left, box.bottom),
            box.width,
            box.height,
            boxstyle="round,pad=0,rounding_size=0.06",
            facecolor=fill_of(about.get("load"), overloaded),
            edgecolor=outline,
            linestyle=line,
            linewidth=1.8 if kind in OUTLINES else 0.8,
            zorder=3,
        )
    )
    colour, weight = (PAPER, "bold") if overloaded else (INK, "normal")
    axes.text(
        box.x,
        box.y,
        text,
        color=colour,
        fontweight=weight,
        fontsize=TEXT_SIZE,
        ha="center",
        va="center",
        zorder=4,
    )


def draw_arrows(axes: Axes, graph: Any, boxes: dict[Hashable, Box], width: float) -> None:
    """Arrows as broad as the traffic on them, each with its requests per week; dashed where only a run knows it."""
    curves = place_arrows(graph, boxes, width)
    flows = {(start, end): float(flow) for start, end, flow in graph.edges(data="per_week")}
    busiest = max(flows.values(), default=0.0) or 1.0
    for edge, curve in curves.items():
        breadth = THINNEST_ARROW + (BROADEST_ARROW - THINNEST_ARROW) * flows[edge] / busiest
        _draw_arrow(axes, curve, breadth, "--" if "note" in graph.edges[edge] else "-")
    taken = list(boxes.values())
    for edge in sorted(curves, key=lambda edge: edge[0] != edge[1]):  # loops first: they have the least choice
        others = [along(curve, step / 40) for other, curve in curves.items() if other != edge for step in range(41)]
        note = graph.edges[edge].get("note") or _flow(flows[edge])
        taken.append(_write_flow(axes, curves[edge], note, taken, others, sheet=width))


def _draw_arrow(axes: Axes, curve: Curve, breadth: float, line: Literal["-", "--"]) -> None:
    axes.add_patch(
        FancyArrowPatch(
            path=Path(list(curve), [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]),
            arrowstyle="-|>",
            mutation_scale=7 + 1.2 * breadth,
            linewidth=breadth,
            linestyle=line,
            color=QUIET,
            shrinkA=0,
            shrinkB=0,
            joinstyle="miter",
            zorder=2,
        )
    )


def _flow(per_week: float) -> str:
    decimals = 2 if per_week < 1 else 1 if per_week < 10 else 0
    return f"{per_week:,.{decimals}f}"


def _write_flow(axes: Axes, curve: Curve, label: str, taken: list[Box], others: list[Point], *, sheet: float) -> Box:
    """Write the flow on its arrow where nothing else stands or passes; returns the room it takes."""
    width = INCHES_PER_CHARACTER * len(label) + 0.06
    rooms = [Box(*along(curve, t), width, LINE_INCHES) for t in LABEL_AT]
    rooms = [room for room in rooms if room.left > 0 and room.right < sheet] or rooms[:1]
    free = [room for room in rooms if not any(room.meets(other) for other in taken)] or rooms[:1]
    room = next((room for room in free if not any(room.holds(point) for point in others)), free[0])
    axes.text(
        room.x,
        room.y,
        label,
        fontsize=TEXT_SIZE,
        ha="center",
        va="center",
        zorder=5,
        bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.8},
    )
    return room
