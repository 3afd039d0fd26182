"""An estimate with control variates: what is known of their means takes chance out of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from changeflow.measure.estimates.student import t_quantile
from changeflow.measure.records import Floats

ARRIVALS, LUCK = "control_arrivals", "control_luck"
"""The names of controls among a run's measures."""


@dataclass(frozen=True, slots=True)
class Controlled:
    """A mean at the known means of its controls."""

    mean: float
    half_width: float
    kept: float
    """Variance of this mean over that of the plain one: below 1 is a gain."""


def controlled(values: Floats, controls: Floats, level: float = 0.95) -> Controlled | None:
    """Regress on controls of known mean 0 (runs x controls) and read off the intercept.

    Half-width t(n - q - 1) s sqrt(((1, C)'(1, C))^-1_11) with the residuals' s, exact where values and controls are
    jointly normal (Lavenberg and Welch 1981). None with too few runs, or where a run lacks the number.
    """
    if np.isnan(values).any() or np.isnan(controls).any():
        return None
    moving = controls[:, controls.std(axis=0) > 0]
    scaled = moving / moving.std(axis=0)
    matrix = np.column_stack([np.ones(len(values)), scaled])
    rank = int(np.linalg.matrix_rank(matrix))
    degrees = len(values) - rank
    if degrees < 2:
        return None
    inverse = np.linalg.pinv(matrix.T @ matrix)
    solution = inverse @ (matrix.T @ values)
    rest = values - matrix @ solution
    variance = float(rest @ rest) / degrees * float(inverse[0, 0])
    plain = float(values.var(ddof=1)) / len(values)
    half_width = t_quantile(level, degrees) * math.sqrt(variance)
    return Controlled(float(solution[0]), half_width, variance / plain if plain > 0 else 1.0)
