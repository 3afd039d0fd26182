"""Metrics of the reference cases at given times: numbers present, counts of arrivals, a stopping time."""

from __future__ import annotations

import re
from functools import partial

import numpy as np

from .reasons import Unsupported
from .translate import Setup
from .view import Metric, View, chosen_rows

VARIANCE = re.compile(r"var_(count_total|N_[\d.]+)$")
AT_TIME = re.compile(r"(EN|EQ|P_empty|P_all_busy|P_idle|P_full)_([\d.]+)$")
COUNT = re.compile(r"count_(\d+)$")


def last_time(names: list[str]) -> float:
    """The last time that metrics of a transient case ask about; 0 when they name none."""
    found = [re.search(r"_([\d.]+)$", name) for name in names if not COUNT.match(name)]
    return max((float(match[1]) for match in found if match), default=0.0)


def transient(bare: str, place: int | None, category: int | None, setup: Setup) -> Metric:
    match = AT_TIME.match(bare)
    if match and setup.stations:
        _can_count(match[1], place, setup)
        return partial(_at_time, match[1], float(match[2]), place, category, setup)
    if place is not None or category is not None:
        raise Unsupported(f"metric {bare} of a station or class")
    variance, counted = VARIANCE.match(bare), COUNT.match(bare)
    if bare == "count_total" or (variance and variance[1] == "count_total"):
        return lambda view: float(len(view.arrived))
    if variance:
        return partial(_at_time, "EN", float(variance[1].removeprefix("N_")), None, None, setup)
    if counted and int(counted[1]) + 1 < len(setup.edges):
        low, high = setup.edges[int(counted[1])], setup.edges[int(counted[1]) + 1]
        return lambda view: float(np.sum((view.arrived >= low) & (view.arrived < high)))
    if bare == "mean_time_until_N_below_target":
        if setup.target is None:
            raise Unsupported(f"metric {bare} without a target")
        return partial(_first_below, setup.target)
    raise Unsupported(f"metric {bare} in a transient case")


def _can_count(what: str, place: int | None, setup: Setup) -> None:
    if what == "EQ" and any(one.open_hours for one in setup.places):
        raise Unsupported("metric EQ with a calendar")
    if what not in {"P_all_busy", "P_full"}:
        return
    one = setup.places[place or 0]
    if (place is None and len(setup.places) > 1) or one.servers == "infinite":
        raise Unsupported(f"metric {what} of more than one station, or of an infinite one")
    if what == "P_full" and "capacity" not in one.table:
        raise Unsupported(f"metric {what} without a capacity")


def _at_time(what: str, t: float, place: int | None, category: int | None, setup: Setup, view: View) -> float:
    rows = view.rows
    until = rows.left_queue if what == "EQ" else rows.finished
    number = int(np.sum((rows.joined <= t) & (until > t) & chosen_rows(rows, view, place, category)))
    if what in {"EN", "EQ"}:
        return float(number)
    if what in {"P_empty", "P_idle"}:
        return float(number == 0)
    one = setup.places[place or 0]
    if what == "P_full":
        return float(number >= one.table["capacity"])
    return float(number >= (one.schedule.count_at(t) if one.schedule else int(one.servers)))


def _first_below(target: int, view: View) -> float:
    """First time with fewer than `target` present; NaN when the run is too short to see it."""
    left = view.closed[np.isfinite(view.closed)]
    times = np.concatenate([view.arrived, left])
    steps = np.concatenate([np.ones(len(view.arrived)), -np.ones(len(left))])
    order = np.lexsort((-steps, times))
    below = (np.cumsum(steps[order]) < target) & (steps[order] < 0)
    return float(times[order][np.argmax(below)]) if below.any() else np.nan
