"""Bounds of loads: against every way to choose, and against runs."""

import itertools
import math
from collections.abc import Mapping

import numpy as np
import pytest

from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import compile_tables
from changeflow.measure.run import measure_run
from changeflow.measure.trace.window import Window
from changeflow.model.load.pressure import overfull, pressure
from changeflow.model.load.topology import offered_loads
from changeflow.model.reading import read_model
from changeflow.model.requests.routing_rule import RequestSight, StationSight, routing_rule
from changeflow.model.schema import Model
from tests.unit.small import model_of

RUNS = 40
STANDARD_ERRORS = 4.5


def test_bounds_are_the_least_and_the_largest_of_all_ways_to_choose() -> None:
    """
    Three stations after which the soonest of two exits is chosen, three exits with shares of their own: all 16
    ways to choose, at arrival too, solved one by one.
    """
    rng = np.random.default_rng(5)
    rooms, exits = ("a", "b", "c"), ("x", "y", "z")
    for _ in range(20):
        shares = rng.dirichlet(np.ones(4), 3)
        ways = [sorted(rng.choice(3, 2, replace=False).tolist()) for _ in range(4)]
        text = 'title = "ways"\nhorizon_days = 7\n[demand]\nkind = "poisson"\nrate_per_day = 1\n'
        text += "".join(f"[stations.{name}]\nservice_hours = 1\n" for name in (*rooms, *exits))
        text += f'[routing]\nentry = {{ rule = "shortest_queue", among = {names(rooms, ways[3])} }}\n'
        for room, way in zip(rooms, ways, strict=False):
            text += f'next.{room} = {{ rule = "soonest", among = {names(exits, way)} }}\n'
        for name, onward in zip(exits, shares, strict=True):
            chances = ", ".join(
                f"{place} = {share!r}" for place, share in zip((*rooms, "done"), onward.tolist(), strict=True)
            )
            text += f"next.{name} = {{ {chances} }}\n"
        found = []
        for chosen in itertools.product(*ways):
            flow = np.zeros((6, 6))
            flow[np.arange(3), 3 + np.array(chosen[:3])] = 1.0
            flow[3:, :3] = shares[:, :3]
            found.append(7 * np.linalg.inv(np.eye(6) - flow)[chosen[3]])
        for number, load in enumerate(offered_loads(model_of(text))):
            every = [visits[number] for visits in found]
            assert load.visits_per_week == pytest.approx((min(every), max(every)), rel=1e-5, abs=1e-6)


def names(of: tuple[str, ...], numbers: list[int]) -> str:
    return "[" + ", ".join(f'"{of[number]}"' for number in numbers) + "]"


# Against runs.


def measured(model: Model) -> dict[str, np.ndarray]:
    """Offered load by station, run by run."""
    tables = compile_tables(model)
    window = Window.of(tables)
    runs = [measure_run(window, simulate(tables, seed=3, replication=n)).values for n in range(RUNS)]
    return {name: np.array([run[f"offered_load.{name}"] for run in runs]) for name in model.stations}


SHOP = """
title = "shop"
horizon_days = 60
[calendars.office]
hours = ["09:00-17:00"]
[calendars.late]
hours = ["12:00-20:00"]
[categories.data]
share = 0.6
work_hours = { law = "exponential", mean = 2 }
[categories.report]
share = 0.4
work_hours = { law = "exponential", mean = 4 }
[demand]
kind = "poisson"
rate_per_day = 4
[stations.inside]
calendar = "office"
openness = 0.8
price_per_hour = 40
staff.anna = { servers = 2, categories = ["data"], speed = 2.0, calendar = "late" }
staff.ben = { speed = { data = 1.0, default = 0.5 }, until_day = 40 }
staff.new = { head_count = { days = [0, 30], servers = [1, 2] }, speed = 1.5 }
acceptance = { rework_probability = 0.3, by = "tester" }
[stations.vendor]
kind = "vendor"
servers = 3
calendar = "office"
price_per_hour = 90
stage = "inside"
[stations.tester]
servers = 2
calendar = "office"
service_hours = { law = "exponential", mean = 0.5 }
[routing]
next.vendor = { inside = 0.2, done = 0.8 }
entry = """


@routing_rule
def in_turn(request: RequestSight, stations: Mapping[str, StationSight], now: float) -> str:
    return ("inside", "vendor")[request.number % 2]


