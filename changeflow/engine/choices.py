"""Where the compiled engine sends a request: the namesakes of process_routes.py."""

from __future__ import annotations

import math

from changeflow.engine.draws import ROUTE, WORK, uniform_pair
from changeflow.engine.jit import compiled, inlined
from changeflow.engine.moves import opening_of
from changeflow.engine.quantiles import quantile
from changeflow.engine.records import NOWHERE
from changeflow.engine.route_table import (
    BY_CATEGORY,
    BY_SIZE,
    CHEAPEST,
    GO_REFUSED,
    OPEN_FIRST,
    SHORTEST_QUEUE,
    SPLIT,
    TO,
    UNTIL_DAY,
)
from changeflow.engine.rules import (
    expected_money,
    expected_wait,
    left_after,
    may_do,
    overflows,
    pick,
    still_waiting,
)
from changeflow.engine.station_table import NO_LIMIT
from changeflow.engine.views import (
    calendars_of,
    decisions_of,
    laws_of,
    matches_of,
    passes_of,
    routes_of,
    slots_of,
    staff_of,
    stations_of,
)
from changeflow.engine.worktime import open_hours


@inlined
def choose_place(state, arrays, slots, slot, route, stage, entry, routes, places, heights):  # type: ignore[no-untyped-def]
    """The next place, by one of the four rules that most models have: a station's number, or an outcome."""
    rule, first, size = routes[route]["rule"], routes[route]["first"], routes[route]["size"]
    if rule == TO:
        return places[first]
    if rule == BY_CATEGORY:
        return places[first + slots[slot]["category"]]
    if rule == SPLIT:
        luck, _ = uniform_pair(state["run_key"], slots[slot]["key"], stage, ROUTE, entry)
        return places[first + pick(heights, first, size, luck)]
    return first_open(state, arrays, slots[slot], first, size, routes[route]["limit"])


@compiled
def look_around(state, arrays, slot, route, stage, entry):  # type: ignore[no-untyped-def]
    """The place chosen by a rule that looks at the request's size, at the clock or at the stations."""
    routes, places, heights = routes_of(arrays)
    request = slots_of(arrays)[slot]
    while routes[route]["rule"] == BY_SIZE or routes[route]["rule"] == UNTIL_DAY:
        first, value = routes[route]["first"], routes[route]["value"]
        if routes[route]["rule"] == BY_SIZE:
            is_first = size_of(state, arrays, slot, places[first + 2]) <= value
        else:
            is_first = state["now"] < value
        route = places[first] if is_first else places[first + 1]
    rule, first, size = routes[route]["rule"], routes[route]["first"], routes[route]["size"]
    if rule == TO:
        return places[first]
    if rule == BY_CATEGORY:
        return places[first + request["category"]]
    if rule == SPLIT:
        luck, _ = uniform_pair(state["run_key"], request["key"], stage, ROUTE, entry)
        return places[first + pick(heights, first, size, luck)]
    if rule == OPEN_FIRST:
        return first_open(state, arrays, request, first, size, routes[route]["limit"])
    return lowest(state, arrays, request, first, size, rule)


@compiled
def size_of(state, arrays, slot, place):  # type: ignore[no-untyped-def]
    """The request's own work content in reference hours, as the first pass at a station would take it."""
    if place < 0:
        return 0.0
    station, request = stations_of(arrays)[place], slots_of(arrays)[slot]
    entry = passes_of(arrays)[slot * state["stages"] + station["stage_number"]]
    luck, _ = uniform_pair(state["run_key"], request["key"], station["stage"], WORK, entry)
    law = matches_of(arrays)[place * state["categories"] + request["category"]]["service_law"]
    rows, pool = laws_of(arrays)
    return quantile(rows, pool, law, luck)


@compiled
def first_open(state, arrays, request, first, size, limit):  # type: ignore[no-untyped-def]
    """The first station open to the request that is not full; the last open one takes what overflows."""
    _, places, _ = routes_of(arrays)
    stations, matches = stations_of(arrays), matches_of(arrays)
    chosen, written = GO_REFUSED, state["decisions"]
    for i in range(first, first + size):
        place = places[i]
        match = matches[place * state["categories"] + request["category"]]
        if not may_do(request["difficulty"], match["openness"]):
            continue
        chosen = place
        station = stations[place]
        waiting, free = station["waiting"], idle_now(state, arrays, station)
        bound = math.inf if limit == NO_LIMIT else limit
        record(state, arrays, request, OPEN_FIRST, place, still_waiting(waiting, free), bound)
        if limit == NO_LIMIT or not overflows(waiting, free, limit):
            break
    mark_chosen(state, arrays, written, chosen)
    return chosen


