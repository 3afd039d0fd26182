"""Makes the runs that a study still lacks, spread over cores, and puts each into the store as it comes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from contextlib import contextmanager

from changeflow.errors import Incomplete
from changeflow.study.agenda import Task, Tasks
from changeflow.study.crew import Made, Workshop
from changeflow.study.store import Store
from changeflow.study.study import Cells

Told = Callable[[int, int], None]
"""Called with runs kept and runs wanted, both as far as is known."""
SECONDS_A_TASK = 0.25
SECONDS_BETWEEN_COMMITS = 0.5
MOST_A_TASK = 100
PATIENCE = 0.2
"""Seconds after which the loop looks at the clock, and at signals, though nothing has come."""


def run_missing(
    agenda: Tasks,
    workshop: Workshop,
    store: Store,
    cells: Cells,
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
    pending: dict[Future[Made], Task] = {}
    keeper = _Keeper(store, cells, tell, already, wanted)
    size, late = 1, False
    try:
        with workshop.crew.hired() as pool, _called_off(pending):
            while True:
                late = late or (end is not None and time.monotonic() >= end)
                workers = workshop.crew.size()
                while not late and len(pending) < 2 * workers and (task := agenda.next(size)) is not None:
                    ask = keeper.asks(task)
                    made = workshop.submit(pool, task.point, task.scenario, task.replications, ask=ask)
                    pending[made] = task
                if not pending:
                    break
                back, _ = wait(pending, PATIENCE, FIRST_COMPLETED)
                for future in back:
                    task = pending.pop(future)
                    keeper.add(task, future.result())
                    agenda.finished(task)
                size = keeper.size(workers)
                keeper.look()
    except (BrokenExecutor, CancelledError):
        raise Incomplete(f"a worker process was killed; {keeper.kept} of {wanted} runs are kept") from None
    finally:
        for future, task in pending.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                keeper.add(task, future.result())
        keeper.look(now=True)
    if late and agenda.next(1) is not None:
        raise Incomplete(f"the time limit has passed; {keeper.kept} of {wanted} runs are kept")


@contextmanager
def _called_off(pending: Iterable[Future[Made]]) -> Iterator[None]:
    """Left, whatever for, it calls off what has not begun."""
    try:
        yield
    finally:
        for future in pending:
            future.cancel()


class _Keeper:
    """Puts runs into the store, makes them durable every half second, and only then tells of them."""

    def __init__(self, store: Store, cells: Cells, tell: Told, already: int, wanted: int) -> None:
        self.store, self.cells, self.tell = store, cells, tell
        self.before, self.wanted, self.asked = already, wanted, set[str]()
        self.new, self.kept = 0, already
        self.began = self.last = time.monotonic()

    def asks(self, task: Task) -> bool:
        """Must the facts of the task's model be found? They are asked for once."""
        key = self.cells.keys[task.point, task.scenario]
        asks = key not in self.cells.facts and key not in self.asked
        self.asked.add(key)
        return asks

    def add(self, task: Task, made: Made) -> None:
        (runs, facts), key = made, self.cells.keys[task.point, task.scenario]
        self.new += self.store.add(key, runs)
        if facts is not None:
            self.cells.facts[key] = facts
            self.cells.note(self.store)

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
