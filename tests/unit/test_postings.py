"""Postings by hand: events, the day job, waiting by shape, discounting, causes; and the accounts that they sum to."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from changeflow.engine import trace as t
from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import compile_tables
from changeflow.engine.trace import Trace
from changeflow.measure.money.day_job import displaced_value
from changeflow.measure.money.ledger import accounts, completion_time, present_values
from changeflow.measure.money.postings import postings, waiting_of
from changeflow.measure.posting import ACCOUNTS, rows_of, summed
from changeflow.measure.trace.window import Window
from changeflow.model.load.reached import reached
from changeflow.model.reading import read_model
from changeflow.model.schema import Model
from tests.unit.small import model_of, trace_of

YEAR = 365.25 * 24
TEXT = """
title = "three weeks"
horizon_days = 21
follow_up_days = 0
[demand]
kind = "poisson"
rate_per_day = 1
[stations.house]
servers = 2
price_per_hour = 40
service_hours = 1
[stations.firm]
kind = "vendor"
price_per_hour = 100
service_hours = 1
[routing]
entry = "house"
[costs]
"""
HOUSE, FIRM = 0, 1
REQUESTS: list[dict[str, Any]] = [{"arrived": 0, "closed": 400, "outcome": t.DONE}, {"arrived": 48}]


def stay(request: int, station: int, started: float, hours: float, **more: Any) -> dict[str, Any]:
    return {
        "request": request, "station": station, "entered": started, "joined": started, "started": started,
        "finished": started + hours, "work_hours": hours, "outcome": t.DELIVERED, **more,
    }  # fmt: skip


def booked(
    costs: str, visits: list[dict[str, Any]], requests: list[dict[str, Any]] = REQUESTS, day: float = 14.0, **more: Any
) -> tuple[dict[str, float], Window, Trace]:
    """Accounts from the sums of postings; completion is on `day`."""
    model: Model = model_of(TEXT + costs)
    trace = replace(trace_of(model, requests, visits), **more)
    window = Window.of(compile_tables(model))
    complete = completion_time(window, day)
    return accounts(window, complete, summed(present_values(window, trace, complete))), window, trace


def test_the_day_job_is_convex_beyond_the_agreed_hours() -> None:
    """At twice the agreed hours the last hour costs 1 + 2 x strain times as much: 5 x (20 + 1 x 10 x 10 / 10)."""
    assert displaced_value(np.array([4.0, 10.0, 20.0]), 5.0, np.full(3, 10.0), 1.0).tolist() == [20, 50, 150]
    assert displaced_value(np.array([20.0]), 5.0, np.array([np.inf]), 1.0).tolist() == [100]


def test_the_day_job_is_counted_by_week_and_station() -> None:
    """
    An hour is worth 100, 60 above its price. Two servers can spare 10 hours a week each. Week 0: 12 hours, 720. A
    stay of 60 hours over the end of week 1, 28 before and 32 after: 60 x (28 + 8 x 8 / 20), 60 x (32 + 12 x 12 / 20).
    The firm's hours displace nobody's day job.
    """
    visits = [stay(0, HOUSE, 0, 12), stay(0, HOUSE, 308, 60, visit=1), stay(1, FIRM, 50, 99)]
    costs = "day_job_value_per_hour = 100\nday_job_agreed_hours_per_week = 10"
    found, window, trace = booked(costs, visits)
    weeks = [720, 60 * (28 + 64 / 20), 60 * (32 + 144 / 20)]
    assert found["day_job_cost"] == pytest.approx(sum(weeks))
    rows = postings(window, trace, completion_time(window, 14.0))
    rows = rows[rows["account"] == ACCOUNTS.index("day_job")]
    assert rows["time"].tolist() == [168, 336, 504]
    assert rows["ownership"].tolist() == [False, False, True]
    labour_after, years = 32 * 40, 7 / 365.25
    assert found["cost_of_ownership_per_year"] == pytest.approx((weeks[2] + labour_after) / years)
    assert found["total_cost"] == pytest.approx(sum(weeks) + 72 * 40 + 99 * 100)


def test_a_day_job_worth_less_than_its_price_costs_nothing_more() -> None:
    assert booked("day_job_value_per_hour = 30", [stay(0, HOUSE, 0, 12)])[0]["day_job_cost"] == 0


@pytest.mark.parametrize(
    ("costs", "first", "second"),
    [
        ("waiting_per_day = 24", 400.0, 456.0),
        ('waiting = { shape = "linear", per_day = 24 }', 400.0, 456.0),
        # a days cost 24 x (a + a^2 / 2 / 10)
        (
            'waiting = { shape = "convex", per_day = 24, doubles_after_days = 10 }',
            24 * (400 / 24 + (400 / 24) ** 2 / 20), 24 * (19 + 19**2 / 20),
        ),
    ],
)  # fmt: skip
def test_waiting_by_shape(costs: str, first: float, second: float) -> None:
    """The first is open for 400 hours, the second for 456 until the end."""
    found, window, trace = booked(costs, [])
    assert waiting_of(window, trace.requests).tolist() == pytest.approx([first, second])
    assert found["waiting_cost"] == pytest.approx(first + second)


def test_a_step_comes_once_at_the_due_date() -> None:
    """Due within 17 days: the first was closed before; the second passes it on day 19. A part of a run has it once."""
    costs = 'waiting = { shape = "step", at_due_date = 500, per_day = 24 }\n'
    costs += "[categories.data]\nshare = 1\ndue_within_days = 17"
    _, window, trace = booked(costs, [])
    assert waiting_of(window, trace.requests).tolist() == pytest.approx([400, 456 + 500])
    for begin, step in ((300.0, 500), (48 + 17 * 24.0, 0), (48 + 17 * 24.0 - 1, 500)):
        late = replace(window, begin=begin)
        assert waiting_of(late, trace.requests)[1] == pytest.approx(504 - begin + step)


def test_convex_waiting_over_parts_of_a_run_adds_up() -> None:
    _, window, trace = booked('waiting = { shape = "convex", per_day = 24, doubles_after_days = 10 }', [])
    cut = 200.0
    before = waiting_of(replace(window, end=cut), trace.requests[1:])
    assert before + waiting_of(replace(window, begin=cut), trace.requests[1:]) == pytest.approx(
        waiting_of(window, trace.requests[1:])
    )


def test_repair_of_a_defect_is_cost_of_error_and_a_propagated_change_is_first_work() -> None:
    """2 h of a root, 3 of a defect, 5 of a propagated change, all before completion; the defect again after it, 7."""
    requests = [
        {"arrived": 0, "closed": 90, "outcome": t.DONE},
        {"arrived": 0, "closed": 400, "outcome": t.DONE, "parent": 0, "cause": t.DEFECT},
        {"arrived": 0, "closed": 90, "outcome": t.DONE, "parent": 0, "cause": t.PROPAGATION},
    ]
    visits = [stay(0, FIRM, 0, 2), stay(1, FIRM, 2, 3), stay(2, FIRM, 5, 5), stay(1, FIRM, 380, 7, visit=1)]
    found, window, trace = booked("", visits, requests)
    assert found["cost_of_error"] == 300
    assert found["cost_of_success"] == 1000
    assert found["rework_cost"] == 1000
    causes = postings(window, trace, window.end)["cause"].tolist()
    assert causes == [t.ROOT, t.DEFECT, t.PROPAGATION, t.DEFECT]


def test_money_later_is_worth_less() -> None:
    """100 at the end of a stay at 250 h is worth 100 / 1.5^(250 / 8766) at the start; at no rate it is 100."""
    visits = [stay(0, FIRM, 249, 1)]
    assert booked("", visits)[0]["vendor_cost"] == 100
    found = booked("discount_rate_per_year = 0.5", visits)[0]
    assert found["vendor_cost"] == pytest.approx(100 * 1.5 ** (-250 / YEAR), rel=1e-12)


def test_discounting_counts_from_the_start_of_the_run() -> None:
    """A run that starts after ten weeks: what is paid at its start is worth what it costs."""
    text = TEXT.replace("horizon_days = 21", "horizon_days = 21\nweeks_since_go_live = 10")
    model = model_of(text + "discount_rate_per_year = 0.5\nhosting_per_month = 730.5")
    window = Window.of(compile_tables(model))
    rows = present_values(window, trace_of(model, []), window.end)
    plain = postings(window, trace_of(model, []), window.end)
    assert rows["time"][0] == window.start == 1680
    assert rows["amount"][0] == plain["amount"][0]
    assert plain["amount"].sum() == pytest.approx(504)


def test_a_fee_by_month_is_divided_at_completion() -> None:
    found, window, trace = booked("hosting_per_month = 730.5", [], [], day=14.0)
    rows = postings(window, trace, completion_time(window, 14.0))
    assert [(row["time"], row["amount"], row["ownership"]) for row in rows] == [(0, 336, False), (336, 168, True)]
    assert found["cost_of_ownership_per_year"] == pytest.approx(168 / (7 / 365.25))


def test_nothing_is_posted_for_nothing() -> None:
    assert len(rows_of(0, [1.0, 2.0], [0.0, 5.0])) == 1


def test_which_stations_requests_of_ours_can_reach() -> None:
    """Through overflow of a full station, tests and what comes after; other customers lead nowhere."""
    model = model_of(
        """
