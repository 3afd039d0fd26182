"""Billing: exact expectations, and invoices by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from changeflow.model.expected.invoice import expected_billed_hours
from changeflow.model.money.billing import allowances, billed_hours, invoices, price_of_month
from changeflow.model.money.contracts import Contract, Retainer, Tier
from changeflow.model.values import laws, moments
from tests.unit.small import EVERY_LAW

EXPONENTIAL = laws.Exponential(law="exponential", mean=5.0)


def by(**keys: Any) -> Contract:
    return Contract(**({"price_per_hour": 100.0} | keys))


@pytest.mark.parametrize(("step", "wanted"), [(0.25, 5.1260), (1.0, 5.5167), (4.0, 7.2639), (8.0, 10.0238)])
def test_an_exponential_effort_in_steps(step: float, wanted: float) -> None:
    """A mean m in steps of b is billed b / (1 - exp(-b / m)) on average."""
    found = expected_billed_hours(by(increment_hours=step), EXPONENTIAL)
    assert round(found, 4) == wanted
    assert math.isclose(found, step / (1 - math.exp(-step / 5)), rel_tol=1e-10)


def test_an_exponential_effort_in_steps_with_a_minimum() -> None:
    """m + b / (exp(k b / 5) (1 - exp(-b / 5))), k b the minimum of 2 hours."""
    found = expected_billed_hours(by(increment_hours=0.25, minimum_hours=2.0), EXPONENTIAL)
    assert round(found, 4) == 5.4361
    assert math.isclose(found, 2 + 0.25 * math.exp(-2 / 5) / (1 - math.exp(-0.05)), rel_tol=1e-10)


@pytest.mark.parametrize(
    ("mean", "by_the_quarter", "by_the_day"), [(7.02, 1.03, 1.62), (3.51, 1.11, 2.50), (2.34, 1.25, 3.53)]
)
def test_a_lognormal_effort_billed_over_worked(mean: float, by_the_quarter: float, by_the_day: float) -> None:
    law = laws.Lognormal(law="lognormal", mean=mean, scv=1.0)
    assert round(expected_billed_hours(by(increment_hours=0.25, minimum_hours=2.0), law) / mean, 2) == by_the_quarter
    assert round(expected_billed_hours(by(increment_hours=8.0), law) / mean, 2) == by_the_day


@pytest.mark.parametrize("law", EVERY_LAW.values(), ids=list(EVERY_LAW))
@pytest.mark.parametrize("cut", [None, 6.3])
def test_every_law_in_steps_lies_within_a_step_above_its_mean(law: laws.Law, cut: float | None) -> None:
    """Small steps add half a step on average where the law is smooth; no step changes the mean, none bills less."""
    law = law.model_copy(update={"at_most": cut})
    mean = moments.mean(law)
    assert math.isclose(expected_billed_hours(by(), law), mean, rel_tol=1e-9)
    for step in (0.01, 0.5, 8.0):
        assert mean * (1 - 1e-9) <= expected_billed_hours(by(increment_hours=step), law) <= mean + step + 1e-9


@pytest.mark.parametrize("scv", [1.0, 8.5])
def test_a_heavy_tail_beyond_the_steps_that_are_added_one_by_one(scv: float) -> None:
    """With steps of a thousandth 4,000 steps reach to 4 hours: below and above them half a step is added."""
    law = laws.Lognormal(law="lognormal", mean=7.0, scv=scv)
    assert expected_billed_hours(by(increment_hours=0.001), law) == pytest.approx(7.0005, rel=1e-7)


def test_the_mean_invoice_scales_with_the_work() -> None:
    """Half the work at twice the step is half as much; a faster tool is a smaller work."""
    one = expected_billed_hours(by(increment_hours=2.0, minimum_hours=4.0), EXPONENTIAL, 0.5)
    half = laws.Exponential(law="exponential", mean=2.5)
    assert math.isclose(one, expected_billed_hours(by(increment_hours=2.0, minimum_hours=4.0), half), rel_tol=1e-12)


def test_steps_and_minimum_of_single_passes() -> None:
    hours = [0.0, 0.1, 2.0, 2.0 + 1e-12, 2.1, 7.9, 8.0]
    assert billed_hours(by(), hours).tolist() == hours
    assert billed_hours(by(increment_hours=2.0), hours).tolist() == [0, 2, 2, 2, 4, 8, 8]
    assert billed_hours(by(increment_hours=2.0, minimum_hours=4.0), hours).tolist() == [4, 4, 4, 4, 4, 8, 8]
    assert billed_hours(by(increment_hours=0.1), [1.1]).tolist() == pytest.approx([1.1])  # 11.000000000000002 steps


TIERS = by(price_per_hour=None, tiers=(Tier(up_to_hours=10.0, price_per_hour=100.0), Tier(price_per_hour=60.0)))


def test_a_month_by_tiers() -> None:
    assert price_of_month(TIERS, [0.0, 4.0, 10.0, 15.0]).tolist() == [0, 400, 1000, 1300]


def bill(contract: Contract, hours: list[float], months: list[int], share: list[float] | None = None) -> list[float]:
    ones = np.ones(len(hours))
    whole = np.array(share or [1.0] * (max(months) + 1))
    return invoices(contract, np.array(hours), np.array(months), ones, whole).tolist()


def test_an_invoice_over_the_edge_of_a_tier_is_split() -> None:
    """8 at 100; 2 at 100 and 3 at 60; a new month begins at the first tier."""
    assert bill(TIERS, [8.0, 5.0, 4.0], [0, 0, 1]) == [800, 380, 400]


@pytest.mark.parametrize(
    ("unused", "wanted"), [("lost", [0.0, 200.0, 0.0, 500.0]), ("carried", [0.0, 200.0, 0.0, 0.0])]
)
def test_the_hours_of_a_retainer_come_first(unused: Any, wanted: list[float]) -> None:
    """6 hours a month: 5, then 3 of which 2 are beyond; then 1, leaving 5; then 11, 5 beyond if the 5 are lost."""
    contract = by(retainer=Retainer(per_month=500.0, hours=6.0, unused=unused))
    assert bill(contract, [5.0, 3.0, 1.0, 11.0], [0, 0, 1, 2]) == wanted


def test_a_part_of_a_month_has_a_part_of_the_hours() -> None:
    contract = by(retainer=Retainer(per_month=500.0, hours=6.0))
    assert bill(contract, [5.0], [0], [0.5]) == [200.0]
    assert allowances(contract, np.zeros(2), np.array([0.5, 1.0])).tolist() == [3.0, 6.0]


def test_tiers_count_the_hours_beyond_the_retainer() -> None:
    """20 hours, 6 of them in the retainer: 10 at 100 and 4 at 60."""
    contract = TIERS.model_copy(update={"retainer": Retainer(per_month=500.0, hours=6.0)})
    assert bill(contract, [20.0], [0]) == [1240.0]


def test_urgency_is_by_category_then_by_class_then_by_default() -> None:
    contract = by(urgency={"data": 3.0, "0": 2.0, "default": 0.5})
    assert [contract.factor(name, level) for name, level in (("data", 0), ("report", 0), ("report", 1))] == [3, 2, 0.5]
    assert by().factor("data", 0) == 1.0
