"""What the compiled engine does before a queue and after the work, of some stations: namesakes of process/story.py."""

from __future__ import annotations

import numpy as np

from changeflow.engine.chance.draws import DELAY, PATIENCE, REQUESTER, VERDICT, uniform_pair
from changeflow.engine.compiled.lookups import hours_of
from changeflow.engine.compiled.moves import at, close, finish_of, join
from changeflow.engine.compiled.views import joins_of, passes_of, slots_of, stations_of
from changeflow.engine.compiled.visits import enter, write_visit
from changeflow.engine.jit import compiled
from changeflow.engine.shared.mistakes import AT_REVIEW, NO_ERROR
from changeflow.engine.shared.rules import date_after, next_date
from changeflow.engine.shared.turns import END_OF_DELAY, HELD, RE_ENTRY, RELEASE
from changeflow.engine.tables.records import NOWHERE, TEST, TO_DELAY, TO_DOOR, TO_END, TO_HOLD, TO_TEST, TO_VERDICT
from changeflow.engine.tables.station import NO_LAW, NO_LIMIT, NO_PLACE
from changeflow.engine.trace import BALKED, REFUSED, TURNED_AWAY, WITHDRAWN


@compiled
def approach(state, arrays, slot, step):  # type: ignore[no-untyped-def]
    """Delays, hold and door before a queue, from a step on; a full station may send the request on to another."""
    request, passes = slots_of(arrays)[slot], passes_of(arrays)
    while True:
        station = stations_of(arrays)[request["station"]]
        if step == TO_DELAY and is_delayed(state, arrays, slot):
            return
        if step != TO_DOOR and is_held(state, arrays, slot):
            return
        outcome = turned_away(state, arrays, slot)
        if outcome == 0:
            join(state, arrays, slot, True)
            return
        request["work_hours"] = request["left"]
        write_visit(state, arrays, station, request, state["now"], outcome, 0)
        passes[slot * state["stages"] + station["stage_number"]] -= 1
        place = station["when_full"]
        if outcome == BALKED or place < 0:
            close(state, arrays, slot, WITHDRAWN if outcome == BALKED else REFUSED, True)
            return
        enter(state, arrays, slot, place, 1, True)
        step = np.int64(TO_DELAY)


@compiled
def is_delayed(state, arrays, slot):  # type: ignore[no-untyped-def]
    """Must it wait for intake in open hours, then for the requester's answer in clock hours?"""
    request = slots_of(arrays)[slot]
    station = stations_of(arrays)[request["station"]]
    ready = now = state["now"]
    if station["delay_law"] != NO_LAW:
        luck, _ = uniform_pair(state["run_key"], request["key"], station["stage"], DELAY, request["entry"])
        ready = finish_of(arrays, station, now, hours_of(arrays, station["delay_law"], luck))
    if station["requester_law"] != NO_LAW:
        luck, length = uniform_pair(state["run_key"], request["key"], station["stage"], REQUESTER, request["entry"])
        if luck < station["requester_chance"]:
            ready += hours_of(arrays, station["requester_law"], length)
    if ready > now:
        request["next_step"] = TO_HOLD
        at(state, arrays, ready, END_OF_DELAY, request["number"], slot, 0)
    return ready > now


@compiled
def is_held(state, arrays, slot):  # type: ignore[no-untyped-def]
    """Must it wait until enough others are held, or for the date?"""
    slots, now = slots_of(arrays), state["now"]
    number = np.int64(slots[slot]["station"])
    station = stations_of(arrays)[number]
    if station["hold_size"] == 0 and station["hold_hours"] == 0.0:
        return False
    if station["hold_hours"] > 0.0 and station["held"] == 0:
        at(state, arrays, date_after(now, station["hold_hours"]), RELEASE, HELD + number, number, 0)
    slots[slot]["next"] = NOWHERE
    if station["held"] == 0:
        station["held_head"] = slot
    else:
        slots[station["held_tail"]]["next"] = slot
    station["held_tail"] = slot
    station["held"] += 1
    if station["held"] == station["hold_size"]:
        at(state, arrays, now, RELEASE, HELD + state["stations"] + number, number, 0)
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
def turned_away(state, arrays, slot):  # type: ignore[no-untyped-def]
    """Does the station take it in, and does it want in? 0, BALKED or TURNED_AWAY."""
    request = slots_of(arrays)[slot]
    station = stations_of(arrays)[request["station"]]
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
    noticed_at_once = station["has_mistakes"] == 1 and request["error"] != NO_ERROR and request["caught"] == AT_REVIEW
    if station["has_aftermath"] == 0 or noticed_at_once:
        return True
    now, number = state["now"], request["number"]
    if step < TO_TEST and station["release_hours"] > 0.0:
        date = next_date(now, station["release_hours"])
        if date > now:
            request["next_step"] = TO_TEST
            at(state, arrays, date, RELEASE, number, slot, 0)
            return False
    if step < TO_VERDICT and station["tester"] != NO_PLACE:
        request["home"], request["home_attempt"] = request["station"], request["attempt"]
        request["home_entry"] = request["entry"]
        request["re_entry"] = TEST
        at(state, arrays, now, RE_ENTRY, number, slot, 0)
        return False
    if step < TO_END and station["verdict_law"] != NO_LAW:
        luck, _ = uniform_pair(state["run_key"], request["key"], station["stage"], VERDICT, request["entry"])
        request["next_step"] = TO_END
        at(state, arrays, now + hours_of(arrays, station["verdict_law"], luck), END_OF_DELAY, number, slot, 0)
        return False
    return True
