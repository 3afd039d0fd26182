"""What is kept of one run, and what an estimate over runs is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class RunMeasures:
    """One run's numbers."""

    values: dict[str, float]
    """Measure -> number; NaN where the run has none. A ratio measure holds this run's own ratio."""
    ratios: dict[str, tuple[float, float]]
    """Ratio measure -> numerator and denominator of this run."""
    at_least: dict[str, float]
    """Measures of which this run knows only a lower bound -> the share of requests that it hangs on."""
    daily_backlog: Floats
    """Mean number of open requests on each day since the start of the run."""
    sojourn_days: Floats
    """Time to done of the cohort's closed requests, in calendar days."""
    open_days: Floats
    """Age at the horizon of the cohort's open requests, in calendar days."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over replications with its half-width; `bound` says that the truth is at least this."""

    mean: float
    half_width: float
    level: float
    unit: str
    replications: int
    bound: Literal["", "at_least"] = ""

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return self.mean - self.half_width

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return self.mean + self.half_width


@dataclass(frozen=True, slots=True)
class Difference:
    """A paired difference: scenario minus baseline, run by run on the same requests."""

    scenario: str
    baseline: str
    measure: str
    mean: float
    half_width: float
    level: float
    unit: str
