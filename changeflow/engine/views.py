"""The arrays of the kernel by name, from their addresses: for functions called too seldom to be handed them."""

from __future__ import annotations

from changeflow.engine.first_pass import FIRST
from changeflow.engine.jit import array_at, inlined
from changeflow.engine.quantiles import LAW
from changeflow.engine.records import (
    ASK,
    CHANGE,
    ENTRANCE,
    EVENT,
    FLOAT,
    GROUP,
    INT,
    MATCH,
    SHORT,
    SLOT,
    SLOT_NUMBER,
    STATION,
)
from changeflow.engine.route_table import ROUTE
from changeflow.engine.trace import DECISION, REQUEST, VISIT


@inlined
def calendars_of(arrays):  # type: ignore[no-untyped-def]
    """Opening times, closing times, and open hours before each opening."""
    return (
        array_at(arrays["opens"], arrays["opens_size"], FLOAT),
        array_at(arrays["closes"], arrays["closes_size"], FLOAT),
        array_at(arrays["before"], arrays["before_size"], FLOAT),
    )


@inlined
def laws_of(arrays):  # type: ignore[no-untyped-def]
    """Laws, and the pool of their tables."""
    return (
        array_at(arrays["rows"], arrays["rows_size"], LAW),
        array_at(arrays["pool"], arrays["pool_size"], FLOAT),
    )


@inlined
def staff_of(arrays):  # type: ignore[no-untyped-def]
    """Groups, their speeds by category, idle servers, and what each has in hand."""
    return (
        array_at(arrays["groups"], arrays["groups_size"], GROUP),
        array_at(arrays["speeds"], arrays["speeds_size"], FLOAT),
        array_at(arrays["idle"], arrays["idle_size"], INT),
        array_at(arrays["in_hand"], arrays["in_hand_size"], SLOT_NUMBER),
    )


@inlined
def routes_of(arrays):  # type: ignore[no-untyped-def]
    """Rules, and the pools of places and shares."""
    return (
        array_at(arrays["routes"], arrays["routes_size"], ROUTE),
        array_at(arrays["places"], arrays["places_size"], INT),
        array_at(arrays["heights"], arrays["heights_size"], FLOAT),
    )


@inlined
def stations_of(arrays):  # type: ignore[no-untyped-def]
    return array_at(arrays["stations"], arrays["stations_size"], STATION)


@inlined
def matches_of(arrays):  # type: ignore[no-untyped-def]
    return array_at(arrays["matches"], arrays["matches_size"], MATCH)


@inlined
def slots_of(arrays):  # type: ignore[no-untyped-def]
    return array_at(arrays["slots"], arrays["slots_size"], SLOT)


@inlined
def passes_of(arrays):  # type: ignore[no-untyped-def]
    return array_at(arrays["passes"], arrays["passes_size"], SHORT)


@inlined
def heap_of(arrays):  # type: ignore[no-untyped-def]
    return array_at(arrays["heap"], arrays["heap_size"], EVENT)


@inlined
def changes_of(arrays):  # type: ignore[no-untyped-def]
    return array_at(arrays["changes"], arrays["changes_size"], CHANGE)


@inlined
def joins_of(arrays):  # type: ignore[no-untyped-def]
    return array_at(arrays["joins"], arrays["joins_size"], FLOAT)


@inlined
def entrances_of(arrays):  # type: ignore[no-untyped-def]
    return array_at(arrays["entrances"], arrays["entrances_size"], ENTRANCE)


@inlined
def asks_of(arrays):  # type: ignore[no-untyped-def]
    return array_at(arrays["asks"], arrays["asks_size"], ASK)


@inlined
def first_of(arrays):  # type: ignore[no-untyped-def]
    return array_at(arrays["first"], arrays["first_size"], FIRST)


@inlined
def visits_of(arrays):  # type: ignore[no-untyped-def]
    return array_at(arrays["visits"], arrays["visits_size"], VISIT)


@inlined
def requests_of(arrays):  # type: ignore[no-untyped-def]
    return array_at(arrays["requests"], arrays["requests_size"], REQUEST)


@inlined
def decisions_of(arrays):  # type: ignore[no-untyped-def]
    return array_at(arrays["decisions"], arrays["decisions_size"], DECISION)
