"""The compiled engine's loop: the same law as process.py and clock.py, over record arrays.

An event is (time, turn, slot): the turn puts rounds, kinds and request numbers of one instant in order, exactly
as clock.py does. A slot holds one open request and is used again after it has closed. `advance` runs until it
needs its driver: new arrivals, room for rows, or a pause for progress and Ctrl-C.
"""

from __future__ import annotations

import math

from changeflow.engine.arrivals import ARRIVAL as ARRIVALS
from changeflow.engine.clock import ARRIVAL, COMPLETION, DISPATCH, END_OF_DELAY, MAX_ROUNDS, RE_ENTRY, SHIFT
from changeflow.engine.draws import DELAY, NO_STAGE, ROUTE, WORK, uniform_pair
from changeflow.engine.first_pass import FIRST, UNKNOWN
from changeflow.engine.jit import array_at, compiled, inlined
from changeflow.engine.quantiles import LAW, quantile
from changeflow.engine.records import EVENT, FLOAT, INT, SHORT, SLOT, STATION
from changeflow.engine.rules import is_rejected, may_do, overflows, pick, still_waiting
from changeflow.engine.tables import (
    BY_CATEGORY,
    FRESH,
    GO_DONE,
    GO_REFUSED,
    INFINITE,
    NO_LAW,
    NO_LIMIT,
    SPLIT,
    TO,
)
from changeflow.engine.tables import ROUTE as ROUTES
from changeflow.engine.trace import DECISION, DELIVERED, DONE, REFUSED, REQUEST, REWORK, VISIT, WITHDRAWN
from changeflow.engine.worktime import finish_time, next_open

DONE_RUNNING, NEED_ARRIVALS, NEED_ROOM, NEED_SLOTS, PAUSE, ZERO_TIME = range(6)

_KIND = 1 << 40
_ROUND = 8 * _KIND
_NEVER = 1 << 62
_NONE = -1


@inlined
def _less(heap, a, b):  # type: ignore[no-untyped-def]
    ta, tb = heap[a]["time"], heap[b]["time"]
    return ta < tb or (ta == tb and heap[a]["turn"] < heap[b]["turn"])


@inlined
def _push(state, heap, time, turn, slot):  # type: ignore[no-untyped-def]
    i = state["events"]
    state["events"] += 1
    while i > 0:
        parent = (i - 1) >> 1
        above = heap[parent]
        if above["time"] < time or (above["time"] == time and above["turn"] <= turn):
            break
        _copy(heap, parent, i)
        i = parent
    heap[i]["time"], heap[i]["turn"], heap[i]["slot"] = time, turn, slot


@inlined
def _copy(heap, source, target):  # type: ignore[no-untyped-def]
    heap[target]["time"] = heap[source]["time"]
    heap[target]["turn"] = heap[source]["turn"]
    heap[target]["slot"] = heap[source]["slot"]


@inlined
def _pop(state, heap):  # type: ignore[no-untyped-def]
    """Remove the first event; it has been read before."""
    state["events"] -= 1
    n = state["events"]
    time, turn = heap[n]["time"], heap[n]["turn"]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= n:
            break
        if child + 1 < n and _less(heap, child + 1, child):
            child += 1
        if time < heap[child]["time"] or (time == heap[child]["time"] and turn <= heap[child]["turn"]):
            break
        _copy(heap, child, i)
        i = child
    _copy(heap, n, i)


@inlined
def _take_idle(station, idle):  # type: ignore[no-untyped-def]
    """The lowest-numbered idle server (a heap of numbers)."""
    first = station["first_server"]
    lowest = idle[first]
    station["idle"] -= 1
    n = station["idle"]
    moved, i = idle[first + n], 0
    while True:
        child = 2 * i + 1
        if child >= n:
            break
        if child + 1 < n and idle[first + child + 1] < idle[first + child]:
            child += 1
        if moved <= idle[first + child]:
            break
        idle[first + i] = idle[first + child]
        i = child
    idle[first + i] = moved
    return lowest


