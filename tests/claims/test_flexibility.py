"""How easily what is there is changed again, and what errors cost on platforms that differ in it (S18, S20)."""

from __future__ import annotations

import numpy as np

from tests.claims.claims import fails, shown, trial
from tests.claims.paired import interval, percent, runs
from tests.claims.systems import system

STEPS = (0.3, 0.5, 0.7, 0.9)
COMPONENTS = {
    "generator": {"kind": "modular", "components": 12, "links": 2, "likelihood": 0.3, "seed": 1, "modules": 3,
                  "modularity": 0.7},
    "impact": 0.4,
}  # fmt: skip


@trial("S18")
def test_s18_rework_falls_with_flexibility_ever_more_slowly() -> str:
    """Equal steps: each saves, and less than the one before; follow-up changes are scaled, too."""
    costs = [runs(system("turnkey", system__flexibility=step, components=COMPONENTS), "rework_cost") for step in STEPS]
    saved = [before - after for before, after in zip(costs, costs[1:], strict=False)]
    assert all(interval(one)[0] > 0 for one in saved)
    assert all(interval(one - other)[0] > 0 for one, other in zip(saved, saved[1:], strict=False))
    means = ", ".join(f"{cost.mean() / 1000:.0f}" for cost in costs)
    return f"rework of {means} thousand EUR at flexibility 0.3, 0.5, 0.7, 0.9"


@trial("S18", fails("'mostly': two links weigh more"))
def test_s18_two_links_move_the_cost_of_error_more_than_flexibility() -> str:
    """Two links fewer against flexibility 0.9 for 0.45."""
    plain = runs(system("turnkey"), "rework_cost")
    flexible, direct = (
        runs(model, "rework_cost")
        for model in (
            system("turnkey", system__flexibility=0.9),
            system("turnkey", stations__vendor__errors={"links": 0}),
        )
    )
    assert percent(plain, plain + direct - flexible)[1] < 0
    by_links, by_flexibility = percent(plain, direct), percent(plain, flexible)
    return f"no links instead of two: {shown(by_links)} %; twice the flexibility: {shown(by_flexibility)} %"


def _share_of_error(kind: str, **changes: object) -> np.ndarray:
    """Rework in percent of all that was paid for changes, with the same requests for all kinds."""
    model = system(kind, demand__sources__go_live__fit=0.8, **changes)
    return 100 * runs(model, "rework_cost") / (runs(model, "vendor_cost") + runs(model, "in_house_cost"))


@trial("S20")
def test_s20_errors_take_a_larger_share_on_script_and_plugin_platforms() -> str:
    best, *others = (_share_of_error(kind) for kind in ("open", "script", "plugin"))
    assert all(interval(other - best)[0] > 0 for other in others)
    script, plugin = (other.mean() for other in others)
    return (
        f"script {script:.0f} %, plug-ins {plugin:.0f} %, open {best.mean():.0f} % of the money for changes is rework"
    )


@trial("S20", fails("equal flexibility and links"))
def test_s20_programming_as_such_makes_no_errors_dear() -> str:
    """A script platform as flexible as the open one, without a link: no larger share than there."""
    equal = _share_of_error("script", system__flexibility=0.85, stations__vendor__errors={"links": 0})
    low, high = interval(equal - _share_of_error("open"))
    assert high < 0
    return f"{shown((low, high), 1)} percentage points against the open platform"
