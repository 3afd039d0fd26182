"""Strategies for stations: their people, their queue, their work and its acceptance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.parity.laws import Raw, by_category, laws, one_in, shares_of_one
from tests.parity.mistakes import own_errors
from tests.parity.money import CONTRACT
from tests.parity.queues import doors, leaving, queues
from tests.parity.staff import people
from tests.strategies import sampled


@dataclass(frozen=True)
class Setting:
    """What a station needs to know of its model."""

    categories: Sequence[str]
    calendars: Raw
    window: tuple[float, float]
    """First and last day of the run, since go-live."""
    ties: bool
    needs_service: bool
    due_dates: bool
    waiting_costs: bool
    errors: bool
    """Errors with a cause are modelled."""


@st.composite
def stations(
    draw: st.DrawFn, setting: Setting, *, for_all: bool, others: Sequence[str], tester: str | None, tests: bool
) -> Raw:
    """A station with anything that a station may have; `tests`: it tests what others deliver, so it has less."""
    ties, categories = setting.ties, setting.categories
    station: Raw = {"kind": draw(sampled(["in_house", "vendor"]))}
    station |= draw(people(categories, setting.calendars, setting.window, for_all=for_all))
    scale = draw(sampled([1.0, 3.0, 12.0, 40.0]))
    if setting.needs_service or draw(st.booleans()):
        station["service_hours"] = draw(by_category(laws(scale, on_the_hour=ties), categories))
    if not tests and draw(st.booleans()):  # a test is other work than what it tests
        station["stage"] = "change"
    station["speed"] = draw(sampled([1.0, 1.0, 2.0, 0.7]))
    if station["kind"] == "vendor" and draw(one_in(3)):
        station["contract"] = CONTRACT
    else:
        station["price_per_hour"] = draw(sampled([0.0, 60.0, 100.0]))
    if draw(one_in(4)):
        station["share_for_us"] = draw(sampled([0.5, 0.7]))
    if draw(one_in(3)):
        station["openness"] = draw(by_category(shares_of_one, categories))
        station["access"] = draw(sampled([1.0, 0.5]))
    infinite = station.get("servers") == "infinite"
    station |= draw(queues(due_dates=setting.due_dates, waiting_costs=setting.waiting_costs, infinite=infinite))
    if tests:
        return station | ({"intake_delay_hours": 1.0} if draw(one_in(4)) else {})
    station |= draw(leaving(categories, others, ties=ties))
    station |= draw(doors(ties=ties, capacity=station.get("capacity")))
    if draw(st.booleans()):
        station["acceptance"] = draw(_acceptances(categories, tester, ties=ties))
    if setting.errors and draw(st.integers(0, 3)):
        station["errors"] = draw(own_errors)
        for key in ("rework_probability", "rework_work", "rework_hours"):
            station.get("acceptance", {}).pop(key, None)
    return station


@st.composite
def _acceptances(draw: st.DrawFn, categories: Sequence[str], tester: str | None, *, ties: bool) -> Raw:
    limit = draw(sampled([2, 1, 3, None]))
    chances = sampled([0.6, 0.3, 0.0] if limit is None else [0.5, 1.0, 0.0])
    acceptance: Raw = {
        "rework_probability": draw(by_category(chances, categories)),
        "at_limit": draw(sampled(["withdrawn", "done"])),
    }
    if limit is not None:
        acceptance["max_attempts"] = limit
    if draw(one_in(3)):
        acceptance["rework_hours"] = draw(laws(1.0, on_the_hour=ties))
    else:
        acceptance["rework_work"] = draw(sampled(["fresh", 0.5, 1.0, 2.0]))
    if draw(st.booleans()):
        acceptance["rework_priority"] = draw(sampled([0, 4, 9]))
    if draw(one_in(3)):
        acceptance["delay_hours"] = draw(laws(5.0, on_the_hour=ties))
    if tester is not None and draw(st.booleans()):
        acceptance["by"] = tester
    return acceptance
