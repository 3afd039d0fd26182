"""Where the compiled engine sends a request: the namesakes of process/routes.py."""

from __future__ import annotations

import math

from changeflow.engine.chance.draws import ROUTE, WORK, uniform_pair
from changeflow.engine.compiled.lookups import hours_of, match_of
from changeflow.engine.compiled.moves import opening_of
from changeflow.engine.compiled.views import (
    before_of,
    closes_of,
    decisions_of,
    groups_of,
    heights_of,
    in_hand_of,
    opens_of,
    passes_of,
    places_of,
    routes_of,
    slots_of,
    stations_of,
)
from changeflow.engine.jit import compiled, inlined
from changeflow.engine.shared.rules import (
    expected_money,
    expected_wait,
    left_after,
    may_do,
    overflows,
    pick,
    still_waiting,
)
from changeflow.engine.shared.worktime import open_hours
from changeflow.engine.tables.records import NOWHERE
from changeflow.engine.tables.routes import (
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
from changeflow.engine.tables.station import NO_LIMIT


@inlined
def next_place(state, arrays, slot, route, stage, entry, features):  # type: ignore[no-untyped-def]
    """Where the rule sends a request: a station's number, or an outcome."""
    routes, places, heights = routes_of(arrays), places_of(arrays), heights_of(arrays)
    if features is not None:
        route = unfolded(state, arrays, slot, route)
    rule, first, size = routes[route]["rule"], routes[route]["first"], routes[route]["size"]
    if rule == TO:
        return places[first]
    if rule == BY_CATEGORY:
        return places[first + slots_of(arrays)[slot]["category"]]
    if rule == SPLIT:
        luck, _ = uniform_pair(state["run_key"], slots_of(arrays)[slot]["key"], stage, ROUTE, entry)
        return places[first + pick(heights, first, size, luck)]
    if features is not None:  # noqa: SIM102  what is pruned must hang on this question alone
        if rule != OPEN_FIRST:
            return lowest(state, arrays, slot, first, size, rule)
    return first_open(state, arrays, slot, first, size, routes[route]["limit"])


@compiled
def unfolded(state, arrays, slot, route):  # type: ignore[no-untyped-def]
    """The route that routes by size or by day lead to."""
    routes, places = routes_of(arrays), places_of(arrays)
    while routes[route]["rule"] == BY_SIZE or routes[route]["rule"] == UNTIL_DAY:
        first, value = routes[route]["first"], routes[route]["value"]
        one, other = places[first + 2], places[first + 3]
        if routes[route]["rule"] == BY_SIZE:
            seen = size_of(state, arrays, slot, one if one >= 0 else other)
            is_first = seen <= value
        else:
            seen = state["now"]
            is_first = seen < value
        record_way(state, arrays, slot, route, one, seen, is_first)
        record_way(state, arrays, slot, route, other, seen, not is_first)
        route = places[first] if is_first else places[first + 1]
    return route


@compiled
def size_of(state, arrays, slot, place):  # type: ignore[no-untyped-def]
    """The request's own work content in reference hours, as the first pass at a station would take it."""
    if place < 0:
        return 0.0
    station, request = stations_of(arrays)[place], slots_of(arrays)[slot]
    entry = passes_of(arrays)[slot * state["stages"] + station["stage_number"]]
    luck, _ = uniform_pair(state["run_key"], request["work_key"], station["stage"], WORK, entry)
    law = match_of(state, arrays, place, request["root_category"])["service_law"]
    return request["scale"] * hours_of(arrays, law, luck)


@compiled
def first_open(state, arrays, slot, first, size, limit):  # type: ignore[no-untyped-def]
    """The first station open to the request that is not full; the last open one takes what overflows."""
    places = places_of(arrays)
    request, stations = slots_of(arrays)[slot], stations_of(arrays)
    chosen, written = GO_REFUSED, state["decisions"]
    for i in range(first, first + size):
        place = places[i]
        if not may_do(request["difficulty"], match_of(state, arrays, place, request["category"])["openness"]):
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
def lowest(state, arrays, slot, first, size, rule):  # type: ignore[no-untyped-def]
    """The station open to the request with the lowest value; ties: the first named."""
    places = places_of(arrays)
    request, stations = slots_of(arrays)[slot], stations_of(arrays)
    chosen, least, written = GO_REFUSED, math.inf, state["decisions"]
    for i in range(first, first + size):
        place = places[i]
        station = stations[place]
        match = match_of(state, arrays, place, request["category"])
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
                value = expected_money(
                    match["expected_price"], match["wait_cost"], match["wait_growth"], match["wait_step"],
                    match["due_hours"], state["now"] - request["arrived"], value,
                )  # fmt: skip
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


@compiled
def record_way(state, arrays, slot, route, station, seen, chosen):  # type: ignore[no-untyped-def]
    """Leave a record of one of two ways, by the station that it leads to first."""
    if station >= 0 and state["keep_decisions"] == 1:
        rule, value = routes_of(arrays)[route]["rule"], routes_of(arrays)[route]["value"]
        record(state, arrays, slots_of(arrays)[slot], rule, station, seen, value)
        decisions_of(arrays)[state["decisions"] - 1]["chosen"] = chosen


@inlined
def mark_chosen(state, arrays, written, chosen):  # type: ignore[no-untyped-def]
    """Write into the records of this choice which candidate it was."""
    decisions = decisions_of(arrays)
    for i in range(written, state["decisions"]):
        decisions[i]["chosen"] = decisions[i]["station"] == chosen


@inlined
def idle_now(state, arrays, station):  # type: ignore[no-untyped-def]
    """Servers that a dispatch now could hand out."""
    groups = groups_of(arrays)
    free = 0
    for g in range(station["first_group"], station["first_group"] + station["groups"]):
        group = groups[g]
        if opening_of(arrays, group, state["now"]) <= state["now"]:
            if station["infinite"] == 1:
                free += station["waiting"] + 1 if group["on_duty"] > 0 else 0
            else:
                free += max(group["on_duty"] - group["busy"], 0)
    return free


@compiled
def work_ahead(state, arrays, station, place):  # type: ignore[no-untyped-def]
    """Expected working hours, at station speed, of all that is here."""
    slots = slots_of(arrays)
    groups, in_hand = groups_of(arrays), in_hand_of(arrays)
    hours, slot = 0.0, station["head"]
    while slot != NOWHERE:
        hours += match_of(state, arrays, place, slots[slot]["category"])["expected_hours"]
        slot = slots[slot]["next"]
    for g in range(station["first_group"], station["first_group"] + station["groups"]):
        first = groups[g]["first_server"]
        for server in range(first, first + groups[g]["servers"]):
            slot = in_hand[server]
            if slot != NOWHERE:
                request = slots[slot]
                worked = worked_on(arrays, groups[g], request, state["now"])
                expected = match_of(state, arrays, place, request["category"])["expected_hours"]
                hours += left_after(expected, worked * request["pace"])
    return hours


@inlined
def worked_on(arrays, group, request, now):  # type: ignore[no-untyped-def]
    """Working hours of this stay until now."""
    if group["never_closes"] == 1:
        return (now - request["started"]) / group["hours_per_work_hour"]
    opens, closes, before = opens_of(arrays), closes_of(arrays), before_of(arrays)
    first, size = group["calendar"], group["intervals"]
    until = open_hours(opens, closes, before, first, size, now)
    since = open_hours(opens, closes, before, first, size, request["started"])
    return (until - since) / group["hours_per_work_hour"]
