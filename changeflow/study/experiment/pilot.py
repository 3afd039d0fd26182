"""A first run of each scenario: which measures there are, how long a run takes, how much is kept of it."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass

from changeflow.engine.simulate import choose_engine, machine_code_is_there
from changeflow.engine.tables.model import compile_tables
from changeflow.measure.trace.window import Window
from changeflow.study.crews.crew import cores_worth
from changeflow.study.crews.one_run import controls_of, one_run
from changeflow.study.experiment.cells import Cells
from changeflow.study.experiment.plan import StudyPlan
from changeflow.study.store.packing import pack

ROW_BYTES = 40
"""Of a run in the store, beside its numbers."""


@dataclass(frozen=True, slots=True)
class Pilot:
    """What the first runs say of the others."""

    measures: frozenset[str]
    seconds_a_run: float
    bytes_a_run: float
    memory_bytes: float
    """Of the whole process so far."""
    engine: str
    seconds_a_cell: float
    """To make a scenario's model at a point, and its tables."""


def pilot(plan: StudyPlan) -> Pilot:
    """Run replication 0 of each scenario at the first point, twice, for the first time pays for much else."""
    measures: set[str] = set()
    seconds, size = 0.0, 0
    began = time.perf_counter()
    models = [plan.model(0, scenario) for scenario in plan.scenarios]
    tables = [compile_tables(model) for model in models]
    making = time.perf_counter() - began
    engine = choose_engine("auto", models=models, tables=tables)
    for one in tables:
        window = Window.of(one)
        controls = controls_of(plan.manner, window)
        for _ in range(2):
            began = time.perf_counter()
            run = one_run(plan.manner, window, plan.study.seed, 0, engine, controls)
            spent = time.perf_counter() - began
        measures |= set(run.values)
        seconds, size = seconds + spent, size + len(pack(run).numbers) + ROW_BYTES
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0  # kilobytes on Linux
    count = len(models)
    return Pilot(frozenset(measures), seconds / count, size / count, memory, engine, making / count)


def engine_for(plan: StudyPlan, cells: Cells, asked: str, missing: int) -> str:
    """The engine for the runs that lack: as asked, else what their work calls for."""
    models = [plan.model(0, scenario) for scenario in plan.scenarios]
    if cells.process_only is not None:
        models.append(plan.model(*cells.process_only))
    return choose_engine(asked, missing * visits_a_run(plan, cells), models)


def cores_for(plan: StudyPlan, cells: Cells, engine: str, missing: int, asked: int | None) -> int:
    """The cores for the runs that lack: as asked, else as many as pay."""
    return cores_worth(engine, missing, visits_a_run(plan, cells)) if asked is None else asked


def visits_a_run(plan: StudyPlan, cells: Cells) -> float:
    """Expected at the first point, by the mean of the scenarios; the other points are known when they have run."""
    known = [cells.facts_at(0, scenario) for scenario in plan.scenarios]
    return sum(one.visits for one in known) / len(known)


def must_compile(plan: StudyPlan, engine: str) -> bool:
    """Must machine code be made first?"""
    return engine == "compiled" and not machine_code_is_there(plan.model(0, name) for name in plan.scenarios)
