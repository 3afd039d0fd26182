"""What happens to a request in the compiled engine, one small function a move; kernel.py says when.

Each does exactly what its namesake in process.py and process_station.py does. All are inlined: a call that hands
arrays on costs more than the move itself. What few models have stands in doors.py and hands.py.
"""

from __future__ import annotations

import math

import numpy as np

from changeflow.engine.clock import ARRIVAL, COMPLETION, DISPATCH, END_OF_DELAY, SHIFT
from changeflow.engine.draws import DELAY, WORK, uniform_pair
from changeflow.engine.heaps import give_idle, push, take_idle
from changeflow.engine.jit import inlined
from changeflow.engine.quantiles import quantile
from changeflow.engine.records import KIND, NEVER, NONE, NOWHERE, ROUND
from changeflow.engine.rules import FIFO, LIFO, rank
from changeflow.engine.station_table import FRESH, NO_LAW
from changeflow.engine.worktime import finish_time, next_open


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
def opening_of(place, opens, closes, now):  # type: ignore[no-untyped-def]
    """When the calendar of a station or a group is open next; `now` when it is open."""
    if place["never_closes"] == 1:
        return now
    return next_open(opens, closes, place["calendar"], place["intervals"], now)


@inlined
def finish_of(place, opens, closes, before, now, hours):  # type: ignore[no-untyped-def]
    """When so many open hours of a station or a group will have passed."""
    if place["never_closes"] == 1:
        return now + hours if hours > 0.0 else now
    return finish_time(opens, closes, before, place["calendar"], place["intervals"], now, hours)


# the queue


@inlined
def is_behind(slots, slot, its_rank, its_order):  # type: ignore[no-untyped-def]
    """Does the request in this slot come after one of that rank and order?"""
    return slots[slot]["rank"] > its_rank or (slots[slot]["rank"] == its_rank and slots[slot]["order"] > its_order)


@inlined
def line_up(station, matches, categories, slots, slot):  # type: ignore[no-untyped-def]
    """Take the place in the queue that rank and order of joining give."""
    request = slots[slot]
    if station["discipline"] == FIFO:
        request["rank"] = 0.0
    elif station["discipline"] == LIFO:
        request["rank"] = -float(request["order"])
    else:
        match = matches[request["station"] * categories + request["category"]]
        of_category = match["rank_again"] if request["attempt"] > 1 else match["rank"]
        request["rank"] = rank(station["discipline"], of_category, request["arrived"], request["full"], request["left"])
    ahead = station["tail"]
    while ahead != NOWHERE and is_behind(slots, ahead, request["rank"], request["order"]):
        ahead = slots[ahead]["previous"]
    behind = station["head"] if ahead == NOWHERE else slots[ahead]["next"]
    stand_between(station, slots, slot, ahead, behind)


@inlined
def stand_between(station, slots, slot, ahead, behind):  # type: ignore[no-untyped-def]
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
def leave_the_line(station, slots, slot):  # type: ignore[no-untyped-def]
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


@inlined
def join(state, station, matches, slots, slot):  # type: ignore[no-untyped-def]
    now = state["now"]
    tick(station, now)
    request = slots[slot]
    request["joined"] = now
    request["order"] = station["joined"]
    station["joined"] += 1
    if station["discipline"] == FIFO:  # whoever joins is the last
        request["rank"] = 0.0
        stand_between(station, slots, slot, station["tail"], NOWHERE)
    else:
        line_up(station, matches, state["categories"], slots, slot)
    dispatch_later(state, station)


# the servers


@inlined
def start(  # type: ignore[no-untyped-def]
    state, station, groups, group_number, slots, slot, heap, idle, in_hand, speed, opens, closes, before
):
    """A server of a group takes a waiting request in hand."""
    now = state["now"]
    tick(station, now)
    leave_the_line(station, slots, slot)
    group, request = groups[group_number], slots[slot]
    request["started"] = now
    request["group"] = group_number
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
    request["work_hours"] = request["left"] / speed
    until = finish_of(group, opens, closes, before, now, request["work_hours"] * group["hours_per_work_hour"])
    if until < state["end"]:
        push(state, heap, until, turn_at(state, until, COMPLETION, request["number"]), slot, request["stamp"])


@inlined
def has_room(station, group):  # type: ignore[no-untyped-def]
    """Fewer busy than on duty."""
    return group["on_duty"] > 0 if station["infinite"] == 1 else group["busy"] < group["on_duty"]


@inlined
def await_opening(state, station, number, groups, heap, opens, closes):  # type: ignore[no-untyped-def]
    """Wake up when the first of the closed groups opens that has a server to spare, or work to be interrupted."""
    now, opening = state["now"], math.inf
    for g in range(station["first_group"], station["first_group"] + station["groups"]):
        if has_room(station, groups[g]) or station["preemptive"] == 1:
            at = opening_of(groups[g], opens, closes, now)
            if now < at < opening:
                opening = at
    if opening < station["opens_at"] and opening < state["end"]:
        station["opens_at"] = opening
        push(state, heap, opening, turn_at(state, opening, SHIFT, 2 * number), number, 0)


@inlined
def hand_out(  # type: ignore[no-untyped-def]
    state, station, number, groups, slots, heap, idle, in_hand, speeds, opens, closes, before
):
    """Free servers of a plain station take the head of the queue."""
    g = station["first_group"]
    if has_room(station, groups[g]) and opening_of(groups[g], opens, closes, state["now"]) > state["now"]:
        await_opening(state, station, number, groups, heap, opens, closes)
        return
    while station["waiting"] > 0 and has_room(station, groups[g]):
        slot = station["head"]
        speed = speeds[g * state["categories"] + slots[slot]["category"]]
        start(state, station, groups, g, slots, slot, heap, idle, in_hand, speed, opens, closes, before)


