"""Servers of the compiled engine that few models have: skills, interruptions, changes of staff, impatience.

The namesakes of process/station.py, called with the addresses of all arrays.
"""

from __future__ import annotations

import math

import numpy as np

from changeflow.engine.chance.draws import AGAIN, ORDER, again_entry, uniform_pair
from changeflow.engine.compiled.lookups import hours_of, match_of
from changeflow.engine.compiled.moves import (
    at,
    await_opening,
    close,
    dispatch_later,
    free_server,
    has_room,
    leave_the_line,
    line_up,
    opening_of,
    start,
    tick,
)
from changeflow.engine.compiled.people import may_change, take_news
from changeflow.engine.compiled.routes import worked_on
from changeflow.engine.compiled.views import changes_of, groups_of, in_hand_of, slots_of, stations_of
from changeflow.engine.compiled.visits import write_visit
from changeflow.engine.jit import compiled, inlined
from changeflow.engine.shared.rules import (
    NEVER_URGENT,
    RANDOM,
    SHORTEST_REMAINING,
    escalated,
    left_after,
    place_in_random_order,
)
from changeflow.engine.shared.turns import SHIFT
from changeflow.engine.tables.records import NONE, NOWHERE
from changeflow.engine.tables.station import HAND_BACK, NO_LAW, NO_LIMIT, RESAMPLE, RESTART
from changeflow.engine.trace import INTERRUPTED, RENEGED, WITHDRAWN


@inlined
def is_at_its_limit(station):  # type: ignore[no-untyped-def]
    return station["most_in_hand"] != NO_LIMIT and station["busy"] >= station["most_in_hand"]


@compiled
def hand_out_by_choice(state, arrays, number):  # type: ignore[no-untyped-def]
    """Hand out free servers where not everyone may take the head of the queue; then let the urgent interrupt."""
    station = stations_of(arrays)[number]
    while True:
        slot, g = next_match(state, arrays, station)
        if slot == NOWHERE and station["preemptive"] == 1:
            slot, victim = interruption(state, arrays, station)
            if slot != NOWHERE:
                g = slots_of(arrays)[victim]["group"]
                interrupt(state, arrays, victim)
        if slot == NOWHERE:
            break
        start(state, arrays, slot, g, True)
    if station["waiting"] > 0 and (station["preemptive"] == 1 or not is_at_its_limit(station)):
        await_opening(state, arrays, number)


@compiled
def next_match(state, arrays, station):  # type: ignore[no-untyped-def]
    """Who is served next, and by which group; NOWHERE, NOWHERE when nobody can be."""
    if station["waiting"] == 0 or is_at_its_limit(station) or not is_anyone_free(state, arrays, station):
        return np.int64(NOWHERE), np.int64(NONE)
    slots = slots_of(arrays)
    if station["discipline"] == RANDOM:
        able, slot = 0, station["head"]
        while slot != NOWHERE:
            able += 1 if free_group_for(state, arrays, station, slots[slot]) != NONE else 0
            slot = slots[slot]["next"]
        if able == 0:
            return np.int64(NOWHERE), np.int64(NONE)
        luck, _ = uniform_pair(state["run_key"], np.uint64(station["starts"]), station["key"], ORDER, 0)
        place, slot = place_in_random_order(luck, able), station["head"]
        while True:
            g = free_group_for(state, arrays, station, slots[slot])
            if g != NONE:
                if place == 0:
                    return np.int64(slot), np.int64(g)
                place -= 1
            slot = slots[slot]["next"]
    best, best_group, best_rank = np.int64(NOWHERE), np.int64(NONE), math.inf
    slot = station["head"]
    while slot != NOWHERE:
        g = free_group_for(state, arrays, station, slots[slot])
        if g != NONE:
            if station["urgent_hours"] == NEVER_URGENT:
                return np.int64(slot), np.int64(g)
            its_rank = rank_now(state, arrays, station, slots[slot])
            is_first = its_rank == best_rank and slots[slot]["order"] < slots[best]["order"]
            if best == NOWHERE or its_rank < best_rank or is_first:
                best, best_group, best_rank = slot, g, its_rank
        slot = slots[slot]["next"]
    return best, best_group


@inlined
def rank_now(state, arrays, station, request):  # type: ignore[no-untyped-def]
    match = match_of(state, arrays, request["station"], request["category"])
    return escalated(request["rank"], request["arrived"], match["due_hours"], station["urgent_hours"], state["now"])


@inlined
def is_anyone_free(state, arrays, station):  # type: ignore[no-untyped-def]
    """Has some group a server for whoever waits? Else nobody need look through a long queue."""
    groups = groups_of(arrays)
    for g in range(station["first_group"], station["first_group"] + station["groups"]):
        if has_room(station, groups[g]) and opening_of(arrays, groups[g], state["now"]) <= state["now"]:
            return True
    return False


@compiled
def free_group_for(state, arrays, station, request):  # type: ignore[no-untyped-def]
    """The first group with a free server who may work on the request; NONE when there is none."""
    groups = groups_of(arrays)
    for g in range(station["first_group"], station["first_group"] + station["groups"]):
        if not has_room(station, groups[g]) or not may_change(state, arrays, g, request):
            continue
        if opening_of(arrays, groups[g], state["now"]) <= state["now"]:
            return g
    return NONE


