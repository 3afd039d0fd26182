"""What it costs that a request is open: linear, a step at its due date, or convex."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Discriminator

from changeflow.model.values.frozen import NonNegative, Positive, Value


class LinearWaiting(Value):
    """So much a calendar day."""

    shape: Literal["linear"]
    per_day: NonNegative


class StepWaiting(Value):
    """An amount at the instant of the due date, beside so much a calendar day before and after."""

    shape: Literal["step"]
    at_due_date: Positive
    per_day: NonNegative = 0.0


class ConvexWaiting(Value):
    """So much on the first calendar day, twice as much after `doubles_after_days`, three times after twice that."""

    shape: Literal["convex"]
    per_day: Positive
    doubles_after_days: Positive


Waiting = Annotated[LinearWaiting | StepWaiting | ConvexWaiting, Discriminator("shape")]
SHAPES: dict[str, type[Value]] = {"linear": LinearWaiting, "step": StepWaiting, "convex": ConvexWaiting}


@dataclass(frozen=True, slots=True)
class OpenCost:
    """The three shapes in one: a request open for a days costs per_day x (a + growth a^2 / 2), and `step` at `due`."""

    per_day: float
    growth: float = 0.0
    """Per day."""
    step: float = 0.0
    due: float = math.inf
    """Days."""

    @property
    def first_per_day(self) -> float:
        """Cost of a day of waiting to a rule that knows only one: the first day's, a step spread over its days."""
        return self.per_day + (self.step / self.due if self.step else 0.0)


def open_cost(waiting: Waiting, due_within_days: float | None) -> OpenCost:
    """The cost of a shape for a category that is due within so many days."""
    match waiting:
        case ConvexWaiting():
            return OpenCost(waiting.per_day, growth=1 / waiting.doubles_after_days)
        case StepWaiting():
            due = math.inf if due_within_days is None else due_within_days
            return OpenCost(waiting.per_day, step=waiting.at_due_date, due=due)
    return OpenCost(waiting.per_day)
