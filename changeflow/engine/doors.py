"""What the compiled engine does before a queue and after the work, where a station has it: namesakes of process.py."""

from __future__ import annotations

import numpy as np

from changeflow.engine.clock import END_OF_DELAY, RE_ENTRY, RELEASE, RENEGE
from changeflow.engine.draws import ASK, DELAY, NO_STAGE, PATIENCE, REQUESTER, VERDICT, uniform_pair
from changeflow.engine.heaps import push
from changeflow.engine.jit import compiled
from changeflow.engine.moves import close, enter, finish_of, join, turn_at, write_visit
from changeflow.engine.quantiles import quantile
from changeflow.engine.records import HELD, NOWHERE, TEST, TO_DELAY, TO_DOOR, TO_END, TO_QUEUE, TO_TEST, TO_VERDICT
from changeflow.engine.rules import date_after, next_date
from changeflow.engine.station_table import NO_LAW, NO_LIMIT, NO_PLACE
from changeflow.engine.trace import BALKED, REFUSED, TURNED_AWAY, WITHDRAWN
from changeflow.engine.views import (
    asks_of,
    calendars_of,
    entrances_of,
    first_of,
    heap_of,
    joins_of,
    laws_of,
    matches_of,
    passes_of,
    requests_of,
    slots_of,
    stations_of,
    visits_of,
)


@compiled
def would_ask(state, arrays, row):  # type: ignore[no-untyped-def]
    """Would these users ask, with so much open?"""
    entrance, asks, share = entrances_of(arrays)[row["source"]], asks_of(arrays), 1.0
    if entrance["asks"] == 0:
        return True
    for i in range(entrance["first_ask"], entrance["first_ask"] + entrance["asks"]):
        if state["open"] >= asks[i]["beyond"]:
            share = asks[i]["share"]
    luck, _ = uniform_pair(state["run_key"], row["key"], NO_STAGE, ASK, 0)
    return luck < share


@compiled
def come_in(state, arrays, slot, as_newcomer):  # type: ignore[no-untyped-def]
    """Newcomers pass what is before the queue; others join it at once."""
    station = stations_of(arrays)[slots_of(arrays)[slot]["station"]]
    if as_newcomer and (station["has_delay"] == 1 or station["has_door"] == 1):
        approach(state, arrays, slot, np.int64(TO_DELAY))
    else:
        queue_up(state, arrays, slot)


@compiled
def queue_up(state, arrays, slot):  # type: ignore[no-untyped-def]
    """Join the queue; patience begins to run."""
    slots, matches = slots_of(arrays), matches_of(arrays)
    request = slots[slot]
    station = stations_of(arrays)[request["station"]]
    join(state, station, matches, slots, slot)
    law = matches[request["station"] * state["categories"] + request["category"]]["patience_law"]
    if law != NO_LAW:
        rows, pool = laws_of(arrays)
        luck, _ = uniform_pair(state["run_key"], request["key"], station["stage"], PATIENCE, request["entry"])
        until = state["now"] + quantile(rows, pool, law, luck)
        if until < state["end"]:
            turn = turn_at(state, until, RENEGE, request["number"])
            push(state, heap_of(arrays), until, turn, slot, request["stamp"])


@compiled
def approach(state, arrays, slot, step):  # type: ignore[no-untyped-def]
    """Delays, hold and door before a queue, from a step on; a full station may send the request on to another."""
    slots, passes, matches = slots_of(arrays), passes_of(arrays), matches_of(arrays)
    rows, pool = laws_of(arrays)
    while True:
        request = slots[slot]
        station = stations_of(arrays)[request["station"]]
        if step == TO_DELAY and is_delayed(state, arrays, slot, station):
            return
        if step != TO_DOOR and is_held(state, arrays, slot, station):
            return
        outcome = turned_away(state, arrays, request, station)
        if outcome == 0:
            queue_up(state, arrays, slot)
            return
        request["work_hours"] = request["left"]
        write_visit(state, station, request, state["now"], outcome, visits_of(arrays))
        passes[slot * state["stages"] + station["stage_number"]] -= 1
        place = station["when_full"]
        if outcome == BALKED or place < 0:
            end = WITHDRAWN if outcome == BALKED else REFUSED
            close(state, entrances_of(arrays), slots, slot, end, requests_of(arrays))
            return
        following = stations_of(arrays)[place]
        enter(state, following, place, matches, slots, slot, passes, 1, first_of(arrays)[0], rows, pool)
        step = np.int64(TO_DELAY)


