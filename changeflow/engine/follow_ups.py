"""Errors of deliveries in the compiled engine, and the requests that follow: the namesakes of process_mistakes.py.

A request that is still to be found holds a slot without a number; nothing counts it before its time.
"""

from __future__ import annotations

from changeflow.engine.clock import FOLLOW_UP
from changeflow.engine.draws import ERROR, uniform_pair
from changeflow.engine.jit import compiled
from changeflow.engine.mistakes import (
    ESCAPED,
    NO_ERROR,
    caught,
    child_key,
    discovery_hours,
    error_kind,
    in_use,
    quality_after,
    slip_at,
)
from changeflow.engine.moves import at
from changeflow.engine.records import NONE, NOWHERE
from changeflow.engine.trace import DEFECT, DELIVERED, REWORK
from changeflow.engine.views import entrances_of, mistakes_of, notices_of, passes_of, rigidity_of, slots_of, stations_of


@compiled
def judge(state, arrays, slot):  # type: ignore[no-untyped-def]
    """The outcome of a delivery: rework when its error is noticed at once, else delivered."""
    request = slots_of(arrays)[slot]
    own = mistakes_of(arrays)[request["station"]]
    quality = quality_after(request["quality"], own["quality_gain"], request["attempt"] - 1)
    slip = slip_at(own["slip"], own["slip_unskilled"], 1.0)
    request["error"] = error_kind(
        request["accept_luck"], quality, request["difficulty"], own["links"], own["per_link"], own["quality_effect"],
        own["omission_share"], own["promise"], slip, own["irreducible"],
    )  # fmt: skip
    request["caught"] = ESCAPED
    if request["error"] == NO_ERROR:
        return DELIVERED
    stage = stations_of(arrays)[request["station"]]["stage"]
    luck, _ = uniform_pair(state["run_key"], request["key"], stage, ERROR, request["entry"])
    notice = notices_of(arrays)[request["error"]]
    request["caught"] = caught(luck, notice["at_review"], notice["at_acceptance"])
    return DELIVERED if request["caught"] == ESCAPED else REWORK


@compiled
def escape(state, arrays, slot):  # type: ignore[no-untyped-def]
    """An error that nobody noticed is in use now; in time it comes back as a request of its own."""
    slots, now = slots_of(arrays), state["now"]
    request = slots[slot]
    station, own = stations_of(arrays)[request["station"]], mistakes_of(arrays)[request["station"]]
    _, luck = uniform_pair(state["run_key"], request["key"], station["stage"], ERROR, request["entry"])
    hours = discovery_hours(luck, notices_of(arrays)[request["error"]]["discovery"])
    if not now + hours < state["end"]:
        return
    share = in_use(hours, own["production"], own["built_on"], own["built_on_after"])
    place = state["free"]
    repair = slots[place]
    state["free"] = repair["next"]
    repair["number"] = NONE
    repair["arrived"] = now + hours
    repair["key"] = child_key(request["key"], DEFECT, station["stage"], request["entry"])
    repair["source"], repair["category"] = request["source"], request["category"]
    repair["difficulty"] = request["difficulty"]
    repair["quality"] = quality_after(request["quality"], own["quality_gain"], request["attempt"])
    repair["parent"], repair["cause"], repair["work_key"] = request["number"], DEFECT, request["work_key"]
    repair["component"], repair["base"] = request["component"], request["base"]
    repair["scale"] = request["base"] * share * rigidity_of(arrays)[request["category"]]
    repair["first_place"] = NOWHERE if own["to_entry"] == 1 else request["station"]
    plan(state, arrays, place)


@compiled
def plan(state, arrays, slot):  # type: ignore[no-untyped-def]
    """It will be found at the time that stands in its slot."""
    number = state["planned"]
    state["planned"] += 1
    at(state, arrays, slots_of(arrays)[slot]["arrived"], FOLLOW_UP, number, slot, 0)


@compiled
def appear(state, arrays, slot):  # type: ignore[no-untyped-def]
    """A request that follows from another one is found: it gets its number."""
    request, passes = slots_of(arrays)[slot], passes_of(arrays)
    request["number"] = state["number"]
    request["visits"] = 0
    request["is_written"] = 1
    request["home"] = NOWHERE
    for stage in range(slot * state["stages"], (slot + 1) * state["stages"]):
        passes[stage] = 0
    state["number"] += 1
    if state["streaming"] == 0:
        state["requests"] = state["number"]
    if entrances_of(arrays)[request["source"]]["background"] == 0:
        state["open"] += 1
