"""Ctrl-C and SIGTERM: both stop the program wherever it stands.

What a signal raises can be lost: Python prints and forgets an exception that meets it while an object is taken
away. So the signal is remembered too, and every report of progress asks for it.
"""

from __future__ import annotations

import signal
from types import FrameType

from changeflow.errors import Interrupted

_CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
_received: list[int] = []


def obey_signals() -> None:
    """Stop at Ctrl-C and at SIGTERM from now on, unless whoever started the program had a signal ignored."""
    _received.clear()
    for number in _CODES:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def _stop(number: int, _: FrameType | None) -> None:
    _received.append(_CODES[signal.Signals(number)])
    stop_if_told()


def stop_if_told() -> None:
    """Raise Interrupted if a signal has come."""
    if _received:
        raise Interrupted(_received[0])
