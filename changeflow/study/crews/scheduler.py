"""The one loop that hands tasks to a crew and takes what comes back: for comparisons, sizing, studies, verification."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import TypeVar

from changeflow.study.crews.agenda import Task, Tasks
from changeflow.study.crews.crew import Crew, CrewLost

T = TypeVar("T")
SECONDS_A_TASK = 0.25
MOST_A_TASK = 100
PATIENCE = 0.2
"""Seconds after which the loop looks at the clock, and at signals, though nothing has come."""


def nothing() -> None:
    """Nothing to be done between tasks."""


def carry_out(
    crew: Crew,
    tasks: Tasks,
    submit: Callable[[Task], Future[T]],
    take: Callable[[Task, T], None],
    look: Callable[[], None] = nothing,
    *,
    end: float | None = None,
    keep_begun: bool = False,
) -> bool:
    """Hand out all tasks; False when the clock has passed `end` (of time.monotonic) while there were more.

    Whatever stops it, what has not begun is called off; with `keep_begun` what has begun is waited for and taken.
    No more tasks are under way than keep the crew busy. Raises CrewLost when the workers are.
    """
    pending: dict[Future[T], Task] = {}
    pace, late = _Pace(), False
    try:
        while True:
            late = late or (end is not None and time.monotonic() >= end)
            workers = crew.size()
            size = pace.runs_a_task(workers)
            while not late and len(pending) < 2 * workers and (task := tasks.next(size)) is not None:
                pending[submit(task)] = task
            if not pending:
                break
            back, _ = wait(pending, PATIENCE, FIRST_COMPLETED)
            for future in back:
                task = pending.pop(future)
                take(task, future.result())
                tasks.finished(task)
                pace.runs += len(task.replications)
            look()
    except crew.losses:
        raise CrewLost(crew.lost) from None
    finally:
        begun = {future: task for future, task in pending.items() if not (crew.calls_off and future.cancel())}
        if keep_begun:
            wait(begun)  # not for what was called off: a cluster that is gone never says that it knows
            for future, task in begun.items():
                if future.exception() is None:
                    take(task, future.result())
    return not late or tasks.next(1) is None


class _Pace:
    """How fast runs come back."""

    def __init__(self) -> None:
        self.began, self.runs = time.monotonic(), 0

    def runs_a_task(self, workers: int) -> int:
        """Replications of a task that takes a quarter of a second, by the rate so far."""
        rate = self.runs / max(time.monotonic() - self.began, 1e-9) / workers
        return max(1, min(int(rate * SECONDS_A_TASK), MOST_A_TASK))