@compiled
def interruption(state, arrays, station):  # type: ignore[no-untyped-def]
    """The first in line that ranks before work in hand which it may interrupt, and that work; else NOWHERE, NOWHERE."""
    slots = slots_of(arrays)
    groups, in_hand, now = groups_of(arrays), in_hand_of(arrays), state["now"]
    slot = station["head"]
    while slot != NOWHERE:
        worst, worst_rank, sees_all = np.int64(NOWHERE), -math.inf, True
        for g in range(station["first_group"], station["first_group"] + station["groups"]):
            group = groups[g]
            if not may_change(state, arrays, g, slots[slot]):
                sees_all = False
                continue
            if group["busy"] > group["on_duty"] or opening_of(arrays, group, now) > now:
                continue
            for server in range(group["first_server"], group["first_server"] + group["servers"]):
                held = in_hand[server]
                if held == NOWHERE:
                    continue
                its_rank = slots[held]["rank"]
                if station["discipline"] == SHORTEST_REMAINING:
                    worked = worked_on(arrays, group, slots[held], now)
                    its_rank = left_after(slots[held]["left"], worked * slots[held]["pace"])
                if (
                    worst == NOWHERE
                    or its_rank > worst_rank
                    or (its_rank == worst_rank and is_later(slots[held], slots[worst]))
                ):
                    worst, worst_rank = held, its_rank
        if worst != NOWHERE and worst_rank > slots[slot]["rank"]:
            return np.int64(slot), np.int64(worst)
        if sees_all:  # those behind it rank no better, and there is no other work
            break
        slot = slots[slot]["next"]
    return np.int64(NOWHERE), np.int64(NONE)


@inlined
def is_later(one, other):  # type: ignore[no-untyped-def]
    """Was it started later? Ties by number."""
    return one["started"] > other["started"] or (one["started"] == other["started"] and one["number"] > other["number"])


@compiled
def interrupt(state, arrays, slot):  # type: ignore[no-untyped-def]
    """Work in hand is laid down: its row closes, a new one opens, back in the queue where it was."""
    request = slots_of(arrays)[slot]
    station = stations_of(arrays)[request["station"]]
    now = state["now"]
    tick(station, now)
    worked = worked_on(arrays, groups_of(arrays)[request["group"]], request, now)
    left = left_after(request["left"], worked * request["pace"])
    free_server(arrays, station, request)
    request["work_hours"] = worked
    write_visit(state, arrays, station, request, now, INTERRUPTED, 0)
    request["visits"] += 1
    request["is_written"] = 0
    request["stamp"] += 1
    request["entered"] = request["joined"] = now
    request["started"] = math.nan
    request["server"] = NONE
    if station["interrupted"] == RESTART:
        left = request["full"]
    elif station["interrupted"] == RESAMPLE:
        left = request["full"] = redraw(state, arrays, station, request)
    request["left"] = left
    line_up(state, arrays, slot)


@compiled
def redraw(state, arrays, station, request):  # type: ignore[no-untyped-def]
    """Work content drawn anew within the pass."""
    request["redraws"] += 1
    place = again_entry(request["entry"], request["redraws"])
    luck, _ = uniform_pair(state["run_key"], request["key"], station["stage"], AGAIN, place)
    law = match_of(state, arrays, request["station"], request["root_category"])["service_law"]
    if request["attempt"] > 1 and station["rework_law"] != NO_LAW:
        law = station["rework_law"]
    return request["scale"] * hours_of(arrays, law, luck) / station["speed"]


@compiled
def change_staff(state, arrays, g):  # type: ignore[no-untyped-def]
    """Another number on duty; work in hand of those who leave may go back to the queue, the latest start first."""
    groups, in_hand = groups_of(arrays), in_hand_of(arrays)
    slots, changes = slots_of(arrays), changes_of(arrays)
    group = groups[g]
    change = changes[group["first_change"] + group["change"]]
    group["on_duty"] = change["on_duty"]
    take_news(state, arrays, g, change["news"])
    while change["rule"] == HAND_BACK and group["busy"] > group["on_duty"]:
        latest = np.int64(NOWHERE)
        for server in range(group["first_server"], group["first_server"] + group["servers"]):
            held = in_hand[server]
            if held != NOWHERE and (latest == NOWHERE or is_later(slots[held], slots[latest])):
                latest = held
        interrupt(state, arrays, latest)
    group["change"] += 1
    await_change(state, arrays, g)
    dispatch_later(state, stations_of(arrays)[group["station"]])


@compiled
def await_change(state, arrays, g):  # type: ignore[no-untyped-def]
    """The next change of a group's number on duty."""
    groups = groups_of(arrays)
    group = groups[g]
    if group["change"] < group["changes"]:
        time = changes_of(arrays)[group["first_change"] + group["change"]]["time"]
        at(state, arrays, time, SHIFT, 2 * g + 1, g, 0)


@compiled
def renege(state, arrays, slot, stamp):  # type: ignore[no-untyped-def]
    """It leaves if it has not been started meanwhile."""
    request = slots_of(arrays)[slot]
    if request["stamp"] == stamp:
        go_away(state, arrays, slot, RENEGED)


@compiled
def go_away(state, arrays, slot, outcome):  # type: ignore[no-untyped-def]
    """It leaves the queue, and is withdrawn."""
    request = slots_of(arrays)[slot]
    station = stations_of(arrays)[request["station"]]
    tick(station, state["now"])
    leave_the_line(arrays, station, slot)
    request["stamp"] += 1
    request["work_hours"] = request["left"]
    write_visit(state, arrays, station, request, state["now"], outcome, 0)
    close(state, arrays, slot, WITHDRAWN, True)
