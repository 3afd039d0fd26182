"""Demand that changes: by hour, weekday and month, in shocks, and with the number of requests open."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from changeflow.engine.chance import draws
from changeflow.engine.chance.draws import run_key
from changeflow.engine.trace import OPEN
from changeflow.engine.workload import draw_workload
from changeflow.model.load.topology import expected_arrivals
from tests.laws.systems import LAW, MONDAY, Raw, run, tables_of
from tests.strategies import sampled

REFUSED: Raw = {"title": "demand", "go_live": MONDAY, "routing": {"entry": "refused"}}
RARE = 1e-5
"""Tests of counts fail by chance once in 100,000; their seeds are fixed."""


def arrivals_of(raw: Raw, replications: int) -> list[np.ndarray]:
    """Clock hours of all arrivals of each replication."""
    tables = tables_of(raw)
    return [draw_workload(tables, run_key(7, replication))["arrived"] for replication in range(replications)]


def fits(counted: np.ndarray, expected: np.ndarray) -> bool:
    """Poisson counts against their means: nothing where the mean is 0, else Pearson's chi-square."""
    some = expected > 0
    if counted[~some].any():
        return False
    statistic = ((counted[some] - expected[some]) ** 2 / expected[some]).sum()
    return bool(stats.chi2.sf(statistic, some.sum()) > RARE)


def test_a_season_has_its_counts_in_every_hour_of_the_week() -> None:
    """
    24 a day; hours 9 to 16 weigh 1 and 12 weighs 2 (mean 9/24), Monday 2 and the other working days 1 (mean 6/7). 30
    runs of 3 weeks from Monday at midnight: every hour of the week is counted 90 times.
    """
    hours = [0.0] * 9 + [1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0, 1.0] + [0.0] * 7
    days = [2.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0]
    source = {"kind": "poisson", "rate_per_day": 24.0, "season": {"hours": hours, "weekdays": days}}
    raw = REFUSED | {"horizon_days": 21.0, "demand": source}
    found = np.concatenate(arrivals_of(raw, 30))
    counted = np.bincount((found % 168).astype(int), minlength=168).reshape(7, 24)
    expected = 90 * 1.0 * np.outer(np.array(days) * 7 / 6, np.array(hours) * 24 / 9)
    assert fits(counted, expected)
    assert not fits(np.roll(counted, 1, axis=1), expected)  # an hour late would be seen


def test_a_season_has_its_counts_in_every_month() -> None:
    """
    48 a day, weights 1 in January, 0 in February, 2 in March, 9 in all others (mean 84/12 = 7), from 5 January on: 27
    days of January, none of 28, 5 days of March, over 40 runs.
    """
    months = [1.0, 0.0, 2.0] + [9.0] * 9
    source = {"kind": "poisson", "rate_per_day": 48.0, "season": {"months": months}}
    found = np.concatenate(arrivals_of(REFUSED | {"horizon_days": 60.0, "demand": source}, 40))
    counted = np.histogram(found / 24, bins=[0, 27, 55, 60])[0]
    expected = 40 * 48.0 * np.array([27 * 1 / 7, 0.0, 5 * 2 / 7])
    assert fits(counted, expected)


