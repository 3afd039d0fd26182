"""One system, three routes: who gives way to whom."""

from typing import Any

import pytest

from changeflow.engine.simulate import simulate
from changeflow.errors import PlanError
from changeflow.model.requests.routing import Budget, BySize, Cheapest, OpenFirst, ShortestQueue, To, UntilDay, places
from changeflow.model.schema import Model
from changeflow.study.scenarios.routes import along_route
from tests.unit.small import DESK, model_of

SYSTEM = """
title = "both"
horizon_days = 30
[demand]
kind = "poisson"
rate_per_day = 5
[stations.inside]
stage = "change"
service_hours = 1
openness = 0.6
[stations.vendor]
kind = "vendor"
stage = "change"
service_hours = 1
"""
FIRST_INSIDE = 'entry = { rule = "open_first", prefer = ["inside", "vendor"], overflow_beyond = 2 }'


def routed(route: str, routing: str = FIRST_INSIDE, more: str = "") -> Model:
    return along_route(model_of(f"{SYSTEM}{more}\n[routing]\n{routing}\n"), route)


def visited(model: Model) -> set[str]:
    trace = simulate(model, seed=1, replication=0)
    return {trace.stations[place] for place in trace.visits["station"]}


@pytest.mark.parametrize(
    "entry",
    [
        FIRST_INSIDE, 'entry = "inside"', 'entry = "vendor"', "entry = { inside = 0.3, vendor = 0.7 }",
        'entry = { rule = "by_category", to = { default = "inside" } }',
    ],
)  # fmt: skip
@pytest.mark.parametrize(("route", "station"), [("vendor", "vendor"), ("power_users", "inside")])
def test_a_route_sends_every_request_to_the_stations_of_its_kind(entry: str, route: str, station: str) -> None:
    model = routed(route, entry)
    assert set(places(model.entry)) <= {station, "refused"}
    assert visited(model) == {station}


def test_what_a_routes_stations_may_not_do_is_refused() -> None:
    """Inside is open to 0.6 of all: the rest is refused at the power users', nothing at the vendor's."""
    trace = simulate(routed("power_users"), seed=1, replication=0)
    refused = trace.requests["outcome"] == 2
    assert refused.any()
    assert ((trace.requests["difficulty"] > 0.6) == refused).all()
    assert not (simulate(routed("vendor"), seed=1, replication=0).requests["outcome"] == 2).any()


def test_both_leaves_the_file_alone() -> None:
    model = model_of(f"{SYSTEM}\n[routing]\n{FIRST_INSIDE}\n")
    assert along_route(model, "both") is model


def test_only_the_routing_changes() -> None:
    model, vendor = model_of(f"{SYSTEM}\n[routing]\n{FIRST_INSIDE}\n"), routed("vendor")
    assert vendor.routing != model.routing
    for part in ("stations", "demand", "categories", "costs", "horizon_days", "organisation"):
        assert getattr(vendor, part) == getattr(model, part)


def test_several_stations_of_a_kind_keep_their_order_and_overflow() -> None:
    more = '[stations.second]\nkind = "vendor"\nstage = "change"\nservice_hours = 1'
    entry = 'entry = { rule = "open_first", prefer = ["second", "inside", "vendor"], overflow_beyond = 2 }'
    assert routed("vendor", entry, more).entry == OpenFirst(
        rule="open_first", prefer=("second", "vendor"), overflow_beyond=2
    )


def test_an_entry_without_the_wanted_kind_takes_the_stations_of_the_same_stage() -> None:
    """A vendor's test station is of another stage: it does not stand in for the change itself."""
    more = '[stations.test]\nkind = "vendor"\nservice_hours = 1'
    model = routed("vendor", 'entry = "inside"\nnext.vendor = "test"', more)
    assert model.entry == OpenFirst(rule="open_first", prefer=("vendor",))
    assert visited(model) == {"vendor", "test"}


def test_after_a_station_only_the_same_stage_gives_way() -> None:
    """
    The vendor's work is tested inside: a stage that the vendor has no station for, so the test stays. But a
    change handed on inside becomes the vendor's again.
    """
    more = '[stations.test]\nservice_hours = 1\n[stations.analysis]\nkind = "vendor"\nservice_hours = 1'
    routing = 'entry = "analysis"\nnext.analysis = "inside"\nnext.inside = "test"\nnext.vendor = "test"'
    model = routed("vendor", routing, more)
    assert model.entry == To(place="analysis")
    assert model.routing.next["analysis"] == OpenFirst(rule="open_first", prefer=("vendor",))
    assert model.routing.next["vendor"] == To(place="test")
    assert visited(model) == {"analysis", "vendor", "test"}