@inlined
def free_server(station, groups, request, idle, in_hand):  # type: ignore[no-untyped-def]
    """The server of a request is idle again."""
    group = groups[request["group"]]
    station["busy"] -= 1
    group["busy"] -= 1
    if station["infinite"] == 0:
        server = request["server"] - group["first_number"]
        in_hand[group["first_server"] + server] = NOWHERE
        give_idle(group, idle, server)


# visits


@inlined
def enter(state, station, number, matches, slots, slot, passes, attempt, foreseen, rows, pool):  # type: ignore[no-untyped-def]
    """Begin a visit; the pass fixes its luck, whichever station of the stage it is at."""
    request = slots[slot]
    stage = slot * state["stages"] + station["stage_number"]
    entry = passes[stage]
    passes[stage] = entry + 1
    request["station"] = number
    request["visits"] += 1
    request["is_over"] = 0
    request["entry"] = entry
    request["attempt"] = attempt if station["accepts"] == 1 else 0
    request["entered"] = state["now"]
    request["joined"] = request["started"] = math.nan
    request["server"] = NONE
    request["redraws"] = 0
    law = matches[number * state["categories"] + request["category"]]["service_law"]
    if request["visits"] == 1 and foreseen["stage"] == station["stage"] and foreseen["law"] == law:
        request["accept_luck"] = foreseen["accept_luck"]
        request["full"] = request["left"] = foreseen["hours"] / station["speed"]
        return
    luck, request["accept_luck"] = uniform_pair(state["run_key"], request["key"], station["stage"], WORK, entry)
    share = 1.0
    if attempt > 1 and station["rework_share"] != FRESH:
        share = station["rework_share"]
        luck, _ = uniform_pair(state["run_key"], request["key"], station["stage"], WORK, entry - (attempt - 1))
    elif attempt > 1 and station["rework_law"] != NO_LAW:
        law = station["rework_law"]
    request["full"] = request["left"] = share * quantile(rows, pool, law, luck) / station["speed"]


@inlined
def is_in_intake(state, station, slots, slot, heap, opens, closes, before, rows, pool):  # type: ignore[no-untyped-def]
    """Must it wait outside the queue for triage and quote, in open hours of the station?"""
    if station["delay_law"] == NO_LAW:
        return False
    request, now = slots[slot], state["now"]
    luck, _ = uniform_pair(state["run_key"], request["key"], station["stage"], DELAY, request["entry"])
    over = finish_of(station, opens, closes, before, now, quantile(rows, pool, station["delay_law"], luck))
    if over > now and over < state["end"]:
        push(state, heap, over, turn_at(state, over, END_OF_DELAY, request["number"]), slot, 0)
    return over > now


@inlined
def write_visit(state, station, request, finished, outcome, visits):  # type: ignore[no-untyped-def]
    row = visits[state["visits"]]
    state["visits"] += 1
    request["is_over"] = 1
    row["request"], row["visit"] = request["number"], request["visits"] - 1
    row["stage"], row["pass"], row["attempt"] = station["stage_number"], request["entry"], request["attempt"]
    row["station"], row["server"] = request["station"], request["server"]
    row["entered"], row["joined"], row["started"] = request["entered"], request["joined"], request["started"]
    row["finished"], row["work_hours"], row["outcome"] = finished, request["work_hours"], outcome


@inlined
def close(state, entrances, slots, slot, outcome, requests):  # type: ignore[no-untyped-def]
    request = slots[slot]
    place = request["number"]
    if state["streaming"] == 1:  # rows in order of closing, to be folded and forgotten
        place = state["requests"]
        state["requests"] += 1
    row = requests[place]
    row["number"], row["key"], row["parent"], row["cause"] = request["number"], request["key"], -1, 0
    row["source"], row["category"], row["component"] = request["source"], request["category"], -1
    row["arrived"], row["closed"], row["outcome"] = request["arrived"], state["now"], outcome
    row["difficulty"], row["quality"] = request["difficulty"], request["quality"]
    if entrances[request["source"]]["background"] == 0:
        state["open"] -= 1
    request["next"] = state["free"]
    request["number"] = NONE
    state["free"] = slot


@inlined
def expect_arrival(state, block):  # type: ignore[no-untyped-def]
    """The turn of the next arrival of the block: of this round when it comes at this instant."""
    state["candidate"] += 1
    state["arrival"] += 1
    state["arrival_turn"] = ARRIVAL * KIND + state["candidate"]
    if state["arrival"] < state["arrivals"] and block[state["arrival"]]["arrived"] == state["now"]:
        state["arrival_turn"] += state["turn"] - state["turn"] % ROUND


@inlined
def take_arrival(state, entrances, slots, passes, row):  # type: ignore[no-untyped-def]
    """A request gets a number and a slot."""
    slot = state["free"]
    request = slots[slot]
    state["free"] = request["next"]
    request["number"], request["key"] = state["number"], row["key"]
    request["source"], request["category"] = row["source"], row["category"]
    request["difficulty"], request["quality"] = row["difficulty"], row["quality"]
    request["arrived"] = state["now"]
    request["visits"] = 0
    request["is_over"] = 1
    request["home"] = NOWHERE
    for stage in range(slot * state["stages"], (slot + 1) * state["stages"]):
        passes[stage] = 0
    state["number"] += 1
    if state["streaming"] == 0:
        state["requests"] = state["number"]
    if entrances[request["source"]]["background"] == 0:
        state["open"] += 1
    return slot
