"""Runs models: replications spread over a crew, progress reported, the same numbers however they are spread."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from changeflow.measure.records import RunMeasures
from changeflow.model.schema import Model
from changeflow.study.crews.agenda import Ready, Task
from changeflow.study.crews.crew import ALONE, Crew
from changeflow.study.crews.manner import AS_ALWAYS, Manner
from changeflow.study.crews.scheduler import carry_out
from changeflow.study.crews.workshop import Made, Workshop

Progress = Callable[[int, int], None]
"""Called with runs done and runs in all."""


def no_progress(done: int, total: int) -> None:
    """Say nothing."""


def run_all(
    models: Sequence[Model],
    replications: int,
    seed: int,
    *,
    engine: str = "auto",
    crew: Crew = ALONE,
    progress: Progress = no_progress,
    begin: int = 0,
    manner: Manner = AS_ALWAYS,
) -> list[tuple[RunMeasures, ...]]:
    """Every model in every replication begin, begin + 1, ...; one tuple of runs a model, in order of replication.

    Raises CrewLost when a worker process is killed.
    """
    workshop = Workshop(crew, lambda number, _: models[number], lambda *_: seed, manner, engine, _whole)
    tasks = Ready(Task(number, "", range(begin, begin + replications)) for number in range(len(models)))
    found: list[dict[int, RunMeasures]] = [{} for _ in models]
    done = 0

    def take(task: Task, made: Made[RunMeasures]) -> None:
        nonlocal done
        found[task.point].update(made[0])
        done += len(task.replications)
        progress(done, replications * len(models))

    carry_out(crew, tasks, workshop.submit, take)
    return [tuple(runs[replication] for replication in sorted(runs)) for runs in found]


def _whole(run: RunMeasures) -> RunMeasures:
    """All that was measured is kept, curves and single requests too."""
    return run
