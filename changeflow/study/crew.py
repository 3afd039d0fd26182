"""Who makes the runs of a study: threads, processes of this machine, or a cluster. All make the same bytes."""

from __future__ import annotations

import gc
import os
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache

from changeflow.engine.tables import compile_tables
from changeflow.errors import Incomplete
from changeflow.measure.controls import Controls
from changeflow.measure.window import Window
from changeflow.model.schema import Model
from changeflow.study.facts import Facts, facts_of
from changeflow.study.manner import Manner
from changeflow.study.runner import obey
from changeflow.study.store_packing import Packed, pack
from changeflow.study.study_key import program_digest

Runs = list[tuple[int, Packed]]
"""Replications with their numbers."""
Made = tuple[Runs, Facts | None]
"""What a task makes: runs, and the facts of its model if they were asked for."""
WORTH_PROCESSES = 2_000
"""Runs from which on processes pay for their start, some two seconds. Threads share the compiled loop, but that is a
quarter of a short run's time: its preparation and its measuring hold the interpreter's lock (profile of
open_platform: loop 0.5 of 3.5 ms, preparation 1.3, measuring 1.7)."""
_OBJECTS_BETWEEN_SEARCHES = 100_000


@dataclass(frozen=True, slots=True)
class Crew:
    """Some workers."""

    size: Callable[[], int]
    """How many there are now: a cluster grows and shrinks."""
    hired: Callable[[], AbstractContextManager[Executor]]
    """The executor that spreads the work; left, it waits for what has begun."""
    parent: int = 0
    """The process whose end ends the workers, and that Ctrl-C is for; 0: it looks after itself."""


def crew_here(engine: str, workers: int, runs: int) -> Crew:
    """Threads for a few runs of the compiled engine, processes for many, and for the other engine."""
    if workers > 1 and (engine != "compiled" or runs >= WORTH_PROCESSES):
        return processes(workers)
    return threads(workers)


def threads(workers: int) -> Crew:
    """Threads of this process."""
    return Crew(lambda: workers, lambda: ThreadPoolExecutor(workers))


def processes(workers: int) -> Crew:
    """Processes that outlive an interruption of one task, and not the end of this one."""

    @contextmanager
    def hired() -> Iterator[Executor]:
        from joblib.externals.loky import get_reusable_executor  # noqa: PLC0415  a slow import

        with get_reusable_executor(workers) as executor:
            yield executor

    return Crew(lambda: workers, hired, os.getpid())


class Workshop:
    """The models in work, made once each, and the crew that runs them."""

    def __init__(
        self,
        model: Callable[[int, str], Model],
        seed_of: Callable[[int, str], int],
        manner: Manner,
        engine: str,
        crew: Crew,
    ) -> None:
        self.model, self.seed_of, self.manner, self.engine, self.crew = model, seed_of, manner, engine, crew
        self._packed: dict[tuple[int, str], bytes] = {}

    def submit(
        self, pool: Executor, point: int, scenario: str, replications: tuple[int, ...], *, ask: bool
    ) -> Future[Made]:
        """Begin some replications of one scenario at a point, and find out its facts, if asked."""
        model, seed = self._model(point, scenario), self.seed_of(point, scenario)
        order = _Order(program_digest(), model, seed, self.manner, replications, self.engine, ask)
        return pool.submit(_run, self.crew.parent, order)

    def _model(self, point: int, scenario: str) -> bytes:
        """A model ready for sending; that of the last few points is kept."""
        key = point, scenario
        if key not in self._packed:
            self._packed[key] = pickle.dumps(self.model(point, scenario))
            while len(self._packed) > 2 * self.crew.size() + 2:
                del self._packed[next(iter(self._packed))]
        return self._packed[key]


@dataclass(frozen=True, slots=True)
class _Order:
    """What a worker is told."""

    program: str
    """The digest of the sources that the numbers come from."""
    model: bytes
    seed: int
    manner: Manner
    replications: tuple[int, ...]
    engine: str
    ask: bool
    """For the facts of the model, too."""


def _run(parent: int, order: _Order) -> Made:
    """Some replications, in a worker."""
    if parent:
        obey(parent)
        _search_less()
    if program_digest() != order.program:  # a worker that joined a cluster late
        raise Incomplete(f"a worker runs another changeflow, {program_digest()}, not {order.program}")
    (window, controls), manner = _laid_out(order.model, order.manner), order.manner
    runs = [
        (number, pack(manner.run(window, order.seed, number, order.engine, controls))) for number in order.replications
    ]
    return runs, facts_of(window.model, manner) if order.ask else None


@lru_cache(maxsize=16)
def _laid_out(model: bytes, manner: Manner) -> tuple[Window, Controls | None]:
    """A model laid out, with what its controls share; a worker meets the same few models again and again."""
    window = Window.of(compile_tables(pickle.loads(model)))
    return window, manner.controls_of(window)


@cache
def _search_less() -> None:
    """Runs make many objects and no circles of them: Python need not look for those."""
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_SEARCHES)
