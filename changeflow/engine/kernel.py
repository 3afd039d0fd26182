"""The compiled engine's loop: the same law as process.py and clock.py, over record arrays.

An event is (time, turn, slot): the turn puts rounds, kinds and request numbers of one instant in order, exactly
as clock.py does. `advance` runs until it needs its driver: new arrivals, room for rows, or a pause for progress
and Ctrl-C. The moves stand in moves.py; choices.py, doors.py and hands.py hold what few models have.
"""

from __future__ import annotations

import math

import numpy as np

from changeflow.engine.arrivals import ARRIVAL as ARRIVALS
from changeflow.engine.choices import choose_place, look_around
from changeflow.engine.clock import ARRIVAL, COMPLETION, END_OF_DELAY, MAX_ROUNDS, RE_ENTRY, SHIFT
from changeflow.engine.doors import after_the_work, come_in, would_ask
from changeflow.engine.draws import NO_STAGE
from changeflow.engine.first_pass import UNKNOWN
from changeflow.engine.hands import await_change, dispatch_with_choice
from changeflow.engine.heaps import pop, push
from changeflow.engine.jit import array_at, compiled, inlined
from changeflow.engine.moves import (
    close,
    dispatch_later,
    enter,
    expect_arrival,
    free_server,
    hand_out,
    is_in_intake,
    join,
    take_arrival,
    tick,
    turn_at,
    write_visit,
)
from changeflow.engine.rare import rare_event
from changeflow.engine.records import (
    ARRAYS,
    KIND,
    NEVER,
    NEW_STATION,
    NONE,
    NOWHERE,
    REPEAT,
    ROUND,
    STATE,
    TO_DOOR,
)
from changeflow.engine.route_table import GO_DONE
from changeflow.engine.rules import is_rejected
from changeflow.engine.trace import DELIVERED, DONE, REFUSED, REWORK, WITHDRAWN
from changeflow.engine.views import (
    calendars_of,
    entrances_of,
    first_of,
    heap_of,
    laws_of,
    matches_of,
    passes_of,
    requests_of,
    routes_of,
    slots_of,
    staff_of,
    stations_of,
    visits_of,
)

NOT_NOW = -10
"""Beside the places of route_table: it enters no station at this event."""
DONE_RUNNING, NEED_ARRIVALS, NEED_ROOM, NEED_SLOTS, PAUSE, ZERO_TIME = range(6)


@compiled
def begin(state_at, arrays_at):  # type: ignore[no-untyped-def]
    """Before the first event: changes of staff are known."""
    state, arrays = array_at(state_at, 1, STATE)[0], array_at(arrays_at, 1, ARRAYS)[0]
    for g in range(arrays["groups_size"]):
        await_change(state, arrays, g)


