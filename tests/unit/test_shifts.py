"""Who is on duty when both the shift and the people change."""

from __future__ import annotations

import numpy as np

from changeflow.engine.shared.worktime import WorkTime
from changeflow.engine.tables.staffing import _by_shift


def shift(*edges: tuple[float, float]) -> WorkTime:
    opens, closes = (np.array([edge[side] for edge in edges]) for side in (0, 1))
    return WorkTime(opens, closes, np.concatenate([[0.0], np.cumsum(closes - opens)])[: len(edges)], False)


def on_duty(*edges: tuple[float, float]) -> list[tuple[float, int]]:
    """Three people, one from hour 30 on."""
    return [(row[0], row[1]) for row in _by_shift([(0.0, 3, 0), (30.0, 1, 0)], shift(*edges), 1, 0)]


def test_a_shift_that_never_opens_has_nobody_on_duty() -> None:
    """Found by a generated model whose only working day was closed throughout."""
    assert {people for _, people in on_duty()} == {0}


def test_nobody_is_on_duty_outside_the_shift() -> None:
    assert on_duty((9.0, 17.0), (33.0, 41.0)) == [(0.0, 0), (9.0, 3), (17.0, 0), (33.0, 1), (41.0, 0)]


def test_people_leave_within_a_shift() -> None:
    assert on_duty((9.0, 48.0)) == [(0.0, 0), (9.0, 3), (30.0, 1), (48.0, 0)]
