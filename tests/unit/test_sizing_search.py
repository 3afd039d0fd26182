"""The search for the cheapest staffing, on objectives whose answer is known."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import pytest

from changeflow.study.sizing.levers import Point
from changeflow.study.sizing.search import Search, Tried, by_cheapness, shortlist, staircase


def tried(point: Point, slack: float, half_width: float = 0.0, cost: float = 0.0, hours: float = 0.0) -> Tried:
    return Tried(point, slack, half_width, cost, (0.0, hours))


def search_of(
    lengths: tuple[int, ...], give: Callable[[Point], Tried], *, monotone: bool = False, most: int = 10_000,
    free: tuple[bool, ...] | None = None, matters: float = 0.0,
) -> Search:  # fmt: skip
    return Search(
        lengths, lambda points: [give(point) for point in points], free or (False,) * len(lengths), lambda: matters,
        monotone=monotone, most=most,
    )  # fmt: skip


def answer(search: Search, matters: float = 0.0) -> Tried:
    return by_cheapness([one for one in search.book.values() if one.good], matters)[0]


@pytest.mark.parametrize("need", [0, 1, 7, 19, 20])
@pytest.mark.parametrize("start", [0, 5, 20])
@pytest.mark.parametrize("monotone", [False, True])
def test_one_lever_ends_at_the_smallest_that_is_enough(need: int, start: int, monotone: bool) -> None:
    search = search_of((21,), lambda p: tried(p, p[0] - need, hours=p[0]), monotone=monotone)
    search.run((start,))
    assert answer(search).point == (need,)


def test_a_monotone_search_tries_nothing_below_what_is_surely_too_little() -> None:
    def give(point: Point) -> Tried:
        return tried(point, point[0] - 11, half_width=0.5, hours=point[0])

    known, blind = (search_of((41,), give, monotone=monotone) for monotone in (True, False))
    known.run((12,))
    blind.run((12,))
    assert answer(known).point == answer(blind).point == (11,)
    assert (9,) in blind.book
    assert set(known.book) == set(blind.book) - {(9,)}  # ten was surely too little


@pytest.mark.parametrize("prices", [(1, 3), (3, 1), (2, 2)])
def test_two_levers_end_at_the_cheapest_of_all(prices: tuple[int, int]) -> None:
    def give(point: Point) -> Tried:
        a, b = point
        return tried(point, (a + 1) * (b + 1) - 24, hours=prices[0] * a + prices[1] * b)

    search = search_of((12, 12), give)
    search.run((4, 4))
    every = [give(point) for point in itertools.product(range(12), repeat=2)]
    best = min(one.price for one in every if one.good)
    assert answer(search).price == best
    assert len(search.book) < len(every)


def test_without_a_law_that_more_helps_a_hole_between_two_good_ones_is_stepped_over() -> None:
    good = {2, 4, 5, 6, 7}  # three are not enough, two are

    def give(point: Point) -> Tried:
        return tried(point, 0.1 if point[0] in good else -0.1, hours=point[0])

    search = search_of((8,), give)
    search.run((6,), stride=1)
    assert answer(search).point == (2,)


def test_beyond_a_hole_near_neighbours_are_tried_again() -> None:
    """From (10, 10) the second lever is lowered by two, over a hole; one step further down is cheaper still."""
    good = {(10, 10), (10, 8), (10, 7)}

    def give(point: Point) -> Tried:
        return tried(point, 0.1 if point in good else -0.1, hours=sum(point))

    search = search_of((11, 11), give)
    search.run((10, 10), stride=1)
    assert answer(search).point == (10, 7)


def test_a_point_that_is_less_than_too_little_is_stepped_over_on_the_way_up() -> None:
    """Twelve are surely too few, so eleven, half-way from the start to the top, is not tried."""
    search = search_of((20,), lambda p: tried(p, p[0] - 15, half_width=0.5, hours=p[0]), monotone=True)
    search.run((3,), [(12,)])
    assert answer(search).point == (15,)
    assert (11,) not in search.book


def test_what_the_model_refuses_says_nothing_of_what_is_less() -> None:
    def give(point: Point) -> Tried:
        if point[0] > 12:
            return Tried(point, -math.inf, 0.0, math.inf, (math.inf, math.inf))
        return tried(point, point[0] - 7, hours=point[0])

    search = search_of((20,), give, monotone=True)
    search.run((15,), [(10,)])
    assert answer(search).point == (7,)


def test_an_overflow_that_helps_is_found_where_people_alone_are_not_enough() -> None:
    def give(point: Point) -> Tried:
        people, overflow = point
        return tried(point, people - 3 if overflow == 5 else -1.0, hours=people)

    search = search_of((8, 9), give, free=(False, True))
    search.run((1, 0))
    assert answer(search).point == (3, 5)


def test_nothing_good_anywhere_ends_after_the_top() -> None:
    search = search_of((10, 10, 4), lambda p: tried(p, -1.0 + sum(p) / 100), free=(False, False, True))
    search.run((2, 2, 0))
    assert not any(one.good for one in search.book.values())
    assert max(search.book.values(), key=lambda one: one.slack).point == (9, 9, 3)
    assert len(search.book) <= 6


def test_a_search_stops_at_its_limit_and_says_so() -> None:
    search = search_of((50, 50), lambda p: tried(p, sum(p) - 20, hours=sum(p)), most=12)
    search.run((40, 40))
    assert search.exhausted
    assert len(search.book) == 12


def test_every_staffing_is_tried_once() -> None:
    asked: list[Point] = []

    def give(points: list[Point]) -> list[Tried]:
        asked.extend(points)
        return [tried(point, sum(point) - 9, hours=sum(point)) for point in points]

    Search((9, 9, 9), give, (False,) * 3, lambda: 0.0).run((4, 4, 4), [(4, 4, 4), (0, 0, 0)])
    assert len(asked) == len(set(asked))


def test_cost_decides_where_it_differs_by_what_matters_else_the_hours() -> None:
    near, cheap, dear = (
        tried((0,), 1.0, cost=109.0, hours=10), tried((1,), 1.0, cost=100.0, hours=20),
        tried((2,), 1.0, cost=125.0, hours=5),
    )  # fmt: skip
    assert by_cheapness([dear, cheap, near], matters=10.0) == [near, cheap, dear]
    assert by_cheapness([dear, cheap, near], matters=5.0) == [cheap, near, dear]
    assert by_cheapness([dear, cheap, near], matters=0.0) == [dear, near, cheap]


def test_the_shortlist_leaves_out_what_is_surely_missed_or_worse_than_something_cheaper() -> None:
    ranked = [
        tried((0,), -0.50, 0.1, hours=1), tried((1,), -0.05, 0.1, hours=2), tried((2,), -0.06, 0.1, hours=3),
        tried((3,), 0.02, 0.1, hours=4), tried((4,), 0.20, 0.1, hours=5), tried((5,), 0.21, 0.1, hours=6),
        tried((6,), 0.22, 0.1, hours=7), tried((7,), 0.23, 0.1, hours=8),
    ]  # fmt: skip
    assert [one.point for one in shortlist(ranked, 0.0, 9)] == [(1,), (3,), (4,), (5,), (6,)]
    assert [one.point for one in shortlist(ranked, 0.0, 3)] == [(4,), (5,), (6,)]
    assert [one.point for one in shortlist(ranked[:1], 0.0, 3)] == [(0,)]


def test_each_step_of_the_staircase_is_better_than_all_that_are_cheaper() -> None:
    found = staircase([tried((i,), slack, hours=i) for i, slack in enumerate([0.1, 0.3, 0.2, 0.3, 0.5])])
    assert [one.point for one in found] == [(0,), (1,), (4,)]
