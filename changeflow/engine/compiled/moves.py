"""What happens to a request in the compiled engine, one small function a move; kernel.py says when.

Each does exactly what its namesake in process/story.py and process/station.py does. All are handed the run's state and
the record of its arrays' addresses, and take what they need from views.py: that costs no more than an argument.
"""

from __future__ import annotations

import math

import numpy as np

from changeflow.engine.chance.draws import PATIENCE, uniform_pair
from changeflow.engine.compiled.heaps import give_idle, push, take_idle
from changeflow.engine.compiled.lookups import hours_of, match_of
from changeflow.engine.compiled.people import apply_skill
from changeflow.engine.compiled.views import (
    before_of,
    block_of,
    closes_of,
    components_of,
    entrances_of,
    factors_of,
    groups_of,
    heap_of,
    idle_of,
    in_hand_of,
    opens_of,
    passes_of,
    requests_of,
    slots_of,
    speeds_of,
    starts_of,
    stations_of,
)
from changeflow.engine.jit import compiled, inlined
from changeflow.engine.shared.cascade import NO_COMPONENT, first_component
from changeflow.engine.shared.rules import FIFO, LIFO, rank
from changeflow.engine.shared.turns import ARRIVAL, COMPLETION, DISPATCH, KIND, RENEGE, ROUND, SHIFT
from changeflow.engine.shared.worktime import finish_time, next_open
from changeflow.engine.tables.graph import NONE as NO_GRAPH
from changeflow.engine.tables.records import NEVER, NONE, NOWHERE
from changeflow.engine.tables.station import NO_LAW
from changeflow.engine.trace import DONE, ROOT


@inlined
def turn_at(state, time, kind, number):  # type: ignore[no-untyped-def]
    """An event of this instant joins the present round if its turn is still to come, else the next."""
    turn = kind * KIND + np.int64(number)
    if time == state["now"] and state["turn"] >= 0:
        turn += state["turn"] - state["turn"] % ROUND
        if turn <= state["turn"]:
            turn += ROUND
    return turn


@inlined
def at(state, arrays, time, kind, number, slot, stamp):  # type: ignore[no-untyped-def]
    """An event at a time; beyond the horizon it never happens."""
    if time < state["end"]:
        push(state, heap_of(arrays), time, turn_at(state, time, kind, number), slot, stamp)


@inlined
def dispatch_later(state, station):  # type: ignore[no-untyped-def]
    """One dispatch at the end of this round, unless it would do nothing because nobody waits here."""
    if station["waiting"] > 0 and state["dispatch_turn"] == NEVER:
        state["dispatch_turn"] = turn_at(state, state["now"], DISPATCH, 0)


@inlined
def tick(station, now):  # type: ignore[no-untyped-def]
    """Keep the integrals of queue and service up to now."""
    if now > station["since"]:
        passed = now - station["since"]
        station["in_station"] += (station["waiting"] + station["busy"]) * passed
        station["in_queue"] += station["waiting"] * passed
        station["in_service"] += station["busy"] * passed
        station["since"] = now


@inlined
def opening_of(arrays, place, now):  # type: ignore[no-untyped-def]
    """When the calendar of a station or a group is open next; `now` when it is open."""
    if place["never_closes"] == 1:
        return now
    return next_open(opens_of(arrays), closes_of(arrays), place["calendar"], place["intervals"], now)


@inlined
def finish_of(arrays, place, now, hours):  # type: ignore[no-untyped-def]
    """When so many open hours of a station or a group will have passed."""
    if place["never_closes"] == 1:
        return now + hours if hours > 0.0 else now
    opens, closes, before = opens_of(arrays), closes_of(arrays), before_of(arrays)
    return finish_time(opens, closes, before, place["calendar"], place["intervals"], now, hours)


# the queue


@inlined
def join(state, arrays, slot, features):  # type: ignore[no-untyped-def]
    """Queue up; patience begins to run."""
    request = slots_of(arrays)[slot]
    station = stations_of(arrays)[request["station"]]
    tick(station, state["now"])
    request["joined"] = state["now"]
    request["order"] = station["joined"]
    station["joined"] += 1
    if station["discipline"] == FIFO:  # whoever joins is the last
        request["rank"] = 0.0
        stand_between(arrays, station, slot, station["tail"], NOWHERE)
    else:
        line_up(state, arrays, slot)
    if features is not None:
        run_out_of_patience(state, arrays, slot)
    dispatch_later(state, station)


