"""Load before any run: traffic equations by hand, and against runs."""

import numpy as np
import pytest

from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import compile_tables
from changeflow.measure.run import measure_run
from changeflow.measure.trace.window import Window
from changeflow.model.expected.effort import Kind, passes, stay_hours
from changeflow.model.expected.requests import expected_arrivals
from changeflow.model.load.flow import flow_graph
from changeflow.model.load.topology import Load, offered_loads
from tests.unit.small import DESK, model_of

BOTH = """
title = "inside and vendor"
horizon_days = 70
[demand]
kind = "poisson"
rate_per_day = 2
[calendars.office]
hours = ["09:00-17:00"]
[stations.inside]
servers = 2
openness = 0.4
calendar = "office"
hours_per_week = 10
service_hours = 3
speed = 1.5
[stations.vendor]
kind = "vendor"
calendar = "office"
share_for_us = 0.5
service_hours = 3
[routing.entry]
rule = "open_first"
prefer = ["inside", "vendor"]
"""


def load_of(text: str, station: str = "desk") -> Load:
    return next(load for load in offered_loads(model_of(text)) if load.station == station)


def test_one_station_by_hand() -> None:
    """3 a day of 1 hour are 21 hours a week for 2 x 168."""
    load = load_of(DESK)
    assert load.work_per_week == pytest.approx((21, 21))
    assert load.hours_per_week == pytest.approx(336)
    assert load.load == pytest.approx((21 / 336, 21 / 336))
    assert not load.overloaded


@pytest.mark.parametrize(
    ("acceptance", "tries", "work"),
    [
        ("rework_probability = 0.5", 2, 2),
        ("rework_probability = 0.5\nrework_work = 0.25", 2, 1.25),
        ("rework_probability = 0.5\nmax_attempts = 3", 1.75, 1.75),
        ("rework_probability = 0.5\nmax_attempts = 3\nrework_work = 0.5", 1.75, 1.375),
        ("rework_probability = 1.0\nmax_attempts = 3", 3, 3),
        ("rework_probability = 0.0", 1, 1),
        ("rework_probability = 0.9\nmax_attempts = 1", 1, 1),
    ],
)
def test_rework_multiplies_visits_and_work(acceptance: str, tries: float, work: float) -> None:
    text = DESK + f"[stations.desk.acceptance]\n{acceptance}\n"
    model = model_of(text)
    assert passes(model, "desk", "change") == pytest.approx(tries)
    assert stay_hours(model, "desk", Kind("change")) == pytest.approx(work)
    load = load_of(text)
    assert load.visits_per_week == pytest.approx((21 * tries, 21 * tries))
    assert load.work_per_week == pytest.approx((21 * work, 21 * work))


def test_a_loop_in_the_network_is_solved() -> None:
    """Half come back: 2 stays each; a quarter go on to a check of 2 hours: half of all requests in the end."""
    text = DESK + "[stations.check]\nservice_hours = 2\n"
    text += '[routing]\nentry = "desk"\nnext.desk = { desk = 0.5, check = 0.25, done = 0.25 }\n'
    assert load_of(text).work_per_week == pytest.approx((42, 42))
    assert load_of(text, "check").work_per_week == pytest.approx((21, 21))


ROUND = """
title = "round and round"
horizon_days = 20
[demand]
kind = "poisson"
rate_per_day = 1
[stations.north]
service_hours = 2
[stations.south]
service_hours = 2
[stations.east]
service_hours = 2
[routing]
entry = "north"
next.south = "east"
next.east = { north = 0.6, done = 0.4 }
[routing.next.north]
rule = "open_first"
overflow_beyond = 0
prefer = """


def test_a_loop_with_overflow_in_it_has_a_load_between_bounds() -> None:
    """1 / 0.4 = 2.5 rounds each, from north to east, by the south always or never: no request goes both ways."""
    text = ROUND + '["south", "east"]'
    assert load_of(text, "north").visits_per_week == pytest.approx((17.5, 17.5))
    assert load_of(text, "east").visits_per_week == pytest.approx((17.5, 17.5))
    assert load_of(text, "south").visits_per_week == pytest.approx((0, 17.5))


