"""Loads of models with staff, leaving, testers, seasons and rules that look at the state; all by hand."""

import math
from datetime import date

import numpy as np
import pytest

from changeflow.model.expected.requests import expected_arrivals
from changeflow.model.load.topology import Load, offered_loads
from changeflow.model.requests.season import Season, hourly_rates
from tests.unit.small import DESK, model_of

TWO = """
title = "two stations"
horizon_days = 70
[categories.data]
share = 0.75
work_hours = { law = "exponential", mean = 4 }
[categories.report]
share = 0.25
work_hours = 2
[demand]
kind = "poisson"
rate_per_day = 4
[stations.one]
servers = 1
[stations.two]
servers = 1
[routing]
"""
"""28 requests a week: 21 data of 4 hours and 7 reports of 2 hours, 98 hours in all."""


def load_of(text: str, station: str = "desk") -> Load:
    return next(load for load in offered_loads(model_of(text)) if load.station == station)


# The people.


def test_hours_are_the_sum_over_groups() -> None:
    """
    Two of 20 hours with a tenth absent are 36, half of the 40 office hours 20; the vendor's share of 0.5 halves
    both. Speed makes work short, not days long: 21 hours, or half of them when the fast one does everything.
    """
    staff = """share_for_us = 0.5
    staff.pair = { servers = 2, hours_per_week = 20, absence = 0.1 }
    staff.fast = { calendar = "office", availability = 0.5, speed = 2.0 }
    [calendars.office]
    hours = ["09:00-17:00"]
    """
    load = load_of(DESK.replace("servers = 2", "").replace("service_hours = 1", "service_hours = 1\n" + staff))
    assert load.hours_per_week == pytest.approx((36 + 20) / 2)
    assert load.work_per_week == pytest.approx((10.5, 21))
    assert load.servers == 3


@pytest.mark.parametrize(
    ("group", "mean"),
    [
        ("{ servers = 2, from_day = 5 }", 1.0),
        ("{ servers = 2, until_day = 5 }", 1.0),
        ("{ servers = 2, from_day = 2, until_day = 5 }", 0.6),
        ("{ servers = 2, from_day = 20 }", 0.0),
        ("{ head_count = { days = [0, 4, 8], servers = [3, 0, 1] } }", 1.4),
        ("{ head_count = { days = [0, 40], servers = [3, 0] } }", 3.0),
    ],
)
def test_people_who_come_and_leave_count_for_their_days(group: str, mean: float) -> None:
    """Over the ten days of the run."""
    text = DESK.replace("servers = 2", "").replace("service_hours = 1", f"service_hours = 1\nstaff.some = {group}")
    assert load_of(text).hours_per_week == pytest.approx(168 * mean)


def test_the_speed_of_a_group_shortens_what_it_works_on() -> None:
    """84 hours of data at 1.5, 14 hours of reports at 1."""
    text = TWO.replace("servers = 1", "staff.anna = { speed = { data = 1.5, report = 1.0 } }", 1)
    assert load_of(text + 'entry = "one"', "one").work_per_week == pytest.approx((70, 70))
    assert load_of(text + 'entry = "one"', "one").hours_per_week == pytest.approx(168)


@pytest.mark.parametrize(
    ("person", "least_skill"),
    [
        ("trained = false", 0.4),
        ("trained = true", 0.5),
        ("trained = true, attrition = { tenure_days = 90, replacement_days = 1 }", 0.4),
        ("trained = true, experience = 1", 0.625),
        ("trained = true, experience = 1023", 1.0),
        ("trained = true, experience = 1, attrition = { tenure_days = 90, replacement_days = 1 }", 0.4),
    ],
)
def test_the_upper_load_is_that_of_the_least_skill(person: str, least_skill: float) -> None:
    """21 hours a week at full skill; rate 0.8: one pass makes skill 1 / 0.8 of the first."""
    people = "learning = { rate = 0.8, start = 0.4, trained = 0.5 }\nstaff.eva = { " + person + " }"
    load = load_of(DESK.replace("servers = 2", people))
    assert load.work_per_week == (pytest.approx(21), pytest.approx(21 / least_skill))
    if "attrition" not in person:
        forgets = DESK.replace("servers = 2", people.replace("trained = 0.5", "trained = 0.5, forgetting_days = 9"))
        assert load_of(forgets).work_per_week[1] == pytest.approx(21 / (0.5 if "trained = true" in person else 0.4))


