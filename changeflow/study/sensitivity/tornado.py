"""The tornado: one assumption at a time, at its low and its high end, against the model as it is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from changeflow.measure.estimates.replications import joint_level, t_interval
from changeflow.measure.records import Floats
from changeflow.model.at_path import value_at
from changeflow.model.schema import Model
from changeflow.study.outcome.results import StudyResults
from changeflow.study.sensitivity.most import Most, Size, most_by_intervals
from changeflow.study.sensitivity.responses import Response, numbers_of, response_of


@dataclass(frozen=True, slots=True)
class End:
    """One end of a range: the value, what the response changes by, its level there, whether its sign surely turns.

    Surely: both signs are, that of the model as it is and that at the end.
    """

    value: Any
    change: float
    half_width: float
    response: float
    turns: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """One assumption."""

    path: str
    base: Any
    """The model's own value; None where the file leaves it to a rule."""
    low: End
    high: End

    @property
    def swing(self) -> float:
        """How far apart the response is at the two ends, or from the base."""
        changes = [0.0, *(one.change for one in (self.low, self.high) if not math.isnan(one.change))]
        return max(changes) - min(changes)


@dataclass(frozen=True, slots=True)
class Tornado:
    """Bars, the widest first, around the response of the model as it is."""

    response: Response
    base: float
    half_width: float
    level: float
    bars: tuple[Bar, ...]

    @property
    def most(self) -> Most | None:
        """What alone moves the response most, as far as the runs tell; None where nothing surely moves it."""
        return most_by_intervals([_size(bar) for bar in self.bars])


def tornado(results: StudyResults) -> Tornado | None:
    """Changes by paired differences to the base, which hold jointly over all ends and it; None for other designs."""
    plan = results.plan
    if plan.study.design.kind != "one_at_a_time":
        return None
    response, level = response_of(results), plan.comparison.level
    base, *ends = numbers_of(results, response)
    joint = joint_level(level, len(ends) + 1)  # the ends, and the base for what turns
    mean, half_width = t_interval(base, level)
    bars = []
    for place, path in enumerate(plan.paths):
        low, high = (
            end_of(plan.points[1 + number][place], ends[number], base, joint, signed=response.minus is not None)
            for number in (2 * place, 2 * place + 1)
        )
        bars.append(Bar(path, base_value(plan.bases[plan.scenarios[response.scenario][0]], path), low, high))
    return Tornado(response, mean, half_width, level, tuple(sorted(bars, key=lambda bar: -bar.swing)))


def end_of(value: Any, numbers: Floats, base: Floats, level: float, *, signed: bool) -> End:
    """One end by its runs against the base's; `signed`: the response is a difference, whose sign says who wins."""
    count = min(len(numbers), len(base))
    change, half_width = t_interval(numbers[:count] - base[:count], level)
    mean, arm = t_interval(numbers, level)
    middle, reach = t_interval(base, level)
    turns = signed and abs(mean) > arm and abs(middle) > reach and mean * middle < 0
    return End(value, change, half_width, mean, turns)


def base_value(model: Model, path: str) -> float | str | None:
    """The number or word that a model has at a path; None where it has none."""
    value = value_at(model, path)
    return value if isinstance(value, int | float | str) else None


def _size(bar: Bar) -> Size:
    """The larger of the two changes, as far as it is sure."""
    ends = [end for end in (bar.low, bar.high) if math.isfinite(end.change) and math.isfinite(end.half_width)]
    if not ends:
        return Size(bar.path, 0.0, 0.0, math.inf, sure=False)
    surest = max(ends, key=lambda end: abs(end.change) - end.half_width)
    low, high = abs(surest.change) - surest.half_width, max(abs(end.change) + end.half_width for end in ends)
    return Size(bar.path, abs(surest.change), low, high, sure=low > 0)
