"""The search for the cheapest staffing that meets its targets, over whole steps of a few levers.

It knows nothing of models: `assess` says what a staffing gives. First up the straight line from the start to the top
until the targets are met, then from cheapest to cheapest among the neighbours, with strides that halve (a pattern
search, Hooke and Jeeves 1961, on integers). Neighbours are one lever up or down, and one up for another down; in the
end also those two steps away, for the targets need not rise with each step.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import permutations

from changeflow.study.sizing.levers import Point


@dataclass(frozen=True, slots=True)
class Tried:
    """What a staffing gives."""

    point: Point
    slack: float
    """Of the target that is missed most; not below 0 is good."""
    half_width: float
    cost: float
    """In money over the run."""
    price: tuple[float, float]
    """The bill of its hours, and the hours, a week."""

    @property
    def good(self) -> bool:
        """The targets are met, as far as the mean tells."""
        return self.slack >= 0

    @property
    def refused(self) -> bool:
        """The model does not allow it."""
        return self.slack == -math.inf

    @property
    def surely_missed(self) -> bool:
        """So is the interval's better end."""
        return self.slack + self.half_width < 0


SPARE = 2
"""Staffings verified beyond the first that surely seems good."""
Assess = Callable[[list[Point]], list[Tried]]


@dataclass(slots=True)
class Search:
    """One search; `book` holds every staffing that was tried."""

    lengths: Sequence[int]
    """Steps of each lever."""
    assess: Assess
    free: Sequence[bool]
    """Levers that cost nothing and may help either way (the overflow threshold)."""
    matters: Callable[[], float]
    """Smallest difference of cost that matters; asked after the first assessment."""
    monotone: bool = False
    """More is never worse: what is less than too little need not be tried."""
    most: int = 160
    """Staffings tried at most."""
    book: dict[Point, Tried] = field(default_factory=dict)

    @property
    def exhausted(self) -> bool:
        """Did the search end only because it had tried as many as it may?"""
        return len(self.book) >= self.most

    def run(self, start: Point, also: Iterable[Point] = (), *, stride: int = 4) -> None:
        """Until no neighbour of the cheapest good one is cheaper, near or wide; or none is good at all."""
        self._look([start, *also])
        if not self._good() and not self._rise(start):
            return
        while True:
            here = self._cheapest()
            self._look(self._around(here.point, max(stride, 1), wide=not stride))
            if self.exhausted:
                return
            if self._cheapest() is not here:
                stride = stride or 1  # beyond what was stepped over there are near neighbours again
            elif stride:
                stride //= 2
            else:
                return

    def _rise(self, start: Point) -> bool:
        """From the start up to the top, halving the way while the targets are met; is the top itself enough?"""
        free = [lever for lever, free in enumerate(self.free) if free]
        top = tuple(start[lever] if lever in free else length - 1 for lever, length in enumerate(self.lengths))
        tops = [top]
        self._look(tops)
        if not self._is_good(top):
            tops += [_moved(top, {lever: step - top[lever]}) for lever in free for step in range(self.lengths[lever])]
            self._look(tops)
        best = max((self.book[point] for point in tops if point in self.book), key=lambda tried: tried.slack)
        if not best.good:
            return False
        low, high = 0.0, 1.0
        while high - low > 1 / 16:
            middle = (low + high) / 2
            point = tuple(round(a + middle * (b - a)) for a, b in zip(start, best.point, strict=True))
            self._look([point])
            low, high = (low, middle) if self._is_good(point) else (middle, high)
        return True

    def _is_good(self, point: Point) -> bool:
        """What was not tried, because it is less than too little, is not good."""
        return point in self.book and self.book[point].good

    def _good(self) -> list[Tried]:
        return [tried for tried in self.book.values() if tried.good]

    def _cheapest(self) -> Tried:
        return by_cheapness(self._good(), self.matters())[0]

    def _look(self, points: Iterable[Point]) -> None:
        fresh = [point for point in dict.fromkeys(points) if point not in self.book and not self._hopeless(point)]
        for tried in self.assess(fresh[: max(self.most - len(self.book), 1)]) if fresh else ():
            self.book[tried.point] = tried

    def _hopeless(self, point: Point) -> bool:
        """Is it less than what is surely too little? Known only where more is never worse.

        What the model refuses says nothing of what is less.
        """
        return self.monotone and any(
            tried.surely_missed and not tried.refused and all(a <= b for a, b in zip(point, tried.point, strict=True))
            for tried in self.book.values()
        )

    def _around(self, point: Point, stride: int, *, wide: bool) -> Iterator[Point]:
        """Neighbours within the ladders; wide: also one lever down twice, two down, and two steps up for one down."""
        levers = range(len(point))
        moves = [{lever: sign * stride} for lever in levers for sign in (-1, 1)]
        moves += [{up: stride, down: -stride} for up, down in permutations(levers, 2)]
        if wide:
            moves = [{lever: -2} for lever in levers]
            moves += [{one: -1, other: -1} for one in levers for other in range(one)]
            moves += [{up: 2, down: -1} for up, down in permutations(levers, 2)]
        for move in moves:
            found = _moved(point, move)
            if all(0 <= step < length for step, length in zip(found, self.lengths, strict=True)):
                yield found


def by_cheapness(tried: Iterable[Tried], matters: float) -> list[Tried]:
    """Cheapest first: by cost where it differs by what matters; else by the bill of the hours, the hours, the cost."""
    ranked = list(tried)
    least = min((one.cost for one in ranked), default=0.0)

    def key(one: Tried) -> tuple[float, tuple[float, float], float, Point]:
        dearer = (one.cost - least) // matters if matters > 0 else 0.0
        return dearer, one.price, one.cost, one.point

    return sorted(ranked, key=key)


def shortlist(tried: Iterable[Tried], matters: float, most: int) -> list[Tried]:
    """What is worth verifying, cheapest first: those that may be good, each better than all cheaper ones, until the
    first that surely is good and two beyond it (it may have been lucky); of too many the best. Where nothing may be
    good, the one nearest to it.
    """
    found = list(tried)
    listed: list[Tried] = []
    sure = 0
    for one in by_cheapness([one for one in found if not one.surely_missed], matters):
        if not listed or one.slack > listed[-1].slack:
            listed.append(one)
            sure += one.slack - one.half_width >= 0
        if sure > SPARE:
            break
    return listed[-most:] or [max(found, key=lambda one: one.slack)]


def staircase(tried: Iterable[Tried]) -> list[Tried]:
    """What more hours buy: each is better than all that have no more hours; fewest hours first."""
    steps: list[Tried] = []
    for one in sorted(tried, key=lambda one: (one.price, -one.slack)):
        if not steps or one.slack > steps[-1].slack:
            steps.append(one)
    return steps


def _moved(point: Point, by: dict[int, int]) -> Point:
    return tuple(step + by.get(lever, 0) for lever, step in enumerate(point))