@pytest.mark.parametrize(("hours", "overloaded"), [(25.1, False), (24.9, True)])
def test_overload_is_judged_by_the_best_division_of_work(hours: float, overloaded: bool) -> None:
    """
    In h hours each: Anna does 3 h of the 84 of data, Ben all reports in 14 / 2 = 7 hours and half an hour of
    data in each other one. 3 h + (h - 7) / 2 is 84 at 25 hours.
    """
    anna = "staff.anna = { hours_per_week = %s, speed = { data = 3.0, report = 1.0 } }"
    ben = "staff.ben = { hours_per_week = %s, speed = { data = 0.5, report = 2.0 } }"
    text = TWO.replace("servers = 1", f"{anna}\n{ben}" % (hours, hours), 1)
    assert load_of(text + 'entry = "one"', "one").overloaded is overloaded


def test_absence_takes_hours() -> None:
    assert load_of(DESK.replace("servers = 2", "servers = 2\nabsence = 0.25")).hours_per_week == pytest.approx(252)


def test_switching_between_requests_takes_hours() -> None:
    """Three in hand and a tenth lost for each further one: 0.8 of the hours do work, 268.8 of 336 a week."""
    text = DESK.replace("servers = 2", "servers = 2\nat_once = 3\nswitching_loss = 0.1")
    for each, overloaded in ((12.7, False), (12.9, True)):
        load = load_of(text.replace("service_hours = 1", f"service_hours = {each}"))
        assert load.load[1] == pytest.approx(21 * each / 336)
        assert load.overloaded is overloaded


def test_too_few_people_with_the_skill_are_an_overload_though_there_are_hours() -> None:
    """84 hours of data for anna's 80; the others have room, but only for reports."""
    staff = 'staff.anna = { hours_per_week = %s }\nstaff.others = { servers = 9, categories = ["report"] }'
    text = TWO.replace("servers = 1", staff % 80, 1) + 'entry = "one"'
    load = load_of(text, "one")
    assert (load.overloaded, load.overloaded_by) == (True, "data")
    assert load.load[1] < 1
    assert not load_of(text.replace("hours_per_week = 80", "hours_per_week = 85"), "one").overloaded


# Who leaves.


@pytest.mark.parametrize(
    ("leaving", "least"),
    [("capacity = 5", 0.0), ("patience_hours = 8", 0.0), ("join_probability = [1.0, 0.6, 0.8]", 0.6)],
)
def test_those_who_leave_make_the_load_an_upper_bound(leaving: str, least: float) -> None:
    """30 hours of work for each of 21 requests a week, for 336 hours."""
    text = DESK.replace("service_hours = 1", f"service_hours = 30\n{leaving}")
    load = load_of(text)
    assert load.work_per_week == pytest.approx((630 * least, 630))
    assert load.lightened
    assert load.overloaded is (least * 630 > 336)
    assert load_of(DESK.replace("service_hours = 1", "service_hours = 30")).overloaded


def test_what_finds_a_station_full_may_load_the_other() -> None:
    text = TWO.replace("servers = 1", 'servers = 1\ncapacity = 3\nwhen_full = "two"', 1) + 'entry = "one"'
    assert load_of(text, "one").work_per_week == pytest.approx((0, 98))
    assert load_of(text, "two").work_per_week == pytest.approx((0, 98))


def test_users_who_stop_asking_make_the_load_an_upper_bound() -> None:
    text = DESK.replace("rate_per_day = 3", "rate_per_day = 3\nasks_less = { beyond = [5, 9], share = [0.5, 0.2] }")
    assert load_of(text).work_per_week == pytest.approx((4.2, 21))
    assert load_of(text).lightened


# Acceptance by a station.


def test_every_delivery_is_a_visit_to_the_tester() -> None:
    """A quarter fails: 4 / 3 passes for each of 21 requests a week, half an hour each."""
    text = DESK + '[stations.desk.acceptance]\nrework_probability = 0.25\nby = "tester"\nrework_hours = 3\n'
    text += '[stations.tester]\nservice_hours = 0.5\n[routing]\nentry = "desk"\n'
    assert load_of(text, "tester").visits_per_week == pytest.approx((28, 28))
    assert load_of(text, "tester").work_per_week == pytest.approx((14, 14))
    assert load_of(text).work_per_week == pytest.approx((21 + 7 * 3, 21 + 7 * 3))


# Routing rules.


