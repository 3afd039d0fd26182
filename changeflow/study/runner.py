"""Runs a plan: replications spread over cores, progress reported, the same numbers however it is spread."""

from __future__ import annotations

import os
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import repeat

from changeflow.engine.simulate import simulate
from changeflow.engine.tables import compile_tables
from changeflow.measure.records import RunMeasures
from changeflow.measure.run import measure_run
from changeflow.measure.window import Window
from changeflow.model.schema import Model

Progress = Callable[[int, int], None]
"""Called with runs done and runs in all."""

CHUNK = 5

Task = tuple[int, Model, int, tuple[int, ...], str]
"""Scenario number, model, seed, replications, engine."""


def no_progress(done: int, total: int) -> None:
    """Say nothing."""


def run_all(
    models: Sequence[Model],
    replications: int,
    seed: int,
    *,
    engine: str = "auto",
    workers: int = 1,
    progress: Progress = no_progress,
    begin: int = 0,
) -> list[tuple[RunMeasures, ...]]:
    """Every model in every replication begin, begin + 1, ...; one tuple of runs a model, in order of replication."""
    until = begin + replications
    tasks = [
        (number, model, seed, tuple(range(first, min(first + CHUNK, until))), engine)
        for number, model in enumerate(models)
        for first in range(begin, until, CHUNK)
    ]
    found: list[dict[int, RunMeasures]] = [{} for _ in models]
    total, done = replications * len(models), 0
    for number, runs in _spread(tasks, engine, workers):
        found[number] |= runs
        done += len(runs)
        progress(done, total)
    return [tuple(runs[replication] for replication in sorted(runs)) for runs in found]


def _spread(tasks: list[Task], engine: str, workers: int) -> Iterator[tuple[int, dict[int, RunMeasures]]]:
    """Threads for the compiled engine, whose loop runs without the interpreter's lock; processes for the other."""
    book: dict[int, Window] = {}
    if workers == 1:
        for task in tasks:
            yield _run(task, book)
    elif engine == "compiled":
        for number, model, *_ in tasks:
            if number not in book:
                book[number] = Window.of(compile_tables(model))
        with ThreadPoolExecutor(workers) as pool:
            yield from pool.map(_run, tasks, repeat(book))  # left early, it cancels what has not begun
    else:
        from joblib import Parallel, delayed  # noqa: PLC0415  not needed by a run on one core

        warnings.filterwarnings("ignore", category=UserWarning, module=r"joblib\.parallel")  # of tasks not used

        run = delayed(_run_for)
        yield from Parallel(n_jobs=workers, return_as="generator_unordered")(run(os.getpid(), task) for task in tasks)


@cache
def obey(parent: int) -> None:
    """A worker leaves Ctrl-C to its parent, and ends when the parent was killed: else it waits for work for ever.

    The parent says who it is, for it may have been killed before the worker first looks.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _run_for(parent: int, task: Task) -> tuple[int, dict[int, RunMeasures]]:
    """Some replications, in a worker process."""
    obey(parent)
    return _run(task, {})


def _run(task: Task, book: dict[int, Window]) -> tuple[int, dict[int, RunMeasures]]:
    """Some replications of one model; `book` keeps compiled models between the tasks of one process."""
    number, model, seed, replications, engine = task
    window = book.get(number) or Window.of(compile_tables(model))
    book.setdefault(number, window)
    runs = {}
    for replication in replications:
        trace = simulate(window.tables, seed=seed, replication=replication, engine=engine)
        runs[replication] = measure_run(window, trace)
    return number, runs
