"""The compiled engine's loop: the same law as process/story.py and process/clock.py, over record arrays.

An event is (time, turn, slot): the turn puts rounds, kinds and request numbers of one instant in order, exactly
as shared/turns.py says. `advance` is the instant rule; below it stands what each kind of event does, in the order of
the story. The moves stand in moves.py; follow_ups.py, doors.py, hands.py and users.py hold what fewer models have.
"""

from __future__ import annotations

import math

import numpy as np

from changeflow.engine.chance.draws import NO_STAGE
from changeflow.engine.compiled.doors import after_the_work, approach, is_delayed, let_in
from changeflow.engine.compiled.follow_ups import escape, give_back, judge, spread
from changeflow.engine.compiled.hands import await_change, change_staff, hand_out_by_choice, renege
from changeflow.engine.compiled.heaps import pop
from changeflow.engine.compiled.lookups import match_of
from changeflow.engine.compiled.moves import (
    appear,
    at,
    close,
    dispatch_later,
    expect_arrival,
    free_server,
    hand_out,
    join,
    take_arrival,
    tick,
)
from changeflow.engine.compiled.people import gain_experience
from changeflow.engine.compiled.routes import next_place
from changeflow.engine.compiled.users import await_week, end_week, is_silent, learn, would_ask
from changeflow.engine.compiled.views import block_of, entrances_of, first_of, heap_of, slots_of, stations_of
from changeflow.engine.compiled.visits import enter, write_visit
from changeflow.engine.first_pass import UNKNOWN
from changeflow.engine.jit import array_at, compiled, inlined
from changeflow.engine.shared.mistakes import ESCAPED, NO_ERROR
from changeflow.engine.shared.rules import is_rejected
from changeflow.engine.shared.turns import (
    ARRIVAL,
    COMPLETION,
    DISPATCH,
    END_OF_DELAY,
    FOLLOW_UP,
    HELD,
    KIND,
    MAX_ROUNDS,
    RE_ENTRY,
    RELEASE,
    RENEGE,
    ROUND,
    SHIFT,
)
from changeflow.engine.tables.graph import NONE as NO_GRAPH
from changeflow.engine.tables.records import (
    ARRAYS,
    NEVER,
    NEW_STATION,
    NOWHERE,
    REPEAT,
    STATE,
    TEST,
    TO_DELAY,
    TO_HOLD,
    TO_RELEASE,
)
from changeflow.engine.tables.routes import GO_DONE
from changeflow.engine.trace import DELIVERED, DONE, REFUSED, REWORK, WITHDRAWN

DONE_RUNNING, NEED_ARRIVALS, NEED_ROOM, NEED_SLOTS, PAUSE, ZERO_TIME, GO_ON = range(7)


@compiled
def begin(state_at, arrays_at):  # type: ignore[no-untyped-def]
    """Before the first event: changes of staff are known, and the end of the first week."""
    state, arrays = array_at(state_at, 1, STATE)[0], array_at(arrays_at, 1, ARRAYS)[0]
    for g in range(arrays["groups_size"]):
        await_change(state, arrays, g)
    await_week(state, arrays)


@compiled
def advance(state_at, arrays_at, most_steps, errors, features):  # type: ignore[no-untyped-def]
    """Run until the horizon, or until the driver is needed: the instant rule.

    State and the addresses of the arrays come as addresses too: handing over a record takes eight microseconds.
    `errors` is None for a model without errors and without changes that draw others (follow_ups.py), `features` for
    one that has none of doors.py, hands.py, people.py and users.py either: what a model lacks is not even compiled,
    since Numba prunes what hangs on `features is None` and on nothing else. There are no features without errors.
    """
    state, arrays = array_at(state_at, 1, STATE)[0], array_at(arrays_at, 1, ARRAYS)[0]
    pause_at = state["steps"] + most_steps
    while state["steps"] < pause_at:
        if state["arrival"] == state["arrivals"] and state["last_block"] == 0:
            return NEED_ARRIVALS
        time, turn = next_turn(state, arrays)
        status = driver_needed(state, arrays, time, turn, errors)
        if status != GO_ON:
            return status
        state["now"], state["turn"] = time, turn
        state["steps"] += 1
        kind, number = turn % ROUND // KIND, turn % KIND
        slot, stamp = np.uint32(NOWHERE), np.uint32(0)
        if kind < ARRIVAL:  # arrivals and dispatches stand outside the heap
            slot, stamp = heap_of(arrays)[0]["slot"], heap_of(arrays)[0]["stamp"]
            pop(state, heap_of(arrays))
        if kind == COMPLETION:
            complete(state, arrays, slot, stamp, errors, features)
        elif kind == END_OF_DELAY:
            go_on(state, arrays, slot, errors, features)
        elif kind == RENEGE:
            if features is not None:
                renege(state, arrays, slot, stamp)
        elif kind == SHIFT:
            change_shift(state, arrays, slot, number, features)
        elif kind == RELEASE:
            if features is not None:
                release(state, arrays, slot, number, errors, features)
        elif kind == RE_ENTRY:
            re_enter(state, arrays, slot, errors, features)
        elif kind == FOLLOW_UP:
            if errors is not None:
                follow(state, arrays, slot, errors, features)
        elif kind == ARRIVAL:
            arrive(state, arrays, errors, features)
        if kind == DISPATCH or is_last_of_now(state, arrays):
            dispatch(state, arrays, features)
    return PAUSE


