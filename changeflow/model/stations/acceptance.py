"""Acceptance: the check of a delivery, by whom, how long it takes, and what a failure costs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from changeflow.model.requests.categories import PriorityClass
from changeflow.model.values.by_category import ShareByCategory
from changeflow.model.values.frozen import Positive, Value
from changeflow.model.values.laws import Law


class Acceptance(Value):
    """The check at the end of a pass; a delivery that fails it is done again at the same station."""

    rework_probability: ShareByCategory | None = None
    """Chance that a delivery fails; needed, unless the station has `errors`."""
    rework_work: Literal["fresh"] | Positive = "fresh"
    """Work of a repeated pass: a fresh draw of the law, or this share of the first pass's work."""
    rework_hours: Law | None = None
    """Working hours of a repeated pass at speed 1, by a law of its own; then without rework_work."""
    rework_priority: PriorityClass | None = None
    """Priority class of repeated passes, 0 the most urgent; else the category's."""
    max_attempts: Annotated[int, Field(ge=1)] | None = None
    at_limit: Literal["done", "withdrawn"] = "done"
    """What becomes of a request whose last permitted attempt failed."""
    delay_hours: Law | None = None
    """Clock hours between a delivery and its verdict."""
    by: str | None = None
    """A station where each delivery is tested: its servers, its hours. Needs no entry by routing."""