@pytest.mark.parametrize("form", ["one", "several"])
def test_a_sources_own_entry_is_routed_too(form: str) -> None:
    """For [demand] with one source and for [demand.sources.NAME] alike."""
    text = f"{SYSTEM}\n[routing]\n{FIRST_INSIDE}\n".replace("rate_per_day = 5", 'rate_per_day = 5\nentry = "inside"')
    if form == "several":
        text = text.replace("[demand]", "[demand.sources.daily]")
    assert visited(along_route(model_of(text), "vendor")) == {"vendor"}


def test_a_refusing_entry_stays_a_refusing_entry() -> None:
    assert visited(routed("vendor", 'entry = "refused"')) == set()


@pytest.mark.parametrize(
    ("kind", "route", "word"),
    [
        ("in_house", "vendor", "vendor"), ("in_house", "both", "vendor"), ("vendor", "power_users", "in-house"),
        ("vendor", "both", "in-house"),
    ],
)  # fmt: skip
def test_a_route_without_its_station_names_the_missing_kind(kind: str, route: str, word: str) -> None:
    model = model_of(DESK.replace("servers = 2", f'kind = "{kind}"'))
    with pytest.raises(PlanError, match=f"model.toml: --who {route}: .*{word}"):
        along_route(model, route)


def test_a_routed_model_is_of_the_same_file_and_may_be_varied() -> None:
    model = routed("vendor")
    assert model.place == "model.toml"
    change: dict[str, Any] = {"stations.vendor.servers": 4}
    assert along_route(model.with_(change), "vendor").stations["vendor"].servers == 4


# Rules by size, time, state and money keep their shape along a route.


@pytest.mark.parametrize(
    ("entry", "route", "expected"),
    [
        ('{ rule = "shortest_queue", among = ["inside", "vendor"] }', "vendor", ["vendor"]),
        ('{ rule = "cheapest", among = ["inside", "vendor"] }', "power_users", ["inside"]),
    ],
)
def test_a_choice_by_the_state_is_a_choice_among_those_left(entry: str, route: str, expected: list[str]) -> None:
    found = routed(route, f"entry = {entry}").entry
    assert isinstance(found, ShortestQueue | Cheapest)
    assert list(found.among) == expected


def test_the_rules_inside_a_rule_give_way_each_by_itself() -> None:
    small = '{ rule = "by_size", up_to_hours = 8, small = "inside", large = "refused" }'
    entry = f'entry = {{ rule = "until_day", day = 30, first = "vendor", then = {small} }}'
    found = routed("vendor", entry).entry
    assert isinstance(found, UntilDay)
    assert isinstance(found.then, BySize)
    assert set(places(found)) == {"vendor", "refused"}
    assert found.then.large == To(place="refused")


def test_beyond_a_budget_a_request_is_refused_where_nobody_else_may_take_it() -> None:
    entry = 'entry = { rule = "budget", per_month = 500, prefer = "vendor", otherwise = "inside" }'
    paid = "service_hours = 1\nprice_per_hour = 10\n[stations.tester]\nservice_hours = 1"
    system = SYSTEM.replace('kind = "vendor"\nstage = "change"\nservice_hours = 1', f'kind = "vendor"\n{paid}')
    found = along_route(model_of(f"{system}\n[routing]\n{entry}\n"), "vendor").entry
    assert isinstance(found, Budget)
    assert (found.prefer, found.otherwise) == ("vendor", "refused")


def test_a_rule_of_ones_own_gives_way_to_the_stations_of_a_route() -> None:
    found = routed("vendor", 'entry = { rule = "custom", name = "mine" }').entry
    assert found == OpenFirst(rule="open_first", prefer=("vendor",))


def test_what_finds_a_station_full_does_not_leave_its_route() -> None:
    full = SYSTEM.replace('kind = "vendor"', 'kind = "vendor"\ncapacity = 5\nwhen_full = "inside"')
    model = along_route(model_of(f"{full}\n[routing]\n{FIRST_INSIDE}\n"), "vendor")
    assert model.stations["vendor"].when_full == "refused"


def test_other_customers_stay_with_their_vendor() -> None:
    others = '[demand.sources.others]\nkind = "poisson"\nrate_per_day = 1\nbackground = true\nentry = "vendor"\n'
    system = SYSTEM.replace("[demand]", "[demand.sources.ours]") + others
    model = along_route(model_of(f"{system}[routing]\n{FIRST_INSIDE}\n"), "power_users")
    assert model.demand.sources["others"].entry == To(place="vendor")
    assert set(places(model.entry)) == {"inside", "refused"}
