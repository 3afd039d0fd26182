"""Demand: sources are keyed apart, a better fit leaves a subset, the number of requests is as declared."""

from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from changeflow.engine.chance import draws
from changeflow.engine.chance.draws import run_key
from changeflow.engine.tables.model import compile_tables
from changeflow.engine.trace import Rows
from changeflow.engine.workload import draw_workload
from changeflow.model.load.topology import expected_arrivals
from tests.laws.systems import BATCH, LAW, Raw, arrivals, built, tables_of
from tests.strategies import sampled

BASE: Raw = {
    "title": "demand", "horizon_days": 60.0, "routing": {"entry": "refused"},
    "categories": {"plain": {"share": 0.75}, "odd": {"share": 0.25}},
}  # fmt: skip


def drawn(raw: Raw, *, seed: int = 1, replication: int = 0) -> Rows:
    """The root requests of one run."""
    return draw_workload(tables_of(raw), run_key(seed, replication))


def of_source(load: Rows, number: int) -> list[tuple[int, float, int, float]]:
    """Key, arrival, category and difficulty of the requests of one source."""
    mine = load["source"] == number
    columns = (load["key"][mine], load["arrived"][mine], load["category"][mine], load["difficulty"][mine])
    return list(zip(*(column.tolist() for column in columns), strict=True))


def with_sources(**sources: Raw) -> Raw:
    return BASE | {"demand": {"sources": sources}}


@LAW
@given(mine=arrivals, other=arrivals, seed=st.integers(0, 2**70))
def test_other_sources_and_the_order_of_the_file_do_not_move_a_source(mine: Raw, other: Raw, seed: int) -> None:
    alone = of_source(drawn(with_sources(mine=mine), seed=seed), 0)
    assert alone == of_source(drawn(with_sources(mine=mine, other=other), seed=seed), 0)
    assert alone == of_source(drawn(with_sources(other=other, mine=mine), seed=seed), 1)
    renamed = of_source(drawn(with_sources(another_name=mine), seed=seed), 0)
    assert not {row[0] for row in alone} & {row[0] for row in renamed}


@LAW
@given(
    fits=st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted),
    shape=sampled(["decay", "rise_then_decay"]),
    seed=st.integers(0, 1000),
)
def test_a_better_fit_leaves_a_subset_of_the_requests(fits: list[float], shape: str, seed: int) -> None:
    """The same keys at the same instants with the same attributes, only fewer of them."""
    loads = []
    for fit in fits:
        source = {"kind": "go_live", "misfits_per_100_users": 80.0, "time_days": 12.0, "shape": shape, "fit": fit}
        loads.append(of_source(drawn(with_sources(burst=source), seed=seed), 0))
    assert set(loads[1]) <= set(loads[0])


def test_a_misfit_shows_if_its_own_threshold_lies_above_the_fit() -> None:
    """The rule of the design: v > fit, v being the misfit's second uniform; nobody else's luck decides."""
    source = {"kind": "go_live", "misfits_per_100_users": 80.0, "time_days": 2.0, "fit": 0.0}
    every = drawn(with_sources(burst=source))["key"]
    _, thresholds = draws.pairs(draws.run_key(1, 0), every, draws.MISFIT)
    shown = drawn(with_sources(burst=source | {"fit": 0.6}))["key"]
    assert set(shown.tolist()) == set(every[thresholds > 0.6].tolist())
    assert 0 < len(shown) < len(every)


def test_a_perfect_fit_leaves_nothing_and_none_leaves_all() -> None:
    """Thresholds are uniform in (0, 1): fit 1 shows no misfit, and fit 0.5 about half of those of fit 0."""
    counts = {}
    for fit in (0.0, 0.5, 1.0):
        source = {"kind": "go_live", "misfits_per_100_users": 4000.0, "time_days": 1.0, "fit": fit}
        counts[fit] = len(drawn(with_sources(burst=source))["key"])
    assert counts[1.0] == 0
    assert abs(counts[0.5] / counts[0.0] - 0.5) < 4 * 0.5 / np.sqrt(counts[0.0])
    assert abs(counts[0.0] - 4000) < 4 * np.sqrt(4000)


