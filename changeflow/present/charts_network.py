"""The request-flow network: who passes how many requests to whom, and who has more work than hours."""

from __future__ import annotations

import textwrap
from collections.abc import Hashable
from typing import Any, Literal

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Patch
from matplotlib.path import Path

from changeflow.present.canvas import TITLE_LINE_INCHES, TITLE_TYPE, WIDTH_INCHES, house_style, wrapped
from changeflow.present.network_arrows import Curve, along, place_arrows
from changeflow.present.network_boxes import Box, body_height, box_width, place_boxes, sheet_width
from changeflow.present.palette import INK, PAPER, QUIET, ROUTES

LINE_INCHES = 0.165
BOX_PADDING_INCHES = 0.15
LEGEND_INCHES = 0.75
TEXT_SIZE = 8.5
INCHES_PER_CHARACTER = 0.072
BROADEST_ARROW = 4.5
THINNEST_ARROW = 0.9

OVERLOADED = "#6E1A0C"
NO_LOAD = "#EFEFEF"
FILL = LinearSegmentedColormap.from_list("load", ["#FFFBEF", "#FAD98B", "#EBA53A"])
"""From no work to as much work as hours; what is above is drawn dark and says so."""
OUTLINES: dict[str, tuple[str, Literal["-", "--"]]] = {
    "in_house": (ROUTES["power_users"].colour, "-"),
    "vendor": (ROUTES["vendor"].colour, "--"),
}
LABEL_AT = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82)


def network_chart(graph: Any, title: str) -> Figure:
    """Draw a networkx DiGraph of sources, stations and outcomes.

    Nodes: layer (int), label, kind (source, in_house, vendor, outcome), load (work arriving over hours
    available, or None). Edges: per_week (requests per week).
    """
    width = sheet_width(graph, WIDTH_INCHES)
    texts = {node: _text(attributes, box_width(graph, width)) for node, attributes in graph.nodes(data=True)}
    heights = {
        node: BOX_PADDING_INCHES + LINE_INCHES * (text.count("\n") + 1) for node, text in texts.items()
    }
    boxes = place_boxes(graph, heights, width)
    with house_style():
        figure, axes = _sheet(width, body_height(boxes), title)
        for node, attributes in graph.nodes(data=True):
            _draw_box(axes, boxes[node], texts[node], attributes)
        _draw_arrows(axes, graph, boxes, width)
        _legend(figure)
    return figure


def _sheet(width: float, body: float, title: str) -> tuple[Figure, Axes]:
    """A sheet on which one unit is one inch."""
    text = wrapped(title)
    head = 0.08 + TITLE_LINE_INCHES * (text.count("\n") + 1)
    height = head + body + LEGEND_INCHES
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    figure.suptitle(text, x=0.012, y=1 - 0.05 / height, ha="left", va="top", **TITLE_TYPE)
    axes = figure.add_axes((0, LEGEND_INCHES / height, 1, body / height))
    axes.set_xlim(0, width)
    axes.set_ylim(0, body)
    axes.set_axis_off()
    return figure, axes


def _text(attributes: dict[str, Any], width: float) -> str:
    """The node's label, its load in words, and overload by name."""
    lines = str(attributes["label"]).split("\n")
    load = attributes.get("load")
    if load is not None:
        lines.append(f"work: {load:.0%} of\N{NO-BREAK SPACE}hours")
        if load > 1:
            lines.append("OVERLOADED")
    most = int((width - 0.1) / INCHES_PER_CHARACTER)
    return "\n".join(textwrap.fill(line, most, break_long_words=False) for line in lines)


def _draw_box(axes: Axes, box: Box, text: str, attributes: dict[str, Any]) -> None:
    load = attributes.get("load")
    overloaded = load is not None and load > 1
    outline, line = OUTLINES.get(attributes["kind"], (QUIET, "-"))
    axes.add_patch(
        FancyBboxPatch(
            (box.left, box.bottom),
            box.width,
            box.height,
            boxstyle="round,pad=0,rounding_size=0.06",
            facecolor=_fill(load),
            edgecolor=outline,
            linestyle=line,
            linewidth=1.8 if attributes["kind"] in OUTLINES else 0.8,
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


def _fill(load: float | None) -> str:
    if load is None:
        return NO_LOAD
    return OVERLOADED if load > 1 else to_hex(FILL(load))


def _draw_arrows(axes: Axes, graph: Any, boxes: dict[Hashable, Box], width: float) -> None:
    """Arrows as broad as the traffic on them, each with its requests per week."""
    curves = place_arrows(graph, boxes, width)
    busiest = max((flow for *_, flow in graph.edges(data="per_week")), default=0.0) or 1.0
    taken = list(boxes.values())
    for start, end, flow in graph.edges(data="per_week"):
        curve = curves[start, end]
        breadth = THINNEST_ARROW + (BROADEST_ARROW - THINNEST_ARROW) * flow / busiest
        axes.add_patch(
            FancyArrowPatch(
                path=Path(list(curve), [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]),
                arrowstyle="-|>",
                mutation_scale=7 + 1.2 * breadth,
                linewidth=breadth,
                color=QUIET,
                shrinkA=0,
                shrinkB=0,
                joinstyle="miter",
                zorder=2,
            )
        )
        taken.append(_draw_flow(axes, curve, flow, taken))


def _draw_flow(axes: Axes, curve: Curve, flow: float, taken: list[Box]) -> Box:
    """Write the flow on its arrow where nothing else stands; returns the room it takes."""
    decimals = 2 if flow < 1 else 1 if flow < 10 else 0
    label = f"{flow:,.{decimals}f}"
    width, height = INCHES_PER_CHARACTER * len(label) + 0.06, LINE_INCHES
    rooms = [Box(*along(curve, t), width, height) for t in LABEL_AT]
    room = next((room for room in rooms if not any(room.meets(other) for other in taken)), rooms[0])
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


def _legend(figure: Figure) -> None:
    house, vendor = OUTLINES["in_house"], OUTLINES["vendor"]
    handles = [
        Patch(facecolor=PAPER, edgecolor=house[0], linestyle=house[1], linewidth=1.8, label="in-house"),
        Patch(facecolor=PAPER, edgecolor=vendor[0], linestyle=vendor[1], linewidth=1.8, label="vendor"),
        Patch(facecolor=_fill(0.3), edgecolor=QUIET, label="work fits well"),
        Patch(facecolor=_fill(1.0), edgecolor=QUIET, label="hours just suffice"),
        Patch(facecolor=OVERLOADED, edgecolor=QUIET, label="overloaded"),
    ]
    figure.legend(
        handles=handles,
        loc="lower left",
        ncols=3,
        title="Arrows: requests per week. Fill: work arriving against hours available.",
        alignment="left",
        columnspacing=1.4,
    )