@compiled
def lowest(state, arrays, request, first, size, rule):  # type: ignore[no-untyped-def]
    """The station open to the request with the lowest value; ties: the first named."""
    _, places, _ = routes_of(arrays)
    stations, matches = stations_of(arrays), matches_of(arrays)
    chosen, least, written = GO_REFUSED, math.inf, state["decisions"]
    for i in range(first, first + size):
        place = places[i]
        station = stations[place]
        match = matches[place * state["categories"] + request["category"]]
        if not may_do(request["difficulty"], match["openness"]):
            continue
        present = station["waiting"] + station["busy"]
        if rule == SHORTEST_QUEUE:
            value = 0.0 if station["infinite"] == 1 else present / station["servers"]
        else:
            value = match["expected_own"]
            if station["infinite"] == 0:
                ahead = work_ahead(state, arrays, station, place)
                value = expected_wait(ahead, present, station["servers"], station["rate"]) + value
            if rule == CHEAPEST:
                value = expected_money(match["expected_price"], match["wait_cost"], value)
        record(state, arrays, request, rule, place, present, value)
        if chosen < 0 or value < least:
            chosen, least = place, value
    mark_chosen(state, arrays, written, chosen)
    return chosen


@compiled
def record(state, arrays, request, rule, place, seen, value):  # type: ignore[no-untyped-def]
    """Leave a decision record of one candidate; whether it is chosen is written later."""
    if state["keep_decisions"] == 1:
        row = decisions_of(arrays)[state["decisions"]]
        row["request"], row["time"], row["rule"], row["station"] = request["number"], state["now"], rule, place
        row["seen"], row["value"], row["chosen"] = seen, value, False
        state["decisions"] += 1


@inlined
def mark_chosen(state, arrays, written, chosen):  # type: ignore[no-untyped-def]
    """Write into the records of this choice which candidate it was."""
    decisions = decisions_of(arrays)
    for i in range(written, state["decisions"]):
        decisions[i]["chosen"] = decisions[i]["station"] == chosen


@inlined
def idle_now(state, arrays, station):  # type: ignore[no-untyped-def]
    """Servers that a dispatch now could hand out."""
    groups, _, _, _ = staff_of(arrays)
    opens, closes, _ = calendars_of(arrays)
    free = 0
    for g in range(station["first_group"], station["first_group"] + station["groups"]):
        group = groups[g]
        if opening_of(group, opens, closes, state["now"]) <= state["now"]:
            if station["infinite"] == 1:
                free += station["waiting"] + 1 if group["on_duty"] > 0 else 0
            else:
                free += max(group["on_duty"] - group["busy"], 0)
    return free


@compiled
def work_ahead(state, arrays, station, place):  # type: ignore[no-untyped-def]
    """Expected working hours, at station speed, of all that is here."""
    slots, matches = slots_of(arrays), matches_of(arrays)
    groups, speeds, _, in_hand = staff_of(arrays)
    hours, slot = 0.0, station["head"]
    while slot != NOWHERE:
        hours += matches[place * state["categories"] + slots[slot]["category"]]["expected_hours"]
        slot = slots[slot]["next"]
    for g in range(station["first_group"], station["first_group"] + station["groups"]):
        first = groups[g]["first_server"]
        for server in range(first, first + groups[g]["servers"]):
            slot = in_hand[server]
            if slot != NOWHERE:
                request = slots[slot]
                worked = worked_on(arrays, groups[g], request, state["now"])
                worked *= speeds[g * state["categories"] + request["category"]]
                expected = matches[place * state["categories"] + request["category"]]["expected_hours"]
                hours += left_after(expected, worked)
    return hours


@inlined
def worked_on(arrays, group, request, now):  # type: ignore[no-untyped-def]
    """Working hours of this stay until now."""
    if group["never_closes"] == 1:
        return (now - request["started"]) / group["hours_per_work_hour"]
    opens, closes, before = calendars_of(arrays)
    first, size = group["calendar"], group["intervals"]
    until = open_hours(opens, closes, before, first, size, now)
    since = open_hours(opens, closes, before, first, size, request["started"])
    return (until - since) / group["hours_per_work_hour"]
