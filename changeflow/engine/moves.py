"""What happens to a request in the compiled engine, one small function a move; kernel.py says when.

Each does exactly what its namesake in process.py does. All are inlined: a call that hands arrays on costs more
than the move itself.
"""

from __future__ import annotations

import math

from changeflow.engine.clock import ARRIVAL, COMPLETION, DISPATCH, END_OF_DELAY, RE_ENTRY, SHIFT
from changeflow.engine.draws import DELAY, ROUTE, WORK, uniform_pair
from changeflow.engine.heaps import give_idle, push, take_idle
from changeflow.engine.jit import inlined
from changeflow.engine.quantiles import quantile
from changeflow.engine.records import KIND, NEVER, NONE, NOWHERE, ROUND
from changeflow.engine.rules import is_rejected, may_do, overflows, pick, still_waiting
from changeflow.engine.station_table import FRESH, INFINITE, NO_LAW
from changeflow.engine.tables import (
    BY_CATEGORY,
    GO_DONE,
    GO_REFUSED,
    NO_LIMIT,
    SPLIT,
    TO,
)
from changeflow.engine.trace import DELIVERED, DONE, REFUSED, REWORK, WITHDRAWN
from changeflow.engine.worktime import finish_time, next_open


@inlined
def turn_at(state, time, kind, number):  # type: ignore[no-untyped-def]
    """An event of this instant joins the present round if its turn is still to come, else the next."""
    turn = kind * KIND + number
    if time == state["now"] and state["turn"] >= 0:
        turn += state["turn"] - state["turn"] % ROUND
        if turn <= state["turn"]:
            turn += ROUND
    return turn


@inlined
def dispatch_later(state, station):  # type: ignore[no-untyped-def]
    """Dispatch at the end of the round, unless nothing waits here or no server is idle: then it would do nothing."""
    startable = station["waiting"] > 0 and (station["idle"] > 0 or station["servers"] == INFINITE)
    if startable and state["dispatch_turn"] == NEVER:
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
def join(state, station, slots, slot):  # type: ignore[no-untyped-def]
    now = state["now"]
    tick(station, now)
    slots[slot]["joined"] = now
    slots[slot]["next"] = NOWHERE
    if station["waiting"] == 0:
        station["head"] = slot
    else:
        slots[station["tail"]]["next"] = slot
    station["tail"] = slot
    station["waiting"] += 1
    dispatch_later(state, station)


@inlined
def opening_of(station, opens, closes, now):  # type: ignore[no-untyped-def]
    if station["never_closes"] == 1:
        return now
    return next_open(opens, closes, station["calendar"], station["intervals"], now)


@inlined
def finish_of(station, opens, closes, before, now, hours):  # type: ignore[no-untyped-def]
    if station["never_closes"] == 1:
        return now + hours
    return finish_time(opens, closes, before, station["calendar"], station["intervals"], now, hours)


@inlined
def dispatch(state, stations, slots, heap, idle, opens, closes, before):  # type: ignore[no-untyped-def]
    """Hand idle servers to those waiting: stations in file order, lowest-numbered server to the first in line."""
    now = state["now"]
    state["dispatch_turn"] = NEVER
    for s in range(state["stations"]):
        station = stations[s]
        infinite = station["servers"] == INFINITE
        if station["waiting"] == 0 or not (infinite or station["idle"] > 0):
            continue
        opening = opening_of(station, opens, closes, now)
        if opening > now:
            if station["waits_for_opening"] == 0 and opening < state["end"]:
                station["waits_for_opening"] = 1
                push(state, heap, opening, turn_at(state, opening, SHIFT, s), s)
            continue
        tick(station, now)
        while station["waiting"] > 0 and (infinite or station["idle"] > 0):
            slot = station["head"]
            station["head"] = slots[slot]["next"]
            station["waiting"] -= 1
            station["busy"] += 1
            request = slots[slot]
            request["started"] = now
            request["server"] = 0 if infinite else take_idle(station, idle)
            hours = request["work_hours"] * station["hours_per_work_hour"]
            until = finish_of(station, opens, closes, before, now, hours)
            if until < state["end"]:
                push(state, heap, until, turn_at(state, until, COMPLETION, request["number"]), slot)


