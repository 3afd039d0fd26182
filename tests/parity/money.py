"""Strategies for money: contracts, shapes of waiting, what an in-house hour displaces, discounting."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from tests.parity.laws import Raw, one_in
from tests.strategies import sampled

CONTRACT = "by_the_book"
RATES = sampled([60.0, 100.0])


@st.composite
def contracts(draw: st.DrawFn, categories: Sequence[str]) -> Raw:
    """A way to bill: steps with a minimum of so many of them, one price or tiers, fees."""
    contract: Raw = {}
    if draw(st.booleans()):
        contract["increment_hours"] = draw(sampled([0.25, 1.0, 8.0]))
    contract["minimum_hours"] = contract.get("increment_hours", 0.5) * draw(sampled([0, 1, 3]))
    if draw(st.booleans()):
        contract["price_per_hour"] = draw(RATES)
    else:
        ends = draw(sampled([[], [4.0], [5.0, 30.0]]))
        contract["tiers"] = [{"up_to_hours": end, "price_per_hour": draw(RATES)} for end in ends]
        contract["tiers"].append({"price_per_hour": draw(RATES)})
    if draw(st.booleans()):
        keys = ["1", "default", *categories]
        contract["urgency"] = {draw(sampled(keys)): draw(sampled([0.5, 2.0]))}
    if draw(one_in(3)):
        unused = draw(sampled(["lost", "carried"]))
        contract["retainer"] = {"per_month": 500.0, "hours": 24.0, "unused": unused}
    if draw(one_in(3)):
        contract["sla"] = {"within_hours": 10.0, "fee_per_month": draw(sampled([0.0, 50.0])), "credit": 20.0}
    return contract


@st.composite
def waiting(draw: st.DrawFn, *, due_dates: bool) -> Raw:
    """A shape of what an open request costs."""
    shape = draw(sampled(["linear", "convex", *(["step"] if due_dates else [])]))
    if shape == "step":
        return {"shape": shape, "at_due_date": 100.0, "per_day": draw(sampled([0.0, 24.0]))}
    found: Raw = {"shape": shape, "per_day": draw(sampled([24.0, 300.0]))}
    return found | ({"doubles_after_days": draw(sampled([1.0, 30.0]))} if shape == "convex" else {})


@st.composite
def costs(draw: st.DrawFn, per_day: float, *, due_dates: bool) -> Raw:
    """Costs of a model: waiting of one shape or another where it costs anything."""
    found: Raw = {"waiting_per_day": per_day}
    if per_day > 0 and draw(one_in(3)):
        found = {"waiting": draw(waiting(due_dates=due_dates))}
    found["unmet_need_per_request"] = 70.0
    if draw(one_in(3)):
        found["day_job_value_per_hour"] = 80.0
        found["day_job_agreed_hours_per_week"] = draw(sampled([2.0, 30.0]))
    if draw(one_in(4)):
        found |= {"hosting_per_month": 90.0, "licence_per_user_month": 5.0}
    return found
