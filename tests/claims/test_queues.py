"""Load and capacity: the burst of go-live, the hours of power users, who waits (S21, S22, S25)."""

from __future__ import annotations

import numpy as np

from changeflow.model.schema import Model
from changeflow.study.scenarios.routes import along_route
from tests.claims.claims import fails, shown, trial
from tests.claims.paired import interval, runs
from tests.claims.systems import system

BURST, STEADY = "demand__sources__go_live__misfits_per_100_users", "demand__sources__business__rate_per_year"


@trial("S21")
def test_s21_burst_and_capacity_set_the_peak() -> str:
    """One engineer of a closed system: 120 requests more in the burst or spread over the run, or one engineer more."""
    plain, burst, steady, capacity = (
        runs(
            system("turnkey", stations__vendor__servers=servers, **{BURST: misfits, STEADY: rate}),
            "peak_backlog_requests",
        )
        for servers, misfits, rate in ((1, 800, 50), (1, 1600, 50), (1, 800, 131), (2, 800, 50))
    )
    assert interval(burst - plain)[0] > 0
    assert interval(capacity - plain)[1] < 0
    assert interval((burst - plain) - (steady - plain))[0] > 0
    assert interval((plain - capacity) - (steady - plain))[0] > 0
    means = [float(one.mean()) for one in (plain, burst, capacity, steady)]
    return (
        "peak of {:.0f} open requests; with 120 more in the burst {:.0f}, with twice the engineers {:.0f}, "
        "with 120 more spread evenly {:.0f}"
    ).format(*means)


@trial("S21", fails("overload without any burst"))
def test_s21_steady_overload_makes_a_higher_peak_than_any_burst() -> str:
    burst, overload = (
        runs(system("turnkey", stations__vendor__servers=1, **{BURST: misfits, STEADY: rate}), "peak_backlog_requests")
        for misfits, rate in ((800, 50), (1, 300))
    )
    low, high = interval(overload - burst)
    assert low > 0
    return f"{shown((low, high))} open requests at 300 a year and no burst"


HOURS = (0.5, 1.5, 3.0, 5.0, 7.5, 15.0)
"""Hours a week of each of three power users."""


def _inside(hours: float) -> Model:
    return along_route(_mixed(hours), "power_users")


def _mixed(hours: float, **changes: object) -> Model:
    """Everything that the open platform lets them do is theirs."""
    return system("open", stations__inside__openness=1.0, stations__inside__hours_per_week=hours, **changes)


def _gain(hours: float) -> np.ndarray:
    """What the same platform costs less with power users instead of the vendor, undone work included."""
    vendor = along_route(_mixed(hours), "vendor")
    return runs(vendor, "total_cost_with_undone") - runs(_inside(hours), "total_cost_with_undone")


@trial("S22")
def test_s22_power_users_with_hours_enough_save_money() -> str:
    low, high = interval(_gain(7.5))
    assert low > 0
    return f"3 people with 7.5 hours a week instead of the vendor save EUR {shown((low, high))}"


@trial("S22", fails("too few hours"))
def test_s22_below_some_hours_shifting_hurts() -> str:
    gains = [interval(_gain(hours)) for hours in HOURS]
    hurts = [hours for hours, (_, high) in zip(HOURS, gains, strict=True) if high < 0]
    helps = [hours for hours, (low, _) in zip(HOURS, gains, strict=True) if low > 0]
    assert hurts
    assert max(hurts) < min(helps)
    assert len(hurts) + len(helps) >= len(HOURS) - 1
    return f"hurts up to {max(hurts)} hours a week each, helps from {min(helps)}; at {HOURS[0]} EUR {shown(gains[0])}"


@trial("S22")
def test_s22_overflow_to_the_vendor_rescues_too_few_hours() -> str:
    few = HOURS[0]
    overflow = {"rule": "open_first", "prefer": ["inside", "vendor"], "overflow_beyond": 1}
    low, high = interval(
        runs(_inside(few), "total_cost_with_undone")
        - runs(_mixed(few, routing__entry=overflow), "total_cost_with_undone")
    )
    assert low > 0
    return f"overflow beyond one waiting saves EUR {shown((low, high))} at {few} hours"


@trial("S25")
def test_s25_waiting_vanishes_above_the_load() -> str:
    waits = [runs(_inside(hours), "waiting_time_hours") for hours in (7.5, 15.0, 30.0, 90.0)]
    assert all(interval(more - less)[0] > 0 for more, less in zip(waits, waits[1:], strict=False))
    assert interval(waits[-1])[1] < 1.0
    intake = runs(along_route(_mixed(7.5), "vendor"), "waiting_time_hours")
    assert interval(intake - waits[-1])[0] > 0
    means = ", ".join(f"{wait.mean():.1f}" for wait in waits)
    return f"hours in queue with 7.5, 15, 30, 90 hours a week each: {means}; at the vendor {intake.mean():.0f}"


@trial("S25", fails("hours below the load"))
def test_s25_below_the_load_power_users_have_the_longer_queue() -> str:
    few = _inside(1.5)
    assert interval(runs(few, "offered_load.inside"))[0] > 1
    low, high = interval(runs(few, "waiting_time_hours") - runs(along_route(few, "vendor"), "waiting_time_hours"))
    assert low > 0
    return f"3 people with 1.5 hours a week: {shown((low / 24, high / 24))} days longer in queue than at the vendor"
