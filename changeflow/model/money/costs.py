"""What things cost: the prices of a model that belong to no station."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from changeflow.model.money.waiting import Waiting
from changeflow.model.values.frozen import NonNegative, Positive, Value


class Costs(Value):
    """Prices in the model's currency."""

    waiting_per_day: NonNegative = 0.0
    """Cost of one open request for one calendar day."""
    waiting: Waiting | None = None
    """The same by its shape (linear, step, convex); either this or waiting_per_day."""
    unmet_need_per_request: NonNegative = 0.0
    """Cost of a request that is refused or withdrawn."""
    licence_per_user_month: NonNegative = 0.0
    hosting_per_month: NonNegative = 0.0
    """Servers and their care, whoever uses them."""
    day_job_value_per_hour: NonNegative = 0.0
    """Value of an hour of the day job that an in-house hour displaces; what is above the station's price counts."""
    day_job_agreed_hours_per_week: Positive | None = None
    """Hours a week and in-house server that the day job can spare at that value."""
    day_job_strain: NonNegative = 1.0
    """Growth of the value beyond the agreed hours: at twice those hours, 1 + 2 x strain times as much."""
    training_per_event: NonNegative = 0.0
    """Cost of training one person."""
    recruitment_per_event: NonNegative = 0.0
    """Cost of finding one new person."""
    discount_rate_per_year: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Money is worth (1 + rate)^-years less at its date than at the start of the run."""
    completion_day: NonNegative | None = None
    """Day on which the implementation counts as complete; else found from the run (see the README)."""


class Adaptation(Value):
    """The initial project: reference hours x price / speed of the tool."""

    work_hours: NonNegative = 0.0
    tool: str | None = None
    speed: Positive = 1.0
    price_per_hour: NonNegative = 0.0
