"""Strategies for queues: who is next, who interrupts, who leaves, who is let in and when."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from changeflow.model.stations.queueing import PREEMPTIVE
from tests.parity.laws import Raw, by_category, laws, one_in
from tests.strategies import sampled

ALWAYS = ("fifo", "lifo", "random", "priority", "shortest", "shortest_remaining")


@st.composite
def queues(draw: st.DrawFn, *, due_dates: bool, waiting_costs: bool, infinite: bool) -> Raw:
    """The order of the queue, what may interrupt work, and what becomes of that."""
    rules = [*ALWAYS, *(["due_date"] if due_dates else []), *(["cost_of_delay"] if waiting_costs else []), "ageing"]
    rule = draw(sampled(rules))
    queue: Raw = {"discipline": rule}
    if rule == "ageing":
        queue["discipline"] = {"rule": rule, "days_per_class": draw(sampled([0.5, 5.0]))}
        if due_dates and draw(st.booleans()):
            queue["discipline"]["urgent_before_due_days"] = draw(sampled([0.25, 1.0, 3.0]))
    if rule in PREEMPTIVE and not infinite:
        queue["preemptive"] = draw(st.booleans())
    if rule != "shortest_remaining":
        queue["interrupted_work"] = draw(sampled(["resume", "restart", "resample"]))
    if not infinite and draw(one_in(5)):
        queue["most_in_hand"] = draw(st.integers(1, 3))
    return queue


@st.composite
def leaving(draw: st.DrawFn, categories: Sequence[str], others: Sequence[str], *, ties: bool) -> Raw:
    """Patience, balking, capacity; a full station may send a newcomer to one of `others`."""
    found: Raw = {}
    if draw(one_in(4)):
        found["patience_hours"] = draw(by_category(laws(draw(sampled([4.0, 24.0])), on_the_hour=ties), categories))
    if draw(one_in(5)):
        shares = draw(st.lists(sampled([1.0, 0.5, 0.25, 0.0]), min_size=1, max_size=4))
        found["join_probability"] = [max(shares[0], 0.25), *shares[1:]]
    if draw(one_in(4)):
        found["capacity"] = draw(st.integers(1, 6))
        found["when_full"] = draw(sampled(["refused", *others]))
    return found


@st.composite
def doors(draw: st.DrawFn, *, ties: bool, capacity: int | None) -> Raw:
    """What comes before the queue and after the work."""
    found: Raw = {}
    if draw(one_in(4)):
        found["intake_delay_hours"] = draw(laws(2.0, on_the_hour=ties))
    if draw(one_in(5)):
        found["requester_wait"] = {
            "probability": draw(sampled([0.3, 1.0])),
            "hours": draw(laws(3.0, on_the_hour=ties)),
        }
    if draw(one_in(5)):
        hold: Raw = {}
        if draw(st.booleans()):
            hold["size"] = draw(st.integers(2, 5))
        if not hold or draw(st.booleans()) or (capacity or 5) < hold["size"]:
            hold["every_days"] = draw(sampled([1.0, 0.25, 1 / 3, 7.0]))
        found["hold"] = hold
    if draw(one_in(5)):
        found["release"] = {"every_days": draw(sampled([1.0, 0.25, 0.3, 3.5]))}
    return found
