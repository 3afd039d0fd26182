"""Who makes runs: this process, its threads, processes of this machine, or a cluster. All make the same bytes."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from changeflow.errors import RunError

WORTH_PROCESSES = 2_000
"""Runs from which on processes pay for their start, some two seconds. Threads share the compiled loop, but that is a
quarter of a short run's time: its preparation and its measuring hold the interpreter's lock (profile of
open_platform: loop 0.5 of 3.5 ms, preparation 1.3, measuring 1.7)."""
WORTH_THREADS = 10_000
"""Visits of a run from which on threads pay: two of them take as long as one at 900 visits, for a fifth more processor
time, and a half to two thirds of its time at 26,000."""
WORTH_SHARING = 100
"""Runs from which on two cores pay where runs are long."""
MOST_CORES = 8
"""That are taken without being asked for."""
SECONDS_WITHOUT_WORK = 300
"""A process that has waited so long for work ends: a search thinks between its runs."""


class CrewLost(RunError):
    """The workers are gone, and what they had in hand with them."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how

    def __str__(self) -> str:
        return f"{self.how}; nothing was written, so the same command begins anew"


@dataclass(frozen=True, slots=True)
class Crew:
    """Some workers, for as long as they are hired."""

    pool: Executor
    size: Callable[[], int]
    """How many there are now: a cluster grows and shrinks."""
    apart: bool = False
    """Do they share no memory with this process?"""
    parent: int = 0
    """The process whose end ends the workers, and that Ctrl-C is for; 0: they look after themselves."""
    losses: tuple[type[BaseException], ...] = (BrokenExecutor, CancelledError)
    """What a task raises when the workers are gone."""
    calls_off: bool = True
    """May a task be called off before it has begun?"""
    lost: str = "a worker process was killed"
    """How that is told."""


class _Oneself(Executor):
    """Does a task where and when it is handed in."""

    def submit(self, task: Callable[..., Any], /, *words: Any, **named: Any) -> Future[Any]:
        done = Future[Any]()
        done.set_result(task(*words, **named))
        return done


ALONE = Crew(_Oneself(), lambda: 1)
"""This very process: a signal stops it in the middle of a run."""
Hired = AbstractContextManager[Crew]
"""Left, it waits for what has begun; left by an error, processes are ended at once."""


def cores_worth(engine: str, runs: int, visits: float) -> int:
    """Cores of this machine that the runs pay for; visits: of a run to all stations."""
    alone = runs < WORTH_SHARING or (engine == "compiled" and visits < WORTH_THREADS and runs < WORTH_PROCESSES)
    return 1 if alone else min(os.cpu_count() or 1, MOST_CORES)


def crew_here(engine: str, workers: int, runs: int, instead: Crew | None = None) -> Hired:
    """This process, or threads for a few runs of the compiled engine, processes for many and for the other engine.

    `instead`: a crew that is hired already.
    """
    if instead is not None:
        return nullcontext(instead)
    if workers == 1:
        return nullcontext(ALONE)
    return processes(workers) if engine != "compiled" or runs >= WORTH_PROCESSES else threads(workers)


@contextmanager
def threads(workers: int) -> Iterator[Crew]:
    """Threads of this process."""
    with ThreadPoolExecutor(workers) as pool:
        yield Crew(pool, lambda: workers)


@contextmanager
def processes(workers: int) -> Iterator[Crew]:
    """Processes of this machine, which do not outlive this one."""
    from multiprocessing import resource_tracker  # noqa: PLC0415  of no use without loky

    from loky import get_reusable_executor  # noqa: PLC0415  a slow import

    pool = get_reusable_executor(workers, timeout=SECONDS_WITHOUT_WORK)
    resource_tracker.ensure_running()  # which lets Ctrl-C through as it starts
    with _ctrl_c_held_back():
        pool.submit(os.getpid)  # all workers start with the first task
    try:
        # loky takes up every task at once, and stumbles over one that was called off just before
        yield Crew(pool, lambda: workers, apart=True, parent=os.getpid(), calls_off=False)
    except BaseException:
        pool.shutdown(wait=True, kill_workers=True)
        raise
    pool.shutdown(wait=True)


@contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """Until afterwards; a process that is started meanwhile never hears it: a worker would die of it with a traceback
    before it can know that Ctrl-C is for its parent.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