def test_a_loop_that_overflow_may_hold_for_ever_has_no_upper_load() -> None:
    """From the north back to the north, as long as the east is full; at least 2.5 rounds, the east has no more."""
    text = ROUND + '["east", "north"]'
    north, east = load_of(text, "north"), load_of(text, "east")
    assert north.visits_per_week[0] == pytest.approx(17.5)
    assert north.work_per_week[1] == north.load[1] == float("inf")
    assert not north.overloaded
    assert east.visits_per_week == pytest.approx((0, 17.5))
    assert flow_graph(model_of(text)).edges["north", "east"]["per_week"] == pytest.approx(17.5)


def test_a_loop_without_end_is_overload() -> None:
    """The south, first in line and open to all, sends everything back."""
    text = ROUND.replace('next.south = "east"', 'next.south = "north"').replace("overflow_beyond = 0\n", "")
    load = load_of(text + '["south", "east"]', "south")
    assert load.visits_per_week == (float("inf"), float("inf"))
    assert load.overloaded


def test_openness_without_overflow_divides_the_flow() -> None:
    """
    14 a week. Inside may do 0.4 of them: 5.6 x 3 h / 1.5 = 11.2 of its 2 x 10 hours. The vendor has the other
    8.4: 25.2 hours of 40 x 0.5.
    """
    inside, vendor = load_of(BOTH, "inside"), load_of(BOTH, "vendor")
    assert inside.work_per_week == pytest.approx((11.2, 11.2))
    assert inside.hours_per_week == pytest.approx(20)
    assert vendor.work_per_week == pytest.approx((25.2, 25.2))
    assert vendor.hours_per_week == pytest.approx(20)
    assert vendor.overloaded
    assert not inside.overloaded


def test_overflow_gives_a_lower_and_an_upper_load() -> None:
    """Inside: between none (all overflow) and 11.2; the vendor between 25.2 and everything, 42."""
    text = BOTH + "overflow_beyond = 3"
    assert load_of(text, "inside").work_per_week == pytest.approx((0, 11.2))
    assert load_of(text, "vendor").work_per_week == pytest.approx((25.2, 42))


def test_overload_is_claimed_only_when_it_cannot_be_helped() -> None:
    """
    With overflow and 45 hours at the vendor there is room for all 42. With 30 there is room too, as long as
    inside does its part (11.2 of 20). With 24 there is none: the vendor's own 25.2 do not fit.
    """
    for share, overloaded in ((1.0, False), (0.75, False), (0.6, True)):
        text = BOTH.replace("share_for_us = 0.5", f"share_for_us = {share}") + "overflow_beyond = 3"
        assert load_of(text, "vendor").overloaded is overloaded
        assert not load_of(text, "inside").overloaded


def test_what_the_first_must_let_overflow_overloads_the_last() -> None:
    """Inside has 5 of the 11.2 hours its part takes: at least 1 - 5 / 11.2 of it spills over to the vendor."""
    text = BOTH.replace("hours_per_week = 10", "hours_per_week = 2.5").replace(
        "share_for_us = 0.5", "share_for_us = 0.8"
    )
    assert load_of(text + "overflow_beyond = 3", "vendor").overloaded
    enough = text.replace("share_for_us = 0.8", "share_for_us = 0.9")
    assert not load_of(enough + "overflow_beyond = 3", "vendor").overloaded


def test_an_infinite_station_has_no_load() -> None:
    load = load_of(DESK.replace("servers = 2", 'servers = "infinite"'))
    assert load.load == (0.0, 0.0)
    assert not load.overloaded


def test_a_burst_that_is_over_is_no_overload() -> None:
    """More work than hours in the first days, hardly any in the last half of the run."""
    burst = 'kind = "go_live"\nmisfits_per_100_users = 500\nfit = 0.0\ntime_days = 0.5'
    text = DESK.replace('kind = "poisson"\nrate_per_day = 3', burst).replace("servers = 2", "servers = 1")
    assert load_of(text).work_per_week[0] > 168
    assert not load_of(text).overloaded


