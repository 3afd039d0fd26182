"""The records of the compiled engine: stations, groups of servers, slots of open requests, events, and its state.

A slot holds one open request and is used again after it has closed. Lists (a queue, those held, free slots) run
through the slots' `next` and `previous`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from changeflow.engine.shared.adoption import MOOD
from changeflow.engine.tables.graph import COMPONENT, LINK
from changeflow.engine.tables.mistakes import MISTAKES, NOTICE

NEVER = 1 << 62
NONE = -1
NOWHERE = (1 << 32) - 1
"""No slot. Numbers of slots and stations are unsigned: compiled code need not ask whether they count from the end."""

FLOAT, INT, SHORT, SLOT_NUMBER = np.dtype("f8"), np.dtype("i8"), np.dtype("i4"), np.dtype("u4")

NEW_STATION, REPEAT, TEST = range(3)
"""What a request does at its re-entry."""
TO_DELAY, TO_HOLD, TO_DOOR, TO_RELEASE, TO_TEST, TO_VERDICT, TO_END = range(7)
"""The next step on the way to a queue, and from the work to its verdict."""

_SAME_NAME_INT = (
    "stage_number", "delay_law", "requester_law", "hold_size", "capacity", "when_full", "discipline", "preemptive",
    "interrupted", "most_in_hand", "rework_law", "tester", "verdict_law", "accepts", "max_attempts",
    "at_limit_done", "infinite", "servers", "learns",
)  # fmt: skip
_SAME_NAME_FLOAT = (
    "speed", "requester_chance", "hold_hours", "urgent_hours", "release_hours", "rework_share", "rate",
    "learning_exponent", "skill_untrained", "skill_trained", "forgetting_hours",
)  # fmt: skip
SAME_NAME = (*_SAME_NAME_INT, *_SAME_NAME_FLOAT, "stage", "key")
"""Fields of a station that are those of its StationTable."""

STATION = np.dtype(
    [
        ("stage", "u8"),
        ("key", "u8"),
        *((name, "i8") for name in _SAME_NAME_INT),
        *((name, "f8") for name in _SAME_NAME_FLOAT),
        ("never_closes", "i8"),
        ("calendar", "i8"),  # first interval in the pool
        ("intervals", "i8"),
        ("first_group", "i8"),
        ("groups", "i8"),
        ("first_join", "i8"),  # chances to join, in the pool
        ("joins", "i8"),
        ("next_route", "i8"),
        # what it lacks costs one look
        ("has_mistakes", "i8"),  # errors with a cause judge its deliveries
        ("is_plain", "i8"),  # one group for all, and the head of the queue is always next
        ("has_door", "i8"),  # intake, requester's answer, hold, capacity or balking before the queue
        ("has_aftermath", "i8"),  # release date, test or verdict after the work
        # state
        ("waiting", "i8"),
        ("busy", "i8"),
        ("head", "u4"),
        ("tail", "u4"),
        ("joined", "i8"),  # so far
        ("starts", "i8"),  # so far
        ("opens_at", "f8"),
        ("held", "i8"),
        ("held_head", "u4"),
        ("held_tail", "u4"),
        ("since", "f8"),
        ("in_station", "f8"),
        ("in_queue", "f8"),
        ("in_service", "f8"),
    ]
)
GROUP = np.dtype(
    [
        ("station", "i8"),
        ("servers", "i8"),
        ("hours_per_work_hour", "f8"),
        ("never_closes", "i8"),
        ("calendar", "i8"),
        ("intervals", "i8"),
        ("first_server", "i8"),  # of its idle heap, and of those in hand
        ("first_number", "i8"),  # of its first server within the station
        ("first_change", "i8"),
        ("changes", "i8"),
        # state
        ("on_duty", "i8"),
        ("busy", "i8"),
        ("idle", "i8"),
        ("change", "i8"),  # the next one
        ("trained", "i8"),  # whoever is there now
        ("since", "f8"),  # when that one came
    ]
)
CHANGE = np.dtype([("time", "f8"), ("on_duty", "i8"), ("rule", "i8"), ("news", "i8")])
EXPERIENCE = np.dtype([("passes", "f8"), ("last", "f8")])
"""Of a person in a category: passes finished, as they counted at the last one, and when that was."""
MATCH_FIELDS = (
    ("service_law", "i8"), ("patience_law", "i8"), ("openness", "f8"), ("rework_probability", "f8"), ("rank", "f8"),
    ("rank_again", "f8"), ("due_hours", "f8"), ("expected_hours", "f8"), ("expected_own", "f8"),
    ("expected_price", "f8"), ("wait_cost", "f8"), ("wait_growth", "f8"), ("wait_step", "f8"),
)  # fmt: skip
MATCH = np.dtype(list(MATCH_FIELDS))
"""A station and a category."""
ENTRANCE = np.dtype([("route", "i8"), ("background", "i8"), ("first_ask", "i8"), ("asks", "i8"), ("fit", "f8")])
"""A source; the last one is for requests open at the start. `fit`: of misfits; NO_MISFIT for other requests."""
ASK = np.dtype([("beyond", "i8"), ("share", "f8")])
SLOT = np.dtype(
    [
        ("number", "i8"),
        ("key", "u8"),
        ("arrived", "f8"),
        ("difficulty", "f8"),
        ("quality", "f8"),
        ("source", "i4"),
        ("category", "i4"),
        ("station", "u4"),
        ("visits", "i4"),
        ("attempt", "i4"),
        ("entry", "i4"),
        ("group", "i4"),
        ("server", "i4"),
        ("entered", "f8"),
        ("joined", "f8"),
        ("started", "f8"),
        ("full", "f8"),  # work of the pass at the pace of the station
        ("left", "f8"),  # what of it is left at the start of the stay
        ("work_hours", "f8"),  # the same at the server's own pace, once it is started
        ("accept_luck", "f8"),
        ("skill", "f8"),  # of its server at the start of the stay
        ("pace", "f8"),  # speed beside the station's, skill included
        ("rank", "f8"),
        ("order", "i8"),  # of joining
        ("next", "u4"),
        ("previous", "u4"),
        ("stamp", "u4"),
        ("verdict", "i4"),
        ("re_entry", "i4"),
        ("is_written", "i4"),  # the row of the last visit is written
        ("home", "u4"),  # where the work was done that is now tested; NOWHERE: nothing is
        ("home_attempt", "i4"),
        ("home_entry", "i4"),
        ("redraws", "i4"),
        ("next_step", "i8"),
        # where a request comes from, and what was wrong with its last delivery; for models with errors alone
        ("parent", "i8"),
        ("cause", "i4"),
        ("component", "i4"),
        ("work_key", "u8"),  # whose luck the work content is
        ("base", "f8"),  # size of the change as a share of the root's
        ("scale", "f8"),  # the same of its work
        ("root_component", "i4"),  # where the cascade began, and the category whose law its work follows
        ("root_category", "i4"),
        ("first_place", "u4"),  # the station it goes to first; NOWHERE: where its source's requests go
        ("error", "i4"),
        ("caught", "i4"),
    ]
)
EVENT = np.dtype([("time", "f8"), ("turn", "i8"), ("slot", "u4"), ("stamp", "u4")])
"""An event with a stamp means nothing once the slot's stamp has moved on; `slot` may be a station or a group."""
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
        ("candidate", "i8"),  # rows of the stream so far: requests, and those never made
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
        ("steps", "i8"),  # events processed so far, dispatches too
        ("open", "i8"),  # requests open now, without those of other customers
        ("lost", "i8"),  # requests refused or withdrawn so far, without those of other customers
        ("unasked", "i8"),
        ("spreads", "i8"),  # what a change does to other components: a mode of graph.py
        ("spare", "i8"),  # free slots; counted for models with errors alone
        ("slots_an_event", "i8"),
        ("planned", "i8"),  # requests so far that follow from others
        ("rows_an_event", "i8"),  # visits and requests that one event and the dispatch after it may write
        ("looks_an_event", "i8"),  # decisions that one event may write
        ("events_an_event", "i8"),  # events that one event may cause
    ]
)

