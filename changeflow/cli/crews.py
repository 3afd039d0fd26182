"""--dask ADDRESS: who makes the runs, where a cluster is asked for."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

import click

from changeflow import __version__
from changeflow.errors import PlanError

if TYPE_CHECKING:
    from changeflow.study.crew import Crew

DASK = click.option(
    "--dask", metavar="ADDRESS", help="Scheduler of a Dask cluster whose workers make the runs instead."
)


def asked_for(dask: str | None, workers: int | None) -> AbstractContextManager[Crew | None]:
    """The cluster at an address, to be hired; None where none is asked for. Raises PlanError with --workers beside it.

    Hired, it raises PlanError where nobody answers, or another changeflow.
    """
    if dask is None:
        return nullcontext()
    if workers is not None:
        raise PlanError("expected either --workers or --dask, found both")
    from changeflow.study.dask_crew import cluster

    return cluster(dask, __version__)
