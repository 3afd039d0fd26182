"""Work is neither made nor lost by the order in which it is done (Kleinrock's conservation of work)."""

import pickle
from copy import deepcopy
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, seed
from hypothesis import strategies as st

from changeflow.engine import trace as t
from tests.laws.full_systems import CATEGORIES, PREEMPTIVE, full_systems
from tests.laws.systems import LAW, MONDAY, OFFICE, Raw, arrivals, left_at, run, tables_of, works
from tests.strategies import sampled

ORDERS: list[Raw] = [
    *({"discipline": rule} for rule in ("lifo", "random", *PREEMPTIVE)),
    *({"discipline": rule, "preemptive": True} for rule in PREEMPTIVE),
    {"discipline": {"rule": "ageing", "days_per_class": 0.5, "urgent_before_due_days": 0.25}},
]


@st.composite
def desks(draw: st.DrawFn) -> Raw:
    """One desk with one server and no rework: all that arrives is to be done, in some order."""
    return {
        "title": "one server", "go_live": MONDAY, "horizon_days": 5.0, "categories": CATEGORIES,
        "open_today": draw(st.integers(0, 4)), "calendars": {"office": OFFICE},
        "demand": {"sources": {"demand": draw(arrivals)}},
        "stations": {
            "desk": {
                "service_hours": draw(st.one_of(works, st.fixed_dictionaries({"plain": works, "odd": works}))),
                "calendar": draw(sampled(["always", "office"])),
                "availability": draw(sampled([1.0, 0.5])),
                "shift_end": draw(sampled(["pause", "hand_back"])),
            }
        },
    }  # fmt: skip


TIMES = np.linspace(0.01, 119.9, 60)


def unfinished(raw: Raw) -> np.ndarray:
    """Working hours still to be done of all that has come, at 60 instants."""
    trace = run(raw)
    table = tables_of(raw).stations[0]
    rows, shift = trace.visits, table.groups[0].shift
    per_hour = table.groups[0].hours_per_work_hour
    started, left = left_at(rows, "started", trace.end), left_at(rows, "finished", trace.end)
    come = trace.requests["arrived"][rows["request"]]
    found = np.zeros(len(TIMES))
    for k, now in enumerate(TIMES):
        worked = shift.open_hours_at(np.minimum(left, now)) - shift.open_hours_at(np.minimum(started, now))
        found[k] = (rows["work_hours"] * (come <= now)).sum() - worked.sum() / per_hour
    return found


@lru_cache(maxsize=128)
def unfinished_in_order_of_arrival(raw: bytes) -> np.ndarray:
    """What all other orders of the same model are held against."""
    return unfinished(pickle.loads(raw))


@pytest.mark.parametrize("order", ORDERS, ids=str)
@seed(1)  # the same models for every order: each is run once in order of arrival
@LAW
@given(raw=desks())
def test_unfinished_work_at_one_server_is_the_same_in_any_order(raw: Raw, order: Raw) -> None:
    """At 60 instants, against first come first served; interrupted work is resumed."""
    other = deepcopy(raw)
    other["stations"]["desk"] |= order
    one, two = unfinished_in_order_of_arrival(pickle.dumps(raw)), unfinished(other)
    assert one == pytest.approx(two, abs=1e-7)


@LAW
@given(raw=full_systems())
def test_interrupted_work_that_is_resumed_is_neither_lost_nor_done_twice(raw: Raw) -> None:
    """
    The stays of one pass sum, at the pace of its servers, to the work of the pass: what the same pass (same request,
    stage and number: same luck) takes in a run where nobody is ever interrupted.
    """
    for station in raw["stations"].values():
        station.pop("interrupted_work", None)
        station.pop("staff", None)
    calm = deepcopy(raw)
    for station in calm["stations"].values():
        station.pop("preemptive", None)
        station["shift_end"] = "pause"
    whole = {}
    for row in run(calm).visits:
        if row["outcome"] in (t.DELIVERED, t.REWORK):
            whole[_pass(row)] = row["work_hours"]
    parts: dict[tuple[int, ...], float] = {}
    done = set()
    for row in run(raw).visits:
        key = _pass(row)
        if not np.isnan(row["started"]):
            parts[key] = parts.get(key, 0.0) + row["work_hours"]
        if row["outcome"] in (t.DELIVERED, t.REWORK):
            done.add(key)
    for key in done & set(whole):
        assert parts[key] == pytest.approx(whole[key], abs=1e-8)


def _pass(row: np.void) -> tuple[int, ...]:
    return tuple(int(row[column]) for column in ("request", "station", "pass", "attempt"))


@LAW
@given(raw=full_systems())
def test_no_urgent_request_waits_beside_less_urgent_work_that_may_be_interrupted(raw: Raw) -> None:
    """Interruption by class, replayed: between two instants, whoever waits is no more urgent than the work in hand."""
    for station in raw["stations"].values():
        if station.get("servers") != "infinite":
            station |= {"discipline": "priority", "preemptive": True}
            station.pop("most_in_hand", None)
            station.pop("staff", None)
        if "acceptance" in station:
            station["acceptance"].pop("rework_priority", None)
    trace = run(raw)
    for place, table in enumerate(tables_of(raw).stations):
        mine = trace.visits[(trace.visits["station"] == place) & ~np.isnan(trace.visits["joined"])]
        if table.infinite or not len(mine):
            continue
        urgency = np.array(table.rank)[trace.requests["category"][mine["request"]]]
        left = left_at(mine, "finished", trace.end)
        begun = np.where(np.isnan(mine["started"]), left, mine["started"])
        instants = np.unique(np.concatenate([mine["joined"], begun, left]))
        group = table.groups[0]
        for now in (instants[1:] + instants[:-1])[np.diff(instants) > 1e-9] / 2:
            on_duty = group.on_duty[np.searchsorted(group.times, now) - 1] > 0
            if not on_duty or group.calendar.next_open(now) != now:
                continue
            waiting, in_hand = (mine["joined"] < now) & (begun > now), (begun < now) & (left > now)
            if waiting.any() and in_hand.any():
                assert urgency[waiting].min() >= urgency[in_hand].max()
