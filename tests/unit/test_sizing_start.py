"""Where a search begins: the square-root rule, and when more people are never worse."""

from __future__ import annotations

import pytest

from changeflow.errors import PlanError
from changeflow.model.reading import read_model
from changeflow.study.sizing.levers import space_of, staff_of
from changeflow.study.sizing.start import beta_of, chance_to_wait, is_monotone, square_root_staff, start_of

from .small import DESK, model_of


@pytest.mark.parametrize(
    ("beta", "wait"), [(0.25, 0.720932), (0.5, 0.504539), (1.0, 0.223361), (1.5, 0.084690), (2.0, 0.026881)]
)
def test_the_chance_to_wait_of_halfin_and_whitt(beta: float, wait: float) -> None:
    assert chance_to_wait(beta) == pytest.approx(wait, abs=1e-6)
    assert beta_of(wait) == pytest.approx(beta, abs=1e-5)


def test_the_rule_for_one_in_five_waiting() -> None:
    assert beta_of(0.2) == pytest.approx(1.0615, abs=1e-4)
    assert [square_root_staff(load, 0.2) for load in (4, 8, 20, 100)] == [7, 12, 25, 111]


def test_the_search_begins_with_the_rule_at_every_station() -> None:
    space = space_of(read_model("mmc"))
    assert space.values(start_of(space, 0.8)) == {"stations.desk.servers": 12.0}
    assert space.values(space.today) == {"stations.desk.servers": 10.0}


def test_levers_are_people_their_hours_and_the_overflow_within_the_ranges_that_the_model_notes() -> None:
    model = read_model("partly_open")
    space = space_of(model)
    ladders = {lever.path: lever.ladder for lever in space.levers}
    assert list(ladders) == [
        "stations.power_users.servers", "stations.power_users.hours_per_week", "stations.vendor.servers",
        "routing.entry.overflow_beyond",
    ]  # fmt: skip
    hours = ladders["stations.power_users.hours_per_week"]
    assert (hours[0], hours[-1]) == (2, 16)
    assert ladders["routing.entry.overflow_beyond"][-1] == 20
    assert space.at(space.today) is model
    point = tuple(0 for _ in space.levers)
    least = space.at(point)
    assert (least.stations["power_users"].servers, least.stations["power_users"].hours_per_week) == (1, 2)
    assert least.entry.overflow_beyond == 0  # type: ignore[union-attr]


def test_the_staff_is_people_times_hours_with_its_bill() -> None:
    staff = staff_of(read_model("partly_open"), ["power_users", "vendor"])
    assert staff.groups == (("power_users", "in_house", 3.0, 6.0), ("vendor", "vendor", 1.0, 20.0))
    assert staff.hours_per_week == 38
    assert staff.full_time == 0.95
    assert staff.bill_per_week == 18 * 55 + 20 * 130


def test_a_range_takes_the_place_of_the_ladder_and_one_value_fixes_it() -> None:
    model = read_model("partly_open")
    space = space_of(model, {"stations.vendor.servers": (2, 4), "routing.entry.overflow_beyond": (6, 6)})
    ladders = {lever.path: lever.ladder for lever in space.levers}
    assert ladders["stations.vendor.servers"] == (2.0, 3.0, 4.0)
    assert ladders["routing.entry.overflow_beyond"] == (6.0,)


@pytest.mark.parametrize(
    ("path", "span", "says"),
    [
        ("stations.vendor.speed", (1, 2), "expected something to choose"),
        ("stations.vendor.server", (1, 2), "did you mean 'stations.vendor.servers'"),
        ("stations.vendor.servers", (0, 2), "whole numbers from 1 on, found 0..2"),
        ("stations.vendor.servers", (3, 2), "found 3..2"),
        ("stations.vendor.servers", (1, 2.5), "found 1..2.5"),
    ],
)
def test_a_wrong_range_is_refused(path: str, span: tuple[float, float], says: str) -> None:
    with pytest.raises(PlanError, match=says):
        space_of(read_model("partly_open"), {path: span})


def test_nothing_to_choose_is_refused() -> None:
    with pytest.raises(PlanError, match="expected people to choose"):
        space_of(model_of(DESK.replace("servers = 2", 'servers = "infinite"')))


@pytest.mark.parametrize(
    "lines",
    [
        'discipline = "lifo"', "patience_hours = 2", "capacity = 5", "join_probability = [1, 0.5]",
        "acceptance.rework_probability = 0.1", "at_once = 2",
    ],
)  # fmt: skip
def test_more_people_are_surely_not_worse_only_first_come_first_served_without_rework(lines: str) -> None:
    assert is_monotone(model_of(DESK))
    assert not is_monotone(model_of(DESK + lines))


def test_with_a_choice_of_stations_nothing_is_sure() -> None:
    assert not is_monotone(read_model("partly_open"))


def test_a_range_without_todays_value_leaves_today_as_it_is_and_its_own_ends_reachable() -> None:
    space = space_of(model_of(), {"stations.desk.servers": (6, 7)})
    assert space.own == (2.0,)
    assert [space.at((step,)).stations["desk"].servers for step in (0, 1)] == [6, 7]
