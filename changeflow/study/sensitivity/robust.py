"""The robust share of best: over all settings of the assumptions, how often each scenario is the best."""

from __future__ import annotations

from dataclasses import dataclass

from changeflow.measure.estimates.replications import clopper_pearson
from changeflow.study.outcome.results import StudyResults

DESIGNS = ("latin_hypercube", "sobol")
"""Designs that spread over the ranges evenly, so that a share of points is a share of settings."""


@dataclass(frozen=True, slots=True)
class ShareOfBest:
    """In which share of the points a scenario is best, with an interval; surely: by more than what matters."""

    scenario: str
    best: int
    share: float
    low: float
    high: float
    surely: int
    surely_share: float
    surely_low: float
    surely_high: float


@dataclass(frozen=True, slots=True)
class Robust:
    """The shares of all scenarios, and what became of the other points."""

    shares: tuple[ShareOfBest, ...]
    points: int
    cannot_tell: int
    same: int
    """Points where surely no difference matters between the two best."""
    all_grow: int
    no_number: int
    """Points where nobody has a number, and not all because their backlogs grow."""
    level: float


def robust(results: StudyResults) -> Robust | None:
    """Shares over the points of a design that spreads evenly; None for others, one scenario, and a [selection].

    A point's winner is the one of `best_of`, whose joint interval over the pairs lies beyond the smallest difference
    of interest. Intervals of shares are exact binomial ones (Clopper and Pearson 1934), as if points were drawn
    independently; a Latin hypercube and Sobol points are spread more evenly than that.
    """
    plan = results.plan
    if plan.study.design.kind not in DESIGNS or len(plan.scenarios) < 2 or plan.study.selection is not None:
        return None
    bests, count, level = results.bests, len(plan.points), plan.comparison.level
    shares = []
    for place, scenario in enumerate(plan.scenarios):
        leads = sum(one.leader == place for one in bests)
        surely = sum(one.leader == place and one.kind == "wins" for one in bests)
        ends = *clopper_pearson(leads, count, level), *clopper_pearson(surely, count, level)
        shares.append(
            ShareOfBest(scenario, leads, leads / count, ends[0], ends[1], surely, surely / count, ends[2], ends[3])
        )
    kinds = [one.kind for one in bests]
    return Robust(
        tuple(shares),
        count,
        kinds.count("too_close"),
        kinds.count("same"),
        kinds.count("all_grow"),
        kinds.count("no_number"),
        level,
    )
