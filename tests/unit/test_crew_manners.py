"""Runs in any manner come out the same whoever makes them: here, in threads, in processes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

import pytest

from changeflow.engine.tables.model import compile_tables
from changeflow.measure.trace.window import Window
from changeflow.model.reading import read_model
from changeflow.study.crews.agenda import Task
from changeflow.study.crews.crew import ALONE, Hired, processes, threads
from changeflow.study.crews.facts import facts_of
from changeflow.study.crews.manner import Manner
from changeflow.study.crews.one_run import controls_of, one_run
from changeflow.study.crews.workshop import Workshop
from changeflow.study.store.packing import pack

MANNERS = (Manner(), Manner(controls=True, antithetic=True), Manner(independent=True), Manner(steady=True))


@pytest.mark.parametrize("hire", [lambda: nullcontext(ALONE), lambda: threads(2), lambda: processes(2)])
def test_all_crews_make_the_same_runs(hire: Callable[[], Hired]) -> None:
    model = read_model("partly_open").with_({"horizon_days": 28})
    window = Window.of(compile_tables(model))
    with hire() as crew:
        for manner in MANNERS:
            seed = manner.seed_of(5, "both", [("x", 1)])
            workshop = Workshop(crew, lambda *_: model, lambda *_, own=seed: own, manner, "process", pack)
            made, facts = workshop.submit(Task(0, "both", (2, 3)), ask=True).result()
            controls = controls_of(manner, window)
            assert made == [(run, pack(one_run(manner, window, seed, run, "process", controls))) for run in (2, 3)]
            assert facts == facts_of(model, manner)
            assert facts is not None
            assert facts.together == manner.runs_together(model.organisation.runs_together)
