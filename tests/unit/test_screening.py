"""The quick screening of assumptions: whom an end of a range makes the winner."""

from __future__ import annotations

import math

import numpy as np

from changeflow.study.crews.runner import run_all
from changeflow.study.scenarios.screening import loss_of, swing_of
from tests.unit.small import DESK, model_of

NAMES = ["a", "b"]


def test_a_better_one_at_an_end_flips_the_winner() -> None:
    ends = [(1.0, np.array([10.0, 20.0])), (2.0, np.array([15.0, 12.0]))]
    found = swing_of("x", ends, NAMES, "a")
    assert (found.flips_to, found.swing) == ("b", 13.0)
    assert swing_of("x", ends[:1] * 2, NAMES, "a").flips_to is None


def test_who_has_no_number_or_a_growing_backlog_never_wins() -> None:
    ends = [(1.0, np.array([10.0, 20.0])), (2.0, np.array([10.0, math.inf]))]
    found = swing_of("x", ends, NAMES, "a")
    assert (found.flips_to, found.swing) == (None, 0.0)
    nobody = [(1.0, np.array([10.0, 20.0])), (2.0, np.array([math.inf, math.inf]))]
    assert swing_of("x", nobody, NAMES, "a").flips_to is None


def test_a_loss_is_the_mean_unless_the_backlog_grows_or_there_is_none() -> None:
    """Two servers for 3 requests of an hour a day, and for 480."""
    calm, busy = model_of(), model_of(DESK.replace("rate_per_day = 3", "rate_per_day = 480"))
    calm_runs, busy_runs = run_all([calm, busy], 4, 1, engine="process")
    assert 0 < loss_of(calm, calm_runs, "sojourn_time_hours", 1.0) < math.inf
    assert loss_of(calm, calm_runs, "sojourn_time_hours", -1.0) < 0
    assert loss_of(calm, calm_runs, "no_such_measure", 1.0) == math.inf
    assert loss_of(busy, busy_runs, "sojourn_time_hours", 1.0) == math.inf
