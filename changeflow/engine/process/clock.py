"""SimPy's clock under the instant rule: absolute times, and events of one instant by their turns."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from heapq import heappop, heappush
from typing import Any, cast

import simpy

from changeflow.engine.shared.turns import KIND, MAX_ROUNDS, ROUND
from changeflow.errors import RunError

_FIRST = 2  # SimPy itself uses 0 (a process starts) and 1 (a process has ended)

Event = simpy.Event
Story = Generator[Event, Any, None]


def fire(event: Event, value: Any) -> None:
    """Let an event happen at once, within the event that causes it."""
    event._ok, event._value = True, value
    callbacks, event.callbacks = event.callbacks, cast(Any, None)
    for callback in cast(Any, callbacks):
        callback(event)


def tell(story: Story) -> None:
    """Tell a story from its beginning until it waits for an event, and on from there when that happens.

    What a SimPy process does, without its two events more (that it begins, and that it has ended): nobody waits for
    either here.
    """
    try:
        event = next(story)
    except StopIteration:
        return
    cast(Any, event.callbacks).append(partial(_go_on, story.send))


def _go_on(send: Any, event: Any) -> None:
    """What a story waited for has happened."""
    try:
        event = send(event._value)
    except StopIteration:
        return
    event.callbacks.append(partial(_go_on, send))


class Clock(simpy.Environment):
    """A SimPy environment whose events fire at absolute times, in the order of the instant rule."""

    def __init__(self, start: float) -> None:
        super().__init__(initial_time=start)
        self._turn = -1

    def at(self, time: float, kind: int, number: int) -> Event:
        """An event at clock time `time`; `number` is the request (or station) it belongs to."""
        event: Any = Event(self)
        event._ok, event._value = True, None
        turn = kind * KIND + number
        if time == self._now and self._turn >= 0:
            turn += self._turn - self._turn % ROUND
            if turn <= self._turn:
                turn += ROUND
        queue: Any = self._queue
        heappush(queue, (time, _FIRST + turn, next(self._eid), event))
        return event  # type: ignore[no-any-return]

    def step(self) -> None:
        """Process the next event and remember whose turn it is."""
        queue: Any = self._queue
        time, priority, _, event = heappop(queue)
        if priority >= _FIRST:
            self._turn = priority - _FIRST
            if self._turn >= MAX_ROUNDS * ROUND:
                raise RunError(f"nothing but zero-time events at clock hour {time:g} ({MAX_ROUNDS} rounds)")
        self._now = time
        callbacks, event.callbacks = event.callbacks, None
        for callback in callbacks:
            callback(event)
        if not event._ok and not event.defused:
            raise event._value