def test_small_and_large_requests_have_their_own_work() -> None:
    """
    Data, exponential of mean 4: up to 4 hours with probability 1 - 1/e, whose part of the mean is 4 (1 - 2/e).
    Reports of 2 hours are all small.
    """
    text = TWO + 'entry = { rule = "by_size", up_to_hours = 4, small = "one", large = "two" }'
    small, large = load_of(text, "one"), load_of(text, "two")
    assert small.visits_per_week == pytest.approx([21 * (1 - 1 / math.e) + 7] * 2)
    assert small.work_per_week == pytest.approx([84 * (1 - 2 / math.e) + 14] * 2)
    assert large.visits_per_week == pytest.approx([21 / math.e] * 2)
    assert large.work_per_week == pytest.approx([84 * 2 / math.e] * 2)


def test_a_rule_that_changes_counts_before_and_after_its_day() -> None:
    """One for 14 of the 70 days, then a split."""
    text = TWO + 'entry = { rule = "until_day", day = 14, first = "one", then = { two = 0.5, done = 0.5 } }'
    assert load_of(text, "one").work_per_week == pytest.approx((98 / 5, 98 / 5))
    assert load_of(text, "two").work_per_week == pytest.approx((98 * 0.4, 98 * 0.4))


@pytest.mark.parametrize("rule", ["shortest_queue", "soonest", "cheapest"])
def test_a_choice_by_the_state_has_wide_bounds_and_a_pool(rule: str) -> None:
    """Reports are open to one only. 98 hours of work: two of 50 hours can do it, two of 48 cannot."""
    text = TWO + f'entry = {{ rule = "{rule}", among = ["one", "two"] }}'
    text = text.replace("servers = 1", "servers = 1\nopenness = { data = 1.0, report = 0.0 }\nhours_per_week = 50", 1)
    text = text.replace("[stations.two]", "[stations.two]\nhours_per_week = 50")
    assert load_of(text, "one").work_per_week == pytest.approx((0, 84))
    assert load_of(text, "two").work_per_week == pytest.approx((14, 98))
    assert not any(load.overloaded for load in offered_loads(model_of(text)))
    assert all(load.overloaded for load in offered_loads(model_of(text.replace("= 50", "= 48"))))


def test_a_budget_bounds_what_nobody_can_know() -> None:
    text = TWO.replace("servers = 1", "servers = 1\nprice_per_hour = 100", 1)
    text += 'entry = { rule = "budget", per_month = 500, prefer = "one", otherwise = "%s" }'
    for otherwise in ("two", "wait"):
        assert load_of(text % otherwise, "one").work_per_week == pytest.approx((0, 98))
    assert load_of(text % "two", "two").work_per_week == pytest.approx((0, 98))
    assert load_of(text % "wait", "two").work_per_week == (0, 0)


def test_what_a_budget_may_not_pay_for_goes_elsewhere_at_once() -> None:
    """Reports are too hard for one."""
    text = TWO.replace("servers = 1", "openness = { data = 1.0, report = 0.0 }\nprice_per_hour = 100", 1)
    text += 'entry = { rule = "budget", per_month = 500, prefer = "one", otherwise = "two" }'
    assert load_of(text, "one").work_per_week == pytest.approx((0, 84))
    assert load_of(text, "two").work_per_week == pytest.approx((14, 98))


@pytest.mark.parametrize(
    "again",
    [
        '{ rule = "shortest_queue", among = ["one", "two"] }',
        '{ rule = "soonest", among = ["two", "one"] }',
        '{ rule = "cheapest", among = ["one", "two"] }',
        '{ rule = "until_day", day = 35, first = "done", then = { rule = "soonest", among = ["one", "two"] } }',
        '{ rule = "custom", name = "mine" }',
    ],
)
def test_a_loop_that_a_choice_may_hold_for_ever_has_no_upper_load(again: str) -> None:
    """After each visit a choice between here and there; at least the first visit is here."""
    text = TWO + f'entry = "one"\nnext.one = {again}'
    assert load_of(text, "one").work_per_week == pytest.approx((98, math.inf))
    assert not load_of(text, "one").overloaded
    assert load_of(text, "two").work_per_week[0] == 0


def test_what_finds_a_station_full_may_come_back_for_ever() -> None:
    """One sends on to two, which is left for one; only a station with room for all has a lower load."""
    text = TWO.replace("servers = 1", 'servers = 1\ncapacity = 3\nwhen_full = "two"', 1)
    text += 'entry = "one"\nnext.two = { one = 0.5, done = 0.5 }'
    assert load_of(text, "one").work_per_week == pytest.approx((0, 98))
    assert load_of(text, "two").work_per_week == pytest.approx((0, 196))


