"""The ways of the arrows of the request-flow network: Bezier curves between boxes, in inches on the sheet."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from changeflow.present.charts.network.boxes import MARGIN, Box

Point = tuple[float, float]
Curve = tuple[Point, Point, Point, Point]
"""A cubic Bezier curve: start, two handles, end."""

BULGE = 0.75  # the middle of a Bezier curve goes this share of the way to its handles
LOOP = 0.26
DIP = 0.5
BACK_AT = 0.88  # share of a box's width at which an arrow goes up to the layer before, beside those that come down
PASSING = 0.07  # arrows to and fro between two boxes pass each other at twice this distance


def place_arrows(graph: Any, boxes: dict[Hashable, Box], width: float) -> dict[Any, Curve]:
    """A curve for every edge."""
    return {(start, end): _curve(graph, boxes, start, end, width) for start, end in graph.edges}


def _curve(graph: Any, boxes: dict[Hashable, Box], start: Hashable, end: Hashable, width: float) -> Curve:
    """Down to a later layer, across within a layer, up to the layer before, around the side farther back."""
    here, there = boxes[start], boxes[end]
    others = [box for node, box in boxes.items() if node not in (start, end)]
    step = graph.nodes[end]["layer"] - graph.nodes[start]["layer"]
    if start == end:
        return _loop(here, width)
    if step == 0:
        across = _sideways(here, there)
        return _past(here, there) if _hits(across, others) else across
    if step > 0:
        leaves, enters = _port(graph, boxes, start, end, True), _port(graph, boxes, start, end, False)
        down = _down(leaves, enters)
        if not _hits(down, others):
            return down
    if step == -1:
        up = _down((here.left + BACK_AT * here.width, here.top), (there.left + BACK_AT * there.width, there.bottom))
        if not _hits(up, others):
            return up
    sides = (_around(here, there, MARGIN), _around(here, there, width - MARGIN))
    return min(sides, key=lambda curve: (_hits(curve, others), abs(curve[1][0] - here.x)))


def _port(graph: Any, boxes: dict[Hashable, Box], start: Hashable, end: Hashable, leaving: bool) -> Point:
    """Where an arrow leaves a box below or enters it above, in the order of the other ends."""
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
    y = here.y + (PASSING if rightwards else -PASSING)
    start = here.right if rightwards else here.left
    end = there.left if rightwards else there.right
    third = (end - start) / 3
    return (start, y), (start + third, y), (end - third, y), (end, y)


def _past(here: Box, there: Box) -> Curve:
    """Past the boxes that stand between two boxes of one layer: rightwards below them, leftwards above."""
    if there.x > here.x:
        y = min(here.bottom, there.bottom) - DIP
        return (here.x, here.bottom), (here.x, y), (there.x, y), (there.x, there.bottom)
    y = max(here.top, there.top) + DIP
    return (here.x, here.top), (here.x, y), (there.x, y), (there.x, there.top)


def _around(here: Box, there: Box, lane: float) -> Curve:
    """Along one side of the sheet, outside all boxes but those between it and the two ends."""
    on_right = lane > here.x
    start = (here.right if on_right else here.left, here.y - here.height / 4)
    end = (there.right if on_right else there.left, there.y + there.height / 4)
    handle = (lane - (1 - BULGE) * (start[0] + end[0]) / 2) / BULGE
    return start, (handle, start[1]), (handle, end[1]), end


def _loop(here: Box, width: float) -> Curve:
    """Out of a box and back into it, on its outer side."""
    on_right = here.x >= width / 2
    side, out = (here.right, LOOP / BULGE) if on_right else (here.left, -LOOP / BULGE)
    reach = here.height / 4
    return (
        (side, here.y - reach),
        (side + out, here.y - reach),
        (side + out, here.y + reach),
        (side, here.y + reach),
    )


def along(curve: Curve, t: float) -> Point:
    """The point at t (0 to 1) of a Bezier curve."""
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    x = sum(weight * point[0] for weight, point in zip(weights, curve))
    y = sum(weight * point[1] for weight, point in zip(weights, curve))
    return x, y


def _hits(curve: Curve, boxes: list[Box]) -> int:
    """How many boxes the curve runs through."""
    points = [along(curve, step / 40) for step in range(41)]
    return sum(any(box.left < x < box.right and box.bottom < y < box.top for x, y in points) for box in boxes)
