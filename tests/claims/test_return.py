"""What can be known beforehand, who owns dearly, and second attempts (S3, S9, S10, S26)."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np

from changeflow.measure.estimates.replications import clopper_pearson
from changeflow.model.schema import Model
from tests.claims.claims import PARTLY, fails, shown, trial
from tests.claims.paired import interval, runs
from tests.claims.sampled import worlds
from tests.claims.systems import system

KINDS = ["turnkey", "plugin", "open"]
WORLDS = 40
DRAWS = 100
"""Of benefit and licences in each world: they change nothing that happens."""
TOTAL, OWNED = "total_cost_with_undone", "cost_of_ownership_per_year"
LICENCE = "costs__licence_per_user_month"
USER_MONTHS = 100 * 540 / 30.44
"""Of 100 users in a run."""


@cache
def _sampled(measure: str) -> np.ndarray:
    """A measure without licence, one row a kind, one column a world; ownership from day 90 on."""
    return np.array(
        [
            [
                runs(system(kind, costs__completion_day=90, **{LICENCE: 0}, **changes), measure, 2).mean()
                for kind, changes in world.items()
            ]
            for world in worlds(KINDS, WORLDS)
        ]
    ).T


def _licences(size: tuple[int, ...]) -> np.ndarray:
    """EUR per user and month: 20 to 150, most likely 50, each kind of system for itself."""
    return np.random.default_rng(3).triangular(20, 50, 150, size)


def _returns() -> np.ndarray:
    """Return on each kind by world and by draw of benefit and licence: (benefit - cost) / cost.

    The benefit of a user and month is the same for all kinds, EUR 50 to 400, most likely 150: assumption.
    """
    benefit = np.random.default_rng(2).triangular(50, 150, 400, (WORLDS, DRAWS))
    cost = _sampled(TOTAL)[:, :, None] / USER_MONTHS + _licences((len(KINDS), WORLDS, DRAWS))
    return np.asarray(benefit / cost - 1)


def _widths_and_medians(returns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of 9 in 10 returns, by kind."""
    low, middle, high = np.quantile(returns.reshape(len(KINDS), -1), [0.05, 0.5, 0.95], axis=1)
    return high - low, middle


@trial("S3", PARTLY)
def test_s3_returns_are_less_certain_than_the_choice_of_a_system_matters() -> str:
    """Any two kinds: the mean width of their ranges against the distance of their medians, surely (bootstrap over
    worlds). Not so of the narrower range of the two: that of plug-ins is smaller than their distance to open."""
    returns, chance = _returns(), np.random.default_rng(4)
    again = [_widths_and_medians(returns[:, chance.integers(0, WORLDS, WORLDS)]) for _ in range(200)]
    for one, other in combinations(range(len(KINDS)), 2):
        beyond = [(width[one] + width[other]) / 2 - abs(middle[one] - middle[other]) for width, middle in again]
        assert np.quantile(beyond, 0.01) > 0
    widths, medians = _widths_and_medians(returns)
    assert widths[KINDS.index("plugin")] < np.ptp(medians)
    kinds = ", ".join(
        f"{kind} {width:.1f} about {middle:+.1f}" for kind, width, middle in zip(KINDS, widths, medians, strict=True)
    )
    return f"width of 9 in 10 returns: {kinds}; that of plug-ins is smaller than their distance to open"


@trial("S3", fails("the order of systems, which is steadier"))
def test_s3_under_the_same_assumptions_the_order_is_known() -> str:
    returns = _returns()
    # a world counts as yes where most of its draws are
    low, high = clopper_pearson(int((returns[-1] > returns[0]).mean(axis=1).round().sum()), WORLDS, 0.99)
    assert low > 0.5
    return f"open returns more than turnkey in {100 * low:.0f} to {100 * high:.0f} % of the same worlds"


@cache
def _ownership() -> tuple[np.ndarray, np.ndarray]:
    """Ownership of turnkey and of open by world and by draw of the licences; and those licences."""
    licences = _licences((2, WORLDS, DRAWS))
    changes = _sampled(OWNED)[[0, -1]]
    return changes[:, :, None] + 12 * 100 * licences, licences