@compiled
def is_delayed(state, arrays, slot, station):  # type: ignore[no-untyped-def]
    """Intake in open hours, then the requester's answer in clock hours."""
    request = slots_of(arrays)[slot]
    rows, pool = laws_of(arrays)
    ready = now = state["now"]
    if station["delay_law"] != NO_LAW:
        opens, closes, before = calendars_of(arrays)
        luck, _ = uniform_pair(state["run_key"], request["key"], station["stage"], DELAY, request["entry"])
        delay = quantile(rows, pool, station["delay_law"], luck)
        ready = finish_of(station, opens, closes, before, now, delay)
    if station["requester_law"] != NO_LAW:
        luck, length = uniform_pair(state["run_key"], request["key"], station["stage"], REQUESTER, request["entry"])
        if luck < station["requester_chance"]:
            ready += quantile(rows, pool, station["requester_law"], length)
    if ready > now:
        request["after_delay"] = TO_QUEUE
        if ready < state["end"]:
            push(state, heap_of(arrays), ready, turn_at(state, ready, END_OF_DELAY, request["number"]), slot, 0)
    return ready > now


@compiled
def is_held(state, arrays, slot, station):  # type: ignore[no-untyped-def]
    """Must it wait until enough others are held, or for the date?"""
    if station["hold_size"] == 0 and station["hold_hours"] == 0.0:
        return False
    slots, now = slots_of(arrays), state["now"]
    number = np.int64(slots[slot]["station"])
    if station["hold_hours"] > 0.0 and station["held"] == 0:
        date = date_after(now, station["hold_hours"])
        if date < state["end"]:
            push(state, heap_of(arrays), date, turn_at(state, date, RELEASE, HELD + number), number, 0)
    slots[slot]["next"] = NOWHERE
    if station["held"] == 0:
        station["held_head"] = slot
    else:
        slots[station["held_tail"]]["next"] = slot
    station["held_tail"] = slot
    station["held"] += 1
    if station["held"] == station["hold_size"]:
        push(state, heap_of(arrays), now, turn_at(state, now, RELEASE, HELD + state["stations"] + number), number, 0)
    return True


@compiled
def let_in(state, arrays, number):  # type: ignore[no-untyped-def]
    """All that are held go on, in the order in which they came."""
    station, slots = stations_of(arrays)[number], slots_of(arrays)
    slot = station["held_head"]
    station["held"] = 0
    station["held_head"] = station["held_tail"] = NOWHERE
    while slot != NOWHERE:
        following = slots[slot]["next"]
        approach(state, arrays, slot, np.int64(TO_DOOR))
        slot = following


@compiled
def turned_away(state, arrays, request, station):  # type: ignore[no-untyped-def]
    """Does the station take it in, and does it want in? 0, BALKED or TURNED_AWAY."""
    present = station["waiting"] + station["busy"]
    if station["capacity"] != NO_LIMIT and present >= station["capacity"]:
        return TURNED_AWAY
    if station["joins"] > 0:
        chance = joins_of(arrays)[station["first_join"] + min(present, station["joins"] - 1)]
        _, luck = uniform_pair(state["run_key"], request["key"], station["stage"], PATIENCE, request["entry"])
        if luck >= chance:
            return BALKED
    return 0


@compiled
def after_the_work(state, arrays, slot, step):  # type: ignore[no-untyped-def]
    """The delivery waits for its release date, is tested, and the verdict takes time; True when all that is over."""
    request = slots_of(arrays)[slot]
    if request["home"] != NOWHERE:  # this was the test
        request["station"], request["attempt"] = request["home"], request["home_attempt"]
        request["entry"], request["home"] = request["home_entry"], NOWHERE
        step = np.int64(TO_VERDICT)
    station = stations_of(arrays)[request["station"]]
    if station["has_aftermath"] == 0:
        return True
    now, heap, number = state["now"], heap_of(arrays), request["number"]
    if step < TO_TEST and station["release_hours"] > 0.0:
        date = next_date(now, station["release_hours"])
        if date > now:
            request["after_delay"] = TO_TEST
            if date < state["end"]:
                push(state, heap, date, turn_at(state, date, RELEASE, number), slot, 0)
            return False
    if step < TO_VERDICT and station["tester"] != NO_PLACE:
        request["home"], request["home_attempt"] = request["station"], request["attempt"]
        request["home_entry"] = request["entry"]
        request["re_entry"] = TEST
        push(state, heap, now, turn_at(state, now, RE_ENTRY, number), slot, 0)
        return False
    if step < TO_END and station["verdict_law"] != NO_LAW:
        rows, pool = laws_of(arrays)
        luck, _ = uniform_pair(state["run_key"], request["key"], station["stage"], VERDICT, request["entry"])
        over = now + quantile(rows, pool, station["verdict_law"], luck)
        request["after_delay"] = TO_END
        if over < state["end"]:
            push(state, heap, over, turn_at(state, over, END_OF_DELAY, number), slot, 0)
        return False
    return True