def test_what_has_a_choice_leaves_a_crowded_station_alone() -> None:
    """
    Reports are open to two only, more than it has hours for; all else goes where there is room, and there is.
    In an order where the crowded one is last it takes the overflow, however long its queue.
    """
    text = TWO.replace("servers = 1", "openness = { data = 1.0, report = 0.0 }\nhours_per_week = %s", 1)
    text = text.replace("[stations.two]", "[stations.two]\nhours_per_week = 10") + "entry = "
    choice, order = '{ rule = "soonest", among = ["one", "two"] }', '{ rule = "open_first", overflow_beyond = 1, '
    for route, hours, overloaded in (
        (choice, 85, {"two"}),
        (choice, 83, {"one", "two"}),
        (order + 'prefer = ["one", "two"] }', 83, {"two"}),
        (order + 'prefer = ["two", "one"] }', 83, {"one", "two"}),
        (order + 'prefer = ["two", "one"] }', 85, {"two"}),
    ):
        loads = offered_loads(model_of(text % hours + route))
        assert {load.station for load in loads if load.overloaded} == overloaded


# Demand.


def test_background_requests_load_the_station() -> None:
    text = DESK.replace("[demand]", "[demand.sources.ours]")
    text += '[demand.sources.others]\nkind = "poisson"\nrate_per_day = 2\nbackground = true\n'
    assert load_of(text).work_per_week == pytest.approx((35, 35))


def test_requests_expected_from_shocks() -> None:
    """
    73.05 shocks a year are one in five days, of 2.5 to 5.5 requests: 4 on average when rounded (half a unit
    each side). By day 10 those of mean delay 2 days have come but for 2 (1 - exp(-5)) days' worth.
    """
    shocks = 'kind = "shocks"\nper_year = 73.05\nrequests = { law = "uniform", low = 2.5, high = 5.5 }\nspread_days = 2'
    model = model_of(DESK.replace('kind = "poisson"\nrate_per_day = 3', shocks))
    found = expected_arrivals(model, 0, 240)["demand"]["change"]
    assert found == pytest.approx(4 / 5 * (10 - 2 * (1 - math.exp(-5))))


def test_a_season_keeps_the_requests_of_a_whole_year() -> None:
    season = "rate_per_day = 3\nseason = { hours = [0,0,0,0,0,0,0,0,0,4,4,4,2,2,4,4,4,0,0,0,0,0,0,0], "
    season += "weekdays = [3, 2, 2, 2, 2, 0, 0] }"
    model = model_of(DESK.replace("rate_per_day = 3", season))
    assert expected_arrivals(model, 0, 168)["demand"]["change"] == pytest.approx(21)
    assert expected_arrivals(model, 0, 24)["demand"]["change"] == pytest.approx(3 * 7 * 3 / 11)
    assert expected_arrivals(model, 0, 9)["demand"]["change"] == 0
    assert expected_arrivals(model, 9.5, 10)["demand"]["change"] == pytest.approx(3 * 7 * 3 / 11 * 4 / 28 / 2)


def test_rates_of_a_season_are_merged_and_follow_the_calendar() -> None:
    """Clock zero is a Friday; the rate is equal on working days and on days off."""
    season = Season(weekdays=(7, 7, 7, 7, 7, 0, 0))
    edges, rates = hourly_rates(season, 2.0, date(2026, 1, 2), 3.0, 24 * 4 + 0.5)
    assert edges.tolist() == [3.0, 24.0, 72.0, 96.5]
    assert rates == pytest.approx([2.8, 0.0, 2.8])


def test_months_change_on_the_first() -> None:
    months = (0.0, 24.0, *(0.0,) * 10)
    edges, rates = hourly_rates(Season(months=months), 1.0, date(2026, 1, 31), 0.0, 24 * 31.0)
    assert edges.tolist() == [0.0, 24.0, 24 * 29.0, 24 * 31.0]
    assert rates.tolist() == [0.0, 12.0, 0.0]


def test_the_whole_window_is_covered_once() -> None:
    """Rates times lengths over a year of weekdays and months: every hour has its weight."""
    season = Season(hours=tuple(range(24)), weekdays=(1, 2, 3, 4, 5, 6, 7))
    edges, rates = hourly_rates(season, 5.0, date(2026, 1, 5), 0.0, 24 * 7 * 10.0)
    assert np.all(np.diff(edges) > 0)
    assert np.all(np.diff(rates) != 0)
    assert float(rates @ np.diff(edges)) == pytest.approx(5 * 24 * 70)
