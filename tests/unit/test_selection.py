"""Selection procedures: published macro-runs, hand-made numbers, and promises kept in simulation."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from changeflow.errors import PlanError, RunError
from changeflow.study.selection.budget import ocba, ocba_shares, top_up
from changeflow.study.selection.constants import dudewicz_dalal_h, dunnett_one_sided
from changeflow.study.selection.kim_nelson import kim_nelson
from changeflow.study.selection.nelson_matejcik import nelson_matejcik, sphericity_variance
from changeflow.study.selection.procedure import Procedure, Selection, Zone, select
from changeflow.study.selection.two_stage import dudewicz_dalal, first_weight, rinott, second_stage

SLIPPAGE = (0.0, 1.0, 1.0, 1.0, 1.0)
SPACED = (0.0, 1.0, 2.0, 3.0, 4.0)
FIVE = Zone(5, 1.0, 0.95, 10)


class Normal:
    """Normal systems that share a part of their noise; values are made once and kept, so that they only extend."""

    def __init__(self, seed: int, means: tuple[float, ...], deviation: float, shared: float = 0.0) -> None:
        self.rng, self.means = np.random.default_rng(seed), np.array(means)[:, None]
        self.deviation, self.shared = deviation, shared
        self.values = np.empty((len(means), 0))
        self.asked: list[tuple[int, int, int]] = []

    def __call__(self, system: int, first: int, last: int) -> np.ndarray:
        self.asked.append((system, first, last))
        while self.values.shape[1] < last:
            own, common = self.rng.normal(size=(len(self.means), 64)), self.rng.normal(size=64)
            noise = math.sqrt(1 - self.shared) * own + math.sqrt(self.shared) * common
            self.values = np.hstack([self.values, self.means + self.deviation * noise])
        return self.values[system, first:last]


def repeat(
    make: Callable[[], Procedure], means: tuple[float, ...], runs: int, deviation: float = 3.0, shared: float = 0.0
) -> list[Selection]:
    return [select(make(), Normal(seed, means, deviation, shared)) for seed in range(runs)]


def share(found: list[Selection], good: set[int]) -> float:
    return float(np.mean([selection.best in good for selection in found]))


def spent(found: list[Selection]) -> float:
    return float(np.mean([sum(selection.replications) for selection in found]))


def error(probability: float, runs: int) -> float:
    """Four standard errors of a share."""
    return 4 * math.sqrt(probability * (1 - probability) / runs)


@pytest.mark.parametrize(
    ("means", "correct", "observations"),
    [pytest.param(SLIPPAGE, 0.964, 362, marks=pytest.mark.slow), (SPACED, 0.989, 229)],
)
def test_kn_chooses_as_well_and_as_soon_as_recomputed(
    means: tuple[float, ...], correct: float, observations: float
) -> None:
    """Five systems, sd 3, zone 1, n0 = 10, 95 % (2,000 macro-runs of another program; here 800)."""
    found = repeat(lambda: kim_nelson(FIVE), means, 800)
    assert share(found, {0}) == pytest.approx(correct, abs=error(correct, 800) + error(correct, 2000))
    assert spent(found) == pytest.approx(observations, rel=0.06)


def test_rinott_needs_about_614_observations() -> None:
    """5 h^2 s^2 / zone^2 = 45 h^2, and half a replication a system for rounding up."""
    found = repeat(lambda: rinott(FIVE), SLIPPAGE, 800)
    assert share(found, {0}) >= 0.95 - error(0.95, 800)
    assert spent(found) == pytest.approx(614, rel=0.03)


@pytest.mark.parametrize("batch", [3, 40])
def test_the_choice_does_not_depend_on_the_batch(batch: int) -> None:
    for seed in range(10):
        one = select(kim_nelson(FIVE), Normal(seed, SLIPPAGE, 3.0))
        other = select(kim_nelson(FIVE, batch=batch), Normal(seed, SLIPPAGE, 3.0))
        assert one == other


def test_kn_is_as_sim_tools_has_it_for_two_systems() -> None:
    """For more systems sim-tools 1.3 looks up the variance of a wrong pair (l < i), which two systems cannot show."""
    from sim_tools.ovs import indifference_zone as theirs

    class Model:
        def __init__(self, sample: Normal) -> None:
            self.sample, self.done = sample, [0, 0]

        def register_observer(self, observer) -> None:  # type: ignore[no-untyped-def]
            self.observer = observer

        def simulate(self, system: int) -> None:
            n = self.done[system]
            self.done[system] += 1
            self.observer.feedback(self, system, float(self.sample(system, n, n + 1)[0]))

    zone = Zone(2, 0.8, 0.95, 8, more_is_better=True)
    chosen = set()
    for seed in range(40):
        ours = select(kim_nelson(zone), Normal(seed, (5.0, 5.2), 2.0, shared=0.5))
        model = Model(Normal(seed, (5.0, 5.2), 2.0, shared=0.5))
        procedure = theirs.KN(model, 2, 0.8, alpha=0.05, n_0=8, obj="max")
        assert procedure.solve().tolist() == [ours.best]
        # It takes one replication more of every survivor after each look, the last one too.
        assert procedure._allocations[1 - ours.best] == ours.replications[1 - ours.best]
        assert procedure._allocations[ours.best] == ours.replications[ours.best] + 1
        chosen.add(ours.best)
    assert chosen == {0, 1}


def test_common_random_numbers_pay() -> None:
    """The differences have a tenth of the variance."""
    alone = repeat(lambda: kim_nelson(FIVE), SLIPPAGE, 100)
    paired = repeat(lambda: kim_nelson(FIVE), SLIPPAGE, 100, shared=0.9)
    assert spent(paired) < 0.35 * spent(alone)
    assert share(paired, {0}) >= 0.95 - error(0.95, 100)


@pytest.mark.parametrize("procedure", [kim_nelson, nelson_matejcik, rinott, dudewicz_dalal])
def test_more_is_better_is_the_same_with_the_sign_turned(procedure: Callable[[Zone], Procedure]) -> None:
    cheap, rich = Zone(4, 1.0, 0.9, 8), Zone(4, 1.0, 0.9, 8, more_is_better=True)
    means = (3.0, -1.0, 2.0, 0.5)
    for seed in range(5):
        one = select(procedure(cheap), Normal(seed, means, 2.0))
        turned = Normal(seed, means, 2.0)
        other = select(procedure(rich), lambda *task, turned=turned: -turned(*task))  # type: ignore[misc]
        assert (one.best, one.replications, one.eliminated_after) == (
            other.best, other.replications, other.eliminated_after,
        )  # fmt: skip
        assert one.means == tuple(-mean for mean in other.means)
        assert one.best == 1


NEAR = (0.0, 0.99, 0.99, *[1.01] * 7)
"""The best, two just within the zone of 1, seven just outside it: the hardest that the zone allows."""


@pytest.mark.parametrize("procedure", [kim_nelson, nelson_matejcik, rinott, dudewicz_dalal])
def test_good_selection_with_many_systems_in_the_zone(procedure: Callable[[Zone], Procedure]) -> None:
    found = repeat(lambda: procedure(Zone(10, 1.0, 0.9, 10)), NEAR, 200)
    assert share(found, {0, 1, 2}) >= 0.9 - error(0.9, 200)
    assert share(found, {0}) < 1  # noise enough for a wrong choice


def test_values_are_asked_for_in_order_and_once() -> None:
    sample = Normal(1, SLIPPAGE, 3.0)
    selection = select(kim_nelson(FIVE, batch=7), sample)
    for system in range(5):
        spans = [(first, last) for who, first, last in sample.asked if who == system]
        assert [first for first, _ in spans] == [0, *[last for _, last in spans[:-1]]]
        assert spans[-1][1] - selection.replications[system] in range(7)
    assert selection.replications[selection.best] == max(selection.replications)
    assert selection.eliminated_after[selection.best] is None
    for n, out in zip(selection.replications, selection.eliminated_after):
        assert out is None or n == out


def test_the_textbooks_inventory_case() -> None:
    """Law, selection of the best of k: variances and total sizes as printed; h = 2.747."""
    h = dudewicz_dalal_h(5, 20, 0.9)
    assert second_stage([14.52, 7.96, 9.45, 8.25, 6.20], h, 1.0, 21) == (110, 61, 72, 63, 47)


def test_the_weights_bring_the_variance_to_the_zone() -> None:
    """W1^2 / n0 + W2^2 / (N - n0) = (delta / h)^2 / S^2, which makes the weighted mean Student's."""
    first, size, variance, h, zone = 20, 61, 7.96, 2.747, 1.0
    weight = first_weight(first, size, variance, h, zone)
    assert weight**2 / first + (1 - weight) ** 2 / (size - first) == pytest.approx(zone**2 / h**2 / variance)
    assert first_weight(first, 21, 0.0, h, zone) == pytest.approx(20 / 21)


