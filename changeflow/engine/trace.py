"""What happened in one run: requests, visits and routing decisions as columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from changeflow.engine.tables.station import GroupTable

Rows = NDArray[Any]

REQUEST = np.dtype(
    [
        ("number", "i8"),  # order of creation
        ("key", "u8"),  # serves luck and pairing
        ("parent", "i8"),  # number of the parent request, -1 for a root
        ("cause", "i2"),
        ("source", "i2"),  # -1: open at the start
        ("category", "i2"),
        ("component", "i2"),  # -1: none
        ("arrived", "f8"),  # clock hours since go-live
        ("closed", "f8"),  # NaN: still open at the horizon
        ("outcome", "i2"),
        ("difficulty", "f8"),
        ("quality", "f8"),
    ]
)
VISIT = np.dtype(
    [
        ("request", "i8"),
        ("visit", "i4"),  # 0, 1, ... within the request
        ("stage", "i2"),
        ("pass", "i4"),  # how many times the request has entered this stage, from 0
        ("attempt", "i4"),  # pass through a station with acceptance, from 1; 0 elsewhere
        ("station", "i2"),
        ("server", "i4"),  # -1: not started
        ("entered", "f8"),  # routed here; the time to `joined` is delay outside the queue
        ("joined", "f8"),
        ("started", "f8"),
        ("finished", "f8"),  # end of the stay: of the work, or when the request left without any
        ("work_hours", "f8"),  # working hours at this server: of the stay if interrupted, else until the work is done
        ("outcome", "i2"),
        ("error", "i2"),  # what was wrong with the delivery, an index of ERRORS; if that is rework, it was noticed
    ]
)
DECISION = np.dtype(
    [
        ("request", "i8"),
        ("time", "f8"),
        ("rule", "i2"),  # which of model.routing.RULES looked
        ("station", "i2"),  # a candidate, open to the request
        ("seen", "f8"),  # what the rule saw: requests there, money spent this month (budget), size, clock (until_day)
        (
            "value",
            "f8",
        ),  # what it compared: a bound (open_first, budget, by_size, until_day), or the candidate's own value
        ("chosen", "?"),
    ]
)
ADOPTION = np.dtype(
    [
        ("time", "f8"),  # the end of a week since go-live
        ("attempt", "i2"),  # 1 the first system, 2 the second
        ("in_use", "?"),  # False from the week on in which it is given up
        ("compromise", "f8"),
        ("discomfort", "f8"),
        ("resistance", "f8"),
        ("enforcement", "f8"),  # of the week that ends
        ("active_share", "f8"),  # from now on
        ("completeness", "f8"),
        ("unserved", "i8"),  # requests not asked so far because users had left
    ]
)

OPEN, DONE, REFUSED, WITHDRAWN = 0, 1, 2, 3
REQUEST_OUTCOMES = ("open", "done", "refused", "withdrawn")
UNFINISHED, DELIVERED, REWORK, INTERRUPTED, RENEGED, BALKED, TURNED_AWAY, GIVEN_UP = range(8)
VISIT_OUTCOMES = ("unfinished", "delivered", "rework", "interrupted", "reneged", "balked", "turned away", "given up")
"""A delivery's outcome is that of its acceptance, even where the verdict comes later; an interrupted stay closes
its row and a new one opens, with the same pass."""
ROOT, DEFECT, PROPAGATION = range(3)
CAUSES = ("root", "defect", "propagation")
ERRORS = ("", "misunderstanding", "omission", "promise", "slip", "deviation")


@dataclass(frozen=True, slots=True)
class Trace:
    """One run. Times are clock hours since go-live; NaN is 'not yet'. Codes index the tuples of names.

    Requests stand in order of their number; visits in order of their end, unfinished ones last by request.
    """

    requests: Rows
    visits: Rows
    decisions: Rows
    start: float
    end: float
    stations: tuple[str, ...]
    stages: tuple[str, ...]
    categories: tuple[str, ...]
    sources: tuple[str, ...]
    in_station: NDArray[np.float64]
    """Engine-kept integral over the run of the number in each station (waiting and in service), in hours."""
    in_queue: NDArray[np.float64]
    in_service: NDArray[np.float64]
    called_off: tuple[tuple[int, float, float, int], ...] = ()
    """Servers called off: station, clock hours from and until, how many."""
    unasked: int = 0
    """Requests that were never made because the backlog was long or users had left."""
    staff: Mapping[int, GroupTable] = field(default_factory=dict)
    """Jobs with courses or departures as they were held in this run, by the group's number in the model."""
    unserved: int = 0
    """Of them those that were not made only because users had left."""
    adoption: Rows = field(default_factory=lambda: np.zeros(0, ADOPTION))
    """The users' state at the end of each week since go-live; empty where adoption is off."""
