"""What a trace case lists: exact times and numbers of its jobs, in their order."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from changeflow.engine.trace import BALKED, TURNED_AWAY

from .reasons import Raw, Unsupported
from .shifts import Schedule
from .view import Rows, View, reneged

OVERTIME = re.compile(r"overtime_of_requests_(\d+)_to_(\d+)$")
Listed = Callable[["Seen"], list[float]]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run of a trace case shows, in the order of the case's jobs."""

    view: View
    stays: Rows
    away: Rows
    ids: list[float]
    """The job of each request."""
    complete: bool
    """The run ends before the jobs do: only those completed are listed."""
    teams: Schedule | None


def shown(values: Any) -> list[float]:
    """As a list."""
    return [float(value) for value in values]


def _listed(since: str | None, what: str, seen: Seen) -> list[float]:
    """Times, or differences of times, of the jobs that got so far."""
    stays = seen.stays
    there = np.isfinite(stays.finished if seen.complete else getattr(stays, what))
    there &= np.isfinite(stays.started) | (what == "finished" and not seen.complete)
    there &= ~reneged(stays)
    values = getattr(stays, what) - (getattr(stays, since) if since else 0.0)
    return shown(values[there])


def _integral(since: str, until: str, seen: Seen) -> list[float]:
    rows, end = seen.view.rows, seen.view.end
    stay = np.minimum(getattr(rows, until), end) - np.minimum(getattr(rows, since), end)
    return [float(stay.sum())]


def _at_door(outcome: int, *, ids: bool, seen: Seen) -> list[float]:
    away = seen.away.take(seen.away.outcome == outcome)
    return [seen.ids[request] for request in away.request] if ids else shown(away.entered)


def _renegings(*, ids: bool, seen: Seen) -> list[float]:
    gone = seen.stays.take(reneged(seen.stays))
    return [seen.ids[request] for request in gone.request] if ids else shown(gone.finished)


def _overtime(first: int, last: int, seen: Seen) -> list[float]:
    """Work after the end of the server's own shift."""
    assert seen.teams
    ends: list[float] = []
    for start, end in seen.teams.spans:
        ends += [end] * seen.teams.count_at(start)
    chosen = [place for place, request in enumerate(seen.stays.request) if first <= seen.ids[request] <= last]
    stays = seen.stays.take(np.array(chosen))
    return [max(0.0, float(end) - ends[server]) for end, server in zip(stays.finished, stays.server)]


METRICS: dict[str, Listed] = {
    "start": partial(_listed, None, "started"),
    "end": partial(_listed, None, "finished"),
    "wait": partial(_listed, "joined", "started"),
    "sojourn": partial(_listed, "joined", "finished"),
    "Lq_time_integral": partial(_integral, "joined", "left_queue"),
    "L_time_integral": partial(_integral, "joined", "finished"),
    "busy_time_integral": partial(_integral, "left_queue", "finished"),
    "balked_at": lambda seen: _at_door(BALKED, ids=False, seen=seen),
    "balked_id": lambda seen: _at_door(BALKED, ids=True, seen=seen),
    "lost_at": lambda seen: _at_door(TURNED_AWAY, ids=False, seen=seen),
    "lost_id": lambda seen: _at_door(TURNED_AWAY, ids=True, seen=seen),
    "renege_at": lambda seen: _renegings(ids=False, seen=seen),
    "renege_id": lambda seen: _renegings(ids=True, seen=seen),
}


def trace_metric(name: str) -> Listed:
    """The function of a metric's name."""
    match = OVERTIME.match(name)
    if match:
        return partial(_overtime, int(match[1]), int(match[2]))
    if name not in METRICS:
        raise Unsupported(f"metric {name}")
    return METRICS[name]


def in_order_of_jobs(model: Raw, view: View, categories: list[int], teams: Schedule | None) -> Seen:
    """The visits in the order of the case's jobs; those at the door in the order of time."""
    place = {category: number for number, category in enumerate(categories)}
    order = np.argsort([place[category] for category in view.category[view.stays.request]], kind="stable")
    stays, cut = view.stays.take(order), "until" in model
    if not cut and not np.all(np.isfinite(view.closed)):
        raise Unsupported("jobs that are not done by the end of the run")
    ids = {
        category: float(job.get("id", number)) for number, (category, job) in enumerate(zip(categories, model["jobs"]))
    }
    away = view.away.take(np.argsort(view.away.entered, kind="stable"))
    return Seen(view, stays, away, [ids.get(category, -1.0) for category in view.category], cut, teams)