@trial("S26")
def test_s26_owning_a_closed_system_is_dearer_in_most_worlds() -> str:
    (closed, free), _ = _ownership()
    low, high = interval(100 * (closed > free).mean(axis=1))
    assert low > 50
    return (
        f"ownership of closed over open is above 1 in {low:.1f} to {min(high, 100):.1f} % of sampled worlds, "
        f"in the median {np.median(closed / free):.1f}"
    )


@trial("S26", fails("a dearer licence"))
def test_s26_the_exceptions_have_a_dearer_licence() -> str:
    """Every world in which the open system is the dearer one to own; few changes are asked for there, too."""
    (closed, free), (licence, dearer) = _ownership()
    exceptions = closed <= free
    gap = (dearer - licence)[exceptions]
    assert exceptions.any()
    assert gap.min() > 0
    rates = np.array([world["open"]["demand__sources__business__rate_per_year"] for world in worlds(KINDS, WORLDS)])
    seldom, all_worlds = np.average(rates, weights=exceptions.sum(axis=1)), rates.mean()
    assert seldom < all_worlds
    return (
        f"in all exceptions the open licence is dearer, by EUR {gap.min():.0f} a user and month at least; "
        f"{seldom:.0f} changes a year there, {all_worlds:.0f} in all worlds"
    )


@trial("S26", fails("tiny change rate"))
def test_s26_with_few_changes_a_small_difference_of_licence_decides() -> str:
    """Half a usual licence more for the open system: it is the dearer one to own at 10 changes a year, not at 100."""
    few, many = (interval(_worth_of_openness(rate)) for rate in (10, 100))
    assert few[1] < 25 < many[0]
    gaps = shown(few), shown(many)
    return "a licence EUR {} dearer a user and month cancels openness at 10 changes a year, {} at 100".format(*gaps)


def _worth_of_openness(rate: float) -> np.ndarray:
    """How much dearer, per user and month, the open system's licence may be in the second year at equal ownership."""
    changes = {"demand__sources__business__rate_per_year": rate, "costs__completion_day": 365, "horizon_days": 730}
    closed, free = (runs(system(kind, **changes), OWNED, 60) for kind in ("turnkey", "open"))
    return (closed - free) / (12 * 100)


PLATFORMS = ("script", "plugin", "partly", "open")


def _attempts(kind: str) -> tuple[Model, Model]:
    """A first attempt and a second one: quality 0.2 and fit 0.08 higher, 0.8 of the project."""
    first = system(kind)
    second = system(
        kind,
        demand__sources__go_live__fit=first.demand.sources["go_live"].fit + 0.08,  # type: ignore[union-attr]
        adaptation__work_hours=0.8 * first.adaptation.work_hours,
        **{f"categories__{name}__specification_quality": {"alpha": 3, "beta": 2} for name in first.categories},
    )
    return first, second


@trial("S9")
def test_s9_second_attempts_have_a_lower_cost_of_error() -> str:
    found = []
    for kind in PLATFORMS:
        first, second = _attempts(kind)
        saved = runs(first, "rework_cost") - runs(second, "rework_cost")
        assert interval(saved)[0] > 0, kind
        found.append(f"{kind} {100 * saved.mean() / runs(first, 'rework_cost').mean():.0f}")
    return f"% of rework saved: {', '.join(found)}"


@trial("S10")
def test_s10_a_platform_at_the_second_attempt_beats_one_at_the_first() -> str:
    found = []
    for kind in PLATFORMS:
        first, second = _attempts(kind)
        saved = runs(first, TOTAL) - runs(second, TOTAL)
        assert interval(saved)[0] > 0, kind
        found.append(f"{kind} {saved.mean() / 1000:.0f}")
    return f"thousand EUR saved: {', '.join(found)}"


@trial("S10", fails("the first attempt is counted, too"))
def test_s10_what_is_learnt_does_not_repay_an_open_first_attempt_that_failed() -> str:
    """The first project and a first year of its changes, nearly all of it written off, against the gain."""
    first, second = _attempts("open")
    gain = runs(first, TOTAL) - runs(second, TOTAL)
    lost = runs(system("open", horizon_days=365), "total_cost")
    low, high = interval(lost - gain)
    assert low > 0
    return f"EUR {shown((low, high))} more is lost by the first attempt than the second one gains from it"