@LAW
@given(source=arrivals, seed=st.integers(0, 1000), days=sampled([0.5, 7.0, 59.0]))
def test_a_shorter_horizon_is_a_prefix(source: Raw, seed: int, days: float) -> None:
    long = of_source(drawn(with_sources(demand=source), seed=seed), 0)
    short = of_source(drawn(with_sources(demand=source) | {"horizon_days": days}, seed=seed), 0)
    assert short == [row for row in long if row[1] < days * 24]


@LAW
@given(source=arrivals, seed=st.integers(0, 1000))
def test_arrivals_are_in_order_within_the_run(source: Raw, seed: int) -> None:
    raw = with_sources(demand=source) | {"weeks_since_go_live": 1.0, "open_today": 2}
    load = drawn(raw, seed=seed)
    assert load["source"][:2].tolist() == [-1, -1]
    assert np.all(np.diff(load["arrived"]) >= 0)
    assert np.all((load["arrived"] >= 168.0) & (load["arrived"] < 168.0 + 60 * 24))


@pytest.mark.parametrize("start_weeks", [0.0, 0.5])
def test_as_many_arrive_as_the_traffic_equations_expect(start_weeks: float) -> None:
    """
    For every kind of source, the mean over 60 replications within 4.5 standard errors of expected_arrivals: by
    category, from two starts. (A renewal source expects its first event after a whole gap: one event less.)
    """
    burst = {"kind": "go_live", "misfits_per_100_users": 90.0, "fit": 0.3, "time_days": 4.0}
    sources = {
        "poisson": {"kind": "poisson", "rate_per_day": 5.0},
        "batches": {"kind": "poisson", "rate_per_day": 1.0, "batch": BATCH},
        "piecewise": {"kind": "piecewise", "edges_days": [2.0, 5.0, 6.0, 20.0], "rates_per_day": [8.0, 0.0, 2.0]},
        "burst": burst,
        "rising": burst | {"shape": "rise_then_decay"},
        "odd_ones": {"kind": "poisson", "rate_per_week": 20.0, "category": "odd"},
        "per_user": {"kind": "poisson", "rate_per_100_users_month": 60.0},
    }  # fmt: skip
    raw = with_sources(**sources) | {"weeks_since_go_live": start_weeks, "horizon_days": 15.0}
    raw["organisation"] = {"users": 250}
    tables = tables_of(raw)
    expected = expected_arrivals(tables.model, tables.start, tables.end)
    counts = np.zeros((60, len(sources), 2))
    for replication in range(60):
        load = draw_workload(tables, run_key(5, replication))
        np.add.at(counts[replication], (load["source"], load["category"]), 1)
    error = counts.std(axis=0, ddof=1) / np.sqrt(60)
    for number, name in enumerate(sources):
        for code, category in enumerate(("plain", "odd")):
            wanted = expected[name].get(category, 0.0)
            assert abs(counts[:, number, code].mean() - wanted) <= 4.5 * error[number, code], (name, category)


def test_a_piecewise_source_rests_where_its_rate_is_zero() -> None:
    source = {"kind": "piecewise", "edges_days": [2.0, 5.0, 6.0, 20.0], "rates_per_day": [8.0, 0.0, 2.0]}
    for replication in range(10):
        arrived = drawn(with_sources(demand=source), replication=replication)["arrived"] / 24
        assert len(arrived) > 10
        assert np.all((arrived >= 2) & (arrived < 20) & ~((arrived > 5) & (arrived < 6)))


def test_a_batch_comes_in_one_instant() -> None:
    """Sizes 1 or 4: each instant holds 1 or 4 requests, with keys of their own."""
    source = {
        "kind": "poisson",
        "rate_per_day": 4.0,
        "batch": {"law": "discrete", "values": [1, 4], "shares": [0.5, 0.5]},
    }
    load = drawn(with_sources(demand=source))
    _, counts = np.unique(load["arrived"], return_counts=True)
    assert set(counts.tolist()) == {1, 4}
    assert len(set(load["key"].tolist())) == len(load["key"])


def test_a_model_is_not_changed_by_being_run() -> None:
    raw = with_sources(demand={"kind": "poisson", "rate_per_day": 4.0})
    model = built(raw)
    before = deepcopy(model.model_dump())
    draw_workload(compile_tables(model), run_key(1, 0))
    assert model.model_dump() == before
