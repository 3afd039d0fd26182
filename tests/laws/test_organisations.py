"""Organisations: a level of chance above the run, shared by all runs of one, seen alike by every configuration."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from changeflow.engine.chance.draws import run_key
from changeflow.engine.chance.organisations import Profile, draw_profile, fit_when_ready
from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import compile_tables, in_organisation
from changeflow.engine.trace import Rows
from changeflow.engine.workload import draw_workload
from changeflow.errors import PlanError
from changeflow.measure.estimates.anova import split_variance
from changeflow.model.load.topology import expected_arrivals
from changeflow.model.reading import read_model
from changeflow.model.requests.organisation import Variation
from changeflow.study.estimates.evaluate import column
from changeflow.study.scenarios.compare import compare, run
from changeflow.study.scenarios.plan import Plan, routes
from tests.claims.claims import fails, trial
from tests.laws.systems import BATCH, LAW, Raw, arrivals, built, tables_of

SPREAD: Raw = {
    "specification_quality": {"law": "normal", "sd": 0.2},
    "readiness": {"law": "beta", "alpha": 2.0, "beta": 2.0},
    "request_rate": {"law": "lognormal", "mean": 1.0, "scv": 0.5},
    "replications_per_organisation": 4,
}
SOURCES: Raw = {
    "steady": {"kind": "poisson", "rate_per_day": 6.0, "batch": BATCH},
    "season": {"kind": "poisson", "rate_per_day": 3.0, "season": {"hours": [0] * 8 + [1] * 10 + [0] * 6}},
    "pieces": {"kind": "piecewise", "edges_days": [0, 4, 9, 30], "rates_per_day": [2.0, 0.0, 5.0]},
    "gaps": {"kind": "renewal", "interarrival_hours": {"law": "uniform", "low": 1.0, "high": 9.0}},
    "misfits": {"kind": "go_live", "misfits_per_100_users": 80.0, "fit": 0.4, "time_days": 6.0},
    "shocks": {"kind": "shocks", "per_year": 40.0, "requests": 5, "spread_days": 1.0},
}
RAW: Raw = {
    "title": "organisations", "horizon_days": 20.0, "routing": {"entry": "desk"},
    "categories": {
        "plain": {"share": 0.75, "specification_quality": {"law": "beta", "alpha": 2.0, "beta": 3.0}},
        "odd": {"share": 0.25},
    },
    "demand": {"sources": SOURCES},
    "stations": {"desk": {"servers": 3, "service_hours": {"law": "exponential", "mean": 2.0}}},
}  # fmt: skip


def with_(raw: Raw = RAW, **variation: object) -> Raw:
    """The model with organisations that differ in this."""
    return raw | {"organisation": {"variation": variation}}


def drawn(raw: Raw, replication: int = 0, seed: int = 1) -> Rows:
    """The requests of one run, in its own organisation."""
    tables = in_organisation(tables_of(raw), seed, replication)
    return draw_workload(tables, run_key(seed, replication))


def times(load: Rows, number: int) -> np.ndarray:
    return np.asarray(load["arrived"][load["source"] == number])


def test_runs_of_one_organisation_share_it_and_others_do_not() -> None:
    variation = Variation.model_validate(SPREAD)
    profiles = [draw_profile(variation, 7, replication) for replication in range(12)]
    assert len(set(profiles)) == 3
    assert profiles[0] == profiles[3] != profiles[4] == profiles[7]
    assert draw_profile(variation, 8, 0) not in profiles


def test_what_is_drawn_has_its_law() -> None:
    """4,000 organisations by Kolmogorov and Smirnov, and no correlation between the three."""
    one_each = Variation.model_validate(SPREAD | {"replications_per_organisation": 1})
    profiles = [draw_profile(one_each, 3, number) for number in range(4000)]
    quality, readiness, rate = (
        np.array([getattr(profile, name) for profile in profiles]) for name in Profile.__dataclass_fields__
    )
    sigma = np.sqrt(np.log(1.5))
    assert stats.kstest(quality, stats.norm(scale=0.2).cdf).pvalue > 1e-4
    assert stats.kstest(readiness, stats.beta(2, 2).cdf).pvalue > 1e-4
    assert stats.kstest(rate, stats.lognorm(sigma, scale=np.exp(-(sigma**2) / 2)).cdf).pvalue > 1e-4
    off_diagonal = np.corrcoef([quality, readiness, np.log(rate)])[np.triu_indices(3, 1)]
    assert np.max(np.abs(off_diagonal)) < 4.5 / np.sqrt(4000)


@LAW
@given(source=arrivals, seed=st.integers(0, 2**70), replication=st.integers(0, 9))
def test_laws_without_spread_change_nothing_to_the_bit(source: Raw, seed: int, replication: int) -> None:
    """A shift of 0, a readiness of one half, a rate times 1: the very numbers of a model without variation."""
    raw = RAW | {"horizon_days": 6.0, "demand": {"sources": {"only": source}}}
    neutral = with_(raw, specification_quality=0, readiness=0.5, request_rate=1)
    assert drawn(neutral, replication, seed).tobytes() == drawn(raw, replication, seed).tobytes()


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_the_factor_on_the_rate_is_an_exact_change_of_time(factor: float) -> None:
    """The k-th request comes where the cumulated rate reaches 1 / factor of what it needs without."""
    raw = RAW | {"horizon_days": 400.0}
    plain, changed = drawn(raw), drawn(with_(raw, request_rate=factor))
    for number, name in enumerate(SOURCES):
        before, after = times(plain, number), times(changed, number)
        count = min(len(before), len(after))
        if name in {"steady", "gaps"}:
            assert count > 300
            assert after[:count] == pytest.approx(before[:count] / factor, rel=1e-12)
        elif name == "season":
            assert _open_hours(after[:count]) == pytest.approx(_open_hours(before[:count]) / factor, rel=1e-9)
        elif name == "pieces":
            mass = [0.0, 8.0, 8.0, 113.0]
            edges = np.array([0.0, 4.0, 9.0, 30.0]) * 24
            reached = [np.interp(arrived[:count], edges, mass) for arrived in (before, after)]
            assert reached[1] == pytest.approx(reached[0] / factor, rel=1e-9)


def _open_hours(arrived: np.ndarray) -> np.ndarray:
    """Hours from 8 to 18 passed until these clock hours."""
    days, hours = np.divmod(arrived, 24.0)
    return np.asarray(10 * days + np.clip(hours - 8, 0, 10))


def test_more_misfits_and_shocks_come_at_a_higher_rate() -> None:
    """Misfits at the lower rate are among those at the higher one; shocks come sooner."""
    low, high = drawn(with_(request_rate=0.5)), drawn(with_(request_rate=3.0))
    fewer, more = (set(load["key"][load["source"] == 4].tolist()) for load in (low, high))
    assert 0 < len(fewer) < len(more)
    assert fewer <= more
    assert len(times(low, 5)) < len(times(high, 5))


def test_other_customers_and_replayed_logs_go_their_own_way() -> None:
    others = {name: source | {"background": True} for name, source in SOURCES.items()}
    raw = RAW | {"demand": {"sources": others}}
    assert drawn(with_(raw, request_rate=3.0, readiness=0.1)).tobytes() == drawn(raw).tobytes()


@pytest.mark.parametrize("fit", [0.0, 0.4, 0.8, 1.0])
def test_a_readier_organisation_finds_a_subset_of_the_misfits(fit: float) -> None:
    """1 - fit counts 2 (1 - readiness) times: all at readiness 0 and fit 0.4, none at 1, the file's own at 0.5."""
    sources = {"misfits": SOURCES["misfits"] | {"fit": fit}}
    raw = RAW | {"horizon_days": 400.0, "demand": {"sources": sources}}
    found = [set(drawn(with_(raw, readiness=r))["key"].tolist()) for r in (0.0, 0.3, 0.5, 0.7, 1.0)]
    assert all(more >= fewer for more, fewer in zip(found, found[1:], strict=False))
    assert not found[-1]
    assert found[2] == set(drawn(raw)["key"].tolist())
    assert fit_when_ready(0.8, 0.75) == pytest.approx(0.9)
    assert fit_when_ready(0.4, 0.0) == 0.0


