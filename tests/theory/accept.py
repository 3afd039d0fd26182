"""The acceptance rule of the reference cases: inside the interval, and the interval narrow enough."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from scipy import special

from .reasons import Raw
from .transient import VARIANCE
from .view import Floats

HEADLINES = ("Wq", "W", "W_total", "W_net", "L", "EN", "count_total")
"""The metric that stands for a case in the mean square of z-scores: the first of these, fixed beforehand."""
SAME = 1e-9
ROUNDED = 5e-10
"""Relative: the cases print ten digits."""


@dataclass(frozen=True, slots=True)
class Check:
    """One metric of one case against its expectation."""

    name: str
    mean: float
    half_width: float
    expected: float
    widest: float
    """The interval may be this wide (half-width); 0 where the value must be exact."""
    z: float
    """NaN where the value does not vary."""

    @property
    def narrow(self) -> bool:
        """The interval is narrow enough to say anything."""
        return self.half_width <= self.widest or self.half_width <= SAME * max(1.0, abs(self.expected))

    @property
    def inside(self) -> bool:
        """The expectation lies in the interval."""
        rounding = ROUNDED * max(1.0, abs(self.expected))
        return abs(self.mean - self.expected) <= self.half_width + rounding

    @property
    def ok(self) -> bool:
        """Inside and narrow."""
        return self.inside and self.narrow


@dataclass(slots=True)
class Result:
    """What became of one case."""

    id: str
    kind: str
    status: str
    """pass, fail or unsupported."""
    reason: str = ""
    checks: list[Check] = field(default_factory=list)
    z: float = math.nan
    """Of the headline metric over the planned replications, whether or not more were needed."""
    runs: int = 0
    attempts: int = 0
    seconds: float = 0.0


def judge(values: dict[str, Floats], case: Raw) -> list[Check]:
    """Compare samples (one number a replication and metric) with the case's expectations."""
    return [_check(name, sample, case) for name, sample in values.items()]


def _check(name: str, sample: Floats, case: Raw) -> Check:
    expected, accept, count = float(case["expected"][name]), case["accept"], len(sample)
    if VARIANCE.match(name):
        sample = (sample - sample.mean()) ** 2 * count / (count - 1)
    mean = float(np.mean(sample))
    error = float(np.std(sample, ddof=1)) / math.sqrt(count)
    half = float(special.stdtrit(count - 1, 0.5 + accept.get("conf", 0.999) / 2)) * error
    z = (mean - expected) / error if error > 0 else math.nan
    if np.all(np.abs(sample - expected) <= SAME * max(1.0, abs(expected))):
        return Check(name, mean, 0.0, expected, 0.0, math.nan)
    share = name.rpartition(".")[2].startswith("P_")
    if share and expected in {0.0, 1.0}:
        return Check(name, mean, 0.0, expected, 0.0, z)
    widest = accept.get("max_rel_hw", 0.0) * abs(expected)
    if VARIANCE.match(name) or (share and expected < 1e-3):
        widest = 0.1 * abs(expected)
    return Check(name, mean, half, expected, max(widest, accept.get("abs_hw_floor", 0.0)), z)


def headline(checks: list[Check]) -> Check | None:
    """The one metric that stands for the case."""
    varied = [check for check in checks if not math.isnan(check.z)]
    for wanted in HEADLINES:
        for check in varied:
            if check.name.rpartition(".")[2].split("_")[0] == wanted or check.name == wanted:
                return check
    return varied[0] if varied else (checks[0] if checks else None)


def missed(checks: list[Check]) -> str:
    """What is wrong, in words."""
    return "; ".join(
        f"{check.name} {check.mean:.6g} +- {check.half_width:.3g} "
        f"({'not within' if not check.inside else f'wider than {check.widest:.3g}:'} {check.expected:.6g})"
        for check in checks
        if not check.ok
    )
