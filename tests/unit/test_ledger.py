"""The money of a small run by hand."""

from typing import Any

import numpy as np
import pytest

from changeflow.engine import trace as t
from changeflow.engine.tables.model import compile_tables
from changeflow.engine.trace import Trace
from changeflow.errors import InvariantBroken
from changeflow.measure.money.ledger import completion_time, ledger, waiting_cost
from changeflow.measure.trace.checks import check_ledger
from changeflow.measure.trace.tallies import book
from changeflow.measure.trace.window import Window
from changeflow.model.schema import Model
from tests.unit.small import model_of, trace_of

TEXT = """
title = "four days"
horizon_days = 4
follow_up_days = 0
[organisation]
users = 100
[demand]
kind = "poisson"
rate_per_day = 1
[stations.inside]
price_per_hour = 50
availability = 0.5
service_hours = 1
[stations.vendor]
kind = "vendor"
price_per_hour = 100
service_hours = 1
[routing]
entry = "inside"
[adaptation]
work_hours = 300
speed = 1.5
price_per_hour = 120
[costs]
waiting_per_day = 10
unmet_need_per_request = 500
licence_per_user_month = 12
"""
INSIDE, VENDOR = 0, 1
LICENCE_PER_HOUR = 12 * 100 / 730.5

# Half of an inside hour is ours: 8 clock hours are 4 working hours. The implementation is complete on day 2, hour 48.
VISITS: list[dict[str, Any]] = [
    # first attempt, all before: 4 h x 50 = 200
    {"request": 0, "station": INSIDE, "started": 0, "finished": 8, "work_hours": 4, "outcome": t.REWORK},
    # second attempt, 40 to 56: 4 h before = 200 (error), 4 h after = 200
    {"request": 0, "station": INSIDE, "started": 40, "finished": 56, "work_hours": 8, "attempt": 2, "visit": 1},
    # the vendor after completion: 10 h x 100 = 1000
    {"request": 1, "station": VENDOR, "started": 60, "finished": 70, "work_hours": 10},
    # unfinished at 96: 6 h done = 600, 14 h left = 1400 of liability
    {"request": 2, "station": VENDOR, "started": 90, "work_hours": 20},
    # routed, still in intake: 3 h x 50 = 150 of liability
    {"request": 3, "station": INSIDE, "entered": 95, "work_hours": 3},
]
REQUESTS = [
    {"arrived": 0, "closed": 56, "outcome": t.DONE},
    {"arrived": 60, "closed": 70, "outcome": t.DONE},
    {"arrived": 90},
    {"arrived": 95},
    {"arrived": 10, "closed": 10, "outcome": t.REFUSED},
    {"arrived": 12, "closed": 20, "outcome": t.WITHDRAWN},
]


def account(text: str = TEXT, completion_day: float = 2.0, visits: list[dict[str, Any]] = VISITS) -> dict[str, float]:
    model: Model = model_of(text)
    trace: Trace = trace_of(model, REQUESTS, visits)
    window = Window.of(compile_tables(model))
    turn = completion_time(window, completion_day)
    before = window.worked_hours(trace.visits, window.begin, turn)
    after = window.worked_hours(trace.visits, turn, window.end)
    (arriving, busy), labour = np.zeros((2, len(trace.stations))), np.zeros(10)
    _, _, lost = book(
        trace.requests, trace.visits, window.of_others, window.paces, window.prices, window.by_vendor, before, after,
        window.begin, arriving, busy, labour,
    )  # fmt: skip
    return ledger(window, trace, turn, labour, waiting_cost(window, trace.requests, open_hours=240.0), lost)


def test_every_account_by_hand() -> None:
    found = account()
    wanted = {
        "adaptation_cost": 300 / 1.5 * 120,
        "in_house_cost": 200 + 200 + 200,
        "vendor_cost": 1000 + 600,
        "waiting_cost": 240 / 24 * 10,
        "licence_cost": LICENCE_PER_HOUR * 96,
        "cost_of_error": 200,
        "cost_of_success": 24000 + 200 + 200,
        "ownership_vendor_cost": 1600,
        "ownership_in_house_cost": 200,
        "rework_cost": 400,
        "unmet_need_cost": 2 * 500,
        "open_liability_cost": 1400 + 150,
        "cost_of_ownership_per_year": (1800 + LICENCE_PER_HOUR * 48) / (2 / 365.25),
        **dict.fromkeys(
            (
                "day_job_cost",
                "training_cost",
                "hosting_cost",
                "enforcement_cost",
                "second_project_cost",
                "write_off_cost",
            ),
            0.0,
        ),
        "total_cost": 24000 + 600 + 1600 + 100 + LICENCE_PER_HOUR * 96,
        "total_cost_with_undone": 24000 + 600 + 1600 + 100 + LICENCE_PER_HOUR * 96 + 1000 + 1550,
    }
    assert found == pytest.approx(wanted)


@pytest.mark.parametrize("completion_day", [0.0, 1.0, 2.0, 4.0, np.nan])
def test_phases_only_move_labour(completion_day: float) -> None:
    """Whenever completion is: labour by kind + adaptation = success + ownership, and the total is the same."""
    found = account(completion_day=completion_day)
    check_ledger(found)
    labour = found["vendor_cost"] + found["in_house_cost"]
    phases = found["cost_of_success"] + found["ownership_vendor_cost"] + found["ownership_in_house_cost"]
    assert labour + found["adaptation_cost"] == pytest.approx(phases)
    assert found["total_cost_with_undone"] == pytest.approx(account()["total_cost_with_undone"])
    assert found["rework_cost"] == pytest.approx(400)


def test_rework_is_a_tag_inside_the_total() -> None:
    """The same hours as first attempts cost the same; only the tag goes."""
    plain = [visit | {"attempt": 1} for visit in VISITS]
    assert account(visits=plain)["total_cost"] == pytest.approx(account()["total_cost"])
    assert account(visits=plain)["rework_cost"] == 0.0


def test_without_completion_all_labour_is_success_and_there_is_no_ownership() -> None:
    found = account(completion_day=np.nan)
    assert found["cost_of_success"] == pytest.approx(24000 + 2200)
    assert found["ownership_vendor_cost"] == found["ownership_in_house_cost"] == 0
    assert np.isnan(found["cost_of_ownership_per_year"])


def test_money_counts_from_the_warm_up_on() -> None:
    """With a warm-up of one day the first visit (0 to 8), both unmet needs (10, 20) and the project are past."""
    found = account(TEXT.replace("horizon_days = 4", "horizon_days = 4\nwarm_up_days = 1"))
    assert found["adaptation_cost"] == 0
    assert found["in_house_cost"] == pytest.approx(400)
    assert found["unmet_need_cost"] == 0
    assert found["licence_cost"] == pytest.approx(LICENCE_PER_HOUR * 72)


def test_doing_nothing_is_not_free() -> None:
    """Every visit left undone is a liability of all its work."""
    undone = [{**visit, "started": np.nan, "finished": np.nan} for visit in VISITS]
    found = account(visits=undone)
    assert found["vendor_cost"] == found["in_house_cost"] == 0
    assert found["open_liability_cost"] == pytest.approx((4 + 8 + 3) * 50 + (10 + 20) * 100)


def test_a_ledger_that_does_not_add_up_is_an_error() -> None:
    broken = account() | {"cost_of_success": 1.0}
    with pytest.raises(InvariantBroken, match="labour"):
        check_ledger(broken)
    with pytest.raises(InvariantBroken, match="rework"):
        check_ledger(account() | {"rework_cost": 1e9})