@inlined
def _give_idle(station, idle, server):  # type: ignore[no-untyped-def]
    first, i = station["first_server"], station["idle"]
    station["idle"] += 1
    while i > 0:
        parent = (i - 1) >> 1
        if idle[first + parent] <= server:
            break
        idle[first + i] = idle[first + parent]
        i = parent
    idle[first + i] = server


@inlined
def _turn_at(state, time, kind, number):  # type: ignore[no-untyped-def]
    """An event of this instant joins the present round if its turn is still to come, else the next."""
    turn = kind * _KIND + number
    if time == state["now"] and state["turn"] >= 0:
        turn += state["turn"] - state["turn"] % _ROUND
        if turn < state["turn"]:
            turn += _ROUND
    return turn


@inlined
def _dispatch_later(state):  # type: ignore[no-untyped-def]
    if state["dispatch_turn"] == _NEVER:
        state["dispatch_turn"] = _turn_at(state, state["now"], DISPATCH, 0)


@inlined
def _tick(station, now):  # type: ignore[no-untyped-def]
    """Keep the integrals of queue and service up to now."""
    if now > station["since"]:
        passed = now - station["since"]
        station["in_station"] += (station["waiting"] + station["busy"]) * passed
        station["in_queue"] += station["waiting"] * passed
        station["in_service"] += station["busy"] * passed
        station["since"] = now


@inlined
def _join(state, station, slots, slot):  # type: ignore[no-untyped-def]
    now = state["now"]
    _tick(station, now)
    slots[slot]["joined"] = now
    slots[slot]["next"] = _NONE
    if station["waiting"] == 0:
        station["head"] = slot
    else:
        slots[station["tail"]]["next"] = slot
    station["tail"] = slot
    station["waiting"] += 1
    _dispatch_later(state)


@inlined
def _opening(station, opens, closes, now):  # type: ignore[no-untyped-def]
    if station["never_closes"] == 1:
        return now
    return next_open(opens, closes, station["calendar"], station["intervals"], now)


@inlined
def _finish_time(station, opens, closes, before, now, hours):  # type: ignore[no-untyped-def]
    if station["never_closes"] == 1:
        return now + hours
    return finish_time(opens, closes, before, station["calendar"], station["intervals"], now, hours)


@inlined
def _dispatch(state, stations, slots, heap, idle, opens, closes, before):  # type: ignore[no-untyped-def]
    """Hand idle servers to those waiting: stations in file order, lowest-numbered server to the first in line."""
    now = state["now"]
    state["dispatch_turn"] = _NEVER
    for s in range(state["stations"]):
        station = stations[s]
        infinite = station["servers"] == INFINITE
        if station["waiting"] == 0 or not (infinite or station["idle"] > 0):
            continue
        opening = _opening(station, opens, closes, now)
        if opening > now:
            if station["waits_for_opening"] == 0 and opening < state["end"]:
                station["waits_for_opening"] = 1
                _push(state, heap, opening, _turn_at(state, opening, SHIFT, s), s)
            continue
        _tick(station, now)
        while station["waiting"] > 0 and (infinite or station["idle"] > 0):
            slot = station["head"]
            station["head"] = slots[slot]["next"]
            station["waiting"] -= 1
            station["busy"] += 1
            request = slots[slot]
            request["started"] = now
            request["server"] = 0 if infinite else _take_idle(station, idle)
            hours = request["work_hours"] * station["hours_per_work_hour"]
            until = _finish_time(station, opens, closes, before, now, hours)
            if until < state["end"]:
                _push(state, heap, until, _turn_at(state, until, COMPLETION, request["number"]), slot)


