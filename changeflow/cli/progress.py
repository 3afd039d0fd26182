"""Progress on stderr: a bar on a terminal, JSON lines on request, nothing otherwise."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from changeflow.cli.stopping import stop_if_told
from changeflow.study.crews.runner import Progress, no_progress


@contextmanager
def reporting(how: str, what: str) -> Iterator[Progress]:
    """A function to tell progress to, which shows it and stops the runs when a signal has come."""
    with _shown(how, what) as show:

        def tell(done: int, total: int) -> None:
            stop_if_told()
            show(done, total)

        yield tell


@contextmanager
def _shown(how: str, what: str, *, with_rate: bool = False) -> Iterator[Progress]:
    if how == "json":
        yield _json_lines
    elif how == "none" or not sys.stderr.isatty():
        yield no_progress
    else:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        columns = [TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()]
        if with_rate:
            columns.append(TextColumn("{task.fields[rate]}"))
        with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
            task = bars.add_task(what, total=None, rate="")

            def show(done: int, total: int) -> None:
                speed = bars.tasks[0].speed
                bars.update(task, completed=done, total=total, rate=f"{speed:.0f} runs/s" if speed else "")

            yield show


@contextmanager
def reporting_with_rate(how: str, what: str) -> Iterator[Progress]:
    """The same with runs a second and the time left, for work that may take hours."""
    began, first = time.monotonic(), -1

    def rate(done: int) -> float:
        nonlocal first
        first = done if first < 0 else first
        return (done - first) / max(time.monotonic() - began, 1e-9)

    def json_line(done: int, total: int) -> None:
        speed = rate(done)
        left = round((total - done) / speed, 1) if speed else None
        line = {"done": done, "total": total, "runs_per_second": round(speed, 2), "seconds_left": left}
        sys.stderr.write(json.dumps(line) + "\n")
        sys.stderr.flush()

    with _shown("none" if how == "json" else how, what, with_rate=True) as show:

        def tell(done: int, total: int) -> None:
            stop_if_told()
            (json_line if how == "json" else show)(done, total)

        yield tell


def say_compiling(how: str) -> None:
    """Why nothing moves yet."""
    if how == "auto":
        print("changeflow: compiling the engine, once, some ten seconds", file=sys.stderr)


def _json_lines(done: int, total: int) -> None:
    sys.stderr.write(json.dumps({"done": done, "total": total}) + "\n")  # at once: print may be stopped before the end
    sys.stderr.flush()
