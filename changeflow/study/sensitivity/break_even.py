"""The break-even: at which value of a factor the better of two scenarios changes, and where the runs cannot tell."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from changeflow.measure.estimates.replications import joint_level, t_interval
from changeflow.measure.records import Floats
from changeflow.measure.units import MEASURES, base_name, unit_of
from changeflow.study.design.range import Range, Setting
from changeflow.study.outcome.estimates import Cell, grows
from changeflow.study.outcome.results import StudyResults
from changeflow.study.sensitivity.responses import Response, response_at

LOOKS = 3
"""Places that a round looks at for each change: the change itself and both ends of its band."""


@dataclass(frozen=True, slots=True)
class Look:
    """One value of the factor: how much better the first scenario is than the second, in the measure's unit.

    A scenario whose backlog grows is no winner, whatever it costs until the run ends: it loses to one that settles.
    """

    value: float
    lead: float
    half_width: float
    growing: tuple[bool, bool] = (False, False)

    @property
    def settled_by_growth(self) -> bool:
        """Does the backlog of just one of the two grow?"""
        return self.growing[0] != self.growing[1]

    @property
    def sure(self) -> int:
        """1: the first is surely better; -1: the second; 0: the joint interval includes zero, or both backlogs grow."""
        if self.settled_by_growth:
            return self.ahead
        if all(self.growing):
            return 0
        return 0 if not abs(self.lead) > self.half_width else 1 if self.lead > 0 else -1

    @property
    def ahead(self) -> int:
        """Who is better: 1 the first, -1 the second; by the mean, unless the backlog of just one grows."""
        if self.settled_by_growth:
            return -1 if self.growing[0] else 1
        return 1 if self.lead >= 0 else -1


@dataclass(frozen=True, slots=True)
class Change:
    """Where the better scenario changes: the value, and the band within which the runs cannot tell."""

    value: float
    low: float | None
    """The last value that was looked at with a sure winner before it; None: none within the range."""
    high: float | None
    before: str
    after: str
    grows: str | None
    """The scenario whose backlog grows on one side, where that is why the winner changes."""


@dataclass(frozen=True, slots=True)
class BreakEvenFound:
    """kind: changes; never: the same scenario is better at every value looked at; cannot_tell: nowhere sure."""

    path: str
    measure: str
    unit: str
    between: tuple[str, str]
    kind: Literal["changes", "never", "cannot_tell"]
    better: str | None
    """Of never: who; surely at `sure` of the values looked at."""
    sure: int
    changes: tuple[Change, ...]
    looks: tuple[Look, ...]
    level: float


def break_even(results: StudyResults) -> BreakEvenFound | None:
    """What the looks at the factor say; None without [break_even].

    Differences are paired, their intervals joint over all values that the search may look at (Bonferroni): between
    two neighbouring values with sure and different winners a continuous difference is zero somewhere.
    """
    plan, asked = results.plan, results.plan.study.break_even
    if asked is None:
        return None
    measure, between = plan.comparison.primary, (asked.between[0], asked.between[1])
    looks = _looks(results)
    changes = tuple(_changes(looks, between, whole=plan.ranges[0].whole))
    sure = {look.sure for look in looks} - {0}
    if changes:
        kind: Literal["changes", "never", "cannot_tell"] = "changes"
    else:
        kind = "never" if sure else "cannot_tell"
    better = between[0 if looks[0].ahead > 0 else 1] if kind == "never" else None
    unit, count = unit_of(measure, plan.bases[0].currency), sum(look.sure != 0 for look in looks)
    level = plan.comparison.level
    return BreakEvenFound(plan.paths[0], measure, unit, between, kind, better, count, changes, tuple(looks), level)


def values_to_look_at(results: StudyResults) -> list[Setting]:
    """The settings of the next round of the search; none when every change and its band are known closely enough."""
    plan, asked = results.plan, results.plan.study.break_even
    if asked is None:
        return []
    return [(value,) for value in next_values(_looks(results), plan.ranges[0], asked.tolerance)]


def next_values(looks: list[Look], space: Range, tolerance: float) -> list[float]:
    """Middles of the intervals in which a change, or an end of its band, lies and that are still too wide."""
    closest = 1.0 if space.whole else tolerance * (space.high - space.low)
    found = []
    for one, other in _open(looks):
        if other.value - one.value > closest * (1 + 1e-9):
            middle = (one.value + other.value) / 2
            found.append(math.floor(middle) if space.whole else middle)
    known = {look.value for look in looks}
    return [value for value in dict.fromkeys(found) if value not in known]


def _open(looks: list[Look]) -> Iterator[tuple[Look, Look]]:
    """Neighbours between which the mean changes sides, and those where sureness ends beside such a change."""
    for place, (one, other) in enumerate(pairwise(looks)):
        if one.ahead == other.ahead:
            continue
        yield one, other
        before = next((i for i in range(place, -1, -1) if looks[i].sure), None)
        after = next((i for i in range(place + 1, len(looks)) if looks[i].sure), None)
        if before is not None:
            yield looks[before], looks[before + 1]
        if after is not None:
            yield looks[after - 1], looks[after]


def _changes(looks: list[Look], between: tuple[str, str], *, whole: bool) -> Iterator[Change]:
    for place, (one, other) in enumerate(pairwise(looks)):
        if one.ahead != other.ahead:
            apart = one.lead - other.lead
            jumps = whole or one.settled_by_growth or other.settled_by_growth
            share = 0.0 if jumps else one.lead / apart
            before = next((look.value for look in reversed(looks[: place + 1]) if look.sure), None)
            after = next((look.value for look in looks[place + 1 :] if look.sure), None)
            value = other.value if jumps else one.value + share * (other.value - one.value)
            first, second = (between[0 if look.ahead > 0 else 1] for look in (one, other))
            grows = second if one.settled_by_growth else first if other.settled_by_growth else None
            yield Change(value, before, after, first, second, grows)


def _looks(results: StudyResults) -> list[Look]:
    """The values looked at so far in order, with intervals that hold jointly over all that may still come.

    Noise may add a change that the planned values do not show, and a search with fewer runs may have looked elsewhere:
    the level counts no fewer values than were looked at.
    """
    plan, asked = results.plan, results.plan.study.break_even
    assert asked is not None
    measure = plan.comparison.primary
    sign = 1.0 if MEASURES[base_name(measure)].more_is_better else -1.0
    response = Response(measure, asked.between[0], asked.between[1], "")
    leads, pairs = {}, {}
    for point, (value,) in enumerate(plan.points):
        cells = {cell.scenario: cell for cell in results.at(point)}
        leads[value] = sign * response_at(results.at(point), response)
        pairs[value] = [cells[name] for name in asked.between]
    first = sorted(setting[0] for setting in plan.points[: plan.planned])
    planned = [_look(value, leads[value], pairs[value], plan.comparison.level) for value in first]
    count = max(most_looks(planned, plan.ranges[0], asked.tolerance), len(leads))
    level = joint_level(plan.comparison.level, count)
    return [_look(value, leads[value], pairs[value], level) for value in sorted(leads)]


def _look(value: float, leads: Floats, cells: Sequence[Cell], level: float) -> Look:
    """All that decides who is better there, at one level."""
    first, second = (grows(cell, level) for cell in cells)
    return Look(value, *t_interval(leads, level), (first, second))


def most_looks(planned: list[Look], space: Range, tolerance: float) -> int:
    """How many values a search may look at: the planned ones, and the halvings of each change among them."""
    width = 1.0 / max(len(planned) - 1, 1)
    close = tolerance if not space.whole else 1.0 / max(space.high - space.low, 1.0)
    changes = max(sum(one.ahead != other.ahead for one, other in pairwise(planned)), 1)
    return len(planned) + LOOKS * changes * max(math.ceil(math.log2(max(width / close, 1.0))), 0)
