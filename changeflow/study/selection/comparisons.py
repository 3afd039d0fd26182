"""Several systems at once: a subset that holds the best, intervals against the best, the price of a wrong choice."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from changeflow.measure.records import Floats
from changeflow.study.selection.constants import screening_t
from changeflow.study.selection.kim_nelson import variances_of_differences


@dataclass(frozen=True, slots=True)
class AgainstBest:
    """Interval of a system's mean minus the smallest of the others', joint for all systems: below 0 it is the best."""

    low: float
    high: float
    may_be_best: bool
    """False: some other is surely better."""

    @property
    def surely_best(self) -> bool:
        """No other can be better."""
        return self.may_be_best and self.high <= 0


def subset_with_best(
    losses: Sequence[Floats], level: float = 0.95, *, paired: bool, indifference: float = 0.0
) -> NDArray[np.bool_]:
    """Which systems the best is among, at the level: i stays if it is behind no other by more than W_il.

    W_il = max(0, t sqrt(S_i^2/n + S_l^2/n) - zone) for independent systems (Gupta 1965; Nelson, Swann, Goldsman and
    Song 2001; Boesel, Nelson and Kim 2003 for unequal numbers), with t S_il / sqrt(n) where they are paired by place.
    With a zone above 0 the subset is smaller, and the promise is for a best that leads by the zone.
    """
    means = np.array([column.mean() for column in losses])
    if paired:
        t = screening_t(len(losses), len(losses[0]), level, paired=True)
        width = t * np.sqrt(variances_of_differences(np.asarray(losses)) / len(losses[0]))
    else:
        parts = [
            screening_t(len(losses), len(column), level, paired=False) ** 2 * column.var(ddof=1) / len(column)
            for column in losses
        ]
        width = np.sqrt(np.add.outer(parts, parts))
    behind = means[:, None] - means[None, :] > np.maximum(width - indifference, 0.0)
    np.fill_diagonal(behind, val=False)
    stays: NDArray[np.bool_] = ~behind.any(axis=1)
    return stays


def against_best(losses: Floats, level: float = 0.95, half_width: float | None = None) -> list[AgainstBest]:
    """Multiple comparison with the best (Hsu 1984) of paired losses, rows are systems; jointly at the level.

    `half_width`: of each difference, where a procedure has chosen the runs so that it holds (Nelson and Matejcik 1995);
    intervals from all their runs, whose number hangs on the first variances, would cover less than they say.

    Every system in turn is the control of k - 1 one-sided paired t comparisons (Edwards and Hsu 1983), at
    (1 - level)/(k - 1) each, so neither independence nor equal variances are needed (Nelson 1993).
    """
    k, n = losses.shape
    means = losses.mean(axis=1)
    width = np.full((k, k), half_width or 0.0)
    if half_width is None:
        width = screening_t(k, n, level, paired=True) * np.sqrt(variances_of_differences(losses) / n)
    difference = means[:, None] - means[None, :]
    np.fill_diagonal(difference, -np.inf)
    lows = (difference - width).max(axis=1)
    may_be_best = lows <= 0
    np.fill_diagonal(difference, np.inf)
    found = []
    for system in range(k):
        rivals = may_be_best.copy()
        rivals[system] = False
        ends = difference[system] + width[system]
        high = max(float(ends[rivals].max()), 0.0) if rivals.any() else 0.0
        found.append(AgainstBest(min(float(lows[system]), 0.0), high, bool(may_be_best[system])))
    return found


def expected_loss(losses: Floats, chosen: int) -> float:
    """What choosing a system costs on average if another is the best, in the measure's unit: an upper bound.

    Rows of paired losses; at least 3 (see loss_of_pairs).
    """
    return loss_of_pairs(losses, chosen, paired=True)


def loss_of_pairs(losses: Sequence[Floats] | Floats, chosen: int, *, paired: bool) -> float:
    """The same for systems with numbers of runs of their own, paired by place or independent.

    The sum over the others of E[(mean of chosen - mean of other)^+], each difference Student's around its estimate
    (with Welch's degrees of freedom where independent): the Bonferroni bound on the expected opportunity cost of
    Chick and Inoue (2001). After a sequential procedure it is an estimate, for the procedure chose when to stop.
    """
    total = 0.0
    for system, other in enumerate(losses):
        if system == chosen:
            continue
        lead, deviation, degrees = _lead(other, losses[chosen], paired=paired)
        total += deviation * loss_integral(lead / deviation, degrees) if deviation > 0 else max(-lead, 0.0)
    return float(total)


def _lead(other: Floats, chosen: Floats, *, paired: bool) -> tuple[float, float, float]:
    """Mean of other minus chosen, its standard error, degrees of freedom."""
    if paired:
        n = min(len(other), len(chosen))
        difference = other[:n] - chosen[:n]
        return float(difference.mean()), float(difference.std(ddof=1)) / math.sqrt(n), n - 1
    parts = [float(column.var(ddof=1)) / len(column) for column in (other, chosen)]
    whole = sum(parts)
    below = sum(part**2 / (len(column) - 1) for part, column in zip(parts, (other, chosen)))
    return float(other.mean() - chosen.mean()), math.sqrt(whole), whole**2 / below if below > 0 else 1.0


def loss_integral(s: float, degrees: float) -> float:
    """E[(T - s)^+] of Student's T with more than 1 degree: (v + s^2) / (v - 1) f(s) - s P(T > s)."""
    from scipy import special  # noqa: PLC0415  slow, and a finished study asks for no integral

    logarithm = float(special.gammaln((degrees + 1) / 2) - special.gammaln(degrees / 2))
    logarithm -= (degrees + 1) / 2 * math.log1p(s * s / degrees)
    density = math.exp(logarithm) / math.sqrt(degrees * math.pi)
    return (degrees + s * s) / (degrees - 1) * density - s * float(special.stdtr(degrees, -s))