def test_dudewicz_and_dalal_keep_their_promise() -> None:
    found = repeat(lambda: dudewicz_dalal(FIVE), SLIPPAGE, 600)
    assert share(found, {0}) == pytest.approx(0.95, abs=error(0.95, 600))  # exact in the least favourable case


def test_nelson_and_matejcik_need_fewer_under_pairing() -> None:
    zone = Zone(5, 1.0, 0.95, 10)
    found = repeat(lambda: nelson_matejcik(zone), SLIPPAGE, 600, shared=0.75)
    assert share(found, {0}) >= 0.95 - error(0.95, 600)
    size = dunnett_one_sided(4, 36, 0.95) ** 2 * 2 * 9 * 0.25  # g^2 x variance of a difference
    assert spent(found) == pytest.approx(5 * size, rel=0.05)


def test_the_variance_of_a_difference_under_sphericity() -> None:
    """Two systems: it is the variance of their differences."""
    losses = np.array([[1.0, 4.0, 2.0, 8.0], [0.0, 5.0, 5.0, 6.0]])
    assert sphericity_variance(losses) == pytest.approx(np.var(losses[0] - losses[1], ddof=1))


def test_the_published_shares_of_ten_designs() -> None:
    shares = ocba_shares(np.arange(1.0, 11.0), np.full(10, 6.0))
    published = [0.40317, 0.38761, 0.09690, 0.04307, 0.02423, 0.01550, 0.01077, 0.00791, 0.00606, 0.00479]
    assert shares == pytest.approx(published, abs=6e-6)
    assert ocba_shares(-np.arange(1.0, 11.0), np.full(10, 6.0), more_is_better=True) == pytest.approx(
        published, abs=6e-6
    )
    assert ocba_shares(np.array([1.0, 2, 3]), np.array([1.0, 1, 3])) == pytest.approx([5 / 18, 4 / 18, 9 / 18])


