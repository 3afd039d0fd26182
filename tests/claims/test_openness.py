"""What openness is worth: by category, to whom, and whether anybody can use it (S15, S24, S27)."""

from __future__ import annotations

import numpy as np

from changeflow.model.schema import Model
from changeflow.study.scenarios.routes import along_route
from tests.claims.claims import fails, shown, trial
from tests.claims.paired import fingerprint, interval, runs, traced
from tests.claims.systems import WORK, system

TOTAL = "total_cost_with_undone"


def _opened(openness: dict[str, float], **changes: object) -> Model:
    """A partly open platform with hours enough; half of each category is open where nothing else is said."""
    half = dict.fromkeys(WORK, 0.5)
    return system("partly", stations__inside__hours_per_week=15, stations__inside__openness=half | openness, **changes)


def _values(measure: str = TOTAL) -> dict[str, np.ndarray]:
    """What is saved by opening all of one category instead of half of it."""
    base = runs(_opened({}), measure)
    return {name: base - runs(_opened({name: 1.0}), measure) for name in WORK}


@trial("S15")
def test_s15_the_value_of_openness_differs_by_category() -> str:
    """The category with most work against the one with least, as their shares of the work say: process and event."""
    values = _values()
    assert all(interval(value)[0] > 0 for value in values.values())
    assert interval(values["process"] - values["event"])[0] > 0
    means = ", ".join(f"{name} {value.mean() / 1000:.1f}" for name, value in values.items())
    return f"thousand EUR saved by opening the other half: {means}"


@trial("S15", fails("per hour of work opened"))
def test_s15_per_hour_of_work_categories_are_worth_about_the_same() -> str:
    """The shares of work explain the values: none is worth twice another per hour."""
    values = _values()
    per_hour = {
        name: value.mean() / (share * mean) for (name, (share, mean)), value in zip(WORK.items(), values.values())
    }
    ratio = max(per_hour.values()) / min(per_hour.values())
    assert ratio < 2
    return f"divided by share x mean work the most valuable category is worth {ratio:.1f} times the least valuable one"


@trial("S24")
def test_s24_on_the_turnkey_route_openness_changes_nothing() -> str:
    closed, half, free = (along_route(_opened(dict.fromkeys(WORK, value)), "vendor") for value in (0.0, 0.5, 1.0))
    one, two, three = (traced(model, fingerprint, 10).tolist() for model in (closed, half, free))
    assert one == two == three
    assert runs(closed, TOTAL).tolist() == runs(free, TOTAL).tolist()
    return "openness 0, 0.5 and 1: the same requests and visits to the bit, the same cost to the cent"


@trial("S24", fails("another stance"))
def test_s24_with_power_users_openness_is_worth_money() -> str:
    closed, free = (_opened(dict.fromkeys(WORK, value)) for value in (0.0, 1.0))
    low, high = interval(runs(closed, TOTAL) - runs(free, TOTAL))
    assert low > 0
    return f"with power users the same step saves EUR {shown((low, high))}: flat is the stance, not the system"


def _used(access: float) -> np.ndarray:
    """What power users save against the vendor on the open platform, of which they can use a share."""
    mixed = system("open", stations__inside__access=access)
    return runs(along_route(mixed, "vendor"), TOTAL) - runs(mixed, TOTAL)


@trial("S27")
def test_s27_openness_without_access_gives_little() -> str:
    usable, in_name = _used(1.0), _used(0.15)
    assert interval(0.25 * usable - in_name)[0] > 0
    return f"with access 0.15 {100 * in_name.mean() / usable.mean():.0f} % of what usable openness saves are saved"


@trial("S27", "holds: openness in name only fails")
def test_s27_a_platform_open_in_name_loses_by_being_open() -> str:
    """Tools that need a programmer, half an hour a day of one person: against the vendor alone on the same platform."""
    in_name = system("in_name")
    saved = runs(along_route(in_name, "vendor"), TOTAL) - runs(in_name, TOTAL)
    low, high = interval(saved)
    assert high < 0
    return f"power users cost EUR {shown((-high, -low))} more than the vendor alone on the same platform"
