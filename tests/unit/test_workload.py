"""Pieces of demand that the laws do not reach."""

import numpy as np
import pytest
from scipy import stats

from changeflow.engine.chance.draws import run_key
from changeflow.engine.tables.model import compile_tables
from changeflow.engine.workload import draw_workload, poisson_quantile
from tests.unit.small import DESK, model_of


@pytest.mark.parametrize("mean", [0.01, 0.7, 3.0, 40.0, 400.0, 12345.6])
def test_the_poisson_quantile_is_the_smallest_count_that_reaches_u(mean: float) -> None:
    law = stats.poisson(mean)
    for u in (2.0**-54, 1e-9, 0.01, 0.3, 0.5, 0.77, 0.999, 1 - 1e-12):
        n = poisson_quantile(u, mean)
        assert law.cdf(n) >= u
        assert n == 0 or law.cdf(n - 1) < u


def test_the_poisson_quantile_at_its_own_steps() -> None:
    """At u = P(N <= n) exactly it is n, just above it n + 1."""
    law = stats.poisson(5.0)
    for n in range(15):
        assert poisson_quantile(law.cdf(n) - 1e-12, 5.0) == n
        assert poisson_quantile(law.cdf(n) + 1e-12, 5.0) == n + 1


def test_categories_come_in_their_shares() -> None:
    """Shares 0.5, 0.3, 0.2 of some 3,000: each within 4.5 standard errors."""
    shares = {"a": 0.5, "b": 0.3, "c": 0.2}
    text = DESK.replace("rate_per_day = 3", "rate_per_day = 300")
    text += "".join(f"[categories.{name}]\nshare = {share}\n" for name, share in shares.items())
    load = draw_workload(compile_tables(model_of(text)), run_key(1, 0))
    counts = np.bincount(load["category"], minlength=3)
    for count, share in zip(counts, shares.values(), strict=True):
        assert abs(count / len(load) - share) < 4.5 * np.sqrt(share * (1 - share) / len(load))


def test_a_source_of_one_category_keeps_to_it() -> None:
    text = DESK.replace("rate_per_day = 3", 'rate_per_day = 3\ncategory = "b"')
    text += "[categories]\na.share = 0.5\nb.share = 0.5\n"
    load = draw_workload(compile_tables(model_of(text)), run_key(1, 0))
    assert len(load) > 10
    assert set(load["category"].tolist()) == {1}


def test_difficulty_is_uniform_unless_the_category_has_a_law() -> None:
    text = DESK.replace("rate_per_day = 3", "rate_per_day = 300")
    text += (
        "[categories.a]\nshare = 0.5\n[categories.b]\nshare = 0.5\ndifficulty = 0.25\nspecification_quality = 0.75\n"
    )
    load = draw_workload(compile_tables(model_of(text)), run_key(1, 0))
    plain, fixed = load[load["category"] == 0], load[load["category"] == 1]
    assert stats.kstest(plain["difficulty"], "uniform").pvalue > 1e-4
    assert set(fixed["difficulty"].tolist()) == {0.25}
    assert set(fixed["quality"].tolist()) == {0.75}
    assert np.all(np.isnan(plain["quality"]))


def test_interarrival_times_are_independent_draws_of_their_law() -> None:
    """Poisson gaps: exponential; a renewal source: its law, the first gap too."""
    text = DESK.replace("horizon_days = 10", "horizon_days = 400")
    gaps = np.diff(draw_workload(compile_tables(model_of(text)), run_key(1, 0))["arrived"], prepend=0.0)
    assert stats.kstest(gaps, stats.expon(scale=8).cdf).pvalue > 1e-4
    law = '{ law = "uniform", low = 2.0, high = 6.0 }'
    text = text.replace('kind = "poisson"\nrate_per_day = 3', f'kind = "renewal"\ninterarrival_hours = {law}')
    gaps = np.diff(draw_workload(compile_tables(model_of(text)), run_key(1, 0))["arrived"], prepend=0.0)
    assert stats.kstest(gaps, stats.uniform(2, 4).cdf).pvalue > 1e-4
    assert abs(np.corrcoef(gaps[1:], gaps[:-1])[0, 1]) < 4.5 / np.sqrt(len(gaps))


@pytest.mark.parametrize(
    ("rate", "per_hour"),
    [
        ("rate_per_hour = 2", 2), ("rate_per_day = 48", 2), ("rate_per_week = 336", 2), ("rate_per_month = 1461", 2),
        ("rate_per_year = 17532", 2), ("rate_per_100_users_month = 1461", 2 * 2.5),
    ],
)  # fmt: skip
def test_rates_are_per_calendar_time(rate: str, per_hour: float) -> None:
    """A month is a twelfth of 365.25 days: 730.5 hours; 250 users are 2.5 hundreds."""
    model = model_of(DESK.replace("rate_per_day = 3", rate) + "[organisation]\nusers = 250\n")
    source = model.demand.sources["demand"]
    assert source.kind == "poisson"
    assert source.per_hour(250) == pytest.approx(per_hour)
