"""Who makes the runs: cores of this machine, or the cluster at --dask ADDRESS."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

import click

from changeflow import __version__
from changeflow.errors import PlanError

if TYPE_CHECKING:
    from changeflow.study.crews.crew import Crew

WORKERS = click.option(
    "--workers", type=int, metavar="N", help="Cores that share the runs (default: what pays, at most 8)."
)
DASK = click.option(
    "--dask", metavar="ADDRESS", help="Scheduler of a Dask cluster whose workers make the runs instead."
)


def asked_for(dask: str | None, workers: int | None) -> AbstractContextManager[Crew | None]:
    """The cluster at an address, to be hired; None where none is asked for.

    Raises PlanError with --workers beside it, and for fewer than one worker. Hired, it raises PlanError where nobody
    answers, or another changeflow.
    """
    if workers is not None and workers < 1:
        raise PlanError(f"--workers: expected at least 1, found {workers}")
    if dask is None:
        return nullcontext()
    if workers is not None:
        raise PlanError("expected either --workers or --dask, found both")
    from changeflow.study.crews.dask import cluster

    return cluster(dask, __version__)
