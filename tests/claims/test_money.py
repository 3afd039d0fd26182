"""What is paid: the ledger's identity, and the price of an hour against the price of a change (S11, S14, S16)."""

from __future__ import annotations

import numpy as np
import pytest

from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import compile_tables
from changeflow.measure import posting
from changeflow.measure.estimates.replications import clopper_pearson
from changeflow.measure.run import measure_run, run_postings
from changeflow.measure.trace.window import Window
from changeflow.model.schema import Model
from tests.claims.claims import trial, weaker
from tests.claims.paired import SEED, interval, percent, runs
from tests.claims.systems import ARCHETYPES, system


@trial("S11")
def test_s11_cost_of_success_is_adaptation_and_error_up_to_completion() -> str:
    """Every kind of system, from the single postings: what is no ownership is success."""
    checked = 0
    for kind in ARCHETYPES:
        tables = compile_tables(system(kind))
        window = Window.of(tables)
        for replication in range(5):
            trace = simulate(tables, seed=SEED, replication=replication, engine="compiled")
            values, rows = measure_run(window, trace).values, run_postings(window, trace)
            changes = np.isin(rows["account"], (posting.VENDOR, posting.IN_HOUSE)) & ~rows["ownership"]
            project = rows["amount"][rows["account"] == posting.ADAPTATION].sum()
            first = rows["amount"][changes & ~rows["repair"]].sum()
            error = rows["amount"][changes & rows["repair"]].sum()
            assert error == pytest.approx(values["cost_of_error"])
            assert project + first + error == pytest.approx(values["cost_of_success"])
            parts = values["vendor_cost"] + values["in_house_cost"]
            after = values["ownership_vendor_cost"] + values["ownership_in_house_cost"]
            assert values["cost_of_success"] == pytest.approx(values["adaptation_cost"] + parts - after)
            checked += 1
    return f"{checked} runs of {len(ARCHETYPES)} kinds of system: success + ownership = all that was paid for changes"


PAIRS = 200
SPEEDS = (1.0, 1.5, 2.0, 3.0, 4.0)


def _disagreements(increment: float) -> np.ndarray:
    """Pairs of vendors with random prices and tools under the same requests: is the cheaper hour the dearer choice?

    An hour's price changes no event, so each tool is run once, at EUR 1 an hour.
    """
    tools = [_vendor(speed, 1.0, increment) for speed in SPEEDS]
    billed, waiting = (
        np.array([runs(tool, name).mean() for tool in tools]) for name in ("vendor_cost", "waiting_cost")
    )
    chance = np.random.default_rng(1)
    prices, tool = chance.uniform(60, 150, (PAIRS, 2)), chance.integers(0, len(SPEEDS), (PAIRS, 2))
    cost = prices * billed[tool] + waiting[tool]
    return np.asarray((prices[:, 0] > prices[:, 1]) != (cost[:, 0] > cost[:, 1]))


def _vendor(speed: float, price: float = 90.0, increment: float = 0.25, minimum: float = 0.0) -> Model:
    return system(
        "turnkey", contracts__book={
            "price_per_hour": price, "increment_hours": increment, "minimum_hours": minimum,
        },
        stations__vendor__contract="book", stations__vendor__price_per_hour=None, stations__vendor__speed=speed,
        adaptation__work_hours=0,
    )  # fmt: skip


@trial("S14")
def test_s14_the_lower_hourly_price_is_often_the_dearer_choice() -> str:
    """EUR 60 to 150 an hour, tools with speed 1 to 4: the ranks by price and by total cost."""
    hits = int(_disagreements(0.25).sum())
    low, high = clopper_pearson(hits, PAIRS, 0.99)
    assert low > 0.1
    return f"the lower price has the higher total cost in {100 * low:.0f} to {100 * high:.0f} % of sampled pairs"


@trial("S14", weaker("day blocks"))
def test_s14_by_the_day_the_hourly_price_tells_more() -> str:
    by_hour, by_day = _disagreements(0.25), _disagreements(8.0)
    assert interval(by_hour.astype(float) - by_day)[0] > 0
    return f"by the quarter hour {100 * by_hour.mean():.0f} %, by the day {100 * by_day.mean():.0f} % of pairs disagree"


def _left(**contract: float) -> tuple[float, float]:
    """What the vendor is paid with a tool three times as fast, in percent of what the slow one takes."""
    slow, fast = (runs(_vendor(speed, **contract), "vendor_cost", 60) for speed in (1.0, 3.0))
    low, high = percent(slow, fast)
    return 100 + low, 100 + high


@trial("S16")
def test_s16_a_tool_three_times_as_fast_costs_about_a_third() -> str:
    """Not exactly: of what is done sooner more defects are found within the run, and early ones were built on less."""
    low, high = _left()
    assert low > 25
    assert high < 45
    return f"{low:.0f} to {high:.0f} % of the invoices are left"


@trial("S16", weaker("day blocks, minimum charges"))
def test_s16_day_blocks_and_minimum_charges_eat_the_speed() -> str:
    day, minimum = _left(increment=8.0), _left(minimum=4.0)
    by_the_hour = _left()
    assert day[0] > minimum[1] > minimum[0] > by_the_hour[1]
    return "by the day {:.0f} to {:.0f} %, with a minimum of 4 hours {:.0f} to {:.0f} % are left".format(*day, *minimum)