def test_quality_is_shifted_and_stays_within_its_bounds() -> None:
    plain, changed = drawn(RAW)["quality"], drawn(with_(specification_quality=0.3))["quality"]
    known = ~np.isnan(plain)
    assert np.array_equal(known, ~np.isnan(changed))
    assert np.array_equal(changed[known], np.minimum(plain[known] + 0.3, 1.0))
    assert np.nanmin(drawn(with_(specification_quality=-0.9))["quality"]) == 0.0


@pytest.mark.parametrize("days", [25.0, 61.0])
def test_a_longer_horizon_only_adds(days: float) -> None:
    raw = with_(**SPREAD)
    for replication in (0, 4):
        short, long = drawn(raw, replication), drawn(raw | {"horizon_days": days}, replication)
        assert short.tobytes() == long[long["arrived"] < 20 * 24].tobytes()


def test_both_engines_are_in_the_same_organisation() -> None:
    model = built(with_(**SPREAD))
    for replication in (0, 5):
        one, other = (simulate(model, seed=3, replication=replication, engine=e) for e in ("process", "compiled"))
        assert one.requests.tobytes() == other.requests.tobytes()
    assert len(simulate(model, seed=3, replication=0).requests) != len(simulate(model, seed=3, replication=5).requests)


def test_expected_requests_are_means_over_organisations() -> None:
    """600 organisations of one run each, every source within 4.5 standard errors."""
    raw = with_(RAW, **SPREAD | {"replications_per_organisation": 1})
    model = built(raw)
    tables = compile_tables(model)
    counts = np.array([
        np.bincount(draw_workload(in_organisation(tables, 2, r), run_key(2, r))["source"], minlength=len(SOURCES))
        for r in range(600)
    ])  # fmt: skip
    wanted = [sum(part.values()) for part in expected_arrivals(model, 0.0, 20 * 24.0).values()]
    for number, name in enumerate(SOURCES):
        if name == "gaps":  # a renewal process has about its rate
            continue
        error = counts[:, number].std(ddof=1) / np.sqrt(600)
        assert counts[:, number].mean() == pytest.approx(wanted[number], abs=4.5 * error), name


