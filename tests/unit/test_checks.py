"""A trace that breaks a law is found out."""

from dataclasses import replace

import numpy as np
import pytest

from changeflow.engine import trace as t
from changeflow.engine.simulate import simulate
from changeflow.engine.trace import Trace
from changeflow.errors import InvariantBroken
from changeflow.measure.trace.checks import check_trace
from tests.unit.small import DESK, model_of


@pytest.fixture
def sound() -> Trace:
    """A run that obeys the laws, with some requests still open."""
    text = DESK.replace("service_hours = 1", "service_hours = 30")
    trace = simulate(model_of(text), seed=1, replication=0)
    check_trace(trace)
    assert np.isnan(trace.requests["closed"]).any()
    return trace


def test_a_lost_outcome_is_found(sound: Trace) -> None:
    sound.requests["outcome"][np.isnan(sound.requests["closed"])] = t.DONE
    with pytest.raises(InvariantBroken, match="by outcome"):
        check_trace(sound)


def test_a_visit_that_starts_before_it_joined_is_found(sound: Trace) -> None:
    sound.visits["started"][0] = sound.visits["joined"][0] - 1
    with pytest.raises(InvariantBroken, match="starts before it joined"):
        check_trace(sound)


def test_a_visit_finished_without_a_start_is_found(sound: Trace) -> None:
    sound.visits["started"][0] = np.nan
    with pytest.raises(InvariantBroken, match="starts before it joined"):
        check_trace(sound)


@pytest.mark.parametrize("integral", ["in_station", "in_queue", "in_service"])
def test_an_area_that_differs_from_the_stays_is_found(sound: Trace, integral: str) -> None:
    """By one request for a hundredth of an hour."""
    broken = replace(sound, **{integral: getattr(sound, integral) + 0.01})
    with pytest.raises(InvariantBroken, match="desk: number"):
        check_trace(broken)


def test_a_visit_that_vanished_from_the_trace_is_found(sound: Trace) -> None:
    with pytest.raises(InvariantBroken, match="desk: number"):
        check_trace(replace(sound, visits=sound.visits[1:]))