title = "ways"
[demand.sources.ours]
kind = "poisson"
rate_per_day = 1
[demand.sources.others]
kind = "poisson"
rate_per_day = 1
background = true
entry = "theirs"
[stations.first]
service_hours = 1
capacity = 2
when_full = "beside"
acceptance = { rework_probability = 0.1, by = "test" }
[stations.beside]
service_hours = 1
[stations.test]
service_hours = 1
[stations.after]
service_hours = 1
[stations.theirs]
service_hours = 1
[routing]
entry = { rule = "by_size", up_to_hours = 1, small = "first", large = "refused" }
next.beside = "after"
"""
    )
    assert reached(model) == {"first", "beside", "test", "after"}


def test_by_route_only_the_stations_of_the_route_are_reached() -> None:
    from changeflow.study.scenarios.routes import along_route

    model = read_model("contracts")
    assert reached(along_route(model, "power_users")) == {"power_users"}
    assert reached(model) == {"power_users", "vendor"}


def test_hours_by_week_are_those_of_every_week_by_itself() -> None:
    """Several in hand at once, a calendar, stays over many weeks and some without an end: one pass gives the loop's."""
    text = """
    title = "ten weeks"
    horizon_days = 70
    follow_up_days = 0
    [demand]
    kind = "poisson"
    rate_per_day = 2
    [calendars.office]
    hours = ['09:00-17:00']
    [stations.house]
    servers = 1
    at_once = 3
    calendar = "office"
    service_hours = { law = "exponential", mean = 9 }
    [stations.firm]
    kind = "vendor"
    servers = 1
    service_hours = { law = "exponential", mean = 30 }
    [routing]
    entry = "house"
    next.house = "firm"
    """
    model = model_of(text)
    trace = simulate(model, seed=5, replication=0, engine="process")
    window = Window.of(compile_tables(model))
    edges = np.array([30.0, 168.0, 336.0, 400.0, 1680.0])
    every = trace.visits
    found = window.worked_by_period(every, edges)
    for period, (begin, end) in enumerate(itertools.pairwise(edges)):
        hours = window.worked_hours(every, begin, end)
        alone = np.bincount(every["station"], hours, len(trace.stations))
        assert found[period] == pytest.approx(alone, rel=1e-12)
    assert np.isnan(every["finished"]).any()
    assert found.min() > 0
