"""Times of requests of which some are still open: Kaplan and Meier (1958)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from changeflow.measure.estimates.clusters import share_interval
from changeflow.measure.records import Floats


@dataclass(frozen=True, slots=True)
class Curve:
    """The share of requests that take longer than each time."""

    times: Floats
    share: Floats
    """Share that takes longer, right after each time."""
    last: float
    """Largest time observed, closed or not."""

    @classmethod
    def of(cls, closed: Floats, still_open: Floats) -> Curve:
        """From the times of closed members and the ages of open ones (a tie counts as closed first)."""
        times = np.concatenate([closed, still_open])
        if not len(times):
            return cls(np.empty(0), np.empty(0), np.nan)
        ended = np.concatenate([np.ones(len(closed)), np.zeros(len(still_open))])
        order = np.lexsort((-ended, times))
        times, ended = times[order], ended[order]
        at_risk = np.arange(len(times), 0, -1)
        return cls(times, np.cumprod(1.0 - ended / at_risk), float(times[-1]))

    def mean(self) -> tuple[float, float]:
        """Mean time, restricted to the largest one observed, and the share of members that take longer than that."""
        if not len(self.times):
            return np.nan, 0.0
        steps = np.diff(np.concatenate([[0.0], self.times]))
        longer = np.concatenate([[1.0], self.share[:-1]])
        return float(steps @ longer), float(self.share[-1])

    def quantile(self, p: float) -> tuple[float, float]:
        """The smallest time within which a share p is done; where none is, the largest time and the share left."""
        if not len(self.times):
            return np.nan, 0.0
        reached = self.share <= 1.0 - p + 1e-12
        if not reached.any():
            return self.last, float(self.share[-1])
        return float(self.times[int(np.argmax(reached))]), 0.0


def survival_over_runs(
    days: Floats, ended: NDArray[np.bool_], together: int = 1, level: float = 0.95
) -> list[tuple[float, float, float, float]]:
    """Days of runs of one horizon: day, share still going from then on, and the pointwise ends of its interval.

    Runs are censored at their horizon only, so that Kaplan and Meier's curve is the share still going. Runs come in
    organisations of `together`; an interval is over these (clusters.share_interval).
    """
    points = sorted({0.0, *days[ended].tolist(), float(days.max())})
    return [(day, *share_interval(np.where(ended & (days <= day), 0.0, 1.0), together, level)) for day in points]