@inlined
def run_out_of_patience(state, arrays, slot):  # type: ignore[no-untyped-def]
    request = slots_of(arrays)[slot]
    law = match_of(state, arrays, request["station"], request["category"])["patience_law"]
    if law != NO_LAW:
        stage = stations_of(arrays)[request["station"]]["stage"]
        luck, _ = uniform_pair(state["run_key"], request["key"], stage, PATIENCE, request["entry"])
        until = state["now"] + hours_of(arrays, law, luck)
        at(state, arrays, until, RENEGE, request["number"], slot, request["stamp"])


@compiled
def line_up(state, arrays, slot):  # type: ignore[no-untyped-def]
    """Take the place in the queue that rank and order of joining give."""
    slots = slots_of(arrays)
    request = slots[slot]
    station = stations_of(arrays)[request["station"]]
    if station["discipline"] == FIFO:
        request["rank"] = 0.0
    elif station["discipline"] == LIFO:
        request["rank"] = -float(request["order"])
    else:
        match = match_of(state, arrays, request["station"], request["category"])
        of_category = match["rank_again"] if request["attempt"] > 1 else match["rank"]
        request["rank"] = rank(station["discipline"], of_category, request["arrived"], request["full"], request["left"])
    ahead = station["tail"]
    while ahead != NOWHERE and is_behind(slots[ahead], request):
        ahead = slots[ahead]["previous"]
    stand_between(arrays, station, slot, ahead, station["head"] if ahead == NOWHERE else slots[ahead]["next"])


@inlined
def is_behind(one, other):  # type: ignore[no-untyped-def]
    """Does it come after another in the queue?"""
    return one["rank"] > other["rank"] or (one["rank"] == other["rank"] and one["order"] > other["order"])


@inlined
def stand_between(arrays, station, slot, ahead, behind):  # type: ignore[no-untyped-def]
    slots = slots_of(arrays)
    slots[slot]["previous"], slots[slot]["next"] = ahead, behind
    if ahead == NOWHERE:
        station["head"] = slot
    else:
        slots[ahead]["next"] = slot
    if behind == NOWHERE:
        station["tail"] = slot
    else:
        slots[behind]["previous"] = slot
    station["waiting"] += 1


@inlined
def leave_the_line(arrays, station, slot):  # type: ignore[no-untyped-def]
    slots = slots_of(arrays)
    ahead, behind = slots[slot]["previous"], slots[slot]["next"]
    if ahead == NOWHERE:
        station["head"] = behind
    else:
        slots[ahead]["next"] = behind
    if behind == NOWHERE:
        station["tail"] = ahead
    else:
        slots[behind]["previous"] = ahead
    station["waiting"] -= 1


# the servers


@inlined
def hand_out(state, arrays, number, features):  # type: ignore[no-untyped-def]
    """Free servers of a plain station take the head of the queue."""
    station = stations_of(arrays)[number]
    groups = groups_of(arrays)
    g = station["first_group"]
    if has_room(station, groups[g]) and opening_of(arrays, groups[g], state["now"]) > state["now"]:
        await_opening(state, arrays, number)
        return
    while station["waiting"] > 0 and has_room(station, groups[g]):
        start(state, arrays, station["head"], g, features)


@inlined
def start(state, arrays, slot, g, features):  # type: ignore[no-untyped-def]
    """A server of group g takes a waiting request in hand."""
    groups, speeds, idle, in_hand = groups_of(arrays), speeds_of(arrays), idle_of(arrays), in_hand_of(arrays)
    group, request = groups[g], slots_of(arrays)[slot]
    station, now = stations_of(arrays)[request["station"]], state["now"]
    tick(station, now)
    leave_the_line(arrays, station, slot)
    request["started"] = now
    request["group"] = g
    if station["infinite"] == 1:
        request["server"] = 0
    else:
        server = take_idle(group, idle)
        in_hand[group["first_server"] + server] = slot
        request["server"] = group["first_number"] + server
    group["busy"] += 1
    station["busy"] += 1
    station["starts"] += 1
    request["stamp"] += 1
    if features is None:
        request["skill"] = 1.0
        request["work_hours"] = request["left"] / speeds[g * state["categories"] + request["category"]]
    else:
        apply_skill(state, arrays, slot, g)
        request["work_hours"] = request["left"] / request["pace"]
    until = finish_of(arrays, group, now, request["work_hours"] * group["hours_per_work_hour"])
    at(state, arrays, until, COMPLETION, request["number"], slot, request["stamp"])


@inlined
def has_room(station, group):  # type: ignore[no-untyped-def]
    """Fewer busy than on duty."""
    return group["on_duty"] > 0 if station["infinite"] == 1 else group["busy"] < group["on_duty"]


