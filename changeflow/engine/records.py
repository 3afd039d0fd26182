"""The records of the compiled engine: stations, slots of open requests, events, and the state of its loop."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

KIND = 1 << 40
"""Request numbers stay below this; a turn is round x ROUND + kind x KIND + number."""
ROUND = 8 * KIND
NEVER = 1 << 62
NONE = -1
NOWHERE = (1 << 32) - 1
"""No slot. Numbers of slots and stations are unsigned: compiled code need not ask whether they count from the end."""

FLOAT, INT, SHORT = np.dtype("f8"), np.dtype("i8"), np.dtype("i4")

STATION = np.dtype(
    [
        ("servers", "i8"),
        ("stage", "u8"),
        ("stage_number", "i8"),
        ("hours_per_work_hour", "f8"),
        ("speed", "f8"),
        ("never_closes", "i8"),
        ("calendar", "i8"),  # first interval in the pool
        ("intervals", "i8"),
        ("delay_law", "i8"),
        ("accepts", "i8"),
        ("rework_share", "f8"),
        ("max_attempts", "i8"),
        ("at_limit_done", "i8"),
        ("next_route", "i8"),
        # state
        ("first_server", "i8"),  # of its idle heap
        ("idle", "i8"),
        ("waiting", "i8"),
        ("busy", "i8"),
        ("head", "u4"),
        ("tail", "u4"),
        ("waits_for_opening", "i8"),
        ("since", "f8"),
        ("in_station", "f8"),
        ("in_queue", "f8"),
        ("in_service", "f8"),
    ]
)
SLOT = np.dtype(
    [
        ("number", "i8"),
        ("key", "u8"),
        ("source", "i8"),
        ("category", "i8"),
        ("difficulty", "f8"),
        ("quality", "f8"),
        ("arrived", "f8"),
        ("station", "u4"),
        ("visits", "i8"),
        ("attempt", "i8"),
        ("entry", "i8"),
        ("server", "i8"),
        ("entered", "f8"),
        ("joined", "f8"),
        ("started", "f8"),
        ("work_hours", "f8"),
        ("accept_luck", "f8"),
        ("next", "u4"),  # in the queue, or in the list of free slots
        ("again", "i8"),  # at its re-entry: 1 rework at the same station, 0 a new station
    ]
)
EVENT = np.dtype([("time", "f8"), ("turn", "i8"), ("slot", "u4")], align=True)
STATE = np.dtype(
    [
        ("now", "f8"),
        ("turn", "i8"),
        ("end", "f8"),
        ("run_key", "u8"),
        ("events", "i8"),  # in the heap
        ("arrival", "i8"),  # next row of the block
        ("arrivals", "i8"),  # rows in the block
        ("arrival_turn", "i8"),
        ("number", "i8"),  # of the next request
        ("dispatch_turn", "i8"),
        ("free", "u4"),  # first free slot
        ("visits", "i8"),  # rows written
        ("decisions", "i8"),
        ("keep_decisions", "i8"),
        ("requests", "i8"),  # rows written; in a full trace the rows stand by number
        ("streaming", "i8"),
        ("last_block", "i8"),  # no arrivals come after this block
        ("stations", "i8"),
        ("stages", "i8"),
        ("categories", "i8"),
        ("steps", "i8"),  # events processed so far
    ]
)

ARRAY_NAMES = (
    "stations", "slots", "passes", "heap", "idle", "opens", "closes", "before", "service_law", "openness", "rework",
    "entry_route", "routes", "places", "heights", "rows", "pool", "block", "first", "visits", "requests", "decisions",
)  # fmt: skip
ARRAYS = np.dtype([(part, "i8") for name in ARRAY_NAMES for part in (name, f"{name}_size")])
"""Address and size of each array that the kernel works on."""


def joined(*parts: NDArray[Any]) -> NDArray[Any]:
    """A new array of records of one kind, one part after another; copied as bytes, since NumPy goes field by field."""
    return np.concatenate([np.ascontiguousarray(part).view(np.uint8) for part in parts]).view(parts[0].dtype)
