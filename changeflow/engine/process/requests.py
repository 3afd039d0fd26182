"""What moves through the reference engine: a request, and its stays at stations."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from changeflow.engine import trace as t
from changeflow.engine.process.clock import Event
from changeflow.engine.shared.mistakes import ESCAPED, NO_ERROR

NOT_YET = math.nan
NOBODY = -1


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from; a root comes from nothing but itself."""

    parent: int = NOBODY
    cause: int = t.ROOT
    component: int = NOBODY
    """What of the system it changes."""
    work_key: np.uint64 | None = None
    """Whose luck the work content is; None: its own."""
    base: float = 1.0
    """Size of the change, as a share of the root's."""
    scale: float = 1.0
    """Work of this request, as a share of what the root's luck gives: that of the change, or of its repair."""
    root_component: int = NOBODY
    """Where the cascade of changes began."""
    root_category: int = NOBODY
    """The category whose law its work follows; NOBODY: its own."""
    first_place: int = NOBODY
    """The station it goes to first; NOBODY: where the source's requests go."""


ROOT = Origin()


class Request:
    """A request and where it stands."""

    __slots__ = (
        "arrived", "category", "closed", "difficulty", "key", "number", "origin", "outcome", "passes", "quality",
        "source", "visits", "work_category", "work_key",
    )  # fmt: skip

    def __init__(
        self, number: int, arrived: float, key: np.uint64, source: int, category: int, difficulty: float,
        quality: float, origin: Origin = ROOT,
    ) -> None:  # fmt: skip
        self.number, self.arrived, self.key, self.source = number, arrived, key, source
        self.category, self.difficulty, self.quality = category, difficulty, quality
        self.origin = origin
        self.work_key = key if origin.work_key is None else origin.work_key
        self.work_category = category if origin.root_category < 0 else origin.root_category
        self.passes: dict[int, int] = {}
        self.visits = 0
        self.closed, self.outcome = NOT_YET, t.OPEN

    def next_pass(self, stage: int) -> int:
        """How many times the request had entered this stage before."""
        before = self.passes.get(stage, 0)
        self.passes[stage] = before + 1
        return before

    def undo_pass(self, stage: int) -> None:
        """It was turned away at the door: the pass is still to come, at another station of the stage."""
        self.passes[stage] -= 1


class Visit:
    """One stay at one station, from being routed there to the end of the work; a row of the trace."""

    __slots__ = (
        "accept_luck", "attempt", "caught", "done", "entered", "entry", "error", "finished", "full", "given", "group",
        "joined", "left", "number", "order", "outcome", "pace", "plan", "rank", "redraws", "request", "server", "skill",
        "started", "station", "to_do", "work_hours",
    )  # fmt: skip

    def __init__(self, request: Request, station: int, entry: int, attempt: int, entered: float) -> None:
        self.request, self.station, self.entry = request, station, entry
        self.attempt, self.entered = attempt, entered
        self.number = request.visits
        request.visits += 1
        self.joined = self.started = self.finished = NOT_YET
        self.full = self.left = self.work_hours = NOT_YET  # at the pace of the station; the last at the server's own
        self.group = self.server = NOBODY
        self.skill = self.pace = NOT_YET  # of the server at the start; the second with its speed
        self.order, self.rank = NOBODY, 0.0
        self.outcome, self.accept_luck = t.UNFINISHED, NOT_YET
        self.error, self.caught = NO_ERROR, ESCAPED
        self.redraws = self.plan = 0
        self.to_do = self.given = 0.0  # where a server shares its time: hours still to do, hours it gave so far
        self.done: Event | None = None
        """Happens when the work is finished or the request leaves; its value is the last stay."""

    def interrupted(self, now: float) -> Visit:
        """The stay that opens when this one was interrupted: the same pass, back in the queue where it was."""
        again = Visit(self.request, self.station, self.entry, self.attempt, now)
        again.full, again.accept_luck, again.order, again.done = self.full, self.accept_luck, self.order, self.done
        again.redraws = self.redraws
        return again