@inlined
def next_turn(state, arrays):  # type: ignore[no-untyped-def]
    """Time and turn of what is next: an event of the heap, an arrival of the block, or the dispatch of this round."""
    time, turn = math.inf, NEVER
    if state["events"] > 0:
        time, turn = heap_of(arrays)[0]["time"], heap_of(arrays)[0]["turn"]
    if state["arrival"] < state["arrivals"]:
        arrived = block_of(arrays)[state["arrival"]]["arrived"]
        if arrived < time or (arrived == time and state["arrival_turn"] < turn):
            time, turn = arrived, state["arrival_turn"]
    if state["dispatch_turn"] != NEVER and (state["now"] < time or state["dispatch_turn"] < turn):
        time, turn = state["now"], state["dispatch_turn"]
    return time, turn


@inlined
def is_last_of_now(state, arrays):  # type: ignore[no-untyped-def]
    """Is a dispatch surely what comes next? The loop need not go round for it: half as many rounds, the same law."""
    if state["dispatch_turn"] == NEVER or (state["events"] > 0 and heap_of(arrays)[0]["time"] == state["now"]):
        return False
    return state["arrival"] < state["arrivals"] and block_of(arrays)[state["arrival"]]["arrived"] > state["now"]


@inlined
def driver_needed(state, arrays, time, turn, errors):  # type: ignore[no-untyped-def]
    """Why the loop must go back to its driver before what is next; GO_ON when it need not."""
    if not time < state["end"]:
        return DONE_RUNNING
    if turn >= MAX_ROUNDS * ROUND:
        return ZERO_TIME
    if state["free"] == NOWHERE:
        return NEED_SLOTS
    if errors is not None:  # noqa: SIM102
        if state["spare"] < state["slots_an_event"]:
            return NEED_SLOTS
    room = min(arrays["visits_size"] - state["visits"], arrays["requests_size"] - state["requests"])
    if room < state["rows_an_event"] or arrays["heap_size"] - state["events"] < state["events_an_event"]:
        return NEED_ROOM
    if arrays["decisions_size"] - state["decisions"] < state["looks_an_event"]:
        return NEED_ROOM
    return GO_ON


@inlined
def arrive(state, arrays, errors, features):  # type: ignore[no-untyped-def]
    """A request arrives, if its users ask at all, and goes where the rule sends it."""
    arrival = state["arrival"]
    expect_arrival(state, arrays)
    if features is not None:  # noqa: SIM102  what is pruned must hang on this question alone
        if not would_ask(state, arrays, block_of(arrays)[arrival]):
            return
    slot = take_arrival(state, arrays, arrival, errors)
    if features is not None:
        learn(arrays, slot)
    place = first_of(arrays)[arrival]["place"]
    if place == UNKNOWN:
        route = entrances_of(arrays)[slots_of(arrays)[slot]["source"]]["route"]
        place = next_place(state, arrays, slot, route, NO_STAGE, 0, features)
    if place >= 0:
        come_in(state, arrays, slot, place, 1, True, errors, features)
    else:
        close(state, arrays, slot, DONE if place == GO_DONE else REFUSED, errors)


@compiled
def follow(state, arrays, slot, errors, features):  # type: ignore[no-untyped-def]
    """A request that follows from another one is found, and goes where that was done, or where the rule sends it."""
    if features is not None:  # noqa: SIM102
        if is_silent(arrays, slot):
            give_back(state, arrays, slot)
            return
    appear(state, arrays, slot)
    request = slots_of(arrays)[slot]
    place = np.int64(request["first_place"])
    if place == NOWHERE:
        route = entrances_of(arrays)[request["source"]]["route"]
        place = next_place(state, arrays, slot, route, NO_STAGE, 0, features)
    if place >= 0:
        come_in(state, arrays, slot, place, 1, True, errors, features)
    else:
        close(state, arrays, slot, DONE if place == GO_DONE else REFUSED, errors)


@inlined
def re_enter(state, arrays, slot, errors, features):  # type: ignore[no-untyped-def]
    """It comes to its next station, once more to the same one, or to the one that tests."""
    request = slots_of(arrays)[slot]
    place, attempt = np.int64(request["station"]), np.int64(1)
    if request["re_entry"] == REPEAT:
        attempt += request["attempt"]
    elif request["re_entry"] == TEST:
        place = stations_of(arrays)[place]["tester"]
    come_in(state, arrays, slot, place, attempt, request["re_entry"] == NEW_STATION, errors, features)


