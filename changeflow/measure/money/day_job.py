"""The value of the day job that in-house hours displace, convex beyond the hours that were agreed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from changeflow.engine.trace import Rows, Trace
from changeflow.measure.posting import DAY_JOB, rows_of
from changeflow.measure.records import Floats
from changeflow.measure.trace.window import Window

WEEK = 168.0


def displaced_value(hours: Floats, value: float, agreed: Floats, strain: float) -> Floats:
    """Cost of hours taken from a day job: `value` each; beyond the agreed ones the next hour costs ever more.

    At twice the agreed hours it costs 1 + 2 x strain times as much: value x (h + strain (h - agreed)^2 / agreed).
    """
    beyond = np.maximum(hours - agreed, 0.0)
    return value * (hours + strain * beyond * (beyond / agreed))


def day_job_postings(window: Window, trace: Trace, complete: float) -> Iterator[Rows]:
    """One posting for each week and in-house station, at the end of the week."""
    costs, stations = window.model.costs, list(window.model.stations.values())
    values = [costs.day_job_value_per_hour - station.price_per_hour for station in stations]
    mine = [n for n, value in enumerate(values) if value > 0 and stations[n].kind == "in_house"]
    if not mine:
        return
    edges = WEEK * np.arange(window.begin // WEEK + 1, np.ceil(window.end / WEEK))
    edges = np.concatenate([[window.begin], edges, [window.end]])
    hours, ends = weekly_hours(window, trace, edges), edges[1:]
    for number in mine:
        agreed = np.full(len(ends), np.inf)
        if costs.day_job_agreed_hours_per_week is not None and not np.isnan(window.servers[number]):
            agreed = costs.day_job_agreed_hours_per_week * window.servers[number] * np.diff(edges) / WEEK
        cost = displaced_value(hours[:, number], values[number], agreed, costs.day_job_strain)
        weeks = (edges[:-1] // WEEK).astype(np.int64)
        yield rows_of(DAY_JOB, ends, cost, period=weeks, station=number, ownership=ends > complete)


def weekly_hours(window: Window, trace: Trace, edges: Floats) -> Floats:
    """Working hours for us between edges, by station."""
    stays = trace.visits[~np.isnan(trace.visits["started"])]
    stays = stays[~window.of_others[trace.requests["source"][stays["request"]]]]
    return window.worked_by_period(stays, edges)
