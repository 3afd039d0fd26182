"""KN: fully sequential selection under common random numbers (Kim and Nelson 2001, ACM TOMACS 11)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from changeflow.measure.records import Floats
from changeflow.study.selection.constants import kim_nelson_h2
from changeflow.study.selection.procedure import Procedure, Selection, Zone


def kim_nelson(zone: Zone, *, batch: int = 1) -> Procedure:
    """One replication more of every survivor at a time, eliminating who falls too far behind another.

    System i leaves after r replications if its mean is worse than some survivor l's by more than
    W_il(r) = max(0, delta / (2 r) (h^2 S_il^2 / delta^2 - r)), S_il^2 the first stage's variance of the differences
    (so pairing pays). At r = floor(h^2 S^2 / delta^2) + 1 at the latest the best mean is taken.

    `batch` replications are asked for at once, but looked at one by one: the choice does not depend on it.
    The proof (Theorem 1) is for a best that leads by delta. That one of several in the zone is chosen as surely is
    tested (test_good_selection_with_many_systems_in_the_zone), not proven; Nelson and Matejcik's procedure has a proof.
    """
    values = yield zone.everyone
    losses = np.array([column[: zone.first] for column in zone.losses(values)])
    h2 = kim_nelson_h2(zone.systems, zone.first, 1 - zone.level)
    reach = h2 * variances_of_differences(losses) / zone.indifference
    last = int(np.floor(reach.max() / zone.indifference)) + 1
    sums = losses.sum(axis=1)
    means, counts = sums / zone.first, np.full(zone.systems, zone.first)
    alive, near = np.arange(zone.systems), reach
    out: list[int | None] = [None] * zone.systems
    r = held = zone.first
    while True:
        behind = trails(sums[alive], near, zone.indifference * r)
        if behind.any():
            for system in alive[behind]:
                out[system] = r
            alive = alive[~behind]
            near = reach[np.ix_(alive, alive)]
        if len(alive) == 1 or r >= last:
            break
        if r == held:
            held = min(r + batch, last)
            wanted = counts.copy()
            wanted[alive] = held
            values = yield tuple(wanted.tolist())
            fresh = zone.losses([values[int(system)][r:held] for system in alive])
            arrived = dict(zip(alive.tolist(), fresh, strict=True))
        for system in alive:
            sums[system] += arrived[int(system)][r - held]  # from the end of the batch
        r += 1
        counts[alive], means[alive] = r, sums[alive] / r
    best = int(alive[np.argmin(means[alive])])
    return Selection(best, zone.gains(means), tuple(map(int, counts)), tuple(out), "correct")


def variances_of_differences(losses: Floats) -> Floats:
    """S_il^2: the sample variance of system i minus system l, for every pair (rows of `losses`)."""
    covariance = np.cov(losses)
    spread = np.diag(covariance)
    found: Floats = np.maximum(spread[:, None] + spread[None, :] - 2 * covariance, 0.0)
    np.fill_diagonal(found, 0.0)
    return found


def trails(sums: Floats, reach: Floats, narrowed: float) -> NDArray[np.bool_]:
    """Who is behind some other by more than max(0, (reach - narrowed) / 2); the leader never is."""
    behind = sums[:, None] - sums[None, :] > np.maximum(reach - narrowed, 0.0) / 2
    np.fill_diagonal(behind, val=False)
    found: NDArray[np.bool_] = behind.any(axis=1)
    return found
