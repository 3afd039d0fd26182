"""Two small heaps of the compiled engine: events by (time, turn), and idle servers by number."""

from __future__ import annotations

from changeflow.engine.jit import inlined


@inlined
def is_before(heap, a, b):  # type: ignore[no-untyped-def]
    ta, tb = heap[a]["time"], heap[b]["time"]
    return ta < tb or (ta == tb and heap[a]["turn"] < heap[b]["turn"])


@inlined
def copy_event(heap, source, target):  # type: ignore[no-untyped-def]
    heap[target]["time"] = heap[source]["time"]
    heap[target]["turn"] = heap[source]["turn"]
    heap[target]["slot"] = heap[source]["slot"]


@inlined
def push(state, heap, time, turn, slot):  # type: ignore[no-untyped-def]
    i = state["events"]
    state["events"] += 1
    while i > 0:
        parent = (i - 1) >> 1
        above = heap[parent]
        if above["time"] < time or (above["time"] == time and above["turn"] <= turn):
            break
        copy_event(heap, parent, i)
        i = parent
    heap[i]["time"], heap[i]["turn"], heap[i]["slot"] = time, turn, slot


@inlined
def pop(state, heap):  # type: ignore[no-untyped-def]
    """Remove the first event; it has been read before."""
    state["events"] -= 1
    n = state["events"]
    time, turn = heap[n]["time"], heap[n]["turn"]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= n:
            break
        if child + 1 < n and is_before(heap, child + 1, child):
            child += 1
        if time < heap[child]["time"] or (time == heap[child]["time"] and turn <= heap[child]["turn"]):
            break
        copy_event(heap, child, i)
        i = child
    copy_event(heap, n, i)


@inlined
def take_idle(station, idle):  # type: ignore[no-untyped-def]
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
def give_idle(station, idle, server):  # type: ignore[no-untyped-def]
    first, i = station["first_server"], station["idle"]
    station["idle"] += 1
    while i > 0:
        parent = (i - 1) >> 1
        if idle[first + parent] <= server:
            break
        idle[first + i] = idle[first + parent]
        i = parent
    idle[first + i] = server
