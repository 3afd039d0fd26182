"""Contracts by hand: a handful of passes, and the invoice to the cent, on both engines."""

from pathlib import Path

import numpy as np
import pytest

from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import compile_tables
from changeflow.engine.trace import Trace
from changeflow.measure.posting import ACCOUNTS, VENDOR
from changeflow.measure.run import run_postings
from changeflow.measure.trace.window import Window
from changeflow.model.schema import Model
from tests.engines import by_request
from tests.stories.story import decisions, measured, story, told

MONTH = 730.5
FIRM = """
[stations.firm]
kind = "vendor"
contract = "book"
"""
LATE = "2000 1"
"""A request after the end of the run: the log must reach over its own end."""


def told_by(folder: Path, engine: str, asked: str, system: str, days: float = 60) -> tuple[Model, Trace]:
    model = story(folder, asked, system, days=days)
    return model, by_request(simulate(model, seed=1, replication=0, engine=engine, decisions=True))


def invoiced(model: Model, trace: Trace) -> list[tuple[int, float, float]]:
    """Request, time and amount of the vendor's postings in the order of time."""
    rows = run_postings(Window.of(compile_tables(model)), trace)
    rows = rows[rows["account"] == VENDOR]
    return [(int(row["request"]), float(row["time"]), round(float(row["amount"]), 9)) for row in rows]


def test_steps_minimum_and_urgency(tmp_path: Path, engine: str) -> None:
    """
    One engineer. 0.3 h is less than the minimum of 2: 200. 2.1 h in steps of 0.5 is 2.5: 250, class 0 twice as dear:
    500. 4 h is 4: 400. The last is open at the end of the run: 60 x 24 = 1440, two hours in; its 5.2 h will be 5.5.
    """
    system = (
        FIRM + "[contracts.book]\nprice_per_hour = 100\nminimum_hours = 2\nincrement_hours = 0.5\nurgency = { 0 = 2 }"
    )
    asked = f"at work priority\n0 0.3 1\n0 2.1 0\n0 4 1\n1438 5.2 1\n{LATE} 1"
    model, trace = told_by(tmp_path, engine, asked, system)
    assert invoiced(model, trace) == [(0, 0.3, 200.0), (1, 2.4, 500.0), (2, 6.4, 400.0)]
    found = measured(model, trace)
    assert found["vendor_cost"] == pytest.approx(1100)
    assert found["open_liability_cost"] == pytest.approx(550)
    assert found["effective_price_per_reference_hour"] == pytest.approx(1100 / 6.4)


def test_a_repeated_pass_is_billed_again_and_is_cost_of_error(tmp_path: Path, engine: str) -> None:
    """Every first attempt fails, the second is the last. 3 h are billed as 4, twice: an hour costs 800 / 3."""
    system = FIRM + "acceptance = { rework_probability = 1, max_attempts = 2, rework_work = 1 }\n[contracts.book]\n"
    system += "price_per_hour = 100\nincrement_hours = 4\n[costs]\ncompletion_day = 50"
    model, trace = told_by(tmp_path, engine, f"at work\n0 3\n{LATE}", system)
    assert invoiced(model, trace) == [(0, 3.0, 400.0), (0, 6.0, 400.0)]
    found = measured(model, trace)
    assert (found["cost_of_error"], found["rework_cost"], found["cost_of_success"]) == (400, 400, 800)
    assert found["effective_price_per_reference_hour"] == pytest.approx(800 / 3)


def test_interrupted_stays_are_one_pass(tmp_path: Path, engine: str) -> None:
    """r0 is interrupted by r1 after 1 h, for 1 h, and takes 2.5 h more: 3.5 h, billed as 4 h, not as 2 and 4."""
    system = FIRM + 'discipline = "priority"\npreemptive = true\n[contracts.book]\nprice_per_hour = 100\n'
    system += "increment_hours = 2"
    model, trace = told_by(tmp_path, engine, f"at work priority\n0 3.5 1\n1 1 0\n{LATE} 0", system)
    assert len(trace.visits) == 3
    assert invoiced(model, trace) == [(1, 2.0, 200.0), (0, 4.5, 400.0)]


