"""Makes the runs that a study still lacks, spread over cores, and puts each into the store as it comes."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from changeflow.engine.tables import compile_tables
from changeflow.errors import Incomplete
from changeflow.measure.window import Window
from changeflow.model.schema import Model
from changeflow.study.manner import Manner
from changeflow.study.runner import obey
from changeflow.study.store import Store
from changeflow.study.store_packing import Packed, pack

Told = Callable[[int, int], None]
"""Called with runs kept and runs wanted, both as far as is known."""
SECONDS_A_TASK = 0.25
SECONDS_BETWEEN_COMMITS = 0.5
MOST_A_TASK = 100
PATIENCE = 0.2
"""Seconds after which the loop looks at the clock, and at signals, though nothing has come."""


@dataclass(frozen=True, slots=True)
class Task:
    """Some replications of one cell."""

    point: int
    scenario: str
    replications: tuple[int, ...]


Stage = Callable[[int], int | None]
"""A point -> the replications that it wants next of each scenario; None when it has enough."""


@dataclass
class Agenda:
    """Which replications are made next: point by point, and at a point until it has enough.

    A point that waits for its runs to come back, to see whether they are precise, lets the next points begin.
    """

    points: Iterator[int]
    scenarios: tuple[str, ...]
    stage: Stage
    done: Callable[[int, str], set[int]]
    ready: deque[Task] = field(default_factory=deque)
    open: dict[int, int] = field(default_factory=dict)
    """Point -> its runs that are not back."""

    def next(self, size: int) -> Task | None:
        """At most `size` replications of one cell; None when there is nothing to do now."""
        while not self.ready:
            point = next(self.points, None)
            if point is None:
                return None
            self._begin(point)
        task = self.ready.popleft()
        now, later = task.replications[:size], task.replications[size:]
        if later:
            self.ready.appendleft(Task(task.point, task.scenario, later))
        return Task(task.point, task.scenario, now)

    def _begin(self, point: int) -> None:
        until = self.stage(point)
        if until is None:
            return
        for scenario in self.scenarios:
            done = self.done(point, scenario)
            lacking = tuple(replication for replication in range(until) if replication not in done)
            if lacking:
                self.ready.append(Task(point, scenario, lacking))
                self.open[point] = self.open.get(point, 0) + len(lacking)

    def finished(self, task: Task) -> None:
        """A task's runs are in the store: the last of a point's stage opens its next one."""
        self.open[task.point] -= len(task.replications)
        if self.open[task.point] == 0:
            del self.open[task.point]
            self._begin(task.point)


class Workshop:
    """The models in work, made once each, and the workers: threads for the compiled engine, processes for the other."""

    def __init__(
        self,
        model: Callable[[int, str], Model],
        seed: Callable[[int, str], int],
        manner: Manner,
        engine: str,
        workers: int,
    ) -> None:
        self.model, self.seed, self.manner, self.engine, self.workers = model, seed, manner, engine, workers
        self.in_processes = engine != "compiled" and workers > 1
        self._made: dict[tuple[int, str], Any] = {}

    def pool(self) -> Executor:
        """The workers; left, it waits for what has begun."""
        if self.in_processes:
            from joblib.externals.loky import get_reusable_executor  # noqa: PLC0415  a slow import

            executor: Executor = get_reusable_executor(self.workers)
            return executor
        return ThreadPoolExecutor(self.workers)

    def submit(self, pool: Executor, task: Task) -> Future[list[tuple[int, Packed]]]:
        """Begin a task."""
        parent = os.getpid() if self.in_processes else 0
        seed = self.seed(task.point, task.scenario)
        return pool.submit(_run, parent, self._prepared(task), self.manner, seed, task.replications, self.engine)

    def _prepared(self, task: Task) -> Any:
        """A model (for processes) or its window (for threads); the last few are kept."""
        key = task.point, task.scenario
        if key not in self._made:
            model = self.model(*key)
            self._made[key] = model if self.in_processes else Window.of(compile_tables(model))
            while len(self._made) > 2 * self.workers + 2:
                del self._made[next(iter(self._made))]
        return self._made[key]


class Tasks(Protocol):
    """What is to be run next, as far as it is known."""

    def next(self, size: int) -> Task | None:
        """At most `size` replications of one cell; None when there is nothing to do now."""

    def finished(self, task: Task) -> None:
        """A task's runs are in the store."""


