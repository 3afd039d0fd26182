"""What run, compare and size do before their runs, and who makes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from changeflow.cli.crews import asked_for
from changeflow.cli.progress import reporting, say_compiling
from changeflow.cli.run_options import Shared
from changeflow.model.schema import Model
from changeflow.study.crews.runner import Progress
from changeflow.study.scenarios.plan import Plan

if TYPE_CHECKING:
    from changeflow.present.drawing.studio import Draw
    from changeflow.study.crews.crew import Crew


def planned(scenarios: Mapping[str, Model], options: Shared, baseline: str | None = None) -> Plan:
    """The plan that the options ask for; raises PlanError for what they cannot ask for."""
    return Plan.of(
        scenarios, replications=options.replications, seed=options.seed, engine=options.engine, baseline=baseline,
        quick=options.quick, workers=options.workers,
    )  # fmt: skip


def folder_for(options: Shared) -> Path:
    """The folder to write, refused before anything runs."""
    from changeflow.present.files.folder import choose_folder

    return choose_folder(options.out, force=options.force)


@contextmanager
def hiring(
    plan: Plan, options: Shared, what: str, runs: int | None = None
) -> Iterator[tuple[Plan, Crew | None, Progress]]:
    """The plan with its engine, the cluster if one is asked for, and who hears of it; `runs` as in with_engine."""
    from changeflow.study.scenarios.compare import with_engine

    plan = with_engine(plan, runs)
    if options.dask is None:
        _tell_compiling(plan, options)
    with asked_for(options.dask, options.workers) as crew, reporting(options.progress, what) as progress:
        yield plan, crew, progress


@contextmanager
def drawing(charts_of: str, options: Shared, helpers: int = 2) -> Iterator[Draw]:
    """Who draws the charts, if any are wanted: it gets ready while the runs are made, on a core beside them."""
    from changeflow.present.drawing.studio import draw_nothing, studio

    if not options.charts:
        yield draw_nothing
        return
    with studio(charts_of, 0 if options.workers == 1 else helpers) as draw:
        yield draw


def _tell_compiling(plan: Plan, options: Shared) -> None:
    """A word when machine code must be made first."""
    from changeflow.engine.simulate import machine_code_is_there

    if plan.engine == "compiled" and not machine_code_is_there(dict(plan.scenarios).values()):
        say_compiling(options.progress)
