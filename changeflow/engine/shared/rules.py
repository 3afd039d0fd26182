"""Rules as compiled functions of numbers; both engines call these and no others."""

from __future__ import annotations

import math

from changeflow.engine.jit import compiled

FIFO, LIFO, RANDOM, PRIORITY, SHORTEST, SHORTEST_REMAINING, DUE_DATE, AGEING, COST_OF_DELAY = range(9)
NEVER_URGENT = -1.0
_ESCALATED = 1e9  # hours: beyond any rank that is a time or a class


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


@compiled
def rank(discipline, of_category, arrived, work, left):  # type: ignore[no-untyped-def]
    """The rank in a queue, the lowest first; ties go by the order of joining.

    `of_category` is what the discipline makes of the category: its priority, hours until it is due, hours that
    its class is worth, or minus its cost of delay over its expected service (Cox and Smith 1961).
    """
    if discipline == SHORTEST:
        return work
    if discipline == SHORTEST_REMAINING:
        return left
    if discipline in (DUE_DATE, AGEING):
        return arrived + of_category
    if discipline in (PRIORITY, COST_OF_DELAY):
        return of_category
    return 0.0


@compiled
def escalated(own_rank, arrived, due_hours, urgent_hours, now):  # type: ignore[no-untyped-def]
    """The rank now of a request that goes before all others when its due time is near, those by due time."""
    due = arrived + due_hours
    if urgent_hours != NEVER_URGENT and now >= due - urgent_hours:
        return due - _ESCALATED
    return own_rank


@compiled
def place_in_random_order(u, waiting):  # type: ignore[no-untyped-def]
    """Which of those waiting is next, each equally likely."""
    return min(int(u * waiting), waiting - 1)


@compiled
def next_date(time, period):  # type: ignore[no-untyped-def]
    """The first multiple of a period that is not before a time."""
    date = math.ceil(time / period) * period
    return date if date >= time else date + period


@compiled
def date_after(time, period):  # type: ignore[no-untyped-def]
    """The first multiple of a period after a time."""
    date = (math.floor(time / period) + 1.0) * period
    return date if date > time else date + period


@compiled
def left_after(left, worked):  # type: ignore[no-untyped-def]
    """Hours left of work in hand."""
    return max(left - worked, 0.0)


@compiled
def expected_wait(work_ahead, present, servers, rate):  # type: ignore[no-untyped-def]
    """Clock hours until a newcomer's turn: the work before it at the pace of all servers, none beside a free one."""
    return 0.0 if present < servers else work_ahead / rate


@compiled
def expected_money(price, wait_cost, growth, step, due, age, completion):  # type: ignore[no-untyped-def]
    """Price of the work, and the cost that a request of this age is open for `completion` hours more.

    Its cost an hour is wait_cost x (1 + growth x age); `step` comes at the age `due`. All ages in clock hours.
    """
    hours = completion
    if growth > 0:
        hours += growth * completion * (age + completion / 2)
    at_due_date = step if age < due <= age + completion else 0.0
    return price + wait_cost * hours + at_due_date