@pytest.mark.parametrize(
    "entry",
    [
        '{ rule = "open_first", prefer = ["inside", "vendor"], overflow_beyond = 1 }',
        '{ rule = "shortest_queue", among = ["inside", "vendor"] }',
        '{ rule = "soonest", among = ["inside", "vendor"] }',
        '{ rule = "cheapest", among = ["inside", "vendor"] }',
        '{ rule = "by_size", up_to_hours = 3, small = "inside", large = "vendor" }',
        '{ rule = "until_day", day = 20, first = "inside", then = { inside = 0.4, vendor = 0.6 } }',
        '{ rule = "budget", per_month = 2000, prefer = "inside", otherwise = "vendor" }',
        '{ rule = "custom", name = "in_turn" }',
    ],
)
def test_runs_lie_within_the_bounds(entry: str) -> None:
    assert_within(model_of(SHOP + entry).with_rules(in_turn))


def test_the_runs_of_the_people_lie_within_the_bounds() -> None:
    """Skills, a second shift, absence, people who come and leave, at speeds of their own."""
    assert_within(read_model("people"))


def test_one_speed_for_all_leaves_no_doubt() -> None:
    """4 a day are 28 a week: 16.8 of data at 2 hours and 11.2 of reports at 4, all at speed 1.6, 49 hours in 2 x 40."""
    people = "staff.quick = { servers = 2, speed = 1.6 }"
    text = SHOP[: SHOP.index("[stations.inside]")] + f'[stations.inside]\ncalendar = "office"\n{people}\n'
    (load,) = offered_loads(model_of(text))
    assert load.load == pytest.approx((49 / 80, 49 / 80))
    assert_within(model_of(text))


def test_what_waits_is_counted_at_the_pace_of_those_who_will_do_it() -> None:
    """
    28 a week of 6 hours for one person at double speed, 84 hours in 40: half of them are never begun. At a price
    of 1 an hour the open liability is the work that came, less what was done.
    """
    text = SHOP[: SHOP.index("[categories.data]")] + SHOP[SHOP.index("[demand]") : SHOP.index("[stations.inside]")]
    text += '[stations.slow]\ncalendar = "office"\nservice_hours = 6\nprice_per_hour = 1\n'
    text += "staff.quick = { servers = 1, speed = 2.0 }\n"
    model = model_of(text)
    (load,) = offered_loads(model)
    assert load.load == pytest.approx((84 / 40, 84 / 40))
    assert_within(model)
    tables = compile_tables(model)
    window = Window.of(tables)
    run = measure_run(window, simulate(tables, seed=3, replication=0)).values
    left = (run["offered_load.slow"] - run["utilisation.slow"]) * window.capacity_hours[0]
    assert run["open_liability_cost"] == pytest.approx(left)


def assert_within(model: Model) -> None:
    found = measured(model)
    for load in offered_loads(model):
        values = found[load.station]
        margin = STANDARD_ERRORS * values.std(ddof=1) / np.sqrt(RUNS)
        assert load.load[0] - margin <= values.mean() <= load.load[1] + margin, load


# Work dealt out.

A, B = ("station", "a"), ("station", "b")


def test_work_is_dealt_out_so_that_the_busiest_is_busy_least() -> None:
    """A's own 3 hours of 4 are more than B's 6 of 12; where A has only 1 of its own they are equally busy, 8 of 16."""
    assert pressure([{A: 3}, {A: 6, B: 6}], {A: 4, B: 12}).least == pytest.approx(3 / 4)
    assert pressure([{A: 3}, {A: 6, B: 6}], {A: 4, B: 12}).bottleneck == {A}
    shared = pressure([{A: 1}, {A: 7, B: 7}], {A: 4, B: 12})
    assert (shared.least, shared.bottleneck) == (pytest.approx(1 / 2), {A, B})


def test_who_is_quick_at_it_does_it() -> None:
    """Busy for a share t of their hours A does 6 t / 8 of it and B, twice as quick, all of 4 t / 4."""
    assert pressure([{A: 8, B: 4}], {A: 6, B: 4}).least == pytest.approx(8 / 14)


def test_work_that_nobody_has_hours_for_cannot_be_done() -> None:
    assert pressure([{A: 1}], {A: 0, B: 1}).least == math.inf
    assert pressure([{A: math.inf}], {A: 1}) == pressure([{A: 1}], {A: 0})
    assert pressure([{A: 1, B: 1}], {A: 0, B: 2}).least == pytest.approx(1 / 2)
    assert pressure([{}], {A: 1}).least == 0


def test_hours_that_suffice_need_no_linear_programme() -> None:
    """The first three can be done; of the others those are named who cannot."""
    assert not overfull([{A: 3}, {A: 6, B: 6}], {A: 4, B: 12})
    assert not overfull([{A: 4}, {A: 11, B: 11}], {A: 4, B: 12})
    assert not overfull([{A: 1, B: 1}, {}], {A: 0, B: 2})
    assert overfull([{A: 5}, {A: 6, B: 6}], {A: 4, B: 12}) == {A}
    assert overfull([{A: 3}, {A: 14, B: 14}], {A: 4, B: 12}) == {A, B}
    assert overfull([{A: 1}], {A: 0, B: 1}) == {A}
