"""Error with a cause: why a delivery is not what was expected, who notices, and what the repair takes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from changeflow.model.values.by_category import EaseByCategory
from changeflow.model.values.frozen import NonNegative, Positive, Share, Value

KINDS = ("misunderstanding", "omission", "promise", "slip", "deviation")
"""The first two come from the links of meaning; then a misleading promise, a slip, and what is nobody's fault."""


class System(Value):
    """What is true of the system as a whole, whoever changes it."""

    tool: str | None = None
    """A tool of the prior set: gives flexibility."""
    flexibility: EaseByCategory | None = None
    """How easily what is there can be changed again, by category; 1 is the ease of the first making, no more; less is
    harder.
    Repairs take 1 / flexibility ** errors.repair_exponent as long, changes propagate with (1 - flexibility) of their
    likelihood. Without it neither is scaled."""


class ErrorKind(Value):
    """How errors of one kind come to light."""

    caught_at_review: Share = 0.0
    """Chance that a check before release finds it."""
    caught_at_acceptance: Share = 1.0
    """Chance that the acceptance finds it, of those that the review lets pass; the rest escapes."""
    discovery_days: NonNegative = 0.0
    """Mean of the exponential time from the delivery to its discovery in use, in calendar days."""


class Kinds(Value):
    """The kinds of error."""

    misunderstanding: ErrorKind = ErrorKind()
    omission: ErrorKind = ErrorKind()
    promise: ErrorKind = ErrorKind()
    slip: ErrorKind = ErrorKind()
    deviation: ErrorKind = ErrorKind()


class Repair(Value):
    """Work of a repair at flexibility 1, as a share of the work that was wrong, by where it was found."""

    review: Positive = 1.0
    acceptance: Positive = 1.0
    production: Positive = 1.0
    built_on: Positive = 1.0
    """In use, when other changes were built on it meanwhile."""
    built_on_after_days: Positive = 1e6
    """Calendar days in use after which that is so."""


class Errors(Value):
    """The chance p that a delivery is wrong, and what follows.

    p = 1 - (1 - e)^links (1 - promise) (1 - slip) (1 - irreducible x difficulty), with
    e = per_link (1 - quality_effect x specification quality): our model, after claims S12, S13, S17 and S23.
    """

    per_link: Share = 0.0
    """Chance that a hand-over of meaning goes wrong with the worst specification."""
    quality_effect: Share = 0.0
    """The part of it that a perfect specification takes away."""
    omission_share: Share = 0.5
    """Share of omissions among errors of hand-over; the rest are misunderstandings."""
    irreducible: Share = 0.0
    """Chance of a deviation that is nobody's fault, at difficulty 1."""
    quality_gain: Share = 0.0
    """What each failed delivery adds to the specification quality (up to 1)."""
    repair_exponent: NonNegative = 1.0
    repair: Repair = Repair()
    repairs_go: Literal["same_station", "entry"] = "same_station"
    """Where an escaped defect goes when it is found: where it was made, or where new requests go."""
    kinds: Kinds = Kinds()


class StationErrors(Value):
    """What a station adds to the chance of an error; with it the model's [errors] judge its deliveries."""

    links: Annotated[int, Field(ge=0, le=10)] = 0
    """Hand-overs of meaning between who needs the change and who makes it; 0: the same person."""
    promise: Share = 0.0
    """Chance of a misleading promise."""
    slip: Share = 0.0
    """Chance of a slip at full skill."""
    slip_unskilled: Share | None = None
    """Chance of a slip at skill 0, linear between; default: as at full skill."""

    @property
    def unskilled_slip(self) -> float:
        """Chance of a slip at skill 0."""
        return self.slip if self.slip_unskilled is None else self.slip_unskilled
