"""The people of a station: groups of servers with skills, speed, shifts and dates of their own."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from pydantic import Field, model_validator

from changeflow.model.stations.learning import Attrition, Training
from changeflow.model.values.by_category import ShareByCategory, SpeedByCategory, TimesByCategory, by_category
from changeflow.model.values.frozen import ListOf, NonNegative, PartOfOne, Positive, Value

__all__ = ["Absence", "Group", "HeadCount", "PartOfOne"]

Absence = Annotated[float, Field(ge=0, lt=1)]


class HeadCount(Value):
    """A number of servers that changes on given days."""

    days: ListOf[NonNegative]
    """Calendar days since go-live, the first of them 0."""
    servers: ListOf[Annotated[int, Field(ge=0)]]
    """Servers from each of these days on."""

    @model_validator(mode="after")
    def _shape(self) -> HeadCount:
        if not self.days or len(self.days) != len(self.servers):
            raise ValueError("as many servers as days, at least one")
        if self.days[0] != 0 or any(b <= a for a, b in pairwise(self.days)):
            raise ValueError("days that rise from 0")
        return self


class Group(Value):
    """Servers that are alike; what is not given is the station's."""

    servers: Annotated[int, Field(ge=1)] = 1
    speed: SpeedByCategory = 1.0
    """Multiplies the station's speed; one number or a table by category."""
    categories: Annotated[ListOf[str], Field(min_length=1)] | None = None
    """What these servers may work on; None: everything."""
    authority: ShareByCategory = 1.0
    """The largest difficulty (0 to 1) that they may change, whatever their skill; one number or a table by category."""
    availability: PartOfOne | None = None
    """Share of the calendar's open hours that a server gives to change requests."""
    hours_per_week: Positive | None = None
    """The same in hours a week and server; either this or availability."""
    absence: Absence | None = None
    """Share of working time that a server is away."""
    calendar: str | None = None
    """Their own shift."""
    from_day: NonNegative = 0.0
    """Calendar days since go-live at which they start."""
    until_day: Positive | None = None
    """Calendar days since go-live at which they leave."""
    head_count: HeadCount | None = None
    """A number of servers that changes on given days; then without servers."""

    # a person: servers = 1
    trained: bool = True
    """Where the station learns: does the first holder of this job begin with its skill `trained`, or `start`?"""
    experience: TimesByCategory = 0.0
    """Passes that the first holder had finished before the run; one number or a table by category."""
    training: Training | None = None
    attrition: Attrition | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Group:
        if self.availability is not None and self.hours_per_week is not None:
            raise ValueError("either availability or hours_per_week")
        if self.until_day is not None and self.until_day <= self.from_day:
            raise ValueError("until_day after from_day")
        if self.head_count is not None and "servers" in self.model_fields_set:
            raise ValueError("either servers or head_count")
        if self.head_count is not None and (self.from_day or self.until_day is not None):
            raise ValueError("either head_count or from_day and until_day")
        if not self.is_person and (self.training is not None or self.attrition is not None):
            raise ValueError("training and attrition of one person (servers = 1, no head_count)")
        return self

    @property
    def is_person(self) -> bool:
        """One server, that one can call by name."""
        return self.head_count is None and self.servers == 1

    @property
    def most_servers(self) -> int:
        """The largest number of servers there ever is."""
        return max(self.head_count.servers) if self.head_count else self.servers

    def may_work_on(self, category: str) -> bool:
        """Is this group eligible for the category?"""
        return self.categories is None or category in self.categories

    def authority_over(self, category: str) -> float:
        """The largest difficulty that this group may change; -1 without the skill for the category."""
        return float(by_category(self.authority, category)) if self.may_work_on(category) else -1.0
