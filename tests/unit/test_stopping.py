"""A signal stops the program at once, but not inside those who hold locks while they hand out work."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from threading import Timer
from types import FunctionType

import pytest

from changeflow.cli import stopping
from changeflow.errors import Interrupted


@pytest.fixture(autouse=True)
def hearing() -> Iterator[None]:
    """Signals are obeyed as by the program; afterwards as before."""
    before = {number: signal.getsignal(number) for number in stopping._CODES}
    for number in before:
        signal.signal(number, signal.default_int_handler)
    stopping.obey_signals()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


reached: list[str] = []


def told() -> None:
    """Ctrl-C comes here."""
    os.kill(os.getpid(), signal.SIGINT)
    reached.append("the end")


def of_module(name: str) -> Callable[[], None]:
    """The same as if it stood in another module."""
    return FunctionType(told.__code__, {**globals(), "__name__": name}, "told")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_it_stops_where_it_stands(number: int, code: int) -> None:
    with pytest.raises(Interrupted) as stopped:
        os.kill(os.getpid(), number)
    assert stopped.value.exit_code == code


@pytest.mark.parametrize("module", ["concurrent.futures._base", "concurrent.futures.thread", "loky.process_executor"])
def test_in_an_executor_it_waits_until_the_executor_has_done(module: str) -> None:
    reached.clear()
    of_module(module)()
    assert reached == ["the end"]
    with pytest.raises(Interrupted):
        time.sleep(5)


def test_who_only_waits_for_results_is_stopped_at_once() -> None:
    """The signal comes while nothing does."""
    began = time.monotonic()
    Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(Interrupted):
        wait([Future[None]()], 20)
    assert time.monotonic() - began < 10


def test_once_told_it_does_not_ask_again() -> None:
    """A report of progress may be quicker than the second look."""
    of_module("loky.process_executor")()
    with pytest.raises(Interrupted):
        stopping.stop_if_told()
    time.sleep(5 * stopping._A_LITTLE)
