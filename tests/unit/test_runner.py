"""Runs spread over threads: the order, and an end when it is called off."""

from __future__ import annotations

import threading

import pytest

from changeflow.study.crew import threads
from changeflow.study.runner import run_all

from .small import model_of


class Enough(Exception):
    """Called off."""


def test_runs_come_in_order_however_they_are_spread() -> None:
    model = model_of()
    one = run_all([model, model], 12, 5, engine="compiled")
    with threads(2) as crew:
        two = run_all([model, model], 12, 5, engine="compiled", crew=crew)
    assert [[run.values for run in runs] for runs in one] == [[run.values for run in runs] for runs in two]


def test_no_thread_runs_on_when_a_listener_calls_it_off() -> None:
    """While the error is handled it holds the frames of the run, which is when a signal's message is printed."""
    before = threading.active_count()

    def call_off(done: int, total: int) -> None:
        raise Enough

    try:
        with threads(2) as crew:
            run_all([model_of()], 20_000, 5, engine="compiled", crew=crew, progress=call_off)
    except Enough:
        assert threading.active_count() == before
    else:
        pytest.fail("it was not called off")
