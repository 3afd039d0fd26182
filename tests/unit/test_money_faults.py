"""Wrong money: each refused with its reason, its line and the nearest valid name; all faults together."""

from __future__ import annotations

from pathlib import Path

import pytest

from changeflow.model.reading import read_model
from tests.unit.small import assert_told, faults_of, model_of

MODEL = """\
title = "a firm by contract"
horizon_days = 100
[categories.data]
share = 1
work_hours = 2
[demand]
kind = "poisson"
rate_per_day = 1
[contracts.book]
minimum_hours = 2
increment_hours = 0.5
tiers = [{ up_to_hours = 10, price_per_hour = 100 }, { up_to_hours = 20, price_per_hour = 90 }, { price_per_hour = 80 }]
urgency = { data = 1.5, 0 = 2 }
retainer = { per_month = 500, hours = 5 }
sla = { within_hours = 48, credit = 50 }
[stations.house]
price_per_hour = 50
[stations.firm]
kind = "vendor"
contract = "book"
[routing]
entry = { rule = "budget", per_month = 900, prefer = "firm", otherwise = "house" }
[costs]
waiting = { shape = "convex", per_day = 8, doubles_after_days = 30 }
day_job_value_per_hour = 90
day_job_agreed_hours_per_week = 5
"""
BOOK = "contracts.book"
FAULTS = [
    # tiers
    ("up_to_hours = 20", "up_to_hours = 10", 12, f"{BOOK}.tiers.1.up_to_hours", "hours above 10", ""),
    ("up_to_hours = 20", "up_to_hours = 5", 12, f"{BOOK}.tiers.1.up_to_hours", "would overlap", ""),
    ("up_to_hours = 20, ", "", 12, f"{BOOK}.tiers.1", "in every tier but the last", ""),
    ("{ price_per_hour = 80", "{ up_to_hours = 30, price_per_hour = 80", 12, f"{BOOK}.tiers.2.up_to_hours", "last", ""),
    ("up_to_hours = 20", "up_to_hour = 20", 12, f"{BOOK}.tiers.1.up_to_hour", "a known key", "'up_to_hours'"),
    ("up_to_hours = 20", "up_to_hours = -20", 12, f"{BOOK}.tiers.1.up_to_hours", "above 0", ""),
    ("minimum_hours", "price_per_hour = 9\nminimum_hours", 10, f"{BOOK}.price_per_hour", "either", ""),
    # minimum and steps
    ("minimum_hours = 2", "minimum_hours = 0.2", 10, f"{BOOK}.minimum_hours", "whole number of increments of 0.5", ""),
    ("increment_hours = 0.5", "increment_hours = 8", 10, f"{BOOK}.minimum_hours", "increments of 8", ""),
    ("minimum_hours = 2", "minimum_hours = 6", 10, f"{BOOK}.minimum_hours", "at most the 5 hours of the retainer", ""),
    ("increment_hours = 0.5", "increment_hours = 0", 11, f"{BOOK}.increment_hours", "above 0", ""),
    # names
    ('contract = "book"', 'contract = "boek"', 20, "stations.firm.contract", "a contract of this model", "'book'"),
    ('kind = "vendor"\n', "", 19, "stations.firm.contract", 'kind "vendor"', ""),
    ("data = 1.5", "date = 1.5", 13, f"{BOOK}.urgency.date", "a category", "'data'"),
    ("0 = 2", "0 = 0", 13, f"{BOOK}.urgency.0", "above 0", ""),
    ("retainer =", "retaine =", 14, f"{BOOK}.retaine", "a known key", "'retainer'"),
    ("hours = 5 }", "hours = 5, unused = 'kept' }", 14, f"{BOOK}.retainer.unused", "'lost' or 'carried'", ""),
    ("within_hours = 48, ", "", 15, f"{BOOK}.sla.within_hours", "a value", ""),
    # a price twice
    ('contract = "book"', 'contract = "book"\nprice_per_hour = 9', 21, "stations.firm.price_per_hour", "either", ""),
    # a budget of no money
    ('contract = "book"\n', "", 21, "routing.entry.prefer", "a price_per_hour", ""),
    # waiting
    ('"convex"', '"konvex"', 24, "costs.waiting.shape", "linear, step, convex", "'convex'"),
    ("doubles_after", "double_after", 24, "costs.waiting.double_after_days", "a known key", "'doubles_after_days'"),
    ("waiting =", "waiting_per_day = 8\nwaiting =", 24, "costs.waiting_per_day", "either", ""),
    (
        "share = 1", 'waiting = { shape = "step", at_due_date = 9 }\nshare = 1',
        3, "categories.data", "due_within_days", "",
    ),
    (
        "share = 1", 'waiting_cost_per_day = 1\nwaiting = { shape = "linear", per_day = 9 }\nshare = 1',
        4, "categories.data.waiting_cost_per_day", "either", "",
    ),
    ('{ shape = "convex", per_day = 8, doubles_after_days = 30 }', '{ shape = "step", at_due_date = 9 }',
     3, "categories.data", "due_within_days", ""),
    # the day job, money later
    ("day_job_value_per_hour = 90\n", "", 25, "costs.day_job_agreed_hours_per_week", "a day_job_value_per_hour", ""),
    ("day_job_value", "discount_rate_per_year = 5\nday_job_value", 25, "costs.discount_rate_per_year", "below 1", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "line", "path", "expected", "hint"), FAULTS, ids=[f"{f[1]} at {f[3]}" for f in FAULTS]
)
def test_a_fault_is_told_with_its_place_and_its_reason(
    tmp_path: Path, old: str, new: str, line: int, path: str, expected: str, hint: str
) -> None:
    assert old in MODEL
    assert_told(tmp_path, MODEL.replace(old, new, 1), line, path, expected, hint)


def test_the_model_without_faults_is_read(tmp_path: Path) -> None:
    """Or the table above would prove nothing."""
    (tmp_path / "model.toml").write_text(MODEL, encoding="utf-8")
    model = read_model(tmp_path / "model.toml")
    assert model.contracts["book"].rates == ((0, 100), (10, 90), (20, 80))
    assert model.hourly_rate("firm") == 100


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = MODEL.replace("up_to_hours = 20", "up_to_hours = 10").replace("data = 1.5", "date = 1.5")
    text = text.replace('contract = "book"', 'contract = "boek"').replace("minimum_hours = 2", "minimum_hours = 0.2")
    assert {fault.path for fault in faults_of(tmp_path, text)} == {
        f"{BOOK}.tiers.1.up_to_hours", f"{BOOK}.urgency.date", f"{BOOK}.minimum_hours", "stations.firm.contract",
    }  # fmt: skip


def test_a_contract_without_a_price_is_refused(tmp_path: Path) -> None:
    lines = [line for line in MODEL.splitlines() if not line.startswith("tiers")]
    (fault,) = faults_of(tmp_path, "\n".join(lines))
    assert (fault.path, "price_per_hour or tiers" in fault.expected) == (BOOK, True)


def test_a_prior_set_gives_no_price_to_a_station_with_a_contract_and_no_second_cost_of_waiting() -> None:
    """Else a file that names a set could have neither."""
    text = MODEL.replace("horizon_days", 'priors = "field"\nhorizon_days')
    model = model_of(text)
    assert model.stations["firm"].price_per_hour == 0
    assert model.costs.waiting_per_day == 0
    assert "stations.firm.price_per_hour" not in model.assumptions
