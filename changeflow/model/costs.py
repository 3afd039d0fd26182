"""What things cost: the prices of a model that belong to no station."""

from __future__ import annotations

from changeflow.model.values import NonNegative, Positive, Value


class Costs(Value):
    """Prices in the model's currency."""

    waiting_per_day: NonNegative = 0.0
    """Cost of one open request for one calendar day."""
    unmet_need_per_request: NonNegative = 0.0
    """Cost of a request that is refused or withdrawn."""
    licence_per_user_month: NonNegative = 0.0
    completion_day: NonNegative | None = None
    """Day on which the implementation counts as complete; else found from the run (see the README)."""


class Adaptation(Value):
    """The initial project: reference hours x price / speed of the tool."""

    work_hours: NonNegative = 0.0
    tool: str | None = None
    speed: Positive = 1.0
    price_per_hour: NonNegative = 0.0