@compiled
def await_opening(state, arrays, number):  # type: ignore[no-untyped-def]
    """Wake up when the first of the closed groups opens that has a server to spare, or work to be interrupted."""
    station, now, opening = stations_of(arrays)[number], state["now"], math.inf
    groups = groups_of(arrays)
    for g in range(station["first_group"], station["first_group"] + station["groups"]):
        if has_room(station, groups[g]) or station["preemptive"] == 1:
            opens_at = opening_of(arrays, groups[g], now)
            if now < opens_at < opening:
                opening = opens_at
    if opening < station["opens_at"] and opening < state["end"]:
        station["opens_at"] = opening
        at(state, arrays, opening, SHIFT, 2 * number, number, 0)


@inlined
def free_server(arrays, station, request):  # type: ignore[no-untyped-def]
    """The server of a request is idle again."""
    groups, idle, in_hand = groups_of(arrays), idle_of(arrays), in_hand_of(arrays)
    group = groups[request["group"]]
    station["busy"] -= 1
    group["busy"] -= 1
    if station["infinite"] == 0:
        server = request["server"] - group["first_number"]
        in_hand[group["first_server"] + server] = NOWHERE
        give_idle(group, idle, server)


# coming and going


@compiled
def close(state, arrays, slot, outcome, errors):  # type: ignore[no-untyped-def]
    """It is done, or given up: its row is written, its slot free."""
    request = slots_of(arrays)[slot]
    place = request["number"]
    if state["streaming"] == 1:  # rows in order of closing, to be folded and forgotten
        place = state["requests"]
        state["requests"] += 1
    row = requests_of(arrays)[place]
    row["number"], row["key"], row["source"] = request["number"], request["key"], request["source"]
    row["category"] = request["category"]
    if errors is None:
        row["parent"], row["cause"], row["component"] = NONE, ROOT, NONE
    else:
        row["parent"], row["cause"], row["component"] = request["parent"], request["cause"], request["component"]
    row["arrived"], row["closed"], row["outcome"] = request["arrived"], state["now"], outcome
    row["difficulty"], row["quality"] = request["difficulty"], request["quality"]
    if entrances_of(arrays)[request["source"]]["background"] == 0:
        state["open"] -= 1
        state["lost"] += outcome != DONE
    request["next"] = state["free"]
    request["number"] = NONE
    state["free"] = slot
    if errors is not None:
        state["spare"] += 1


@inlined
def expect_arrival(state, arrays):  # type: ignore[no-untyped-def]
    """The turn of the next arrival of the block: of this round when it comes at this instant."""
    state["candidate"] += 1
    state["arrival"] += 1
    state["arrival_turn"] = ARRIVAL * KIND + state["candidate"]
    if state["arrival"] < state["arrivals"] and block_of(arrays)[state["arrival"]]["arrived"] == state["now"]:
        state["arrival_turn"] += state["turn"] - state["turn"] % ROUND


@compiled
def begin_at_a_component(state, arrays, request):  # type: ignore[no-untyped-def]
    """A root request begins at a component, if its category has any."""
    starts, size = starts_of(arrays), components_of(arrays).shape[0]
    component = first_component(state["run_key"], request["key"], np.int64(request["category"]), starts, size)
    request["component"] = request["root_component"] = component
    if component != NO_COMPONENT:
        factor = factors_of(arrays)[np.int64(request["category"]) * size + component]
        request["base"] = request["scale"] = factor


@inlined
def take_arrival(state, arrays, arrival, errors):  # type: ignore[no-untyped-def]
    """A request of the block takes a slot, and appears."""
    slot, row = state["free"], block_of(arrays)[arrival]
    request = slots_of(arrays)[slot]
    state["free"] = request["next"]
    request["key"], request["arrived"] = row["key"], state["now"]
    request["source"], request["category"] = row["source"], row["category"]
    request["difficulty"], request["quality"] = row["difficulty"], row["quality"]
    if errors is not None:
        request["parent"], request["cause"], request["component"] = NONE, ROOT, NONE
        request["work_key"], request["base"], request["scale"] = row["key"], 1.0, 1.0
        request["root_category"], request["root_component"] = request["category"], NONE
        request["first_place"] = NOWHERE
        state["spare"] -= 1
        if state["spreads"] != NO_GRAPH:
            begin_at_a_component(state, arrays, request)
    appear(state, arrays, slot)
    return slot


@inlined
def appear(state, arrays, slot):  # type: ignore[no-untyped-def]
    """A request is there: it gets its number."""
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
