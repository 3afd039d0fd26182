"""Generated models with everything that both engines know: people, queues, doors, delays."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.laws.systems import Raw, systems
from tests.strategies import sampled

QUEUES = (
    "fifo", "lifo", "random", "priority", "shortest", "shortest_remaining", "due_date", "cost_of_delay",
    {"rule": "ageing", "days_per_class": 0.5},
    {"rule": "ageing", "days_per_class": 0.5, "urgent_before_due_days": 0.25},
)  # fmt: skip
PREEMPTIVE = ("priority", "shortest", "shortest_remaining", "due_date", "cost_of_delay")
CATEGORIES: Raw = {
    "plain": {"share": 0.75, "priority": 1, "due_within_days": 1.0, "waiting_cost_per_day": 2.0},
    "odd": {"share": 0.25, "due_within_days": 0.5, "waiting_cost_per_day": 3.0},
}

hours = sampled([1.0, 4.0, {"law": "exponential", "mean": 3.0}])


@st.composite
def groups(draw: st.DrawFn, calendars: tuple[str, ...]) -> Raw:
    """Two or three groups; the first may work on everything."""
    staff: Raw = {"first": {}, "second": {}}
    if draw(st.booleans()):
        staff["third"] = {}
    for name, group in staff.items():
        if draw(st.booleans()):
            group["head_count"] = {"days": [0.0, 1.5, 3.0], "servers": draw(st.permutations([0, 1, 2]))}
        else:
            group["servers"] = draw(sampled([1, 2]))
            if name != "first" and draw(st.booleans()):
                group["from_day"], group["until_day"] = 0.5, draw(sampled([2.0, 3.5]))
        if name != "first" and draw(st.booleans()):
            group["categories"] = ["plain"]
        if draw(st.booleans()):
            group["speed"] = draw(sampled([2.0, {"odd": 0.5, "default": 1.0}]))
        if draw(st.booleans()):
            group["calendar"] = draw(sampled(calendars))
    return staff


@st.composite
def queueing(draw: st.DrawFn) -> Raw:
    """A discipline, with or without interruptions."""
    keys: Raw = {"discipline": draw(sampled(QUEUES))}
    if keys["discipline"] in PREEMPTIVE and draw(st.booleans()):
        keys["preemptive"] = True
        if keys["discipline"] != "shortest_remaining":
            keys["interrupted_work"] = draw(sampled(["resume", "restart", "resample"]))
    return keys


def _sometimes(draw: st.DrawFn, keys: dict[str, st.SearchStrategy[Any]]) -> Raw:
    return {key: draw(values) for key, values in keys.items() if draw(st.integers(0, 3)) == 0}


@st.composite
def full_systems(draw: st.DrawFn, *, calendars: tuple[str, ...] = ("always", "office")) -> Raw:
    """The raw tables of a model of one to three stations, each with some of all features."""
    raw = draw(systems(calendars=calendars))
    raw["categories"] = CATEGORIES
    for station in raw["stations"].values():
        if station["servers"] == "infinite":
            station["discipline"] = draw(sampled(QUEUES))
        else:
            station.update(draw(queueing()))
            if draw(st.booleans()):
                del station["servers"]
                station["staff"] = draw(groups(calendars))
            station.update(_sometimes(draw, {"most_in_hand": sampled([1, 2])}))
        ends = ["finish"] if station.get("servers") == "infinite" else ["finish", "hand_back"]
        some = {
            "shift_end": sampled(ends),
            "staff_drop": st.just("finish"),
            "absence": st.just(0.5),
            "patience_hours": hours,
            "join_probability": sampled([[1.0, 0.5], [0.9, 0.5, 0.0]]),
            "capacity": sampled([2, 3, 5]),
            "requester_wait": st.fixed_dictionaries({"probability": st.just(0.5), "hours": hours}),
            "hold": sampled([{"size": 2}, {"every_days": 0.5}, {"size": 2, "every_days": 0.5}]),
            "release": st.just({"every_days": 0.25}),
        }
        station.update(_sometimes(draw, some))
        if "acceptance" in station:
            station["acceptance"] |= _sometimes(draw, {"delay_hours": hours, "rework_priority": st.just(0)})
    return raw
