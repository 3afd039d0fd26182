"""Adoption against what theory says: a constant hazard, the exact interval of its survival curve."""

import math

import numpy as np
import pytest

from changeflow.engine.shared.adoption import adoption_step, mood_of
from changeflow.measure.estimates.clusters import share_estimate
from changeflow.measure.estimates.replications import clopper_pearson, quantile_interval
from changeflow.measure.estimates.survival import survival_over_runs
from changeflow.model.reading import vary
from changeflow.study.crews.runner import run_all
from changeflow.study.estimates.evaluate import column
from tests.unit.small import DESK, model_of

PER_DAY = 0.0012
SURVIVAL_750, MEDIAN = 0.406570, 577.623
RUNS = 3000
QUIET = vary(
    model_of('priors = "field"\n' + DESK.replace("rate_per_day = 3", "rate_per_day = 0.01")),
    {"adoption.mode": "passive", "horizon_days": 10.0},
)


def test_a_constant_hazard_of_users_leaves_the_share_that_theory_says() -> None:
    """Resistance 1 all the time and steepness ln 2 make the hazard h0 (2 - 1): after 750 days of steps 0.406570."""
    changes = {"tolerance": 0.0, "hazard_per_day": PER_DAY, "hazard_steepness": math.log(2), "return_per_day": 0.0}
    mood = mood_of(vary(QUIET, {f"adoption.{name}": value for name, value in changes.items()}).adoption, 100, 0.0)
    mood["resistance"] = 1.0
    shares = []
    for _ in range(750):
        adoption_step(mood[0], 1.0, 0.0, 1.0)
        shares.append(float(mood["active_share"][0]))
    assert shares[-1] == pytest.approx(SURVIVAL_750, abs=1e-6)
    assert shares[576] > 0.5 > shares[577]
    assert math.log(2) / PER_DAY == pytest.approx(MEDIAN, abs=1e-3)


def test_return_and_hazard_settle_where_they_balance() -> None:
    """Below the tolerance nobody leaves and all come back: the share tends to 1 at the rate r, whatever the step."""
    mood = mood_of(vary(QUIET, {"adoption.return_per_day": 0.01}).adoption, 100, 0.0)
    mood["active_share"] = 0.4
    for days in (1.0, 9.0, 90.0):
        adoption_step(mood[0], 0.0, 0.0, days)
    assert mood["active_share"][0] == pytest.approx(1 - 0.6 * math.exp(-1.0))


def test_the_hazard_is_convex_beyond_what_users_bear() -> None:
    """S8: equal steps of resistance cost ever more users; below tolerance and enforcement they cost none."""
    left = []
    for resistance in (0.1, 0.28, 0.5, 0.72, 0.94):
        mood = mood_of(QUIET.adoption, 100, 0.0)
        mood["resistance"] = resistance
        adoption_step(mood[0], resistance, 0.1, 1.0)
        left.append(1.0 - float(mood["active_share"][0]))
    assert left[0] == left[1] == 0.0
    assert (np.diff(np.diff(left[1:])) > 0).all()


def test_reviews_of_a_constant_hazard_give_its_survival_curve() -> None:
    """Weekly reviews that stop with 1 - exp(-7 x 0.0012) and nothing else that ends a system, 3,000 runs."""
    odds = math.log((1 - math.exp(-7 * PER_DAY)) / math.exp(-7 * PER_DAY))
    constant = {
        "review_every_weeks": 1, "review_intercept": odds, "review_per_lost_share": 0.0, "review_per_resistance": 0.0,
        "hazard_per_day": 0.0, "restart_probability": 0.0,
    }  # fmt: skip
    model = vary(QUIET, {"horizon_days": 1800.0} | {f"adoption.{name}": value for name, value in constant.items()})
    runs = run_all([model], RUNS, 1, engine="compiled")[0]
    days, gone = column(runs, "days_in_use"), column(runs, "abandoned") == 1.0
    level = 0.99
    curve = survival_over_runs(days, gone, level=level)
    _, share, low, high = max(point for point in curve if point[0] <= 750)
    assert low < SURVIVAL_750 < high
    assert high - low < 0.06
    assert share == pytest.approx(np.mean(days > 750))
    median = quantile_interval(days, 0.5, level)
    assert median is not None
    _, low, high = median
    assert low < MEDIAN < high
    assert high - low < 100


def test_the_survival_curve_is_the_share_still_going_with_the_exact_interval() -> None:
    """Ten runs of 100 days, three of them given up on days 7, 7 and 70."""
    days = np.array([7.0, 7.0, 70.0, *[100.0] * 7])
    found = survival_over_runs(days, days < 100)
    assert [point[:2] for point in found] == [
        (0.0, 1.0), (7.0, pytest.approx(0.8)), (70.0, pytest.approx(0.7)), (100.0, pytest.approx(0.7))
    ]  # fmt: skip
    assert [point[2:] for point in found] == [clopper_pearson(alive, 10) for alive in (10, 8, 7, 7)]


def test_a_yes_or_no_has_the_larger_arm_of_the_exact_interval() -> None:
    """No yes in 40 runs: up to 8.81 % (1 - 0.025^(1/40)); one sort of answer alone is no certainty."""
    share, arm = share_estimate(np.zeros(40), 1)
    assert (share, arm) == (0.0, pytest.approx(1 - 0.025 ** (1 / 40)))
    share, arm = share_estimate(np.array([1.0] * 3 + [0.0] * 7), 1)
    low, high = clopper_pearson(3, 10)
    assert share == 0.3
    assert share - arm <= low
    assert share + arm >= high
