"""Where the boxes and arrows of the request-flow network stand, in inches on the sheet."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import networkx as nx

Point = tuple[float, float]
Curve = tuple[Point, Point, Point, Point]
"""A cubic Bezier curve: start, two handles, end."""

MARGIN = 0.12
LANE = 0.42  # beside the boxes, for arrows that go back or pass a whole layer
BETWEEN_LAYERS = 0.62
BETWEEN_BOXES = 0.55
WIDEST_BOX = 1.55


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


def box_width(graph: Any, sheet_width: float) -> float:
    """One width for all boxes, so that the fullest layer fits on the sheet."""
    layers = [layer for _, layer in graph.nodes(data="layer")]
    most = max(layers.count(layer) for layer in set(layers))
    room = sheet_width - 2 * (MARGIN + LANE) - (most - 1) * BETWEEN_BOXES
    return min(room / most, WIDEST_BOX)


def place_boxes(graph: Any, heights: dict[Hashable, float], sheet_width: float) -> dict[Hashable, Box]:
    """Layers from top to bottom in the order of `multipartite_layout`, boxes of a layer side by side."""
    width = box_width(graph, sheet_width)
    across = nx.multipartite_layout(graph, subset_key="layer", align="horizontal")
    farthest = max(abs(place[0]) for place in across.values())
    layers = sorted({layer for _, layer in graph.nodes(data="layer")})
    most = max(sum(1 for _, other in graph.nodes(data="layer") if other == layer) for layer in layers)
    reach = (most - 1) * (width + BETWEEN_BOXES) / 2
    boxes: dict[Hashable, Box] = {}
    below = MARGIN
    for layer in reversed(layers):
        members = [node for node, other in graph.nodes(data="layer") if other == layer]
        tallest = max(heights[node] for node in members)
        for node in members:
            x = sheet_width / 2 + (across[node][0] / farthest * reach if farthest else 0.0)
            boxes[node] = Box(x, below + tallest / 2, width, heights[node])
        below += tallest + BETWEEN_LAYERS
    return boxes


def body_height(boxes: dict[Hashable, Box]) -> float:
    """Height of the whole drawing, inches."""
    return max(box.top for box in boxes.values()) + MARGIN


def place_arrows(graph: Any, boxes: dict[Hashable, Box], sheet_width: float) -> dict[Any, Curve]:
    """A curve for every edge."""
    return {
        (start, end): _curve(graph, boxes, start, end, sheet_width)
        for start, end in graph.edges
    }


def _curve(graph: Any, boxes: dict[Hashable, Box], start: Hashable, end: Hashable, sheet_width: float) -> Curve:
    """Down to a later layer, across within a layer, around the side back or to the same box."""
    here, there = boxes[start], boxes[end]
    step = graph.nodes[end]["layer"] - graph.nodes[start]["layer"]
    if start == end:
        return _loop(here, sheet_width)
    if step == 0:
        return _sideways(here, there)
    if step < 0:
        return _around(here, there, sheet_width)
    down = _down(_port(graph, boxes, start, end, leaving=True), _port(graph, boxes, start, end, leaving=False))
    others = [box for node, box in boxes.items() if node not in (start, end)]
    return _around(here, there, sheet_width) if any(_hits(down, box) for box in others) else down


def _port(graph: Any, boxes: dict[Hashable, Box], start: Hashable, end: Hashable, leaving: bool) -> Point:
    """Where on the lower (leaving) or upper side of a box an arrow begins or ends, in the order of its other end."""
    node = start if leaving else end
    neighbours = graph.successors(node) if leaving else graph.predecessors(node)
    layer = graph.nodes[node]["layer"]
    sign = 1 if leaving else -1
    beyond = [other for other in neighbours if sign * (graph.nodes[other]["layer"] - layer) > 0]
    beyond.sort(key=lambda other: boxes[other].x)
    box = boxes[node]
    share = (beyond.index(end if leaving else start) + 1) / (len(beyond) + 1)
    return box.left + share * box.width, box.bottom if leaving else box.top


def _down(start: Point, end: Point) -> Curve:
    middle = (start[1] + end[1]) / 2
    return start, (start[0], middle), (end[0], middle), end


def _sideways(here: Box, there: Box) -> Curve:
    rightwards = there.x > here.x
    start = (here.right if rightwards else here.left, here.y)
    end = (there.left if rightwards else there.right, there.y)
    third = (end[0] - start[0]) / 3
    return start, (start[0] + third, start[1]), (end[0] - third, end[1]), end


def _around(here: Box, there: Box, sheet_width: float) -> Curve:
    """Along the nearer side of the sheet, outside all boxes."""
    on_right = here.x + there.x >= sheet_width
    lane = sheet_width - MARGIN if on_right else MARGIN
    start = (here.right if on_right else here.left, here.y - here.height / 4)
    end = (there.right if on_right else there.left, there.y + there.height / 4)
    return start, (lane, start[1]), (lane, end[1]), end


def _loop(here: Box, sheet_width: float) -> Curve:
    """Out of a box and back into it, on its outer side."""
    on_right = here.x >= sheet_width / 2
    side, out = (here.right, LANE) if on_right else (here.left, -LANE)
    reach = here.height / 4
    return (side, here.y - reach), (side + out, here.y - reach), (side + out, here.y + reach), (side, here.y + reach)


def along(curve: Curve, t: float) -> Point:
    """The point at t (0 to 1) of a Bezier curve."""
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    x = sum(weight * point[0] for weight, point in zip(weights, curve))
    y = sum(weight * point[1] for weight, point in zip(weights, curve))
    return x, y


def _hits(curve: Curve, box: Box) -> bool:
    points = (along(curve, step / 40) for step in range(41))
    return any(box.left < x < box.right and box.bottom < y < box.top for x, y in points)
