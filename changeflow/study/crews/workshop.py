"""What workers are told, and what they make of it: models in work are laid out, or packed for sending, once each."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Generic, TypeVar

from changeflow.engine.tables.model import compile_tables
from changeflow.measure.estimates.controls import Controls
from changeflow.measure.records import RunMeasures
from changeflow.measure.trace.window import Window
from changeflow.model.schema import Model
from changeflow.study.crews.agenda import Task
from changeflow.study.crews.crew import Crew, CrewLost
from changeflow.study.crews.facts import Facts, facts_of
from changeflow.study.crews.manner import Manner
from changeflow.study.crews.one_run import controls_of, one_run
from changeflow.study.store.key import program_digest

T = TypeVar("T")
Made = tuple[list[tuple[int, T]], Facts | None]
"""What a task makes: replications with what is kept of each, and the facts of its model if they were asked for."""
Laid = tuple[Window, Controls | None]
"""A model laid out, with what its controls share."""
_OBJECTS_BETWEEN_SEARCHES = 100_000


class Workshop(Generic[T]):
    """The models in work, and the crew that runs them."""

    def __init__(
        self,
        crew: Crew,
        model: Callable[[int, str], Model],
        seed_of: Callable[[int, str], int],
        manner: Manner,
        engine: str,
        keep: Callable[[RunMeasures], T],
    ) -> None:
        self.crew, self.model, self.seed_of, self.manner, self.engine = crew, model, seed_of, manner, engine
        self.keep = keep
        """What of a run is sent back."""
        self._ready: dict[tuple[int, str], bytes | Laid] = {}

    def submit(self, task: Task, *, ask: bool = False) -> Future[Made[T]]:
        """Begin a task, and find out the facts of its model, if asked."""
        order = _Order(
            program_digest() if self.crew.apart else "",
            self._model(task.point, task.scenario),
            self.seed_of(task.point, task.scenario),
            self.manner, task.replications, self.engine, self.keep, ask,
        )  # fmt: skip
        return self.crew.pool.submit(_run, self.crew.parent, order)

    def _model(self, point: int, scenario: str) -> bytes | Laid:
        """A model ready for the workers; that of the last few points is kept."""
        key = point, scenario
        if key not in self._ready:
            model = self.model(point, scenario)
            self._ready[key] = _packed(model) if self.crew.apart else _laid_out(model, self.manner)
            while len(self._ready) > 2 * self.crew.size() + 2:
                del self._ready[next(iter(self._ready))]
        return self._ready[key]


@dataclass(frozen=True, slots=True)
class _Order(Generic[T]):
    """What a worker is told."""

    program: str
    """The digest of the sources that the numbers come from; empty in the same process."""
    model: bytes | Laid
    seed: int
    manner: Manner
    replications: Sequence[int]
    engine: str
    keep: Callable[[RunMeasures], T]
    ask: bool
    """For the facts of the model, too."""


def _run(parent: int, order: _Order[T]) -> Made[T]:
    """Some replications, in a worker."""
    if parent:
        _obey(parent)
        _search_less()
    if order.program and program_digest() != order.program:  # a worker that joined a cluster late
        raise CrewLost(f"a worker runs another changeflow, {program_digest()}, not {order.program}")
    manner, model = order.manner, order.model
    window, controls = _unpacked(model, manner) if isinstance(model, bytes) else model
    runs = [
        (number, order.keep(one_run(manner, window, order.seed, number, order.engine, controls)))
        for number in order.replications
    ]
    return runs, facts_of(window.model, manner) if order.ask else None


def _laid_out(model: Model, manner: Manner) -> Laid:
    window = Window.of(compile_tables(model))
    return window, controls_of(manner, window)


def _packed(model: Model) -> bytes:
    """A model for sending; a rule of its own may be a function that only this process knows by name."""
    if not model.rules:
        return pickle.dumps(model)
    import cloudpickle  # noqa: PLC0415  slow, and few models need it

    packed: bytes = cloudpickle.dumps(model)
    return packed


@lru_cache(maxsize=16)
def _unpacked(model: bytes, manner: Manner) -> Laid:
    """A worker meets the same few models again and again."""
    return _laid_out(pickle.loads(model), manner)


@cache
def _obey(parent: int) -> None:
    """A worker leaves Ctrl-C to its parent, and ends when the parent was killed: else it waits for work for ever.

    The parent says who it is, for it may have been killed before the worker first looks.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@cache
def _search_less() -> None:
    """Runs make many objects and no circles of them: Python need not look for those."""
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_SEARCHES)
