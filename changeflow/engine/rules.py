"""Rules as compiled functions of numbers; both engines call these and no others."""

from __future__ import annotations

from changeflow.engine.jit import compiled


@compiled
def may_do(difficulty, openness):  # type: ignore[no-untyped-def]
    """Is a station of this openness open to a request of this difficulty?"""
    return difficulty <= openness


@compiled
def still_waiting(waiting, idle):  # type: ignore[no-untyped-def]
    """How many of those waiting would still wait after a dispatch now."""
    return max(waiting - idle, 0)


@compiled
def overflows(waiting, idle, limit):  # type: ignore[no-untyped-def]
    """Would a further request have to wait here behind at least `limit` others?"""
    return idle <= waiting and still_waiting(waiting, idle) >= limit


@compiled
def is_rejected(u, rework_probability):  # type: ignore[no-untyped-def]
    """Does a delivery fail its acceptance?"""
    return u < rework_probability


@compiled
def pick(heights, first, size, u):  # type: ignore[no-untyped-def]
    """Index of the first of `size` cumulated shares above u."""
    place = 0
    for i in range(size - 1):
        place += u >= heights[first + i]
    return place
