"""Runs spread over threads: the order, and an end when it is called off."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping

import pytest

from changeflow.model.requests.routing_rule import RequestSight, StationSight, routing_rule
from changeflow.study.crews.agenda import Ready, Task
from changeflow.study.crews.crew import CrewLost, processes, threads
from changeflow.study.crews.runner import run_all
from changeflow.study.crews.scheduler import carry_out

from .small import DESK, model_of


class Enough(Exception):
    """Called off."""


def test_runs_come_in_order_however_they_are_spread() -> None:
    model = model_of()
    one = run_all([model, model], 12, 5, engine="compiled")
    with threads(2) as crew:
        two = run_all([model, model], 12, 5, engine="compiled", crew=crew)
    assert [[run.values for run in runs] for runs in one] == [[run.values for run in runs] for runs in two]


def test_a_rule_of_its_own_goes_along_to_processes() -> None:
    """It may be a function that nobody else can import."""

    @routing_rule
    def by_turns(request: RequestSight, stations: Mapping[str, StationSight], now_hours: float) -> str:
        return "desk" if int(now_hours) % 2 else "shop"

    text = DESK + "[stations.shop]\nservice_hours = 2\n[routing]\nentry = { rule = 'custom', name = 'by_turns' }\n"
    model = model_of(text).with_rules(by_turns)
    (alone,) = run_all([model], 4, 5)
    with processes(2) as crew:
        (spread,) = run_all([model], 4, 5, crew=crew)
    assert repr([run.values for run in alone]) == repr([run.values for run in spread])


def test_a_worker_that_is_killed_is_told_in_words() -> None:
    """Whoever has nothing kept begins anew."""
    with pytest.raises(CrewLost, match="a worker process was killed; nothing was written"), processes(2) as crew:
        carry_out(crew, Ready([Task(0, "", range(4))]), lambda _: crew.pool.submit(os._exit, 1), lambda *_: None)


def test_no_thread_runs_on_when_a_listener_calls_it_off() -> None:
    """While the error is handled it holds the frames of the run, which is when a signal's message is printed."""
    before = set(threading.enumerate())  # one of a killed pool may be about to end

    def call_off(done: int, total: int) -> None:
        raise Enough

    try:
        with threads(2) as crew:
            run_all([model_of()], 20_000, 5, engine="compiled", crew=crew, progress=call_off)
    except Enough:
        assert set(threading.enumerate()) <= before
    else:
        pytest.fail("it was not called off")
