"""The break-even search and the Pareto front on numbers whose answer is known."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.random import Generator, Philox

from changeflow.measure.estimates.replications import joint_level, t_interval
from changeflow.study.design.range import Range, range_between
from changeflow.study.design.waterfall import subsets
from changeflow.study.sensitivity.break_even import Look, break_even, most_looks, next_values
from changeflow.study.sensitivity.pareto import membership, undominated
from changeflow.study.sensitivity.responses import tables_of
from changeflow.study.sensitivity.tornado import end_of
from changeflow.study.sensitivity.waterfall import shapley_values
from changeflow.study.store.packing import Columns


def search(lead: Callable[[float], float], arm: float, space: Range, tolerance: float = 0.01) -> list[Look]:
    """The looks of a search on an exact difference with the same half-width everywhere."""
    values = list(space.steps)
    looks: list[Look] = []
    while values:
        looks = sorted([*looks, *(Look(value, lead(value), arm) for value in values)], key=lambda one: one.value)
        values = next_values(looks, space, tolerance)
    return looks


def test_it_closes_in_on_the_root_and_on_both_ends_of_the_band() -> None:
    """x^2 - 2 is zero at sqrt 2; it is within 0.5 of zero from sqrt 1.5 to sqrt 2.5."""
    space = Range("x", (), 0.0, 4.0, 5)
    looks = search(lambda x: x * x - 2, 0.5, space)
    for exact in (math.sqrt(1.5), math.sqrt(2), math.sqrt(2.5)):
        around = [one.value for one in looks if abs(one.value - exact) <= 0.04 + 1e-9]
        assert min(around) < exact < max(around)
    planned = [Look(value, value * value - 2, 0.5) for value in space.steps]
    assert len(looks) <= most_looks(planned, space, 0.01)
    sure = {one.sure for one in looks if abs(one.value - math.sqrt(2)) < 0.1}
    assert sure == {0}


def test_whole_numbers_are_looked_at_one_by_one_at_the_end() -> None:
    looks = search(lambda x: 17.5 - x, 0.0, Range("x", (), 0, 100, 5, whole=True))
    assert {17, 18} <= {one.value for one in looks}
    assert all(isinstance(one.value, int) for one in looks)


def test_no_change_needs_no_more_looks() -> None:
    assert len(search(lambda x: x + 1, 0.1, Range("x", (), 0.0, 4.0, 5))) == 5


def test_every_change_is_followed() -> None:
    """Three roots of a cubic, all between different first looks."""
    looks = search(lambda x: (x - 0.7) * (x - 1.6) * (x - 3.3), 0.0, Range("x", (), 0.0, 4.0, 5))
    signs = [one.ahead for one in looks]
    assert sum(one != other for one, other in zip(signs, signs[1:])) == 3


def test_the_level_counts_every_value_that_was_looked_at() -> None:
    """A search of 5 planned values and one change may look at 20; after 25 looks 25 intervals hold jointly."""
    space, chance = Range("x", (), 0.0, 4.0, 5), Generator(Philox(5))
    values = [*space.steps, *np.linspace(0.1, 3.9, 20).tolist()]
    luck = chance.normal(0, 1, 30)
    runs = [(luck + value - 2, luck * 0.0) for value in values]

    facts = SimpleNamespace(together=1, late_requests_per_week=10.0, overloaded=False, currency="EUR")

    def cell(scenario: str, numbers: np.ndarray) -> SimpleNamespace:
        slope = 0.2 + 0.5 + 1.0 * luck if scenario == "b" else np.full(30, -1.0)  # .5 above what is tolerated of 10
        values = {"total_cost": numbers, "backlog_growth_per_week": slope, "arrived_requests": np.full(30, 100.0)}
        values["unasked_requests"] = np.zeros(30)
        return SimpleNamespace(scenario=scenario, columns=Columns(30, values, {}, {}), facts=facts)

    asked = SimpleNamespace(between=("a", "b"), tolerance=0.01)
    plan = SimpleNamespace(
        comparison=SimpleNamespace(primary="total_cost", level=0.95), points=[(value,) for value in values], planned=5,
        ranges=(space,), paths=("x",), study=SimpleNamespace(break_even=asked), bases=[SimpleNamespace(currency="EUR")],
    )  # fmt: skip
    results = SimpleNamespace(plan=plan, at=lambda point: [cell("a", runs[point][0]), cell("b", runs[point][1])])
    found = break_even(results)
    assert found is not None
    planned = [one for one in found.looks if one.value in set(space.steps)]
    assert most_looks(planned, space, 0.01) < len(values)
    arm = t_interval(luck, joint_level(0.95, len(values)))[1]
    assert {round(one.half_width, 9) for one in found.looks} == {round(arm, 9)}
    slope = cell("b", luck).columns.values["backlog_growth_per_week"]
    mean, alone = t_interval(slope)
    assert mean - alone > 0.2  # at 95 % alone the backlog of b surely grows, but not at the joint level
    assert {one.growing for one in found.looks} == {(False, False)}


def test_a_growing_backlog_loses_whatever_it_costs() -> None:
    first_grows, both_grow = Look(1.0, 50.0, 1.0, (True, False)), Look(1.0, 50.0, 1.0, (True, True))
    assert (first_grows.ahead, first_grows.sure) == (-1, -1)
    assert (both_grow.ahead, both_grow.sure) == (1, 0)


def erlang_wait(servers: int, load: float) -> float:
    """Mean wait of M/M/c with unit service (Erlang C)."""
    terms = [load**n / math.factorial(n) for n in range(servers)]
    last = load**servers / math.factorial(servers) * servers / (servers - load)
    return last / (sum(terms) + last) / (servers - load)


def test_all_five_staffings_are_on_the_front_and_a_worse_one_is_not() -> None:
    """M/M/c with load 4 and c = 5 to 9, cost against waiting: all five; one that costs more and waits longer is out."""
    exact = np.array([[10.0 * c, erlang_wait(c, 4.0)] for c in range(5, 10)] + [[95.0, 0.5]])
    assert undominated(exact).tolist() == [True] * 5 + [False]
    noise = Generator(Philox(1)).normal(0, 1e-4, (2, 6, 40))
    tables = [exact[:, [i]] + noise[i] for i in (0, 1)]
    assert membership(tables, np.array([1.0, 1.0]), 200, 1).tolist() == [1.0] * 5 + [0.0]


def test_two_alike_are_on_the_front_about_every_second_time() -> None:
    """Equal cost; times that differ by independent noise alone: either is the better one in half of the resamples."""
    chance = Generator(Philox(2))
    shares = []
    for _ in range(40):
        times = chance.normal(10, 1, (2, 30))
        shares.append(membership([np.ones((2, 30)), times], np.array([1.0, 1.0]), 100, 1)[0])
    assert np.mean(shares) == pytest.approx(0.5, abs=0.2)


def test_all_measures_are_resampled_with_the_same_runs() -> None:
    """What one gains in a run it loses in the other measure, so both are always on the front; three runs lack it."""
    gained = Generator(Philox(3)).normal(0, 1, 40)
    lost = -gained
    lost[:3] = np.nan
    nothing = np.zeros(40)
    tables = tables_of([[nothing, gained], [nothing, lost]], "gain and loss")
    assert [table.shape for table in tables] == [(2, 37)] * 2
    assert membership(tables, np.array([1.0, 1.0]), 200, 1).tolist() == [1.0, 1.0]


def test_whose_backlog_grows_is_beaten_and_beats_nobody() -> None:
    """Its numbers hang on where the run ends, however good they are."""
    losses = np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])
    assert undominated(losses, np.array([False, True, True])).tolist() == [True, True, False]
    tables = [np.repeat(losses[:, [i]], 5, axis=1) for i in (0, 1)]
    settling = np.array([False, True, True])
    assert membership(tables, np.array([1.0, 1.0]), 20, 1, settling).tolist() == [1.0, 1.0, 0.0]


def test_equal_rows_beat_each_other_nowhere() -> None:
    assert undominated(np.array([[1.0, 2.0], [1.0, 2.0], [1.0, 3.0]])).tolist() == [True, True, False]


def test_shapley_values_of_a_game_known_by_hand() -> None:
    """A pair of gloves: one left (a), two right (b, c): a has 2/3, b and c 1/6 each (Shapley 1953's definition)."""
    values = {which: np.array([float(which[0] and (which[1] or which[2]))]) for which in subsets(3)}
    found = [float(shapley_values(values, place)[0]) for place in range(3)]
    assert found == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_ranges_of_laws_and_words() -> None:
    low, high = {"law": "lognormal", "median": 1.0, "sigma": 2}, {"law": "lognormal", "median": 3.0, "sigma": 2}
    laws = range_between("x", low, high)
    assert laws is not None
    assert laws.at(0.5) == {"law": "lognormal", "median": 2.0, "sigma": 2}
    assert [laws.position(value) for value in (low, laws.at(0.5), high)] == [0, 0.5, 1]
    either = range_between("x", {"law": "discrete", "values": [1]}, {"law": "discrete", "values": [2]})
    assert either is not None
    assert [either.at(share)["values"] for share in (0.2, 0.7)] == [[1], [2]]
    words = range_between("x", "decay", "rise")
    assert words is not None
    assert words.ends == ("decay", "rise")
    assert range_between("x", None, 3) is None


def test_nothing_turns_surely_where_the_model_as_it_is_has_no_sure_sign() -> None:
    """A base that surely is on neither side: an end surely below nothing turns nothing."""
    wave = np.tile([1.0, -1.0], 10)
    below, unsure, above = wave - 9.0, wave + 0.2, wave + 9.0
    assert not end_of(1, below, unsure, 0.99, signed=True).turns
    assert end_of(1, below, above, 0.99, signed=True).turns
    assert not end_of(1, below, above, 0.99, signed=False).turns
