"""Who is best of several: the leader by its mean against each other, by paired intervals that hold for every pair."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from changeflow.measure.estimates.replications import joint_level
from changeflow.measure.records import Estimate

Kind = Literal["wins", "same", "too_close", "all_grow", "no_number", "single"]
Out = Literal["grows", "no_number"]
"""Why one cannot be ranked: its backlog grows, or no run of it has the number."""
Lead = Callable[[int, int, float], tuple[float, float]]
"""Places of one and another, and a level -> one minus the other, run by run: mean and half-width."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """wins: surely better than all others by more than matters; same: surely no difference that matters; too_close:
    the runs cannot tell; all_grow: every backlog grows; no_number: nobody has one, and not all because they grow;
    single: nothing to compare with.
    """

    kind: Kind
    leader: int | None
    """Place of the best mean among those that settle."""
    second: int | None = None
    lead: float = 0.0
    """How much better than the second, in the measure's unit; at `level`."""
    half_width: float = 0.0
    level: float = 0.0
    rivals: int = 0
    """Others that are not surely worse by more than matters."""
    out: tuple[tuple[int, Out], ...] = ()
    """Places that could not be ranked, and why."""


def rank(
    means: Sequence[float | Out], lead: Lead, *, level: float, matters: float, more_is_better: bool = False
) -> Ranking:
    """Rank those with a mean. The leader is chosen by it, so the intervals hold jointly for every pair that could have
    been looked at.
    """
    if len(means) == 1:
        return Ranking("single", 0)
    sign = -1.0 if more_is_better else 1.0
    known = {place: sign * mean for place, mean in enumerate(means) if not isinstance(mean, str)}
    out = tuple((place, mean) for place, mean in enumerate(means) if isinstance(mean, str))
    if not known:
        return Ranking("all_grow" if all(why == "grows" for _, why in out) else "no_number", None, out=out)
    leader, *others = sorted(known, key=lambda place: known[place])
    if not others:
        return Ranking("wins", leader, out=out)
    joint = joint_level(level, len(known) * (len(known) - 1) // 2)
    leads = [lead(place, leader, joint) for place in others]
    leads = [(sign * mean, half_width) for mean, half_width in leads]
    rivals = sum(not mean - half_width > matters for mean, half_width in leads)
    first, half_width = leads[0]
    same = first + half_width < matters and first - half_width > -matters
    kind: Kind = "wins" if not rivals else "same" if same else "too_close"
    return Ranking(kind, leader, others[0], first, half_width, joint, rivals, out)


def standing(estimate: Estimate | None, *, growing: bool) -> float | Out:
    """What is ranked of one: its mean, unless its backlog grows or it has none."""
    return "grows" if growing else "no_number" if estimate is None else estimate.mean
