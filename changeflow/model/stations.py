"""Stations: a queue with its servers, in-house or the vendor's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from changeflow.model.laws import LAWS, Law
from changeflow.model.values import NamedOf, NonNegative, Positive, Share, Value

_OF_A_LAW = frozenset(field for law in LAWS.values() for field in law.model_fields)


def _one_or_table(value: Any) -> str:
    """A table by category; one that has a law's own keys is a law, if perhaps one without its name."""
    is_law = isinstance(value, Mapping) and ("law" in value or (value and set(value) <= _OF_A_LAW))
    return "table" if isinstance(value, Mapping) and not is_law else "one"


LawByCategory = Annotated[
    Annotated[Law, Tag("one")] | Annotated[NamedOf[Law], Tag("table")], Discriminator(_one_or_table)
]
"""One law, or a table of laws by category (`default` for those not named)."""

ShareByCategory = Annotated[
    Annotated[Share, Tag("one")] | Annotated[NamedOf[Share], Tag("table")], Discriminator(_one_or_table)
]
"""One share, or a table of shares by category (`default` for those not named)."""

PartOfOne = Annotated[float, Field(gt=0, le=1)]


class Acceptance(Value):
    """The check at the end of a pass; a delivery that fails it is done again at the same station."""

    rework_probability: ShareByCategory
    rework_work: Literal["fresh"] | Positive = "fresh"
    """Work of a repeated pass: a fresh draw of the law, or this share of the first pass's work."""
    max_attempts: Annotated[int, Field(ge=1)] | None = None
    at_limit: Literal["done", "withdrawn"] = "done"
    """What becomes of a request whose last permitted attempt failed."""


class Station(Value):
    """One station; capacity is servers x availability x share_for_us in the hours of its calendar."""

    kind: Literal["in_house", "vendor"] = "in_house"
    servers: Annotated[int, Field(ge=1)] | Literal["infinite"] = 1
    stage: str | None = None
    """What a visit is for; stations that are alternatives for the same work share it. Default: its name."""
    tool: str | None = None
    """A tool of the prior set: gives speed and openness."""
    speed: Positive = 1.0
    """Reference hours of work done in one working hour."""
    availability: PartOfOne = 1.0
    """Share of the calendar's open hours that a server gives to change requests."""
    hours_per_week: Positive | None = None
    """The same in hours a week and server; either this or availability."""
    share_for_us: PartOfOne = 1.0
    """Share of a server's time that is ours when other customers use it too; stretches each hour of work."""
    calendar: str = "always"
    discipline: Literal["fifo"] = "fifo"
    service_hours: LawByCategory | None = None
    """Working hours a pass takes at speed 1; else the category's work_hours."""
    intake_delay_hours: Law | None = None
    """Open hours from routing to the queue (triage and quote), outside the queue; not for rework."""
    openness: ShareByCategory = 1.0
    """The largest difficulty (0 to 1) that this station is open to; harder requests it may not do."""
    price_per_hour: NonNegative = 0.0
    """Cost of a working hour: the vendor's rate, or the loaded cost of in-house time."""
    acceptance: Acceptance | None = None

    @model_validator(mode="after")
    def _one_capacity(self) -> Station:
        if self.hours_per_week is not None and self.availability != 1.0:
            raise ValueError("either availability or hours_per_week")
        return self


class Category(Value):
    """A kind of change request."""

    share: Share
    work_hours: Law | None = None
    """Work content in reference hours: one hour of a trained programmer on a script platform."""
    difficulty: Law | None = None
    """0 to 1, compared with a station's openness; default uniform."""
    specification_quality: Law | None = None
    """0 to 1; recorded with the request, used by models of error."""


CategoryTable = NamedOf[Category]


def by_category(value: Any, category: str) -> Any:
    """The entry of a by-category field for one category."""
    if isinstance(value, dict):
        return value[category] if category in value else value["default"]
    return value
