"""The request-flow network: who passes how many requests to whom, and who has more work than hours."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from changeflow.present.charts.network.boxes import body_height, box_width, place_boxes, sheet_width
from changeflow.present.charts.network.drawing import (
    LINE_INCHES,
    OUTLINES,
    OVERLOADED,
    draw_arrows,
    draw_box,
    fill_of,
    node_text,
)
from changeflow.present.drawing.canvas import TITLE_LINE_INCHES, TITLE_TYPE, WIDTH_INCHES, house_style, wrapped
from changeflow.present.drawing.palette import PAPER, QUIET

BOX_PADDING_INCHES = 0.15
LEGEND_INCHES = 0.75


def network_chart(graph: Any, title: str) -> Figure:
    """Draw a networkx DiGraph of sources, stations and outcomes.

    Nodes: layer (int), label, kind (source, in_house, vendor, outcome), load (work arriving over hours
    available, at most, or None), work (the same in words), overloaded. Edges: per_week (requests per week), and
    note (a word that stands there instead).
    Nodes of a layer stand in the order added.
    """
    width = sheet_width(graph, WIDTH_INCHES)
    texts = {node: node_text(about, box_width(graph, width)) for node, about in graph.nodes(data=True)}
    heights = {node: BOX_PADDING_INCHES + LINE_INCHES * (text.count("\n") + 1) for node, text in texts.items()}
    boxes = place_boxes(graph, heights, width)
    with house_style():
        figure, axes = _sheet(width, body_height(boxes), title)
        for node, about in graph.nodes(data=True):
            draw_box(axes, boxes[node], texts[node], about)
        draw_arrows(axes, graph, boxes, width)
        _legend(figure, unknown=any(note for *_, note in graph.edges(data="note")))
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


def _legend(figure: Figure, *, unknown: bool) -> None:
    key = "Arrows: requests per week. Fill: work arriving against hours available."
    if unknown:
        key = "Arrows: requests per week (dashed: unknown). Fill: work against hours."
    house, vendor = OUTLINES["in_house"], OUTLINES["vendor"]
    handles = [
        Patch(facecolor=PAPER, edgecolor=house[0], linestyle=house[1], linewidth=1.8, label="in-house"),
        Patch(facecolor=PAPER, edgecolor=vendor[0], linestyle=vendor[1], linewidth=1.8, label="vendor"),
        Patch(facecolor=fill_of(0.3), edgecolor=QUIET, label="work fits well"),
        Patch(facecolor=fill_of(1.0), edgecolor=QUIET, label="hours just suffice"),
        Patch(facecolor=OVERLOADED, edgecolor=QUIET, label="overloaded"),
    ]
    figure.legend(
        handles=handles,
        loc="lower left",
        ncols=3,
        title=key,
        alignment="left",
        columnspacing=1.4,
    )
