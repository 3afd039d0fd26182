"""The compiled engine's loop: the same law as process.py and clock.py, over record arrays.

An event is (time, turn, slot): the turn puts rounds, kinds and request numbers of one instant in order, exactly
as clock.py does. A slot holds one open request and is used again after it has closed. `advance` runs until it
needs its driver: new arrivals, room for rows, or a pause for progress and Ctrl-C.
"""

from __future__ import annotations

import math

from changeflow.engine.arrivals import ARRIVAL as ARRIVALS
from changeflow.engine.clock import ARRIVAL, COMPLETION, END_OF_DELAY, MAX_ROUNDS, SHIFT
from changeflow.engine.draws import NO_STAGE
from changeflow.engine.first_pass import FIRST, UNKNOWN
from changeflow.engine.heaps import pop
from changeflow.engine.jit import array_at, compiled
from changeflow.engine.moves import (
    choose_place,
    close,
    complete,
    dispatch,
    dispatch_later,
    go_to,
    join,
    take_arrival,
)
from changeflow.engine.quantiles import LAW
from changeflow.engine.records import (
    ARRAYS,
    EVENT,
    FLOAT,
    INT,
    KIND,
    NEVER,
    NONE,
    NOWHERE,
    ROUND,
    SHORT,
    SLOT,
    STATE,
    STATION,
)
from changeflow.engine.tables import GO_DONE
from changeflow.engine.tables import ROUTE as ROUTES
from changeflow.engine.trace import DECISION, DONE, REFUSED, REQUEST, VISIT

DONE_RUNNING, NEED_ARRIVALS, NEED_ROOM, NEED_SLOTS, PAUSE, ZERO_TIME = range(6)


@compiled
def advance(state_at, arrays_at, most_steps):  # type: ignore[no-untyped-def]
    """Run until the horizon, or until the driver is needed; the order is that of the instant rule.

    State and the addresses of the arrays come as addresses too: handing over a record takes eight microseconds.
    """
    state, arrays = array_at(state_at, 1, STATE)[0], array_at(arrays_at, 1, ARRAYS)[0]
    stations = array_at(arrays["stations"], arrays["stations_size"], STATION)
    slots = array_at(arrays["slots"], arrays["slots_size"], SLOT)
    passes = array_at(arrays["passes"], arrays["passes_size"], SHORT)
    heap = array_at(arrays["heap"], arrays["heap_size"], EVENT)
    idle = array_at(arrays["idle"], arrays["idle_size"], INT)
    opens = array_at(arrays["opens"], arrays["opens_size"], FLOAT)
    closes = array_at(arrays["closes"], arrays["closes_size"], FLOAT)
    before = array_at(arrays["before"], arrays["before_size"], FLOAT)
    service_law = array_at(arrays["service_law"], arrays["service_law_size"], INT)
    openness = array_at(arrays["openness"], arrays["openness_size"], FLOAT)
    rework = array_at(arrays["rework"], arrays["rework_size"], FLOAT)
    entry_route = array_at(arrays["entry_route"], arrays["entry_route_size"], INT)
    routes = array_at(arrays["routes"], arrays["routes_size"], ROUTES)
    places = array_at(arrays["places"], arrays["places_size"], INT)
    heights = array_at(arrays["heights"], arrays["heights_size"], FLOAT)
    rows = array_at(arrays["rows"], arrays["rows_size"], LAW)
    pool = array_at(arrays["pool"], arrays["pool_size"], FLOAT)
    block = array_at(arrays["block"], arrays["block_size"], ARRIVALS)
    first = array_at(arrays["first"], arrays["first_size"], FIRST)
    visits = array_at(arrays["visits"], arrays["visits_size"], VISIT)
    requests = array_at(arrays["requests"], arrays["requests_size"], REQUEST)
    decisions = array_at(arrays["decisions"], arrays["decisions_size"], DECISION)
    pause_at = state["steps"] + most_steps
    while True:
        if state["arrival"] == state["arrivals"] and state["last_block"] == 0:
            return NEED_ARRIVALS
        time, turn, what = math.inf, NEVER, NONE
        if state["events"] > 0:
            time, turn, what = heap[0]["time"], heap[0]["turn"], COMPLETION
        if state["arrival"] < state["arrivals"]:
            at = block[state["arrival"]]["arrived"]
            if at < time or (at == time and state["arrival_turn"] < turn):
                time, turn, what = at, state["arrival_turn"], ARRIVAL
        if state["dispatch_turn"] != NEVER and (state["now"] < time or state["dispatch_turn"] < turn):
            if state["dispatch_turn"] >= MAX_ROUNDS * ROUND:
                return ZERO_TIME
            state["turn"] = state["dispatch_turn"]
            dispatch(state, stations, slots, heap, idle, opens, closes, before)
            continue
        if not time < state["end"]:
            return DONE_RUNNING
        if turn >= MAX_ROUNDS * ROUND:
            return ZERO_TIME
        if state["free"] == NOWHERE:
            return NEED_SLOTS
        room = min(arrays["visits_size"] - state["visits"], arrays["requests_size"] - state["requests"])
        if room < 1 or arrays["decisions_size"] - state["decisions"] < state["stations"]:
            return NEED_ROOM
        state["now"], state["turn"] = time, turn
        state["steps"] += 1
        place, attempt, foreseen = NONE, 1, first[0]
        if what == ARRIVAL:
            slot = take_arrival(state, slots, passes, block)
            foreseen = first[state["arrival"] - 1]
            place = foreseen["place"]
            if place == UNKNOWN:
                route = entry_route[slots[slot]["source"]]
                place = choose_place(
                    state, stations, slots[slot], route, NO_STAGE, 0, routes, places, heights, openness, opens, closes,
                    decisions,
                )  # fmt: skip
            if place < 0:
                close(state, slots, slot, DONE if place == GO_DONE else REFUSED, requests)
        else:
            slot = heap[0]["slot"]
            kind = turn % ROUND // KIND
            pop(state, heap)
            if kind == COMPLETION:
                complete(
                    state, stations, slots, slot, heap, idle, rework, routes, places, heights, openness, opens,
                    closes, visits, requests, decisions,
                )  # fmt: skip
            elif kind == SHIFT:
                stations[slot]["waits_for_opening"] = 0
                dispatch_later(state, stations[slot])
            elif kind == END_OF_DELAY:
                join(state, stations[slots[slot]["station"]], slots, slot)
            else:
                place = slots[slot]["station"]
                if slots[slot]["again"] == 1:
                    attempt = slots[slot]["attempt"] + 1
        if place >= 0:
            go_to(
                state, stations, place, slots, slot, passes, attempt, foreseen, heap, service_law, rows, pool, opens,
                closes, before,
            )  # fmt: skip
        if state["steps"] >= pause_at:
            return PAUSE