@inlined
def enter(state, station, number, slots, slot, passes, attempt, foreseen, service_law, rows, pool):  # type: ignore[no-untyped-def]
    """Begin a visit; the pass fixes its luck, whichever station of the stage it is at."""
    request = slots[slot]
    stage = slot * state["stages"] + station["stage_number"]
    entry = passes[stage]
    passes[stage] = entry + 1
    request["station"] = number
    request["visits"] += 1
    request["entry"] = entry
    request["attempt"] = attempt if station["accepts"] == 1 else 0
    request["entered"] = state["now"]
    request["joined"] = request["started"] = math.nan
    request["server"] = NONE
    if foreseen["stage"] == station["stage"] and request["visits"] == 1:
        luck, request["accept_luck"] = foreseen["work_luck"], foreseen["accept_luck"]
    else:
        luck, request["accept_luck"] = uniform_pair(state["run_key"], request["key"], station["stage"], WORK, entry)
    share = 1.0
    if attempt > 1 and station["rework_share"] != FRESH:
        share = station["rework_share"]
        luck, _ = uniform_pair(state["run_key"], request["key"], station["stage"], WORK, entry - (attempt - 1))
    law = service_law[number * state["categories"] + request["category"]]
    request["work_hours"] = share * quantile(rows, pool, law, luck) / station["speed"]


@inlined
def go_to(  # type: ignore[no-untyped-def]
    state, stations, number, slots, slot, passes, attempt, foreseen, heap, service_law, rows, pool, opens, closes,
    before,
):  # fmt: skip
    """Enter a station: from outside or from another one through its intake, where there is one; again for rework."""
    station, request = stations[number], slots[slot]
    enter(state, station, number, slots, slot, passes, attempt, foreseen, service_law, rows, pool)
    if attempt == 1 and station["delay_law"] != NO_LAW:
        luck, _ = uniform_pair(state["run_key"], request["key"], station["stage"], DELAY, request["entry"])
        delay = quantile(rows, pool, station["delay_law"], luck)
        if delay > 0.0:
            over = finish_of(station, opens, closes, before, state["now"], delay)
            if over < state["end"]:
                push(state, heap, over, turn_at(state, over, END_OF_DELAY, request["number"]), slot)
            return
    join(state, station, slots, slot)


@inlined
def choose_place(  # type: ignore[no-untyped-def]
    state, stations, request, route, stage, entry, routes, places, heights, openness, opens, closes, decisions
):
    """The next place: a station's number, or an outcome."""
    rule, first, size = routes[route]["rule"], routes[route]["first"], routes[route]["size"]
    if rule == TO:
        return places[first]
    if rule == BY_CATEGORY:
        return places[first + request["category"]]
    if rule == SPLIT:
        luck, _ = uniform_pair(state["run_key"], request["key"], stage, ROUTE, entry)
        return places[first + pick(heights, first, size, luck)]
    return first_open(
        state, stations, request, places, first, size, routes[route]["limit"], openness, opens, closes, decisions
    )


@inlined
def first_open(  # type: ignore[no-untyped-def]
    state, stations, request, places, first, size, limit, openness, opens, closes, decisions
):
    """The first station open to the request that is not full; the last open one takes what overflows."""
    chosen = GO_REFUSED
    written = state["decisions"]
    for i in range(first, first + size):
        place = places[i]
        if not may_do(request["difficulty"], openness[place * state["categories"] + request["category"]]):
            continue
        chosen = place
        station = stations[place]
        waiting, free = station["waiting"], station["idle"]
        if station["servers"] == INFINITE:
            free = waiting + 1
        if opening_of(station, opens, closes, state["now"]) > state["now"]:
            free = 0
        if state["keep_decisions"] == 1:
            row = decisions[state["decisions"]]
            row["request"], row["time"], row["station"] = request["number"], state["now"], place
            row["seen"] = still_waiting(waiting, free)
            row["value"] = math.inf if limit == NO_LIMIT else limit
            row["chosen"] = False
            state["decisions"] += 1
        if limit == NO_LIMIT or not overflows(waiting, free, limit):
            break
    for i in range(written, state["decisions"]):
        decisions[i]["chosen"] = decisions[i]["station"] == chosen
    return chosen


