"""Charts drawn by further processes, which get the drawing library ready while the runs are made.

Its import takes as long as drawing some charts. A process that does not come up, or dies, only costs its help: then
this one draws, to the same bytes. Each ends with this one, however this one ends, for it reads until the end of a
pipe; and it never hears Ctrl-C, which is for this one.
"""

from __future__ import annotations

import fcntl
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from itertools import count
from select import select
from typing import IO, Any, TypeAlias

from changeflow.present.drawing.drawn import Drawing

Draw: TypeAlias = Callable[[Any], list[Drawing]]
"""Draws every chart that some results have something to say in."""
OF_RESULTS = "changeflow.present.comparison.pictures"
OF_SIZING = "changeflow.present.sizing.chart"
_IN_RESULTS = "changeflow.model.reading"
"""What is named in results when they are sent, for models in them can be varied."""
_BEGIN = "import sys; sys.path[:] = {path!r}; from {here} import serve; serve({module!r}, {turn})"
_LOST = (OSError, EOFError, pickle.UnpicklingError)
"""What it comes to when a process is gone."""


@contextmanager
def studio(module: str, helpers: int) -> Iterator[Draw]:
    """Who draws what `pictures` of that module yields: at most so many further processes, or this one."""
    with ExitStack() as stack:
        hired: list[_Helper] = []
        with suppress(OSError):  # no room for a file or a process more: then this one draws
            turn = stack.enter_context(tempfile.TemporaryFile())
            hired.extend(stack.enter_context(_hired(module, turn.fileno())) for _ in range(_worth(helpers)))
        yield lambda results: _draw(module, hired, results)


def draw_here(module: str, results: Any) -> list[Drawing]:
    """Every chart, drawn by this process."""
    return [one.drawn() for one in import_module(module).pictures(results)]


def draw_nothing(_: Any) -> list[Drawing]:
    """Where no charts are wanted."""
    return []


def serve(module: str, turn: int) -> None:
    """What a further process does: get ready, one after the other; then draw the charts whose numbers it is told."""
    fcntl.lockf(turn, fcntl.LOCK_EX)  # the runs need the other core
    if select([sys.stdin], [], [], 0)[0]:  # nothing is sent before it is ready: this is the end
        return
    for needed in (module, _IN_RESULTS):
        import_module(needed)
    fcntl.lockf(turn, fcntl.LOCK_UN)
    orders, answers = sys.stdin.buffer, sys.stdout.buffer
    with suppress(*_LOST):  # nobody wants more charts
        _send(answers, None)
        pictures = list(import_module(module).pictures(pickle.load(orders)))
        while True:
            number: int = pickle.load(orders)
            _send(answers, pictures[number].drawn() if number < len(pictures) else None)


def _worth(helpers: int) -> int:
    """How many pay: none beside the only core, nor where the library is there already."""
    cores = os.cpu_count() or 1
    return 0 if cores == 1 or "matplotlib.figure" in sys.modules else min(helpers, cores)


@dataclass(slots=True)
class _Helper:
    """A further process."""

    orders: IO[bytes]
    answers: IO[bytes]
    number: int | None = None
    """The chart that it draws; None until it is ready."""

    def draws_below(self, end: int) -> bool:
        """Is a chart to come from it?"""
        return self.number is not None and self.number < end


@contextmanager
def _hired(module: str, turn: int) -> Iterator[_Helper]:
    """A process that gets ready. Raises OSError where it cannot even begin."""
    begin = _BEGIN.format(path=sys.path, here=__name__, module=module, turn=turn)
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", begin], pass_fds=[turn], start_new_session=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield _Helper(process.stdin, process.stdout)
    finally:
        process.kill()
        with suppress(OSError):  # half an order
            process.stdin.close()
        process.stdout.close()
        process.wait()


def _draw(module: str, helpers: list[_Helper], results: Any) -> list[Drawing]:
    """Each helper draws one chart after the other; what none brings is drawn here, where its error is told, too."""
    letter = _letter(results) if helpers else None
    if letter is None:
        return draw_here(module, results)
    found, numbers, end = dict[int, Drawing](), count(), sys.maxsize
    at_work = {helper.answers: helper for helper in helpers}
    while at_work and (end == sys.maxsize or any(one.draws_below(end) for one in at_work.values())):
        for answers in select(list(at_work), [], [])[0]:
            helper = at_work[answers]
            try:
                drawing: Drawing | None = pickle.load(answers)
                if helper.number is None:
                    helper.orders.write(letter)
                elif drawing is not None:
                    found[helper.number] = drawing
                else:
                    end = min(end, helper.number)
                helper.number = next(numbers)
                _send(helper.orders, helper.number)
            except _LOST:
                del at_work[answers]
    if len(found) == end:
        return [found[number] for number in range(end)]
    pictures = enumerate(import_module(module).pictures(results))
    return [found[number] if number in found else one.drawn() for number, one in pictures]


def _letter(results: Any) -> bytes | None:
    """None for what cannot be sent, such as a rule that is a function of a script."""
    try:
        return pickle.dumps(results)
    except (pickle.PicklingError, AttributeError, TypeError):
        return None


def _send(to: IO[bytes], what: object) -> None:
    pickle.dump(what, to)
    to.flush()
