"""Two-stage selection of independent systems: Rinott; Dudewicz and Dalal.

The first stage's variances set how many replications each system gets; no looks in between, so it is simple to spread
over many machines. The systems must not share random numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from changeflow.measure.records import Floats
from changeflow.study.selection.constants import dudewicz_dalal_h, rinott_h
from changeflow.study.selection.procedure import Procedure, Selection, Wanted, Zone, means_of


def rinott(zone: Zone) -> Procedure:
    """N_i = max(n0, ceil((h S_i / delta)^2)), then the best plain mean (Rinott 1978).

    A good selection at the level, however many systems lie in the zone (Nelson and Matejcik 1995).
    """
    values = yield zone.everyone
    h = rinott_h(zone.systems, zone.first, zone.level)
    sizes = second_stage(_variances(zone.losses(values), zone.first), h, zone.indifference, zone.first)
    values = yield sizes
    means = means_of(zone.losses(values), sizes)
    best = int(np.argmin(means))
    return Selection(best, zone.gains(means), sizes, (None,) * zone.systems, "good")


def dudewicz_dalal(zone: Zone) -> Procedure:
    """N_i = max(n0 + 1, ceil((h S_i / delta)^2)), then the best mean weighted over both stages.

    Dudewicz and Dalal (1975), as in Law (2015, section 10.4.1). The weights make (mean - truth) h / delta
    Student's with n0 - 1 degrees, so the probability is exact for normal values, and good selection follows.
    """
    values = yield zone.everyone
    h = dudewicz_dalal_h(zone.systems, zone.first, zone.level)
    variances = _variances(zone.losses(values), zone.first)
    sizes = second_stage(variances, h, zone.indifference, zone.first + 1)
    values = yield sizes
    means = np.empty(zone.systems)
    for system, column in enumerate(zone.losses(values)):
        weight = first_weight(zone.first, sizes[system], float(variances[system]), h, zone.indifference)
        first, rest = column[: zone.first].mean(), column[zone.first : sizes[system]].mean()
        means[system] = weight * first + (1 - weight) * rest
    return Selection(int(np.argmin(means)), zone.gains(means), sizes, (None,) * zone.systems, "good")


def second_stage(variances: Sequence[float] | Floats, h: float, indifference: float, least: int) -> Wanted:
    """Replications of each system in all: ceil(h^2 S_i^2 / delta^2), at least `least`."""
    return tuple(max(least, math.ceil(h**2 * float(variance) / indifference**2)) for variance in variances)


def first_weight(first: int, size: int, variance: float, h: float, indifference: float) -> float:
    """Weight of the first stage's mean: n0/N (1 + sqrt(1 - N/n0 (1 - (N - n0) delta^2 / (h S)^2))).

    A system without variance may have any weight; it gets the plain one.
    """
    if variance <= 0:
        return first / size
    inside = 1 - size / first * (1 - (size - first) * indifference**2 / (h**2 * variance))
    return first / size * (1 + math.sqrt(max(inside, 0.0)))


def _variances(losses: Sequence[Floats], first: int) -> Floats:
    return np.array([column[:first].var(ddof=1) for column in losses])
