"""Categories: the kinds of change request, with their work and their urgency."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from changeflow.model.money.waiting import Waiting
from changeflow.model.values.frozen import NonNegative, Positive, Share, Value
from changeflow.model.values.laws import Law

PriorityClass = Annotated[int, Field(ge=0, le=9)]


class Category(Value):
    """A kind of change request."""

    share: Share
    work_hours: Law | None = None
    """Work content in reference hours: one hour of a trained programmer on a script platform."""
    difficulty: Law | None = None
    """0 to 1, compared with a station's openness; default uniform."""
    difficulty_size_correlation: Annotated[float, Field(ge=-1, le=1)] = 0.0
    """Of the normal scores of difficulty and of size at the work stage: large requests are difficult ones."""
    specification_quality: Law | None = None
    """0 to 1; recorded with the request, used by models of error."""
    priority: PriorityClass = 0
    """Class 0 to 9, 0 the most urgent; used by the disciplines priority and ageing."""
    due_within_days: Positive | None = None
    """Calendar days from arrival to the due date: for the disciplines due_date and ageing, for what users call overdue
    (adoption), and for the step of a waiting cost."""
    waiting_cost_per_day: NonNegative | None = None
    """Cost of one open request for one calendar day; else `costs.waiting_per_day`."""
    waiting: Waiting | None = None
    """The same by its shape; either this or waiting_cost_per_day."""
