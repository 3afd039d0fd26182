"""Errors of deliveries in the compiled engine, and the requests that follow: the namesakes of process/follow_ups.py.

A request that is still to be found holds a slot without a number; nothing counts it before its time.
"""

from __future__ import annotations

import numpy as np

from changeflow.engine.chance.draws import ERROR, uniform_pair
from changeflow.engine.compiled.moves import at
from changeflow.engine.compiled.views import (
    children_of,
    components_of,
    links_of,
    mistakes_of,
    notices_of,
    rigidity_of,
    slots_of,
    softness_of,
    stations_of,
)
from changeflow.engine.jit import compiled
from changeflow.engine.shared.cascade import children_each_time, children_once
from changeflow.engine.shared.mistakes import (
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
from changeflow.engine.shared.turns import FOLLOW_UP
from changeflow.engine.tables.graph import ONCE, UNLIMITED
from changeflow.engine.tables.records import NONE, NOWHERE
from changeflow.engine.trace import DEFECT, DELIVERED, PROPAGATION, REWORK


@compiled
def judge(state, arrays, slot):  # type: ignore[no-untyped-def]
    """The outcome of a delivery: rework when its error is noticed at once, else delivered."""
    request = slots_of(arrays)[slot]
    own = mistakes_of(arrays)[request["station"]]
    quality = quality_after(request["quality"], own["quality_gain"], request["attempt"] - 1)
    slip = slip_at(own["slip"], own["slip_unskilled"], request["skill"])
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
    place = take_slot(state, arrays)
    repair = slots[place]
    inherit(request, repair, DEFECT)
    repair["arrived"] = now + hours
    repair["key"] = child_key(request["key"], DEFECT, station["stage"], request["entry"])
    repair["category"], repair["component"] = request["category"], request["component"]
    repair["quality"] = quality_after(request["quality"], own["quality_gain"], request["attempt"])
    repair["base"] = request["base"]
    repair["scale"] = request["base"] * share * rigidity_of(arrays)[request["category"]]
    repair["first_place"] = NOWHERE if own["to_entry"] == 1 else request["station"]
    plan(state, arrays, place)


@compiled
def take_slot(state, arrays):  # type: ignore[no-untyped-def]
    """A free slot for a request without a number."""
    slot = state["free"]
    request = slots_of(arrays)[slot]
    state["free"] = request["next"]
    state["spare"] -= 1
    request["number"] = NONE
    return slot


@compiled
def give_back(state, arrays, slot):  # type: ignore[no-untyped-def]
    """The slot of a request that never comes is free again."""
    slots_of(arrays)[slot]["next"] = state["free"]
    state["free"] = slot
    state["spare"] += 1


@compiled
def inherit(parent, child, cause):  # type: ignore[no-untyped-def]
    """What a request that follows has from the one that it follows from."""
    child["parent"], child["cause"], child["work_key"] = parent["number"], cause, parent["work_key"]
    child["source"], child["difficulty"] = parent["source"], parent["difficulty"]
    child["root_component"], child["root_category"] = parent["root_component"], parent["root_category"]


@compiled
def spread(state, arrays, slot):  # type: ignore[no-untyped-def]
    """It is done: the changes that it draws after it are asked for at once."""
    slots, links, components, children = slots_of(arrays), links_of(arrays), components_of(arrays), children_of(arrays)
    request = slots[slot]
    for i in range(drawn_links(state, arrays, request)):
        link = links[children[i]]
        place = take_slot(state, arrays)
        change = slots[place]
        inherit(request, change, PROPAGATION)
        change["arrived"] = state["now"]
        change["key"] = child_key(request["key"], PROPAGATION, link["key"], 0)
        own = components[link["to"]]["category"]
        change["category"] = own if own >= 0 else request["category"]
        change["component"], change["quality"] = link["to"], request["quality"]
        change["base"] = change["scale"] = request["base"] * link["impact"]
        change["first_place"] = NOWHERE
        plan(state, arrays, place)


@compiled
def drawn_links(state, arrays, request):  # type: ignore[no-untyped-def]
    """How many links were written among the children: those along which a change that is done draws others."""
    if request["component"] < 0:
        return 0
    components, links, softness = components_of(arrays), links_of(arrays), softness_of(arrays)
    component, category = np.int64(request["component"]), np.int64(request["root_category"])
    if state["spreads"] == UNLIMITED:
        return children_each_time(
            state["run_key"], request["key"], category, component, components, links, softness, children_of(arrays)
        )
    if state["spreads"] != ONCE or request["cause"] == DEFECT:  # a repair changes again what its cascade has changed
        return 0
    return children_once(
        state["run_key"], request["work_key"], np.int64(request["root_component"]), category, component, components,
        links, softness, children_of(arrays),
    )  # fmt: skip


@compiled
def plan(state, arrays, slot):  # type: ignore[no-untyped-def]
    """It will be found at the time that stands in its slot."""
    number = state["planned"]
    state["planned"] += 1
    at(state, arrays, slots_of(arrays)[slot]["arrived"], FOLLOW_UP, number, slot, 0)
