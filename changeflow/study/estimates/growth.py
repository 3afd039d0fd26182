"""Does the backlog settle? One answer of three for comparisons, studies and sizing: surely, surely not, cannot tell."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from changeflow.measure.records import Estimate

GROWTH_TOLERANCE = 0.02
"""A backlog grows when its slope is surely above this share of the requests that arrive."""
FOR_GROWTH = ("backlog_growth_per_week", "arrived_requests", "unasked_requests")
"""Measures that tell whether a backlog grows."""


@dataclass(frozen=True, slots=True)
class Growth:
    """The slope of the backlog per request that arrives, with its half-width; not known at all: infinite."""

    share: float
    half_width: float

    def settles(self, tolerance: float = 0.0) -> bool | None:
        """True: surely not above what is tolerated; False: surely above it by more than `tolerance`; None: unknown."""
        if self.share + self.half_width <= GROWTH_TOLERANCE:
            return True
        return False if self.share - self.half_width > GROWTH_TOLERANCE + tolerance else None


OVERLOAD = Growth(1.0, 0.0)
"""Work surely exceeds hours: nothing of what comes too much is ever done."""
NO_SLOPE = Growth(0.0, 0.0)
"""A run too short for a slope, whose hours suffice: the load alone tells."""


def growth_of(estimates: Mapping[str, Estimate], late_requests_per_week: float, *, overloaded: bool) -> Growth:
    """From the estimates of FOR_GROWTH; the rate of requests is that of the last half of the run."""
    if overloaded:
        return OVERLOAD
    slope = estimates.get("backlog_growth_per_week")
    if slope is None:
        return NO_SLOPE
    arriving = late_requests_per_week * asked_share(estimates)
    if arriving <= 0:  # any growth is too much, however small
        arriving = abs(slope.mean) or 1.0
    share, half_width = slope.mean / arriving, slope.half_width / arriving
    if math.isnan(share) or math.isnan(half_width):
        return Growth(0.0 if math.isnan(share) else share, math.inf)
    return Growth(share, half_width)


def asked_share(estimates: Mapping[str, Estimate]) -> float:
    """Share of the expected requests that were asked at all."""
    if "unasked_requests" not in estimates:
        return 1.0
    arrived, unasked = estimates["arrived_requests"].mean, estimates["unasked_requests"].mean
    return arrived / (arrived + unasked) if arrived else 0.0
