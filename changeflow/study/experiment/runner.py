"""Makes the runs that a study still lacks and puts each into the store as it comes."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future

from changeflow.errors import Incomplete
from changeflow.study.crews.agenda import Task, Tasks
from changeflow.study.crews.crew import CrewLost
from changeflow.study.crews.scheduler import carry_out
from changeflow.study.crews.workshop import Made, Workshop
from changeflow.study.experiment.cells import Cells
from changeflow.study.store.packing import Packed
from changeflow.study.store.runs import Store

Told = Callable[[int, int], None]
"""Called with runs kept and runs wanted, both as far as is known."""
SECONDS_BETWEEN_COMMITS = 0.5


def run_missing(
    agenda: Tasks,
    workshop: Workshop[Packed],
    store: Store,
    cells: Cells,
    *,
    already: int,
    wanted: int,
    time_limit: float | None,
    tell: Told,
) -> None:
    """Make every run of the agenda. Raises Incomplete at the time limit, or when the crew is lost.

    Whatever stops it, the runs that have come back are kept; `tell` hears of runs only when they are durable.
    `already` of the `wanted` runs are there; with a sequential rule more may turn out to be wanted.
    """
    end = None if time_limit is None else time.monotonic() + time_limit
    keeper = _Keeper(store, cells, tell, already, wanted)

    def submit(task: Task) -> Future[Made[Packed]]:
        return workshop.submit(task, ask=keeper.asks(task))

    try:
        try:
            is_done = carry_out(workshop.crew, agenda, submit, keeper.add, keeper.look, end=end, keep_begun=True)
        finally:
            keeper.keep()
        keeper.say()
    except CrewLost as lost:
        raise Incomplete(f"{lost.how}; {keeper.kept} of {wanted} runs are kept") from None
    if not is_done:
        raise Incomplete(f"the time limit has passed; {keeper.kept} of {wanted} runs are kept")


class _Keeper:
    """Puts runs into the store, makes them durable every half second, and only then tells of them."""

    def __init__(self, store: Store, cells: Cells, tell: Told, already: int, wanted: int) -> None:
        self.store, self.cells, self.tell = store, cells, tell
        self.before, self.wanted, self.asked = already, wanted, set[str]()
        self.new, self.kept = 0, already
        self.last = time.monotonic()

    def asks(self, task: Task) -> bool:
        """Must the facts of the task's model be found? They are asked for once."""
        key = self.cells.keys[task.point, task.scenario]
        asks = key not in self.cells.facts and key not in self.asked
        self.asked.add(key)
        return asks

    def add(self, task: Task, made: Made[Packed]) -> None:
        (runs, facts), key = made, self.cells.keys[task.point, task.scenario]
        self.new += self.store.add(key, runs)
        if facts is not None:
            self.cells.facts[key] = facts
            self.cells.note(self.store)

    def look(self) -> None:
        if time.monotonic() - self.last >= SECONDS_BETWEEN_COMMITS:
            self.keep()
            self.say()

    def keep(self) -> None:
        self.store.commit()
        self.kept, self.last = self.before + self.new, time.monotonic()

    def say(self) -> None:
        self.tell(self.kept, max(self.wanted, self.kept))
