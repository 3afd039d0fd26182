"""The event log of one run as lines to read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np

from changeflow.engine import trace as t
from changeflow.engine.trace import Trace
from changeflow.model.schema import Model
from changeflow.present.trace.names import components_of, people_of, zero_of
from changeflow.present.words.plain import plain

_LEAVES, _CLOSES, _ARRIVES, _ENTERS, _QUEUES, _STARTS, _LEAVES_AT_ONCE, _CLOSES_AT_ONCE = range(8)
"""The order of what happens at one instant, as the instant rule has it; what takes no time ends after it began."""

_LEFT = {
    "rework": "delivered, to be rejected",
    "interrupted": "interrupted, work remains",
    "reneged": "out of patience",
    "balked": "too many there",
    "turned away": "it is full",
    "given up": "the system is given up",
}
_WHY = {"root": "", "defect": "; repairs a defect of request {}", "propagation": "; drawn by request {}"}


def event_lines(trace: Trace, model: Model) -> Iterator[str]:
    """One line an event, in order of time."""
    zero = zero_of(model)
    events: list[tuple[float, int, int, str]] = []
    people = [people_of(model, name) for name in trace.stations]
    components = components_of(model)
    for row in trace.requests:
        number = int(row["number"])
        events.append((float(row["arrived"]), _ARRIVES, number, f"arrives ({_about(row, trace, components)})"))
        if not np.isnan(row["closed"]):
            at_once = row["closed"] == row["arrived"] or row["outcome"] != t.DONE
            order = _CLOSES_AT_ONCE if at_once else _CLOSES
            events.append((float(row["closed"]), order, number, t.REQUEST_OUTCOMES[row["outcome"]]))
    for row in trace.visits:
        station, number = trace.stations[row["station"]], int(row["request"])
        events += [
            (float(hours), order, number, text)
            for hours, order, text in _visit_events(row, station, people[row["station"]])
            if not np.isnan(hours)
        ]
    for hours, _, number, text in sorted(events):
        yield f"{(zero + timedelta(hours=hours)).isoformat(sep=' ', timespec='minutes')}  request {number:>5}  {text}"


def _about(row: Any, trace: Trace, components: tuple[str, ...]) -> str:
    """Category and component of a request, and which other one it comes from: 'data, orders; drawn by request 3'."""
    place = f", {components[row['component']]}" if row["component"] >= 0 else ""
    why = _WHY[t.CAUSES[row["cause"]]].format(row["parent"])
    return f"{trace.categories[row['category']]}{place}{why}"


def _visit_events(row: Any, station: str, people: list[str]) -> Iterator[tuple[float, int, str]]:
    """Clock hours, order and words; hours that are not there yet are NaN."""
    outcome = t.VISIT_OUTCOMES[row["outcome"]]
    never_joined = row["outcome"] in (t.BALKED, t.TURNED_AWAY)
    if row["entered"] < (row["finished"] if never_joined else row["joined"]) or (
        np.isnan(row["joined"]) and np.isnan(row["finished"])
    ):
        yield row["entered"], _ENTERS, f"is sent to {station}, not in its queue yet"
    if never_joined:
        yield row["finished"], _QUEUES, f"leaves {station} ({_LEFT[outcome]})"
        return
    yield row["joined"], _QUEUES, f"queues at {station}"
    yield row["started"], _STARTS, f"is started at {station} by {_server(people, row['server'])}"
    end = _LEAVES_AT_ONCE if row["finished"] == row["started"] else _LEAVES
    yield row["finished"], end, f"leaves {station} ({_LEFT.get(outcome, outcome)}{_wrong(row)})"


def _wrong(row: Any) -> str:
    """What is wrong with a delivery, and whether somebody notices: '; slip, nobody notices'."""
    if row["error"] <= 0:
        return ""
    return f"; {plain(t.ERRORS[row['error']])}" + ("" if row["outcome"] == t.REWORK else ", nobody notices")


def _server(people: list[str], number: int) -> str:
    name = people[number] if 0 <= number < len(people) else ""
    return name or f"server {number}"
