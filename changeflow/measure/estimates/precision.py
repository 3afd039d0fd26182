"""How many replications are enough: the half-width asked for is reached, and stays so for the next few.

The sequential interval (Chow and Robbins 1965; Law 2015, section 9.4.1) with the look-ahead of Hoad, Robinson and
Davies (2010, "Automated selection of the number of replications for a discrete-event simulation", JORS 61), for one
measure or several at once. Intervals at a stopping time cover slightly less than their level; the look-ahead helps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from changeflow.errors import PlanError
from changeflow.measure.estimates.clusters import share_estimate
from changeflow.measure.estimates.replications import unseen_share
from changeflow.measure.records import Floats

FIRST = 3
"""Fewer replications say nothing about their spread."""
ROWS = 64
"""Replications whose intervals are worked out at once."""
AHEAD = 5
"""Further replications in which the precision must hold; a share of 5 % beyond 100 (Hoad and others, kLimit)."""


@dataclass(frozen=True, slots=True)
class Precision:
    """Half-width wanted: at most `relative` times the mean's size, or at most `absolute`; either is enough."""

    relative: float = 0.0
    absolute: float = 0.0

    def __post_init__(self) -> None:
        if min(self.relative, self.absolute) < 0 or max(self.relative, self.absolute) <= 0:
            found = f"relative {self.relative:g}, absolute {self.absolute:g}"
            raise PlanError(f"precision: expected a relative or an absolute half-width above 0, found {found}")

    def widest(self, means: Floats) -> Floats:
        """The half-width allowed at each mean."""
        return np.maximum(self.relative * np.abs(means), self.absolute)


@dataclass(frozen=True, slots=True)
class Course:
    """A measure's estimate after 1, 2, 3, ... replications."""

    means: Floats
    half_widths: Floats


def mean_course(values: Sequence[float] | Floats, level: float = 0.95) -> Course:
    """Mean and t interval after each replication; replications without the number (NaN) do not count."""
    from scipy import special  # noqa: PLC0415  a slow import that a plain comparison does without

    data = np.asarray(values, dtype=float)
    there = ~np.isnan(data)
    counts = np.cumsum(there)
    shift = float(data[there].mean()) if there.any() else 0.0
    centred = np.where(there, data - shift, 0.0)
    sums, squares = np.cumsum(centred), np.cumsum(centred**2)
    with np.errstate(divide="ignore", invalid="ignore"):
        means = sums / counts
        spread = np.sqrt(np.maximum(squares - counts * means**2, 0.0) / (counts - 1))
        wide = special.stdtrit(np.maximum(counts - 1, 1), 0.5 + level / 2) * spread / np.sqrt(counts)
    return Course(means + shift, np.where(counts > 1, wide, math.inf))


def ratio_course(tops: Floats, bottoms: Floats, level: float = 0.95, *, counted: bool = False) -> Course:
    """Ratio of sums and jackknife interval after each replication: estimates.jackknife_ratio of the first 1, 2, 3, ...,
    or jackknife_share of what is counted.

    Each of them leaves out every replication once, so it is n^2 numbers; they are made some rows at a time.
    """
    from scipy import special  # noqa: PLC0415  a slow import that a plain comparison does without

    counts = np.arange(1, len(tops) + 1)
    top, bottom = np.cumsum(tops), np.cumsum(bottoms)
    with np.errstate(divide="ignore", invalid="ignore"):
        means, half_widths = top / bottom, np.where(bottom == 0, math.nan, math.inf)
        factors = special.stdtrit(np.maximum(counts - 1, 1), 0.5 + level / 2) / np.sqrt(counts)
        for begin in range(0, len(tops), ROWS):
            rows = slice(begin, begin + ROWS)
            until = int(counts[rows][-1])
            n, used = counts[rows, None], counts[None, :until] <= counts[rows, None]
            rest = bottom[rows, None] - bottoms[:until]
            pseudo = n * means[rows, None] - (n - 1) * (top[rows, None] - tops[:until]) / rest
            known = (counts[rows] > 1) & (bottom[rows] != 0) & ~((rest == 0) & used).any(axis=1)
            mine, inside = np.flatnonzero(known) + begin, used[known]
            means[mine] = pseudo[known].mean(axis=1, where=inside)
            half_widths[mine] = factors[mine] * pseudo[known].std(axis=1, ddof=1, where=inside)
    if counted:
        runs = np.cumsum(bottoms != 0)
        for place in np.flatnonzero((bottom > 0) & ((top == 0) | (top == bottom))):
            beyond = unseen_share(float(bottom[place]), int(runs[place]), level)
            half_widths[place] = math.hypot(half_widths[place], beyond)
    return Course(means, half_widths)


def share_course(answers: Floats, size: int = 1, level: float = 0.95) -> Course:
    """Share of ones and its larger arm (clusters.share_estimate) after 1, 2, 3, ... runs, or clusters of `size`."""
    found = [share_estimate(answers[: n * size], size, level) for n in range(1, len(answers) // size + 1)]
    means, arms = np.array(found).reshape(-1, 2).T
    return Course(means, arms)


def look_ahead(replications: int) -> int:
    """How many further replications the precision must survive: 5 up to 100 replications, then 5 %."""
    return AHEAD * max(replications, 100) // 100


def replications_needed(
    courses: Sequence[Course], wanted: Sequence[Precision], *, first: int = FIRST, ahead: bool = True
) -> int | None:
    """Smallest n >= first at which all measures are precise, and stay so for look_ahead(n) more; None: not yet.

    Without `ahead` it is the confidence-interval method (Robinson 2004). For intervals that hold jointly, make the
    courses at estimates.joint_level.
    """
    precise = _precise(courses, wanted)
    for n in range(max(first, 2), len(precise) + 1):
        until = n + (look_ahead(n) if ahead else 0)
        if until > len(precise):
            return None
        if precise[n - 1 : until].all():
            return n
    return None


def replications_planned(courses: Sequence[Course], wanted: Sequence[Precision]) -> int:
    """A guess from the spread so far: n (half-width / wanted)^2, the largest of all measures. At least n."""
    planned = float(n := len(courses[0].means))
    for course, precision in zip(courses, wanted, strict=True):
        widest = float(precision.widest(course.means[-1:])[0])
        half_width = float(course.half_widths[-1])
        if not math.isfinite(half_width) or (half_width > 0 and widest == 0):
            return 2 * n  # nothing to go by: double
        if half_width > 0:
            planned = max(planned, n * (half_width / widest) ** 2)
    return math.ceil(planned)


def _precise(courses: Sequence[Course], wanted: Sequence[Precision]) -> NDArray[np.bool_]:
    """After which replications all measures are precise."""
    held = [course.half_widths <= one.widest(course.means) for course, one in zip(courses, wanted, strict=True)]
    every: NDArray[np.bool_] = np.logical_and.reduce(held)
    return every