def test_a_run_that_starts_later_is_in_the_same_season() -> None:
    """From Thursday noon on, working days only: the first arrivals are of Thursday afternoon."""
    source = {"kind": "poisson", "rate_per_day": 100.0, "season": {"weekdays": [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]}}
    raw = REFUSED | {"horizon_days": 7.0, "weeks_since_go_live": 0.5, "demand": source}
    found = np.concatenate(arrivals_of(raw, 20))
    days = (found // 24).astype(int)
    assert set(days.tolist()) == {3, 10}
    assert fits(np.bincount(days)[[3, 10]], 20 * np.array([0.5, 0.5]) * 700.0)


def test_shocks_bring_as_many_requests_as_they_should() -> None:
    """
    12 a year, 20 requests each, after 5 days in the mean: over a year the expected number is
    12 x 20 x (1 - 5/365.25 x (1 - exp(-365.25/5))); within 4.5 standard errors of 60 runs, and near the traffic's own.
    """
    source = {"kind": "shocks", "per_year": 12.0, "requests": 20, "spread_days": 5.0}
    raw = REFUSED | {"horizon_days": 365.25, "demand": source}
    counts = np.array([len(found) for found in arrivals_of(raw, 60)])
    expected = 240 * (1 - 5 / 365.25 * (1 - np.exp(-365.25 / 5)))
    assert abs(counts.mean() - expected) < 4.5 * counts.std(ddof=1) / np.sqrt(60)
    # a compound Poisson number: about 12 shocks of 20, so a standard deviation of 20 x sqrt(12) and a little
    assert 0.6 < counts.std(ddof=1) / (20 * np.sqrt(12)) < 1.5
    tables = tables_of(raw)
    by_category = next(iter(expected_arrivals(tables.model, tables.start, tables.end).values()))
    assert sum(by_category.values()) == pytest.approx(expected, rel=1e-6)


def test_a_shock_comes_all_at_once_when_it_is_not_spread() -> None:
    """Spread over seconds: the requests of a shock lie together, 2 or 3 of them (2.5 rounded to the even)."""
    law = {"law": "discrete", "values": [2.5, 3.4], "shares": [0.5, 0.5]}
    source = {"kind": "shocks", "per_year": 300.0, "requests": law, "spread_days": 1e-7}
    for found in arrivals_of(REFUSED | {"horizon_days": 90.0, "demand": source}, 5):
        groups = np.split(found, np.flatnonzero(np.diff(found) > 1e-3) + 1)
        sizes = [len(group) for group in groups]
        assert len(groups) > 40
        assert sizes.count(2) + sizes.count(3) >= len(sizes) - 2  # two shocks may fall together
        assert {2, 3} <= set(sizes)


@LAW
@given(
    beyond=sampled([[2], [1, 4], [0, 3, 6]]),
    rate=sampled([0.5, 2.0]),
    seed=st.integers(0, 1000),
    calm=st.booleans(),
)
def test_users_ask_less_by_their_own_luck_and_the_requests_open_at_that_instant(
    beyond: list[int], rate: float, seed: int, calm: bool
) -> None:
    """
    Replayed: candidate i asks if its uniform is below the share for the number open when it comes, those of other
    customers not counted. All that do not are counted.
    """
    shares = [0.75, 0.4, 0.0][-len(beyond) :]
    raw: Raw = {
        "title": "asks less", "horizon_days": 5.0, "open_today": 1,
        "demand": {
            "sources": {
                "ours": {"kind": "poisson", "rate_per_hour": rate, "asks_less": {"beyond": beyond, "share": shares}},
                "others": {"kind": "poisson", "rate_per_hour": 0.5, "background": True},
            }
        },
        "stations": {"desk": {"service_hours": {"law": "exponential", "mean": 0.5 if calm else 2.0}}},
    }  # fmt: skip
    trace = run(raw, seed=seed)
    candidates = draw_workload(tables_of(raw), run_key(seed, 0))
    rows = trace.requests
    ours = rows["source"] <= 0
    asked = []
    for candidate in candidates:
        now = candidate["arrived"]
        still = (rows["outcome"] == OPEN) | (rows["closed"] > now)
        count = int((ours & (rows["arrived"] < now) & still).sum())
        share = 1.0
        for bound, less in zip(beyond, shares, strict=True):
            if count >= bound:
                share = less
        luck, _ = draws.uniform_pair(run_key(seed, 0), candidate["key"], draws.NO_STAGE, draws.ASK, 0)
        if candidate["source"] != 0 or luck < share:
            asked.append(candidate["key"])
    assert rows["key"].tolist() == asked
    assert trace.unasked == len(candidates) - len(rows)
