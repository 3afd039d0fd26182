"""Two-stage selection under common random numbers (Nelson and Matejcik 1995, Management Science 41)."""

from __future__ import annotations

import math

import numpy as np

from changeflow.measure.records import Floats
from changeflow.study.selection.constants import dunnett_one_sided
from changeflow.study.selection.procedure import Procedure, Selection, Zone, means_of


def nelson_matejcik(zone: Zone) -> Procedure:
    """N = max(n0, ceil((g S / delta)^2)) paired replications of all, then the best mean (Procedure NM).

    Good selection at the level, and intervals of half-width delta for each system against the best of the others
    (comparisons.against_best), jointly with it. Exact where all differences have one variance (sphericity); robust
    beyond, the authors report, while KN needs no such assumption.
    """
    values = yield zone.everyone
    losses = np.array([column[: zone.first] for column in zone.losses(values)])
    degrees = (zone.systems - 1) * (zone.first - 1)
    g = dunnett_one_sided(zone.systems - 1, degrees, zone.level)
    size = max(zone.first, math.ceil(g**2 * sphericity_variance(losses) / zone.indifference**2))
    sizes = (size,) * zone.systems
    values = yield sizes
    means = means_of(zone.losses(values), sizes)
    return Selection(int(np.argmin(means)), zone.gains(means), sizes, (None,) * zone.systems, "good")


def sphericity_variance(losses: Floats) -> float:
    """Variance of a difference: 2 sum (Y_ij - Y_i. - Y_.j + Y_..)^2 / ((k - 1)(n0 - 1)), rows are systems."""
    k, n = losses.shape
    rest = losses - losses.mean(axis=1, keepdims=True) - losses.mean(axis=0, keepdims=True) + losses.mean()
    return float(2 * np.sum(rest**2) / ((k - 1) * (n - 1)))