@inlined
def write_visit(state, station, request, finished, outcome, visits):  # type: ignore[no-untyped-def]
    row = visits[state["visits"]]
    state["visits"] += 1
    row["request"], row["visit"] = request["number"], request["visits"] - 1
    row["stage"], row["pass"], row["attempt"] = station["stage_number"], request["entry"], request["attempt"]
    row["station"], row["server"] = request["station"], request["server"]
    row["entered"], row["joined"], row["started"] = request["entered"], request["joined"], request["started"]
    row["finished"], row["work_hours"], row["outcome"] = finished, request["work_hours"], outcome


@inlined
def close(state, slots, slot, outcome, requests):  # type: ignore[no-untyped-def]
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
    request["next"] = state["free"]
    request["number"] = NONE
    state["free"] = slot


@inlined
def complete(  # type: ignore[no-untyped-def]
    state, stations, slots, slot, heap, idle, rework, routes, places, heights, openness, opens, closes,
    visits, requests, decisions,
):  # fmt: skip
    """Work is finished: free the server; the delivery is accepted, or done again, or the request moves on."""
    request = slots[slot]
    station = stations[request["station"]]
    now = state["now"]
    tick(station, now)
    station["busy"] -= 1
    if station["servers"] != INFINITE:
        give_idle(station, idle, request["server"])
    dispatch_later(state, station)
    outcome = DELIVERED
    if station["accepts"] == 1 and is_rejected(
        request["accept_luck"], rework[request["station"] * state["categories"] + request["category"]]
    ):
        outcome = REWORK
    write_visit(state, station, request, now, outcome, visits)
    if outcome == REWORK:
        if request["attempt"] != station["max_attempts"]:
            request["again"] = 1
            push(state, heap, now, turn_at(state, now, RE_ENTRY, request["number"]), slot)
            return
        if station["at_limit_done"] == 0:
            close(state, slots, slot, WITHDRAWN, requests)
            return
    place = choose_place(
        state, stations, request, station["next_route"], station["stage"], request["entry"], routes, places,
        heights, openness, opens, closes, decisions,
    )  # fmt: skip
    if place >= 0:
        request["again"] = 0
        request["station"] = place
        push(state, heap, now, turn_at(state, now, RE_ENTRY, request["number"]), slot)
    else:
        close(state, slots, slot, DONE if place == GO_DONE else REFUSED, requests)


@inlined
def take_arrival(state, slots, passes, block):  # type: ignore[no-untyped-def]
    """The next request of the block gets a number and a slot."""
    row = block[state["arrival"]]
    slot = state["free"]
    request = slots[slot]
    state["free"] = request["next"]
    request["number"], request["key"] = state["number"], row["key"]
    request["source"], request["category"] = row["source"], row["category"]
    request["difficulty"], request["quality"] = row["difficulty"], row["quality"]
    request["arrived"] = state["now"]
    request["visits"] = 0
    for stage in range(slot * state["stages"], (slot + 1) * state["stages"]):
        passes[stage] = 0
    state["number"] += 1
    if state["streaming"] == 0:
        state["requests"] = state["number"]
    state["arrival"] += 1
    round_now = state["turn"] - state["turn"] % ROUND
    state["arrival_turn"] = ARRIVAL * KIND + state["number"]
    if state["arrival"] < state["arrivals"] and block[state["arrival"]]["arrived"] == state["now"]:
        state["arrival_turn"] += round_now
    return slot
