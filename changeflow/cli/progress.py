"""Progress on stderr: a bar on a terminal, JSON lines on request, nothing otherwise."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from changeflow.cli.stopping import stop_if_told
from changeflow.study.runner import Progress, no_progress


@contextmanager
def reporting(how: str, what: str) -> Iterator[Progress]:
    """A function to tell progress to, which shows it and stops the runs when a signal has come."""
    with _shown(how, what) as show:

        def tell(done: int, total: int) -> None:
            stop_if_told()
            show(done, total)

        yield tell


@contextmanager
def _shown(how: str, what: str) -> Iterator[Progress]:
    if how == "json":
        yield _json_lines
    elif how == "none" or not sys.stderr.isatty():
        yield no_progress
    else:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
            task = bars.add_task(what, total=None)
            yield lambda done, total: bars.update(task, completed=done, total=total)


def _json_lines(done: int, total: int) -> None:
    sys.stderr.write(json.dumps({"done": done, "total": total}) + "\n")  # at once: print may be stopped before the end
    sys.stderr.flush()