def test_fewer_than_two_organisations_have_no_interval() -> None:
    with pytest.raises(PlanError, match=r"at least 8, two organisations of 4 runs each .*, found 7"):
        Plan.of(built(with_(**SPREAD)), replications=7)


S1 = 200
"""Runs of the test of claim S1: 20 organisations of 10."""


@trial("S1")
def test_claim_s1_organisations_differ_more_than_the_runs_of_one() -> str:
    """Under the default variation of either prior set; surely, as the share's interval begins above one half."""
    for priors in ("field", "article"):
        model = read_model("partly_open", ["organisation.variation={}"], priors=priors)
        plan = Plan.of(routes(model, "vendor", "both"), replications=S1, seed=1, engine="compiled")
        for name, result in run(plan).scenarios.items():
            split = result.splits["total_cost"]
            assert split == split_variance(column(result.runs, "total_cost"), 10)
            assert split.between > split.within, (priors, name)
            assert split.low > 0.5, (priors, name)
    return "surely more than half of the variance of total cost lies between organisations, under both prior sets"


@trial("S1", fails("organisations alike"))
def test_claim_s1_fails_where_organisations_are_alike() -> str:
    """Without spread the share between them is small, and its interval begins at 0."""
    same = "organisation.variation={ request_rate = 1.0 }"
    model = read_model("partly_open", [same, "organisation.variation.readiness=0.5"])
    model = model.with_({"organisation.variation.specification_quality": 0.0})
    split = run(Plan.of(model, replications=S1, engine="compiled")).scenarios["model"].splits["total_cost"]
    assert split.low == 0.0
    assert split.share < 0.2
    return "without spread the share's interval begins at 0"


def test_differences_are_over_organisations() -> None:
    """A comparison under common random numbers: the paired interval is that of organisations' means."""
    model = read_model("partly_open", ["organisation.variation={}", "horizon_days=200"])
    plan = Plan.of(routes(model, "vendor", "both"), replications=40, engine="compiled")
    results = compare(plan, screening=False)
    first, second = (column(result.runs, "total_cost") for result in results.scenarios.values())
    means = (second - first).reshape(4, 10).mean(axis=1)
    found = next(one for one in results.differences if one.measure == "total_cost")
    assert found.mean == pytest.approx(means.mean())
    assert found.half_width == pytest.approx(stats.t(3).ppf(0.5 + found.level / 2) * means.std(ddof=1) / 2)
    estimate = results.scenarios["vendor"].estimates["total_cost"]
    assert estimate.half_width == pytest.approx(
        stats.t(3).ppf(0.975) * first.reshape(4, 10).mean(axis=1).std(ddof=1) / 2
    )