@compiled
def come_in(state, arrays, slot, place, attempt, is_newcomer, errors, features):  # type: ignore[no-untyped-def]
    """Begin a visit; newcomers pass what is before the queue, others join it at once."""
    enter(state, arrays, slot, place, attempt, errors)
    if is_newcomer and stations_of(arrays)[place]["has_door"] == 1:
        if features is not None:
            approach(state, arrays, slot, np.int64(TO_DELAY))
            return
        if is_delayed(state, arrays, slot):
            return
    join(state, arrays, slot, features)


@inlined
def complete(state, arrays, slot, stamp, errors, features):  # type: ignore[no-untyped-def]
    """The work is done: the server is free, and the visit gets the verdict that its luck will bring."""
    request = slots_of(arrays)[slot]
    if request["stamp"] != stamp:  # it was interrupted meanwhile
        return
    station = stations_of(arrays)[request["station"]]
    tick(station, state["now"])
    free_server(arrays, station, request)
    if features is not None:
        gain_experience(state, arrays, station, request)
    dispatch_later(state, station)
    outcome, error = DELIVERED, 0
    if station["accepts"] == 1:
        chance = match_of(state, arrays, request["station"], request["category"])["rework_probability"]
        outcome = REWORK if is_rejected(request["accept_luck"], chance) else DELIVERED
    if errors is not None:  # noqa: SIM102  what is pruned must hang on this question alone
        if station["has_mistakes"] == 1:
            outcome = judge(state, arrays, slot)
            error = request["error"]
    write_visit(state, arrays, station, request, state["now"], outcome, error)
    if request["home"] == NOWHERE:
        request["verdict"] = outcome
    if features is not None:  # noqa: SIM102
        if not after_the_work(state, arrays, slot, np.int64(TO_RELEASE)):
            return
    move_on(state, arrays, slot, errors, features)


@inlined
def move_on(state, arrays, slot, errors, features):  # type: ignore[no-untyped-def]
    """The verdict is known: once more, on to the next station, or out; it joins a queue at its re-entry only."""
    request = slots_of(arrays)[slot]
    station = stations_of(arrays)[request["station"]]
    rejected = request["verdict"] == REWORK
    if rejected and request["attempt"] != station["max_attempts"]:
        request["re_entry"] = REPEAT
    elif rejected and station["at_limit_done"] == 0:
        close(state, arrays, slot, WITHDRAWN, errors)
        return
    else:
        if errors is not None:  # noqa: SIM102
            if station["has_mistakes"] == 1 and request["error"] != NO_ERROR and request["caught"] == ESCAPED:
                escape(state, arrays, slot)
        place = next_place(state, arrays, slot, station["next_route"], station["stage"], request["entry"], features)
        if place < 0:
            if errors is not None:  # noqa: SIM102
                if place == GO_DONE and state["spreads"] != NO_GRAPH:
                    spread(state, arrays, slot)
            close(state, arrays, slot, DONE if place == GO_DONE else REFUSED, errors)
            return
        request["re_entry"], request["station"] = NEW_STATION, place
    at(state, arrays, state["now"], RE_ENTRY, request["number"], slot, 0)


@compiled
def go_on(state, arrays, slot, errors, features):  # type: ignore[no-untyped-def]
    """A wait outside a queue is over: what comes next on the way to the queue, or to the verdict."""
    if features is None:
        join(state, arrays, slot, features)
        return
    step = np.int64(slots_of(arrays)[slot]["next_step"])
    if step == TO_HOLD:
        approach(state, arrays, slot, step)
    elif after_the_work(state, arrays, slot, step):
        move_on(state, arrays, slot, errors, features)


@compiled
def release(state, arrays, slot, number, errors, features):  # type: ignore[no-untyped-def]
    """A date has come: for the users, for those that a station holds, or for a delivery."""
    if number == HELD + 2 * state["stations"]:
        end_week(state, arrays)
    elif number >= HELD:
        let_in(state, arrays, slot)
    else:
        go_on(state, arrays, slot, errors, features)


@compiled
def change_shift(state, arrays, place, number, features):  # type: ignore[no-untyped-def]
    """A closed station opens, or a group has another number on duty."""
    if number % 2 == 0:
        station = stations_of(arrays)[place]
        station["opens_at"] = math.inf
        dispatch_later(state, station)
    elif features is not None:
        change_staff(state, arrays, place)


@inlined
def dispatch(state, arrays, features):  # type: ignore[no-untyped-def]
    """Hand free servers to those waiting: stations in file order, lowest-numbered server to the first in line."""
    state["turn"], state["dispatch_turn"] = state["dispatch_turn"], NEVER
    for number in range(state["stations"]):
        station = stations_of(arrays)[number]
        if station["waiting"] > 0:
            if features is not None:  # noqa: SIM102
                if station["is_plain"] == 0:
                    hand_out_by_choice(state, arrays, number)
                    continue
            hand_out(state, arrays, number, features)
