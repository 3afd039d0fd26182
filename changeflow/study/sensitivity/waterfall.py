"""The waterfall: the difference between two scenarios as a sum of causes, averaged over the orders of switching."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from changeflow.errors import PlanError
from changeflow.measure.estimates.replications import joint_level, t_interval
from changeflow.measure.records import Floats
from changeflow.measure.units import unit_of
from changeflow.study.design.waterfall import subsets
from changeflow.study.outcome.results import StudyResults
from changeflow.study.sensitivity.responses import Response, numbers_of

CLOSE = 1e-9
"""Two runs are the same when they differ by no more than this share: sums in another order."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one cause makes of the difference, with the least and the most that it makes in any order."""

    name: str
    mean: float
    half_width: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Fall:
    """From the beginning to the end: begin + steps = end, run by run."""

    measure: str
    unit: str
    begin_name: str
    begin: float
    begin_half_width: float
    end_name: str
    end: float
    end_half_width: float
    """Of each total alone; what they share run by run is not in the difference."""
    difference: float
    half_width: float
    level: float
    steps: tuple[Step, ...]


def waterfall(results: StudyResults) -> Fall | None:
    """Each cause's Shapley value (Shapley 1953) run by run; None without [waterfall].

    The value of a cause is the mean over all orders of what switching it changes; the values sum to the difference in
    every run. Intervals are paired ones that hold jointly over the causes. Raises PlanError where, all causes
    switched, some run is not that of the scenario that they should lead to.
    """
    plan, asked = results.plan, results.plan.study.waterfall
    if asked is None:
        return None
    measure = plan.comparison.primary
    unit = unit_of(measure, plan.bases[0].currency)
    values = dict(zip(subsets(len(asked.causes)), numbers_of(results, Response(measure, asked.begin, None, unit))))
    ends = numbers_of(results, Response(measure, asked.end, None, unit))[-1]
    none, everything = (False,) * len(asked.causes), (True,) * len(asked.causes)
    check_arrival(values[everything], ends, plan.places.file, asked.end, measure)
    level = joint_level(plan.comparison.level, len(asked.causes))
    steps = []
    for place, cause in enumerate(asked.causes):
        parts = shapley_values(values, place)
        mean, half_width = t_interval(parts, level)
        jumps = [t_interval(jump)[0] for _, jump in _jumps(values, place)]
        steps.append(Step(cause.name, mean, half_width, min(jumps), max(jumps)))
    whole = values[everything] - values[none]
    difference, half_width = t_interval(whole, plan.comparison.level)
    begin, begin_half_width = t_interval(values[none], plan.comparison.level)
    end_half_width = t_interval(values[everything], plan.comparison.level)[1]
    return Fall(
        measure, unit, asked.begin, begin, begin_half_width, asked.end, begin + difference, end_half_width, difference,
        half_width, plan.comparison.level, tuple(steps),
    )  # fmt: skip


def shapley_values(values: dict[tuple[bool, ...], Floats], place: int) -> Floats:
    """Run by run the value of one cause: the weighted mean of what it changes in each set of the others."""
    found = [weight * jump for weight, jump in _jumps(values, place)]
    return np.asarray(np.sum(found, axis=0))


def _jumps(values: dict[tuple[bool, ...], Floats], place: int) -> list[tuple[float, Floats]]:
    """For every set without a cause: its share of all orders, and what adding the cause changes."""
    found: list[tuple[float, Floats]] = []
    for which, before in values.items():
        if not which[place]:
            count, size = len(which), sum(which)
            weight = math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
            found.append((weight, values[*which[:place], True, *which[place + 1 :]] - before))
    return found


def check_arrival(found: Floats, wanted: Floats, file: str, end: str, measure: str) -> None:
    """Raise PlanError where all causes switched are not the end."""
    apart = np.abs(found - wanted) > CLOSE * np.maximum(np.abs(wanted), 1.0)
    if apart.any():
        run = int(np.argmax(apart))
        raise PlanError(
            f"{file}: waterfall.causes: expected causes that lead to '{end}', found {measure} {found[run]:,.6g} "
            f"with all of them switched, {wanted[run]:,.6g} in '{end}' (run {run}): some cause is missing"
        )
