"""How many replications a study looks at next, where runs come in organisations and where they do not."""

from __future__ import annotations

import numpy as np
import pytest

from changeflow.measure.estimates.clusters import clustered_mean, share_estimate
from changeflow.measure.estimates.replications import t_interval
from changeflow.study.estimates.columns import mean_of
from changeflow.study.file.study import Sequential, Until
from changeflow.study.outcome.estimates import first_of, look_at, most_of
from changeflow.study.store.packing import Columns

COST, SHARE = "total_cost", "within_target_share"
TOGETHER = 10


def rule(measure: str = COST, relative: float = 0.05, first: int = 20, most: int = 2000) -> Sequential:
    return Sequential(first=first, most=most, measures=(Until(measure=measure, relative=relative),))


def columns(values: np.ndarray, measure: str = COST) -> Columns:
    pairs = np.column_stack([values, np.full(len(values), 100.0)])
    return Columns(len(values), {measure: values}, {measure: pairs}, {})


def drawn(organisations: int) -> np.ndarray:
    """Runs that differ little within an organisation, and much between organisations."""
    chance = np.random.default_rng(3)
    shared = np.repeat(chance.normal(100.0, 20.0, organisations), TOGETHER)
    return shared + chance.normal(0.0, 1.0, len(shared))


def until_enough(values: np.ndarray, one: Sequential, together: int, measure: str = COST) -> int:
    """What a study does, on runs that are all there."""
    look = first_of(one, together)
    while True:
        enough, after = look_at([columns(values[:look], measure)], one, 0.95, together)
        if enough is not None:
            return enough
        assert after > look
        look = after


def test_runs_of_one_organisation_are_not_taken_for_independent() -> None:
    """Spread 20 between organisations: 5 % of 100 needs some sixty organisations, not sixty runs."""
    values = drawn(200)
    found = until_enough(values, rule(), TOGETHER)
    assert found % TOGETHER == 0
    mean, half_width = clustered_mean(values[:found], TOGETHER)
    assert half_width <= 0.05 * mean
    blind = until_enough(values, rule(), 1)
    assert blind < found / 3
    mean, half_width = clustered_mean(values[: blind // TOGETHER * TOGETHER], TOGETHER)
    assert half_width > 0.05 * mean


def test_a_ratio_counts_organisations_too() -> None:
    """Denominators are equal, so that its interval over organisations is that of their means."""
    values = drawn(200)
    enough, after = look_at([columns(values, SHARE)], rule(SHARE), 0.95, TOGETHER)
    assert (enough, after) == look_at([columns(values)], rule(), 0.95, TOGETHER)
    assert enough == until_enough(values, rule(), TOGETHER)


def test_all_sizes_are_whole_organisations() -> None:
    one = rule(first=25, most=2005)
    assert (first_of(one, TOGETHER), most_of(one, TOGETHER)) == (30, 2000)
    assert (first_of(one, 1), most_of(one, 1)) == (25, 2005)
    assert look_at([columns(drawn(3))], one, 0.95, TOGETHER)[1] % TOGETHER == 0
    assert look_at([columns(drawn(3))], rule(first=25, most=45), 0.95, TOGETHER) == (None, 40)


def test_single_runs_end_where_their_own_interval_is_narrow_and_stays_so() -> None:
    values = np.random.default_rng(4).normal(100.0, 20.0, 500)
    found = until_enough(values, rule(), 1)
    for ahead in range(6):
        mean, half_width = t_interval(values[: found - ahead])
        assert half_width <= 0.05 * mean, ahead
    assert t_interval(values[: found - 6])[1] == pytest.approx(5.0, rel=0.2)


@pytest.mark.parametrize("together", [1, TOGETHER])
def test_a_share_is_precise_by_its_own_interval(together: int) -> None:
    """No system given up in the first runs is no proof that none ever is: within .02 takes 180 answers that agree."""
    one = Sequential(first=20, most=4000, measures=(Until(measure="abandoned", absolute=0.02),))
    found = until_enough(np.zeros(3000), one, together, "abandoned")
    assert share_estimate(np.zeros(found), together)[1] <= 0.02
    least = found - 6 * together  # five more for the look-ahead, 5 % beyond 100
    assert share_estimate(np.zeros(int(least * 0.9)), together)[1] > 0.02


@pytest.mark.slow
def test_stopped_with_controls_it_still_covers_and_takes_fewer_runs() -> None:
    """300 sequences to 10 % of the mean, a control correlated by 0.8: as well as without controls (0.90 is the bar)."""
    rng, one = np.random.default_rng(7), rule(relative=0.1)
    hits, used = {True: 0, False: 0}, {True: 0, False: 0}
    for _ in range(300):
        luck = rng.normal(size=(600, 2))
        values = 10 + 6 * (0.8 * luck[:, 0] + 0.6 * luck[:, 1])
        for controlled in (True, False):
            known = {"control_arrivals": luck[:, 0]} if controlled else {}
            look, enough = first_of(one, 1), None
            while enough is None:
                made = Columns(look, {name: column[:look] for name, column in {COST: values, **known}.items()}, {}, {})
                enough, look = look_at([made], one, 0.95, 1)
            mean, half_width = mean_of(values[:enough], 1, 0.95, luck[:enough, :1] if controlled else None)
            hits[controlled] += abs(mean - 10) <= half_width
            used[controlled] += enough
    assert min(hits.values()) / 300 >= 0.90
    assert used[True] < 0.5 * used[False]
