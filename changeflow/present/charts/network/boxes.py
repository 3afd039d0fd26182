"""Where the boxes of the request-flow network stand, in inches on the sheet."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import networkx as nx

MARGIN = 0.22
LANE = 0.58  # beside the boxes, for arrows that go back, pass a whole layer or return to the same box
BETWEEN_LAYERS = 0.62
BETWEEN_BOXES = 0.55
NARROWEST_BOX = 1.05
WIDEST_BOX = 1.6


@dataclass(frozen=True, slots=True)
class Box:
    """A node's rectangle: centre and size, inches."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        """Left side."""
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        """Right side."""
        return self.x + self.width / 2

    @property
    def top(self) -> float:
        """Upper side."""
        return self.y + self.height / 2

    @property
    def bottom(self) -> float:
        """Lower side."""
        return self.y - self.height / 2

    def meets(self, other: Box) -> bool:
        """Whether two rectangles overlap."""
        return (
            abs(self.x - other.x) < (self.width + other.width) / 2
            and abs(self.y - other.y) < (self.height + other.height) / 2
        )

    def holds(self, point: tuple[float, float]) -> bool:
        """Whether a point lies in the rectangle."""
        return self.left < point[0] < self.right and self.bottom < point[1] < self.top


def sheet_width(graph: Any, usual: float) -> float:
    """The usual width, more only where a layer has too many boxes for it."""
    most = _most_in_a_layer(graph)
    return max(usual, most * NARROWEST_BOX + (most - 1) * BETWEEN_BOXES + 2 * _side(graph))


def box_width(graph: Any, width: float) -> float:
    """One width for all boxes, so that the fullest layer fits on a sheet of this width."""
    most = _most_in_a_layer(graph)
    return min((width - 2 * _side(graph) - (most - 1) * BETWEEN_BOXES) / most, WIDEST_BOX)


def _side(graph: Any) -> float:
    """Room left and right of the boxes."""
    layer = graph.nodes(data="layer")
    steps = [layer[end] - layer[start] for start, end in graph.edges if layer[end] != layer[start] or start == end]
    return MARGIN + (LANE if any(step != 1 for step in steps) else 0.0)


def _layers(graph: Any) -> dict[int, list[Hashable]]:
    """The nodes of each layer, from first to last."""
    layers: dict[int, list[Hashable]] = {}
    for node, layer in sorted(graph.nodes(data="layer"), key=lambda item: item[1]):
        layers.setdefault(layer, []).append(node)
    return layers


def _most_in_a_layer(graph: Any) -> int:
    return max(len(members) for members in _layers(graph).values())


def place_boxes(graph: Any, heights: dict[Hashable, float], width: float) -> dict[Hashable, Box]:
    """Layers from top to bottom, the boxes of a layer side by side as `multipartite_layout` orders them."""
    # Given by attribute name, networkx would order a layer by hash, so differently in each process.
    across = nx.multipartite_layout(graph, subset_key=_layers(graph), align="horizontal")
    farthest = max(abs(place[0]) for place in across.values()) or 1.0
    box = box_width(graph, width)
    reach = (_most_in_a_layer(graph) - 1) * (box + BETWEEN_BOXES) / 2
    boxes: dict[Hashable, Box] = {}
    below = MARGIN
    for members in reversed(_layers(graph).values()):
        tallest = max(heights[node] for node in members)
        for node in members:
            x = width / 2 + across[node][0] / farthest * reach
            boxes[node] = Box(float(x), below + tallest / 2, box, heights[node])
        below += tallest + BETWEEN_LAYERS
    return boxes


def body_height(boxes: dict[Hashable, Box]) -> float:
    """Height of the whole drawing, inches."""
    return max(box.top for box in boxes.values()) + MARGIN
