"""OCBA: a fixed number of replications, spread where it helps to tell the best from its rivals (Chen and others 2000).

The shares are optimal in the limit. With a small budget they can lose against equal ones, because the first means
mislead: 10 designs N(i, 6^2) with 200 replications are chosen right with .485 instead of .630.
"""

from __future__ import annotations

import math

import numpy as np

from changeflow.errors import PlanError
from changeflow.measure.records import Floats
from changeflow.study.selection.procedure import Procedure, Selection, Wanted, Zone


def ocba_shares(means: Floats, deviations: Floats, *, more_is_better: bool = False) -> Floats:
    """Shares of the budget: N_i ~ (s_i / d_i)^2 with d_i the distance from the best b, N_b = s_b sqrt(sum N_i^2/s_i^2).

    Chen, Lin, Yucesan and Chick (2000, theorem 1). Systems that tie with the best get everything (the limit);
    without any spread all shares are equal.
    """
    loss = np.asarray(means, dtype=float) * (-1.0 if more_is_better else 1.0)
    spread = np.asarray(deviations, dtype=float)
    best = int(np.argmin(loss))
    others = np.arange(len(loss)) != best
    distance = (loss - loss[best])[others]
    nearest = distance.min()
    near = np.ones_like(distance)  # (nearest distance / distance)^2
    near[distance > 0] = (nearest / distance[distance > 0]) ** 2
    shares = np.zeros(len(loss))
    shares[others] = spread[others] ** 2 * near
    shares[best] = spread[best] * math.sqrt(float(np.sum((spread[others] * near) ** 2)))
    total = shares.sum()
    equal: Floats = np.full(len(loss), 1 / len(loss))
    return shares / total if total > 0 else equal


def ocba(zone: Zone, budget: int, *, step: int = 0) -> Procedure:
    """Spend `budget` replications in all, `step` at a time (by default a twentieth of what the first stage leaves).

    Systems are independent. Of the zone only the first stage and the sign count: there is no guarantee. Raises
    PlanError for a budget below the first stage.
    """
    if budget < zone.first * zone.systems:
        raise PlanError(f"OCBA: expected a budget of at least {zone.first * zone.systems}, found {budget}")
    step = step or max(1, (budget - zone.first * zone.systems) // 20)
    counts = zone.everyone
    values = yield counts
    while True:
        losses = [column[:n] for column, n in zip(zone.losses(values), counts, strict=True)]
        means = np.array([column.mean() for column in losses])
        spent = sum(counts)
        if spent >= budget:
            best = int(np.argmin(means))
            return Selection(best, zone.gains(means), counts, (None,) * zone.systems, "none")
        spread = np.array([column.std(ddof=1) for column in losses])
        counts = top_up(counts, ocba_shares(means, spread), min(step, budget - spent))
        values = yield counts


def top_up(counts: Wanted, shares: Floats, more: int) -> Wanted:
    """Counts with exactly `more` added, each where counts are lowest for their share; none is taken away.

    Jefferson's rule: who has more than its share gets nothing, the others divide the rest by theirs.
    """
    have = np.array(counts)
    for _ in range(more):
        have[int(np.argmax(shares / (have + 1)))] += 1
    return tuple(map(int, have))
