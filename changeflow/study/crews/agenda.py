"""Which runs of a study are made next."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Task:
    """Some replications of one cell."""

    point: int
    scenario: str
    replications: Sequence[int]


class Tasks(Protocol):
    """What is to be run next, as far as it is known."""

    def next(self, size: int) -> Task | None:
        """At most `size` replications of one cell; None when there is nothing to do now."""

    def finished(self, task: Task) -> None:
        """What a task has made is taken."""


class Ready:
    """Tasks that can begin, each handed out in parts."""

    def __init__(self, tasks: Iterable[Task] = ()) -> None:
        self.tasks = deque(tasks)

    def __bool__(self) -> bool:
        return bool(self.tasks)

    def add(self, task: Task) -> None:
        """One more, after the others."""
        self.tasks.append(task)

    def next(self, size: int) -> Task | None:
        """At most `size` replications of the first one; None when there is none."""
        if not self.tasks:
            return None
        task = self.tasks.popleft()
        now, later = task.replications[:size], task.replications[size:]
        if later:
            self.tasks.appendleft(Task(task.point, task.scenario, later))
        return Task(task.point, task.scenario, now)

    def finished(self, task: Task) -> None:
        """No task hangs on another."""


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
    ready: Ready = field(default_factory=Ready)
    open: dict[int, int] = field(default_factory=dict)
    """Point -> its runs that are not back."""

    def next(self, size: int) -> Task | None:
        """At most `size` replications of one cell; None when there is nothing to do now."""
        while not self.ready:
            point = next(self.points, None)
            if point is None:
                return None
            self._begin(point)
        return self.ready.next(size)

    def _begin(self, point: int) -> None:
        until = self.stage(point)
        if until is None:
            return
        for scenario in self.scenarios:
            done = self.done(point, scenario)
            lacking = tuple(replication for replication in range(until) if replication not in done)
            if lacking:
                self.ready.add(Task(point, scenario, lacking))
                self.open[point] = self.open.get(point, 0) + len(lacking)

    def finished(self, task: Task) -> None:
        """A task's runs are in the store: the last of a point's stage opens its next one."""
        self.open[task.point] -= len(task.replications)
        if self.open[task.point] == 0:
            del self.open[task.point]
            self._begin(task.point)