def test_arrivals_expected_from_a_burst() -> None:
    """100 misfits per 100 users, 200 users, fit 0.25: 150; by day 3 of mean 2 days 1 - exp(-1.5) of them."""
    burst = 'kind = "go_live"\nmisfits_per_100_users = 100\nfit = 0.25\ntime_days = 2'
    model = model_of(DESK.replace('kind = "poisson"\nrate_per_day = 3', burst) + "[organisation]\nusers = 200\n")
    found = expected_arrivals(model, 0, 72)["demand"]["change"]
    assert found == pytest.approx(150 * (1 - np.exp(-1.5)))


def test_the_flow_graph_has_the_weekly_requests_on_its_edges() -> None:
    """14 a week: 5.6 inside, 8.4 to the vendor, all done in the end."""
    graph = flow_graph(model_of(BOTH))
    edges = {(start, end): data["per_week"] for start, end, data in graph.edges(data=True)}
    assert edges == pytest.approx(
        {("demand", "inside"): 5.6, ("demand", "vendor"): 8.4, ("inside", "done"): 5.6, ("vendor", "done"): 8.4}
    )
    assert graph.nodes["vendor"]["kind"] == "vendor"
    assert graph.nodes["inside"]["load"] == pytest.approx(11.2 / 20)


def test_the_flow_graph_shows_what_nobody_may_do_as_refused() -> None:
    """The vendor open to 0.9 only: a tenth of 14 is refused."""
    graph = flow_graph(model_of(BOTH.replace('kind = "vendor"', 'kind = "vendor"\nopenness = 0.9')))
    assert graph.edges["demand", "refused"]["per_week"] == pytest.approx(1.4)


def test_the_flow_graph_sends_tested_deliveries_on_from_their_tester() -> None:
    """8.4 a week to the vendor, a fifth of all deliveries rejected: 10.5 tests, 2.1 back, 8.4 done."""
    tester = "[stations.tester]\nservice_hours = 0.1\n[routing.entry]"
    tested = 'kind = "vendor"\nacceptance = { rework_probability = 0.2, by = "tester" }'
    graph = flow_graph(model_of(BOTH.replace('kind = "vendor"', tested).replace("[routing.entry]", tester)))
    edges = {(start, end): data["per_week"] for start, end, data in graph.edges(data=True)}
    assert edges["vendor", "tester"] == pytest.approx(10.5)
    assert edges["tester", "vendor"] == pytest.approx(2.1)
    assert edges["tester", "done"] == pytest.approx(8.4)
    assert ("vendor", "done") not in edges
    assert ("vendor", "vendor") not in edges


def test_the_flow_graph_shows_where_requests_go_that_find_it_full_or_give_up() -> None:
    graph = flow_graph(model_of(BOTH.replace('kind = "vendor"', 'kind = "vendor"\ncapacity = 9\npatience_hours = 99')))
    notes = {(start, end): note for start, end, note in graph.edges(data="note") if note}
    assert notes == {("vendor", "refused"): "full", ("vendor", "withdrawn"): "gives up"}
    elsewhere = BOTH.replace('kind = "vendor"', 'kind = "vendor"\ncapacity = 9\nwhen_full = "inside"')
    assert flow_graph(model_of(elsewhere)).edges["vendor", "inside"]["note"] == "full"


@pytest.mark.parametrize("overflow", ["", "overflow_beyond = 1"])
def test_runs_have_the_load_that_was_expected(overflow: str) -> None:
    """Over 40 runs the mean offered load lies within 4.5 standard errors of the equations, or of their bounds."""
    text = BOTH.replace("[routing.entry]", "[stations.inside.acceptance]\nrework_probability = 0.3\n[routing.entry]")
    tables = compile_tables(model_of(text + overflow))
    window = Window.of(tables)
    runs = [measure_run(window, simulate(tables, seed=2, replication=n)).values for n in range(40)]
    for load in offered_loads(tables.model):
        found = np.array([run[f"offered_load.{load.station}"] for run in runs])
        margin = 4.5 * found.std(ddof=1) / np.sqrt(len(found))
        assert load.load[0] - margin <= found.mean() <= load.load[1] + margin