def test_tiers_retainer_and_fees_by_month(tmp_path: Path, engine: str) -> None:
    """
    Months of 730.5 h, the run is 1440 h: the second one has 709.5 of them, and that share of fee and hours.
    Month 0: 10 h in the retainer, then 20 of which 10 at 100 and 10 at 60. Month 1 includes 10 x 709.5 / 730.5 h
    = 9.7125...; 12 h leave 2.2874... beyond, at 100. A delivery at 730.5 exactly is of month 1.
    """
    system = FIRM + "[contracts.book]\ntiers = [{ up_to_hours = 10, price_per_hour = 100 }, { price_per_hour = 60 }]\n"
    system += "retainer = { per_month = 730.5, hours = 10 }"
    model, trace = told_by(tmp_path, engine, f"at work\n0 10\n0 20\n718.5 12\n{LATE}", system)
    part = 709.5 / MONTH
    beyond = round((12 - 10 * part) * 100, 9)
    assert invoiced(model, trace) == [(-1, 0.0, 730.5), (1, 30.0, 1600.0), (2, MONTH, beyond), (-1, MONTH, 709.5)]


def test_late_deliveries_give_money_back(tmp_path: Path, engine: str) -> None:
    """Promised within 5 h of entry: r0 takes 4; r1 waits 4 and works 2, so late. The fee is 1 for each clock hour."""
    system = (
        FIRM + "[contracts.book]\nprice_per_hour = 10\nsla = { within_hours = 5, fee_per_month = 730.5, credit = 7 }"
    )
    model, trace = told_by(tmp_path, engine, f"at work\n0 4\n0 2\n{LATE}", system)
    assert measured(model, trace)["vendor_cost"] == pytest.approx(1440 + 40 + 20 - 7)
    assert (1, 6.0, -7.0) in invoiced(model, trace)


def test_nobody_pays_the_fee_of_a_vendor_that_no_request_can_reach(tmp_path: Path, engine: str) -> None:
    """The same file, all work in house: the fee goes with the way to the firm."""
    system = FIRM + "[contracts.book]\nprice_per_hour = 10\nretainer = { per_month = 730.5, hours = 1 }\n"
    system += '[stations.house]\n[routing]\nentry = "house"'
    model, trace = told_by(tmp_path, engine, f"at work\n0 4\n{LATE}", system)
    assert invoiced(model, trace) == []
    to_both = model.with_({"routing.entry": {"rule": "open_first", "prefer": ["house", "firm"]}})
    assert [amount for _, _, amount in invoiced(to_both, trace)] == [730.5, 709.5]


def test_the_cheapest_way_expects_the_invoice_not_the_hours(tmp_path: Path, engine: str) -> None:
    """
    A firm at 50 bills by the day: 1 h costs 400, against 100 at a house of 100 an hour. By the hour the firm is
    cheaper. With one repeat of every delivery (a share of 9 of its work: 9 h, two days) it is 400 + 800.
    """
    pair = (
        '[stations.house]\nprice_per_hour = 100\n[routing]\nentry = { rule = "cheapest", among = ["house", "firm"] }\n'
    )
    again = "acceptance = { rework_probability = 1, max_attempts = 2, rework_work = 9 }\n"
    for keys, more, value, chosen in (
        ("increment_hours = 8", "", 400, "no"), ("", "", 50, "yes"), ("increment_hours = 8", again, 1200, "no"),
    ):  # fmt: skip
        system = FIRM + more + pair + f"[contracts.book]\nprice_per_hour = 50\n{keys}\n"
        _, trace = told_by(tmp_path, engine, f"at work\n0 1\n{LATE}", system)
        rows = f"request station value chosen\n0 house 100 {'yes' if chosen == 'no' else 'no'}\n0 firm {value} {chosen}"
        assert decisions(trace, rows) == told(rows)


