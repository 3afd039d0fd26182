"""Two small heaps of the compiled engine: events by (time, turn), and idle servers by number."""

from __future__ import annotations

from changeflow.engine.jit import inlined


@inlined
def is_before(heap, a, b):  # type: ignore[no-untyped-def]
    """A branch for ties alone: which of two times is the earlier cannot be foreseen."""
    ta, tb = heap[a]["time"], heap[b]["time"]
    if ta == tb:
        return heap[a]["turn"] < heap[b]["turn"]
    return ta < tb


@inlined
def copy_event(heap, source, target):  # type: ignore[no-untyped-def]
    heap[target]["time"] = heap[source]["time"]
    heap[target]["turn"] = heap[source]["turn"]
    heap[target]["slot"] = heap[source]["slot"]
    heap[target]["stamp"] = heap[source]["stamp"]


@inlined
def rise(heap, i, time, turn, slot, stamp):  # type: ignore[no-untyped-def]
    """Put an event where place i was free, or above it."""
    while i > 0:
        parent = (i - 1) >> 1
        above = heap[parent]
        if above["time"] < time or (above["time"] == time and above["turn"] <= turn):
            break
        copy_event(heap, parent, i)
        i = parent
    heap[i]["time"], heap[i]["turn"], heap[i]["slot"], heap[i]["stamp"] = time, turn, slot, stamp


@inlined
def push(state, heap, time, turn, slot, stamp):  # type: ignore[no-untyped-def]
    state["events"] += 1
    rise(heap, state["events"] - 1, time, turn, slot, stamp)


@inlined
def pop(state, heap):  # type: ignore[no-untyped-def]
    """Remove the first event, which has been read before.

    The gap goes down to a leaf and the last event rises from there (Wegener 1993, bottom-up heapsort): it rarely
    rises, so that hardly a branch is foreseen wrongly.
    """
    state["events"] -= 1
    n = state["events"]
    gap, child = 0, 1
    while child < n:
        if child + 1 < n:
            child += is_before(heap, child + 1, child)
        copy_event(heap, child, gap)
        gap, child = child, 2 * child + 1
    rise(heap, gap, heap[n]["time"], heap[n]["turn"], heap[n]["slot"], heap[n]["stamp"])


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
