"""One station and its groups of servers as numbers, for both engines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from changeflow.engine.shared import rules
from changeflow.engine.shared.turnover import Job
from changeflow.engine.shared.worktime import WorkTime
from changeflow.engine.tables.mistakes import MistakeTable

FRESH = -1.0
INFINITE = -1
NO_LAW = -1
NO_LIMIT = -1
NO_PLACE = -9
RESUME, RESTART, RESAMPLE = range(3)
FINISH, HAND_BACK = range(2)


@dataclass(frozen=True, slots=True)
class GroupTable:
    """Servers that are alike, as numbers."""

    name: str
    servers: int
    """The most there ever are; INFINITE: as many as there are requests."""
    hours_per_work_hour: float
    """Open hours of the calendar that one working hour takes."""
    calendar: WorkTime
    """Work in hand stands still while it is closed."""
    speed: tuple[float, ...]
    """By category, beside the station's speed; 0: not eligible."""
    authority: tuple[float, ...]
    """The largest difficulty, by category; -1: not eligible."""
    times: NDArray[np.float64]
    """Clock times at which the number on duty changes, rising; the first is the start of the run."""
    on_duty: NDArray[np.int64]
    """Servers on duty from each of these times on."""
    rule: NDArray[np.int64]
    """What becomes of work in hand at each of these times: FINISH or HAND_BACK."""
    news: NDArray[np.int64]
    """What else happens at each of these times: a code of shared/turnover.py."""
    shift: WorkTime
    """Hours on duty: beyond them work is overtime."""
    drop: int
    """What becomes of work in hand when people leave: FINISH or HAND_BACK."""
    closing: int
    """The same when the shift ends."""
    job: Job | None
    """Of a person who takes a course or may leave: then the changes differ from run to run (see staffing.in_run)."""
    trained: bool
    """Whoever is there at the start."""
    experience: tuple[float, ...]
    """Passes finished before the run, by category."""


@dataclass(frozen=True, slots=True)
class StationTable:
    """One station as numbers. Tuples without another word are by category."""

    name: str
    groups: tuple[GroupTable, ...]
    stage: np.uint64
    stage_number: int
    key: np.uint64
    """Of the station itself, for the one draw that belongs to no request."""
    speed: float
    calendar: WorkTime
    # before the queue
    delay_law: int
    requester_chance: float
    requester_law: int
    hold_size: int
    hold_hours: float
    """Period of the dates at which those held are let in; 0: none."""
    capacity: int
    when_full: int
    joins: tuple[float, ...]
    """Chance to join by the number present; the last holds beyond."""
    patience_law: tuple[int, ...]
    # the queue
    discipline: int
    rank: tuple[float, ...]
    rank_again: tuple[float, ...]
    """The same for repeated passes."""
    due_hours: tuple[float, ...]
    urgent_hours: float
    preemptive: bool
    interrupted: int
    most_in_hand: int
    # the work
    service_law: tuple[int, ...]
    """Law of the reference hours of a pass."""
    rework_law: int
    openness: tuple[float, ...]
    """The largest difficulty that somebody here may change; -1 where nobody has the skill."""
    learns: bool
    """Skill grows with each pass; else it is 1."""
    learning_exponent: float
    skill_untrained: float
    skill_trained: float
    """At the first pass."""
    forgetting_hours: float
    """Infinite: nothing is forgotten."""
    # after the work
    release_hours: float
    tester: int
    verdict_law: int
    accepts: bool
    mistakes: MistakeTable | None
    """Why deliveries fail; None: by rework_probability alone."""
    rework_probability: tuple[float, ...]
    rework_share: float
    """Work of a repeated pass as a share of the first one; FRESH: a draw of its own."""
    max_attempts: int
    at_limit_done: bool
    # what a rule expects
    rate: float
    """Working hours, at station speed and full skill, that all servers give in a clock hour."""
    expected_hours: tuple[float, ...]
    """Working hours of a pass at station speed."""
    expected_own: tuple[float, ...]
    """Clock hours from routing to done, without the queue."""
    expected_price: tuple[float, ...]
    wait_cost: tuple[float, ...]
    """Cost of one open request for its first clock hour."""
    wait_growth: tuple[float, ...]
    """Growth of that cost with the request's age, per clock hour."""
    wait_step: tuple[float, ...]
    """Cost of being open at the due date."""
    # the process engine alone
    at_once: int
    switching_loss: float
    calls_beyond: int
    """More servers are called off when more than so many wait; they are the last group."""
    call_lead_hours: float
    call_hours: float

    @property
    def infinite(self) -> bool:
        """As many servers as there are requests."""
        return self.groups[0].servers == INFINITE

    @property
    def servers(self) -> int:
        """The most servers there ever are; INFINITE: no limit."""
        return INFINITE if self.infinite else sum(group.servers for group in self.groups)

    # what a station lacks costs one look

    @property
    def is_plain(self) -> bool:
        """One group of servers for all, and the head of the queue is always next."""
        moves = self.discipline == rules.RANDOM or self.urgent_hours != rules.NEVER_URGENT
        chooses = len(self.groups) > 1 or min(self.groups[0].authority) < 1.0
        return not (moves or chooses or self.preemptive or self.most_in_hand != NO_LIMIT)

    @property
    def has_more_than_intake(self) -> bool:
        """Before its queue: requester's answer, hold, capacity or balking."""
        waits = self.requester_law != NO_LAW or self.hold_size > 0 or self.hold_hours > 0
        return waits or self.capacity != NO_LIMIT or len(self.joins) > 0

    @property
    def has_door(self) -> bool:
        """Anything before its queue."""
        return self.delay_law != NO_LAW or self.has_more_than_intake

    @property
    def has_aftermath(self) -> bool:
        """Release date, test or verdict after the work."""
        return self.release_hours > 0 or self.tester != NO_PLACE or self.verdict_law != NO_LAW