ARRAYS_OF = {
    "stations": STATION, "groups": GROUP, "slots": SLOT, "passes": SHORT, "heap": EVENT, "idle": INT,
    "in_hand": SLOT_NUMBER, "opens": FLOAT, "closes": FLOAT, "before": FLOAT, "matches": MATCH, "speeds": FLOAT,
    "authority": FLOAT, "experience": EXPERIENCE,
    "changes": CHANGE, "joins": FLOAT, "entrances": ENTRANCE, "asks": ASK, "places": INT, "heights": FLOAT,
    "pool": FLOAT, "mistakes": MISTAKES, "notices": NOTICE, "rigidity": FLOAT,
    "components": COMPONENT, "links": LINK, "softness": FLOAT, "starts": FLOAT, "factors": FLOAT, "children": INT,
    "overdue_hours": FLOAT, "mood": MOOD,
}  # fmt: skip
ARRAY_NAMES = (*ARRAYS_OF, "routes", "rows", "block", "first", "visits", "requests", "decisions", "adoption")
ARRAYS = np.dtype([(part, "i8") for name in ARRAY_NAMES for part in (name, f"{name}_size")])
"""Address and size of each array that the kernel works on."""


def joined(*parts: NDArray[Any]) -> NDArray[Any]:
    """A new array of records of one kind, one part after another; copied as bytes, since NumPy goes field by field."""
    return np.concatenate([np.ascontiguousarray(part).view(np.uint8) for part in parts]).view(parts[0].dtype)