def test_shares_at_the_edges() -> None:
    """A tie with the best takes everything; without spread all are equal."""
    assert ocba_shares(np.array([1.0, 1.0, 2.0]), np.array([1.0, 1.0, 5.0])) == pytest.approx([0.5, 0.5, 0.0])
    assert ocba_shares(np.array([1.0, 2.0]), np.zeros(2)) == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize(
    ("budget", "equal", "shared"), [(500, 0.777, 0.867), (1000, 0.877, 0.984), (200, 0.630, 0.485)]
)
def test_static_shares_win_with_a_large_budget_and_lose_with_a_small_one(
    budget: int, equal: float, shared: float
) -> None:
    """Means 1, ..., 10, sd 6: share of right choices when N_i replications are spent once."""
    means, rng = np.arange(1.0, 11.0), np.random.default_rng(7)
    for shares, expected in ((np.full(10, 0.1), equal), (ocba_shares(means, np.full(10, 6.0)), shared)):
        drawn = means + 6 / np.sqrt(shares * budget) * rng.normal(size=(40_000, 10))
        right = float(np.mean(drawn.argmin(axis=1) == 0))
        assert right == pytest.approx(expected, abs=error(expected, 40_000) + 0.006)


def test_ocba_spends_its_budget_where_it_matters() -> None:
    zone = Zone(10, 1.0, 0.9, 10)
    found = repeat(lambda: ocba(zone, 500), tuple(range(1, 11)), 60, deviation=6.0)
    assert {sum(selection.replications) for selection in found} == {500}
    counts = np.mean([selection.replications for selection in found], axis=0)
    assert min(counts[:2]) > 2 * max(counts[4:])
    assert min(min(selection.replications) for selection in found) == 10
    assert {selection.guarantee for selection in found} == {"none"}


def test_topping_up_takes_nothing_away() -> None:
    assert top_up((10, 10, 10), np.array([0.6, 0.4, 0.0]), 10) == (18, 12, 10)
    assert top_up((10, 0), np.array([0.2, 0.8]), 5) == (10, 5)
    assert top_up((10, 0), np.array([0.2, 0.8]), 90) == (20, 80)


def test_a_run_without_the_number_is_an_error() -> None:
    with pytest.raises(RunError, match="system 1, replication 3"):
        select(rinott(Zone(2, 1.0, 0.9, 5)), lambda system, first, last: np.array([1.0, 2, 0, [2, np.nan][system], 1]))


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ((1, 1.0), "at least 2 systems, found 1"),
        ((3, 0.0), "an indifference zone above 0, found 0"),
        ((3, 1.0, 0.3), "between 1/3 and 1, found 0.3"),
        ((3, 1.0, 0.9, 1), "at least 2 first replications, found 1"),
    ],
)
def test_tasks_without_sense_are_refused(task: tuple, message: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(PlanError, match=message):
        Zone(*task)
    with pytest.raises(PlanError, match="a budget of at least 30, found 29"):
        next(ocba(Zone(3, 1.0, 0.9, 10), 29))
