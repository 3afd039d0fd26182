"""Contracts with a vendor: which hours are billed, at which price, and what is paid without any work."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from changeflow.model.values.frozen import ListOf, Named, NamedOf, NonNegative, Positive, Value


class Tier(Value):
    """The price of the hours of a month beyond the tier before."""

    up_to_hours: Positive | None = None
    """Billed hours in a month at which the tier ends; the last tier has no end."""
    price_per_hour: NonNegative


class Retainer(Value):
    """A monthly fee that includes hours; the first hours billed in a month are these, and cost nothing more."""

    per_month: NonNegative
    hours: Positive
    """Included in a month."""
    unused: Literal["lost", "carried"] = "lost"
    """Hours not used in a month: gone, or there in the months that follow."""


class Sla(Value):
    """A fee for a promise: a credit for each delivery that comes later."""

    within_hours: Positive
    """Clock hours from the entry of a pass at the station to its delivery."""
    fee_per_month: NonNegative = 0.0
    credit: NonNegative = 0.0
    """Money back for a delivery that came later."""


class Contract(Value):
    """How a vendor bills: hours of each pass in steps, at prices by month, and monthly fees.

    Stations that name the same contract share its tiers and its retainer.
    """

    price_per_hour: NonNegative | None = None
    """Price of a billed hour; either this or tiers."""
    tiers: ListOf[Tier] = ()
    """Prices by the hours billed in a month beyond the retainer's, the lowest hours first."""
    minimum_hours: NonNegative = 0.0
    """Hours billed for a pass at least."""
    increment_hours: Positive | None = None
    """Hours of a pass are billed in whole steps of this; else as they are."""
    urgency: NamedOf[Positive] = Field(default_factory=Named)
    """Factor on the price, by category or by priority class (0 to 9); `default` for the others, else 1."""
    retainer: Retainer | None = None
    sla: Sla | None = None

    @property
    def rates(self) -> tuple[tuple[float, float], ...]:
        """Pairs (hours of a month from which a price holds, price per hour); the first from 0."""
        if self.price_per_hour is not None:
            return ((0.0, self.price_per_hour),)
        starts = (0.0, *(tier.up_to_hours for tier in self.tiers[:-1] if tier.up_to_hours is not None))
        return tuple((start, tier.price_per_hour) for start, tier in zip(starts, self.tiers, strict=True))

    @property
    def list_price(self) -> float:
        """Price of the first billed hour of a month beyond the retainer's: what a buyer calls the hourly rate."""
        return self.rates[0][1]

    @property
    def fee_per_month(self) -> float:
        """What is paid without any work."""
        retainer = self.retainer.per_month if self.retainer else 0.0
        return retainer + (self.sla.fee_per_month if self.sla else 0.0)

    def factor(self, category: str, priority: int) -> float:
        """Factor of urgency on the price of a category of this priority class."""
        for key in (category, str(priority), "default"):
            if key in self.urgency:
                return self.urgency[key]
        return 1.0
