"""Ctrl-C and SIGTERM: both stop the program wherever it stands.

What a signal raises can be lost: Python prints and forgets an exception that meets it while an object is taken
away. So the signal is remembered too, and every report of progress asks for it. And what it raises must not meet those
who hand out work while they hold a lock, for which all their threads would wait for ever: then it asks again a little
later.
"""

from __future__ import annotations

import _thread
import os
import signal
import time
from types import FrameType

from changeflow.errors import Interrupted

_CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
_A_LITTLE = 0.02
"""Seconds."""
_HOLD_LOCKS = ("concurrent.futures", "loky")
_received: list[int] = []
_told: list[int] = []


def obey_signals() -> None:
    """Stop at Ctrl-C and at SIGTERM from now on, unless whoever started the program had a signal ignored."""
    _received.clear()
    _told.clear()
    for number in _CODES:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def _stop(number: int, frame: FrameType | None) -> None:
    _received.append(_CODES[signal.Signals(number)])
    if _may_hold_a_lock(frame):
        _thread.start_new_thread(_ask_again, (number,))  # threading.Thread would take locks itself
    else:
        stop_if_told()


def _ask_again(number: int) -> None:
    time.sleep(_A_LITTLE)
    if not _told:
        os.kill(os.getpid(), number)


def _may_hold_a_lock(frame: FrameType | None) -> bool:
    """Is an executor at work here? One that only waits for results holds none."""
    waits = False
    while frame is not None:
        module, function = str(frame.f_globals.get("__name__")), frame.f_code.co_name
        if module.startswith(_HOLD_LOCKS):
            return not (waits and function == "wait")
        waits = module == "threading" and function == "wait"
        frame = frame.f_back
    return False


def stop_if_told() -> None:
    """Raise Interrupted if a signal has come."""
    if _received:
        _told.append(_received[0])
        raise Interrupted(_received[0])