@compiled
def advance(state_at, arrays_at, most_steps, features):  # type: ignore[no-untyped-def]
    """Run until the horizon, or until the driver is needed; the order is that of the instant rule.

    State and the addresses of the arrays come as addresses too: handing over a record takes eight microseconds.
    `features` is None for a model that has none of doors.py and hands.py: they are then not even compiled, since
    Numba prunes what hangs on `features is None` before it looks any further.
    """
    state, arrays = array_at(state_at, 1, STATE)[0], array_at(arrays_at, 1, ARRAYS)[0]
    stations, matches, entrances = stations_of(arrays), matches_of(arrays), entrances_of(arrays)
    slots, passes, heap = slots_of(arrays), passes_of(arrays), heap_of(arrays)
    groups, speeds, idle, in_hand = staff_of(arrays)
    opens, closes, before = calendars_of(arrays)
    routes, places, heights = routes_of(arrays)
    rows, pool = laws_of(arrays)
    block, first = array_at(arrays["block"], arrays["block_size"], ARRIVALS), first_of(arrays)
    visits, requests = visits_of(arrays), requests_of(arrays)
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
            if features is None:
                dispatch(state, stations, groups, slots, heap, idle, in_hand, speeds, opens, closes, before)
            else:
                dispatch_with_choice(state, arrays)
            continue
        if not time < state["end"]:
            return DONE_RUNNING
        if turn >= MAX_ROUNDS * ROUND:
            return ZERO_TIME
        if state["free"] == NOWHERE:
            return NEED_SLOTS
        room = min(arrays["visits_size"] - state["visits"], arrays["requests_size"] - state["requests"])
        if room < state["rows_an_event"] or arrays["heap_size"] - state["events"] < state["events_an_event"]:
            return NEED_ROOM
        if arrays["decisions_size"] - state["decisions"] < state["looks_an_event"]:
            return NEED_ROOM
        state["now"], state["turn"] = time, turn
        state["steps"] += 1
        place, arrival, attempt, as_newcomer, is_judged = np.int64(NOT_NOW), 0, 1, True, False
        if what == ARRIVAL:
            arrival = state["arrival"]
            expect_arrival(state, block)
            if features is not None:  # noqa: SIM102  what is pruned must hang on this question alone
                if not would_ask(state, arrays, block[arrival]):
                    state["unasked"] += 1
                    continue
            slot = take_arrival(state, entrances, slots, passes, block[arrival])
            place, route, stage, entry = first[arrival]["place"], entrances[slots[slot]["source"]]["route"], NO_STAGE, 0
        else:
            slot, stamp, kind = heap[0]["slot"], heap[0]["stamp"], turn % ROUND // KIND
            pop(state, heap)
            if kind == COMPLETION:
                is_judged = slots[slot]["stamp"] == stamp
                if is_judged:
                    complete(state, stations, groups, matches, slots, slot, idle, in_hand, visits)
                    if features is not None:
                        is_judged = after_the_work(state, arrays, slot, np.int64(TO_DOOR))
            elif kind == RE_ENTRY:
                place, attempt, as_newcomer = place_again(stations, slots[slot])
            elif kind == SHIFT and turn % 2 == 0:
                stations[slot]["opens_at"] = math.inf
                dispatch_later(state, stations[slot])
            elif features is not None:
                is_judged = rare_event(state, arrays, slot, stamp, kind, turn)
            elif kind == END_OF_DELAY:
                join(state, stations[slots[slot]["station"]], matches, slots, slot)
            if is_judged and moves_on(state, stations, entrances, slots, slot, heap, requests):
                station = stations[slots[slot]["station"]]
                place, route, stage = np.int64(UNKNOWN), station["next_route"], station["stage"]
                entry = slots[slot]["entry"]
        if place == UNKNOWN:
            if features is None:
                place = choose_place(state, arrays, slots, slot, route, stage, entry, routes, places, heights)
            else:
                place = look_around(state, arrays, slot, route, stage, entry)
            if what != ARRIVAL and place >= 0:  # a completion never joins a queue itself
                slots[slot]["re_entry"], slots[slot]["station"] = NEW_STATION, place
                push(state, heap, time, turn_at(state, time, RE_ENTRY, slots[slot]["number"]), slot, 0)
                place = np.int64(NOT_NOW)
        if place >= 0:
            station = stations[place]
            enter(state, station, place, matches, slots, slot, passes, attempt, first[arrival], rows, pool)
            if features is None:
                if not as_newcomer or not is_in_intake(
                    state, station, slots, slot, heap, opens, closes, before, rows, pool
                ):
                    join(state, station, matches, slots, slot)
            else:
                come_in(state, arrays, slot, as_newcomer)
        elif place != NOT_NOW:
            close(state, entrances, slots, slot, DONE if place == GO_DONE else REFUSED, requests)
        if state["steps"] >= pause_at:
            return PAUSE


@inlined
def dispatch(state, stations, groups, slots, heap, idle, in_hand, speeds, opens, closes, before):  # type: ignore[no-untyped-def]
    """Hand free servers to those waiting: stations in file order, lowest-numbered server to the first in line."""
    state["dispatch_turn"] = NEVER
    for s in range(state["stations"]):
        station = stations[s]
        if station["waiting"] > 0:
            hand_out(state, station, s, groups, slots, heap, idle, in_hand, speeds, opens, closes, before)


@inlined
def place_again(stations, request):  # type: ignore[no-untyped-def]
    """At a re-entry: the station, the attempt, and whether it comes as a newcomer."""
    number = np.int64(request["station"])
    if request["re_entry"] == NEW_STATION:
        return number, 1, True
    if request["re_entry"] == REPEAT:
        return number, request["attempt"] + 1, False
    return stations[number]["tester"], 1, False


@inlined
def complete(state, stations, groups, matches, slots, slot, idle, in_hand, visits):  # type: ignore[no-untyped-def]
    """Work is finished: free the server and write the visit, with the verdict that its luck will bring."""
    request = slots[slot]
    station = stations[request["station"]]
    now = state["now"]
    tick(station, now)
    free_server(station, groups, request, idle, in_hand)
    dispatch_later(state, station)
    outcome = DELIVERED
    if station["accepts"] == 1 and is_rejected(
        request["accept_luck"],
        matches[request["station"] * state["categories"] + request["category"]]["rework_probability"],
    ):
        outcome = REWORK
    write_visit(state, station, request, now, outcome, visits)
    if request["home"] == NOWHERE:
        request["verdict"] = outcome


@inlined
def moves_on(state, stations, entrances, slots, slot, heap, requests):  # type: ignore[no-untyped-def]
    """True when the delivery is accepted; else it is done again, or given up."""
    request = slots[slot]
    station = stations[request["station"]]
    if request["verdict"] == REWORK:
        if request["attempt"] != station["max_attempts"]:
            request["re_entry"] = REPEAT
            push(state, heap, state["now"], turn_at(state, state["now"], RE_ENTRY, request["number"]), slot, 0)
            return False
        if station["at_limit_done"] == 0:
            close(state, entrances, slots, slot, WITHDRAWN, requests)
            return False
    return True
