"""How often few runs choose the wrong one of two systems: with runs of their own, and with the same requests.

Groups of n runs choose the smaller mean; the right one is the smaller mean of all runs. Run g of one system with run
g of the other is a paired comparison; with any other run it is an independent one, for the two share no chance.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from changeflow.measure.estimates.replications import clopper_pearson, t_interval
from changeflow.measure.records import Floats
from changeflow.model.values.frozen import ListOf, Value

LEAST_GROUPS = 20
"""Fewer groups say nothing about a share."""


class WrongChoice(Value):
    """The `[wrong_choice]` of a study file with two systems."""

    replications: Annotated[ListOf[Annotated[int, Field(ge=1)]], Field(min_length=1)]
    """Runs of each system, before one chooses."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share of wrong choices with its interval."""

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Misled:
    """Shares of wrong choices after so many runs of each system."""

    replications: int
    independent: Share
    paired: Share


@dataclass(frozen=True, slots=True)
class Misleading:
    """The whole demonstration."""

    right: int | None
    """0 or 1: the better system; None: all runs together cannot tell."""
    difference: float
    """Mean of the first minus the second, paired."""
    variances: tuple[float, float]
    """Of a run's difference: independent, paired."""
    rows: tuple[Misled, ...]


def misleading(losses: tuple[Floats, Floats], replications: Iterable[int], level: float) -> Misleading:
    """Count wrong choices; `losses` are paired by place, and the smaller mean is the better system."""
    difference, half_width = t_interval(losses[0] - losses[1], level)
    alone = float(losses[0].var(ddof=1) + losses[1].var(ddof=1))
    paired = float((losses[0] - losses[1]).var(ddof=1))
    if abs(difference) <= half_width:
        return Misleading(None, difference, (alone, paired), ())
    right = 0 if difference < 0 else 1
    better, worse = losses[right], losses[1 - right]
    rows = [_misled(better, worse, n, level) for n in replications if len(better) // n >= LEAST_GROUPS]
    return Misleading(right, difference, (alone, paired), tuple(rows))


def _misled(better: Floats, worse: Floats, n: int, level: float) -> Misled:
    groups = len(better) // n
    first, second = (column[: groups * n].reshape(groups, n).mean(axis=1) for column in (better, worse))
    hits = int(np.sum(first > second))
    return Misled(n, _independent(first, second, level), Share(hits / groups, *clopper_pearson(hits, groups, level)))


def _independent(better: Floats, worse: Floats, level: float) -> Share:
    """All groups of one against all others of the other: a U-statistic, its error from the groups' own shares.

    Hoeffding's projection (1948): each group's two shares, as the better and as the worse, count together. Where all
    choices are alike that would be a point; it is the exact interval of as many pairs as there are groups.
    """
    groups = len(better)
    own = (better > worse).astype(float)
    lost = np.searchsorted(np.sort(worse), better, side="left") - own
    won = groups - np.searchsorted(np.sort(better), worse, side="right") - own
    share = float(lost.sum()) / (groups * (groups - 1))
    if share in {0.0, 1.0}:
        return Share(share, *clopper_pearson(groups if share else 0, groups, level))
    _, half_width = t_interval((lost + won) / (groups - 1), level)
    return Share(share, max(share - half_width, 0.0), min(share + half_width, 1.0))