def test_a_budget_commits_the_expected_invoice(tmp_path: Path) -> None:
    """700 a month at 400 a day: one request in each month, the others are refused, though they are of an hour each.

    Budgets are of the reference engine alone.
    """
    engine = "process"
    system = FIRM + "[contracts.book]\nprice_per_hour = 50\nincrement_hours = 8\n"
    system += '[routing]\nentry = { rule = "budget", per_month = 700, prefer = "firm" }'
    model, trace = told_by(tmp_path, engine, f"at work\n0 1\n1 1\n740 1\n741 1\n{LATE}", system)
    assert invoiced(model, trace) == [(0, 1.0, 400.0), (2, 741.0, 400.0)]


def test_waiting_that_grows_sends_a_request_where_it_is_done_sooner(tmp_path: Path, engine: str) -> None:
    """
    A free house takes 48 h of two days, a firm 24 at 100 in all. A day costs 10, a second one 30 on average (the cost
    doubles in half a day): until day a it is 10 (a + a^2). House 10 x 6 = 60, firm 100 + 20. Linear: 20 against 110.
    At a step of 200 on the due date after 30 hours the house is late: 200 against 100.
    """
    pair = '[stations.house]\n[stations.firm]\nkind = "vendor"\nspeed = 2\nprice_per_hour = 4.166666666666667\n'
    pair += '[routing]\nentry = { rule = "cheapest", among = ["house", "firm"] }\n[costs]\nwaiting = '
    for shape, house, firm in (
        ('{ shape = "convex", per_day = 10, doubles_after_days = 0.5 }', 60, 120),
        ('{ shape = "linear", per_day = 10 }', 20, 110),
        ('{ shape = "step", at_due_date = 200 }', 200, 100),
    ):
        asked = f"at work due_within_days\n0 48 1.25\n{LATE} 1.25"
        _, trace = told_by(tmp_path, engine, asked, pair + shape)
        assert np.round(trace.decisions["value"], 9).tolist() == [house, firm]
        assert trace.decisions["chosen"].tolist() == [house < firm, firm < house]


def test_accounts_have_names(tmp_path: Path, engine: str) -> None:
    """A posting says request, cause, account and phase; the sums are the measures."""
    system = FIRM + "[contracts.book]\nprice_per_hour = 100\n[costs]\nwaiting_per_day = 24\ncompletion_day = 0.25"
    model, trace = told_by(tmp_path, engine, f"at work\n0 5\n0 5\n{LATE}", system)
    rows = run_postings(Window.of(compile_tables(model)), trace)
    said = [
        (ACCOUNTS[row["account"]], int(row["request"]), bool(row["ownership"]), float(row["amount"])) for row in rows
    ]
    assert sorted(said) == [
        ("vendor", 0, False, 500.0), ("vendor", 1, True, 500.0), ("waiting", 0, False, 5.0), ("waiting", 1, True, 10.0),
    ]  # fmt: skip


def test_the_expected_invoice_of_repairs_is_by_their_number_not_by_their_work(tmp_path: Path) -> None:
    """
    Every first delivery fails and is repaired with a tenth of the work: 8 h and 0.8 h are two
    days on the bill, 800, not 1.1 days.
    """
    pair = (
        '[stations.house]\nprice_per_hour = 200\n[routing]\nentry = { rule = "cheapest", among = ["house", "firm"] }\n'
    )
    system = FIRM + pair + "[contracts.book]\nprice_per_hour = 50\nincrement_hours = 8\n"
    assert _expected(tmp_path, system) == 400
    errors = "acceptance = { max_attempts = 2, rework_work = 0.1, rework_probability = 1 }\n"
    assert _expected(tmp_path, FIRM + errors + system.removeprefix(FIRM)) == 800


def _expected(folder: Path, system: str) -> float:
    tables = compile_tables(story(folder, f"at work\n0 8\n{LATE}", system, days=60))
    return tables.stations[[station.name for station in tables.stations].index("firm")].expected_price[0]
