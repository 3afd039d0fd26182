"""Stations: a queue with its servers, in-house or the vendor's."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from changeflow.model.stations.acceptance import Acceptance
from changeflow.model.stations.delivery_errors import StationErrors
from changeflow.model.stations.holding import CallOff, Hold, Release, RequesterWait
from changeflow.model.stations.learning import Learning
from changeflow.model.stations.queueing import Discipline, Ranked
from changeflow.model.stations.staff import Absence, Group
from changeflow.model.values.by_category import LawByCategory, ShareByCategory, by_category
from changeflow.model.values.frozen import ListOf, Named, NamedOf, NonNegative, PartOfOne, Positive, Share, Value
from changeflow.model.values.laws import Law

__all__ = ["Station", "by_category"]

AtLeastOne = Annotated[int, Field(ge=1)]


class Station(Value):
    """One station; capacity is servers x availability x share_for_us x (1 - absence) in the hours of its calendar."""

    kind: Literal["in_house", "vendor"] = "in_house"
    stage: str | None = None
    """What a visit is for; stations that are alternatives for the same work share it. Default: its name."""
    tool: str | None = None
    """A tool of the prior set: gives speed and openness."""

    # the people
    servers: AtLeastOne | Literal["infinite"] = 1
    staff: NamedOf[Group] = Field(default_factory=Named)
    """Groups of servers by name, in the order of the file; then without servers."""
    speed: Positive = 1.0
    """Reference hours of work done in one working hour."""
    learning: Learning | None = None
    """How the named people of `staff` become faster; None: everybody has full skill from the start."""
    availability: PartOfOne = 1.0
    """Share of the calendar's open hours that a server gives to change requests."""
    hours_per_week: Positive | None = None
    """The same in hours a week and server; either this or availability."""
    absence: Absence = 0.0
    """Share of working time that a server is away (illness, holidays); multiplies capacity."""
    share_for_us: PartOfOne = 1.0
    """Share of a server's time that is ours when other customers use it too; stretches each hour of work."""
    calendar: str = "always"
    shift_end: Literal["pause", "finish", "hand_back"] = "pause"
    """Work in hand when its server's calendar closes: waits there, is finished first, or goes back in the queue."""
    staff_drop: Literal["hand_back", "finish"] = "hand_back"
    """Work in hand when its server leaves (until_day, head_count): goes back in the queue, or is finished first."""
    at_once: AtLeastOne = 1
    """Requests that a server works on at once, sharing its time."""
    switching_loss: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Share of speed lost for each further request in a server's hands."""
    call_off: CallOff | None = None

    # the queue
    discipline: Discipline = Ranked()
    preemptive: bool = False
    """An arrival that ranks before work in hand interrupts it."""
    interrupted_work: Literal["resume", "restart", "resample"] = "resume"
    """Work of an interrupted request: what was left, all of it again, or a fresh draw."""
    most_in_hand: AtLeastOne | None = None
    """Requests in hand at most, paused ones included."""
    capacity: AtLeastOne | None = None
    """Requests in the station at most, those in hand included."""
    when_full: str = "refused"
    """Where a request goes that finds the station full: a station, or refused."""
    join_probability: ListOf[Share] = ()
    """Chance that a newcomer joins when 0, 1, 2, ... requests are in the station; the last holds beyond."""
    patience_hours: LawByCategory | None = None
    """Clock hours in the queue before the first start after which a request is withdrawn."""

    # before and after the queue
    intake_delay_hours: Law | None = None
    """Open hours from routing to the queue (triage and quote), outside the queue; not for rework."""
    requester_wait: RequesterWait | None = None
    hold: Hold | None = None
    release: Release | None = None

    # the work
    service_hours: LawByCategory | None = None
    """Working hours a pass takes at speed 1; else the category's work_hours."""
    openness: ShareByCategory = 1.0
    """The largest difficulty (0 to 1) that this station is open to; harder requests it may not do."""
    access: Share = 1.0
    """Multiplies openness: how far those who work here can use what the system opens to them."""
    price_per_hour: NonNegative = 0.0
    """Cost of a working hour: the vendor's rate, or the loaded cost of in-house time."""
    contract: str | None = None
    """The contract by which a vendor bills; then without a price_per_hour here."""
    acceptance: Acceptance | None = None
    errors: StationErrors | None = None
    """Errors with a cause, by the model's [errors]; then acceptance is without rework_probability and rework work."""

    @model_validator(mode="after")
    def _one_capacity(self) -> Station:
        if self.hours_per_week is not None and self.availability != 1.0:
            raise ValueError("either availability or hours_per_week")
        return self

    @property
    def delivers(self) -> bool:
        """Do its passes end with a delivery, which may be wrong?"""
        return self.acceptance is not None or self.errors is not None

    def may_work_on(self, category: str) -> bool:
        """Has somebody here the skill for the category?"""
        return not self.staff or any(group.may_work_on(category) for group in self.staff.values())

    def authority_over(self, category: str) -> float:
        """The largest difficulty that somebody here may change; -1 where nobody has the skill."""
        return max((group.authority_over(category) for group in self.staff.values()), default=1.0)

    def reach(self, category: str) -> float:
        """The largest difficulty that is done here: the station is open to it, and somebody may change it."""
        return min(float(by_category(self.openness, category)) * self.access, self.authority_over(category))