def run_missing(
    agenda: Tasks,
    workshop: Workshop,
    store: Store,
    cell: Callable[[int, str], str],
    *,
    already: int,
    wanted: int,
    time_limit: float | None,
    tell: Told,
) -> None:
    """Make every run of the agenda. Raises Incomplete at the time limit, or when a worker process is killed.

    Whatever stops it, the runs that have come back are kept; `tell` hears of runs only when they are durable.
    `already` of the `wanted` runs are there; with a sequential rule more may turn out to be wanted.
    """
    end = None if time_limit is None else time.monotonic() + time_limit
    pending: dict[Future[list[tuple[int, Packed]]], Task] = {}
    keeper = _Keeper(store, tell, already, wanted)
    size, late = 1, False
    try:
        with workshop.pool() as pool, _called_off(pending):
            while True:
                late = late or (end is not None and time.monotonic() >= end)
                while not late and len(pending) < 2 * workshop.workers and (task := agenda.next(size)) is not None:
                    pending[workshop.submit(pool, task)] = task
                if not pending:
                    break
                back, _ = wait(pending, PATIENCE, FIRST_COMPLETED)
                for future in back:
                    task = pending.pop(future)
                    keeper.add(cell(task.point, task.scenario), future.result())
                    agenda.finished(task)
                size = keeper.size(workshop.workers)
                keeper.look()
    except BrokenExecutor:
        raise Incomplete(f"a worker process was killed; {keeper.kept} of {wanted} runs are kept") from None
    finally:
        for future, task in pending.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                keeper.add(cell(task.point, task.scenario), future.result())
        keeper.look(now=True)
    if late and agenda.next(1) is not None:
        raise Incomplete(f"the time limit has passed; {keeper.kept} of {wanted} runs are kept")


@contextmanager
def _called_off(pending: Iterable[Future[list[tuple[int, Packed]]]]) -> Iterator[None]:
    """Left, whatever for, it calls off what has not begun."""
    try:
        yield
    finally:
        for future in pending:
            future.cancel()


class _Keeper:
    """Puts runs into the store, makes them durable every half second, and only then tells of them."""

    def __init__(self, store: Store, tell: Told, already: int, wanted: int) -> None:
        self.store, self.tell, self.before, self.wanted = store, tell, already, wanted
        self.new, self.kept = 0, already
        self.began = self.last = time.monotonic()

    def add(self, cell: str, runs: list[tuple[int, Packed]]) -> None:
        self.new += self.store.add(cell, runs)

    def look(self, *, now: bool = False) -> None:
        if now or time.monotonic() - self.last >= SECONDS_BETWEEN_COMMITS:
            self.store.commit()
            self.kept, self.last = self.before + self.new, time.monotonic()
            if not now:
                self.tell(self.kept, max(self.wanted, self.kept))

    def size(self, workers: int) -> int:
        """Replications of a task that takes a quarter of a second, by the rate so far."""
        rate = self.new / (time.monotonic() - self.began) / workers
        return max(1, min(int(rate * SECONDS_A_TASK), MOST_A_TASK))


def _run(
    parent: int, prepared: Any, manner: Manner, seed: int, replications: tuple[int, ...], engine: str
) -> list[tuple[int, Packed]]:
    """Some replications, in a worker."""
    if parent:
        obey(parent)
    window = prepared if isinstance(prepared, Window) else Window.of(compile_tables(prepared))
    controls = manner.controls_of(window)
    return [(number, pack(manner.run(window, seed, number, engine, controls))) for number in replications]
