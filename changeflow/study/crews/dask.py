"""A crew on a Dask cluster: a scheduler at an address, with workers that come and go."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import Any

from changeflow.errors import PlanError
from changeflow.study.crews.crew import Crew, CrewLost
from changeflow.study.store.key import program_digest

SECONDS_TO_ANSWER = 3.0
SECONDS_BETWEEN_COUNTS = 2.0
SECONDS_WITHOUT_WORKERS = 60.0
"""A cluster whose last worker left may get a new one; no longer than this is it waited for."""


@contextmanager
def cluster(address: str, version: str) -> Iterator[Crew]:
    """The workers of a scheduler, all of which must run this very changeflow, of this version.

    Raises PlanError where nobody answers, where there are no workers, or where they run another version. A worker that
    dies loses nothing: the scheduler gives its tasks to another.
    """
    try:
        from distributed import Client, KilledWorker  # noqa: PLC0415  an extra, and half a second
    except ImportError:
        raise PlanError("--dask: expected the extra 'dask' (pip install 'changeflow[dask]'), found none") from None
    for name in logging.root.manager.loggerDict:
        if name.partition(".")[0] in {"distributed", "tornado", "asyncio"}:
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what is wrong we say ourselves
    try:
        client = Client(address, timeout=SECONDS_TO_ANSWER, set_as_default=False)
    except (OSError, ValueError, TypeError):  # a timeout, an address that is none, no scheduler's answer
        raise PlanError(
            f"--dask {address}: expected the address of a Dask scheduler, such as tcp://127.0.0.1:8786, "
            "found nobody who answers there"
        ) from None
    try:
        _check_workers(client, address, version)
        pool = client.get_executor(pure=False)  # a task is never taken for another one
        lost = f"the Dask scheduler at {address} is gone, or worker after worker that had the same task"
        yield Crew(pool, _Count(client, address), apart=True, losses=(CancelledError, KilledWorker), lost=lost)
    finally:
        client.close(timeout=SECONDS_TO_ANSWER)


class _Count:
    """How many tasks the cluster works on at once."""

    def __init__(self, client: Any, address: str) -> None:
        self.client, self.address = client, address
        self.threads, self.counted, self.seen = 1, 0.0, time.monotonic()

    def __call__(self) -> int:
        now = time.monotonic()
        if now - self.counted >= SECONDS_BETWEEN_COUNTS:
            try:
                found = sum(self.client.nthreads().values())
            except (OSError, TimeoutError, ValueError):
                raise CrewLost(f"the Dask scheduler at {self.address} is gone") from None
            self.counted, self.seen = now, now if found else self.seen
            self.threads = max(found, 1)
            if now - self.seen > SECONDS_WITHOUT_WORKERS:
                raise CrewLost(f"the Dask scheduler at {self.address} has had no workers for a minute")
        return self.threads


def _check_workers(client: Any, address: str, version: str) -> None:
    try:
        client.wait_for_workers(1, timeout=SECONDS_TO_ANSWER)
    except TimeoutError:
        raise PlanError(f"--dask {address}: expected at least one worker, found a scheduler without any") from None

    def asked() -> tuple[str, str]:  # a function in a function is sent as a whole: a worker may lack the module
        from importlib import import_module  # noqa: PLC0415

        digest: str = import_module("changeflow.study.store.key").program_digest()
        return str(import_module("changeflow").__version__), digest

    mine = version, program_digest()
    answers = client.run(asked, on_error="return")  # an error is an answer, too
    strangers = {worker: found for worker, found in answers.items() if found != mine}
    if strangers:
        worker, found = next(iter(strangers.items()))
        shown = _said(found) if isinstance(found, tuple) else f"none that answers ({found})"
        raise PlanError(
            f"--dask {address}: expected workers with changeflow {_said(mine)}, found {shown} at {worker}"
            + (f", and {len(strangers) - 1} more" if len(strangers) > 1 else "")
        )


def _said(version: tuple[str, str]) -> str:
    return f"{version[0]} (program {version[1][:8]})"