@inlined
def _enter(state, station, number, slots, slot, passes, attempt, foreseen, service_law, rows, pool):  # type: ignore[no-untyped-def]
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
    request["server"] = _NONE
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
def _arrive_at(  # type: ignore[no-untyped-def]
    state, stations, number, slots, slot, passes, foreseen, heap, service_law, rows, pool, opens, closes, before
):
    """Enter a station from outside or from another one: intake first, where there is one."""
    station, request = stations[number], slots[slot]
    _enter(state, station, number, slots, slot, passes, 1, foreseen, service_law, rows, pool)
    if station["delay_law"] != NO_LAW:
        luck, _ = uniform_pair(state["run_key"], request["key"], station["stage"], DELAY, request["entry"])
        delay = quantile(rows, pool, station["delay_law"], luck)
        if delay > 0.0:
            over = _finish_time(station, opens, closes, before, state["now"], delay)
            if over < state["end"]:
                _push(state, heap, over, _turn_at(state, over, END_OF_DELAY, request["number"]), slot)
            return
    _join(state, station, slots, slot)


@inlined
def _route(  # type: ignore[no-untyped-def]
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
    return _first_open(
        state, stations, request, places, first, size, routes[route]["limit"], openness, opens, closes, decisions
    )


@inlined
def _first_open(  # type: ignore[no-untyped-def]
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
        if _opening(station, opens, closes, state["now"]) > state["now"]:
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
def _write_visit(state, station, request, finished, outcome, visits):  # type: ignore[no-untyped-def]
    row = visits[state["visits"]]
    state["visits"] += 1
    row["request"], row["visit"] = request["number"], request["visits"] - 1
    row["stage"], row["pass"], row["attempt"] = station["stage_number"], request["entry"], request["attempt"]
    row["station"], row["server"] = request["station"], request["server"]
    row["entered"], row["joined"], row["started"] = request["entered"], request["joined"], request["started"]
    row["finished"], row["work_hours"], row["outcome"] = finished, request["work_hours"], outcome


@inlined
def _close(state, slots, slot, outcome, requests):  # type: ignore[no-untyped-def]
    request = slots[slot]
    row = requests[request["number"]]
    row["number"], row["key"], row["parent"], row["cause"] = request["number"], request["key"], -1, 0
    row["source"], row["category"], row["component"] = request["source"], request["category"], -1
    row["arrived"], row["closed"], row["outcome"] = request["arrived"], state["now"], outcome
    row["difficulty"], row["quality"] = request["difficulty"], request["quality"]
    request["next"] = state["free"]
    request["number"] = _NONE
    state["free"] = slot


@inlined
def _complete(  # type: ignore[no-untyped-def]
    state, stations, slots, slot, heap, idle, rework, routes, places, heights, openness, opens, closes,
    visits, requests, decisions,
):  # fmt: skip
    """Work is finished: free the server; the delivery is accepted, or done again, or the request moves on."""
    request = slots[slot]
    station = stations[request["station"]]
    now = state["now"]
    _tick(station, now)
    station["busy"] -= 1
    if station["servers"] != INFINITE:
        _give_idle(station, idle, request["server"])
    _dispatch_later(state)
    outcome = DELIVERED
    if station["accepts"] == 1 and is_rejected(
        request["accept_luck"], rework[request["station"] * state["categories"] + request["category"]]
    ):
        outcome = REWORK
    _write_visit(state, station, request, now, outcome, visits)
    if outcome == REWORK:
        if request["attempt"] != station["max_attempts"]:
            request["again"] = 1
            _push(state, heap, now, _turn_at(state, now, RE_ENTRY, request["number"]), slot)
            return
        if station["at_limit_done"] == 0:
            _close(state, slots, slot, WITHDRAWN, requests)
            return
    place = _route(
        state, stations, request, station["next_route"], station["stage"], request["entry"], routes, places,
        heights, openness, opens, closes, decisions,
    )  # fmt: skip
    if place >= 0:
        request["again"] = 0
        request["station"] = place
        _push(state, heap, now, _turn_at(state, now, RE_ENTRY, request["number"]), slot)
    else:
        _close(state, slots, slot, DONE if place == GO_DONE else REFUSED, requests)


@inlined
def _arrive(state, slots, passes, block):  # type: ignore[no-untyped-def]
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
    state["arrival"] += 1
    round_now = state["turn"] - state["turn"] % _ROUND
    state["arrival_turn"] = ARRIVAL * _KIND + state["number"]
    if state["arrival"] < state["arrivals"] and block[state["arrival"]]["arrived"] == state["now"]:
        state["arrival_turn"] += round_now
    return slot


@compiled
def advance(state, arrays, most_steps):  # type: ignore[no-untyped-def]
    """Run until the horizon, or until the driver is needed; the order is that of the instant rule."""
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
        if state["free"] == _NONE:
            return NEED_SLOTS
        room = min(arrays["visits_size"] - state["visits"], arrays["requests_size"] - state["number"])
        if room < 1 or arrays["decisions_size"] - state["decisions"] < state["stations"]:
            return NEED_ROOM
        time, turn, what = math.inf, _NEVER, _NONE
        if state["events"] > 0:
            time, turn, what = heap[0]["time"], heap[0]["turn"], COMPLETION
        if state["arrival"] < state["arrivals"]:
            at = block[state["arrival"]]["arrived"]
            if at < time or (at == time and state["arrival_turn"] < turn):
                time, turn, what = at, state["arrival_turn"], ARRIVAL
        if state["dispatch_turn"] != _NEVER and (state["now"] < time or state["dispatch_turn"] < turn):
            time, turn, what = state["now"], state["dispatch_turn"], DISPATCH
        if not time < state["end"]:
            return DONE_RUNNING
        if turn >= MAX_ROUNDS * _ROUND:
            return ZERO_TIME
        state["now"], state["turn"] = time, turn
        state["steps"] += 1
        if what == DISPATCH:
            _dispatch(state, stations, slots, heap, idle, opens, closes, before)
        elif what == ARRIVAL:
            slot = _arrive(state, slots, passes, block)
            request = slots[slot]
            foreseen = first[state["arrival"] - 1]
            place = foreseen["place"]
            if place == UNKNOWN:
                place = _route(
                    state, stations, request, entry_route[request["source"]], NO_STAGE, 0, routes, places, heights,
                    openness, opens, closes, decisions,
                )  # fmt: skip
            if place >= 0:
                _arrive_at(
                    state,
                    stations,
                    place,
                    slots,
                    slot,
                    passes,
                    foreseen,
                    heap,
                    service_law,
                    rows,
                    pool,
                    opens,
                    closes,
                    before,
                )
            else:
                _close(state, slots, slot, DONE if place == GO_DONE else REFUSED, requests)
        else:
            slot = heap[0]["slot"]
            kind = turn % _ROUND // _KIND
            _pop(state, heap)
            if kind == COMPLETION:
                _complete(
                    state, stations, slots, slot, heap, idle, rework, routes, places, heights, openness, opens,
                    closes, visits, requests, decisions,
                )  # fmt: skip
            elif kind == SHIFT:
                stations[slot]["waits_for_opening"] = 0
                _dispatch_later(state)
            elif kind == END_OF_DELAY:
                _join(state, stations[slots[slot]["station"]], slots, slot)
            elif slots[slot]["again"] == 1:
                request = slots[slot]
                station = stations[request["station"]]
                _enter(
                    state, station, request["station"], slots, slot, passes, request["attempt"] + 1, first[0],
                    service_law, rows, pool,
                )  # fmt: skip
                _join(state, station, slots, slot)
            else:
                number = slots[slot]["station"]
                _arrive_at(
                    state,
                    stations,
                    number,
                    slots,
                    slot,
                    passes,
                    first[0],
                    heap,
                    service_law,
                    rows,
                    pool,
                    opens,
                    closes,
                    before,
                )
        if state["steps"] >= pause_at:
            return PAUSE
