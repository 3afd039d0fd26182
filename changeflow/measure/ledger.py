"""The money of one run.

Cost of success = adaptation (the initial project and first attempts up to completion) + cost of error (further
attempts up to completion); then ownership. Waiting and undone work are accounts of their own. Labour is booked
as it is worked, at the price of its station; money counts over [warm-up, horizon).
"""

from __future__ import annotations

import numpy as np

from changeflow.engine import trace as t
from changeflow.engine.trace import Rows, Trace
from changeflow.measure.records import Floats
from changeflow.measure.window import Window

_DAY = 24.0
_YEAR_DAYS = 365.25
_MONTH_HOURS = _YEAR_DAYS * _DAY / 12


def completion_time(window: Window, completion_day: float) -> float:
    """Clock time at which cost of success ends and ownership begins; the horizon when it is not reached."""
    if np.isnan(completion_day):
        return window.end
    return min(max(window.start + _DAY * completion_day, window.begin), window.end)


def ledger(
    window: Window, trace: Trace, complete: float, worked: tuple[Floats, Floats], waiting: float
) -> dict[str, float]:
    """Every account of a run.

    `worked`: working hours of each visit before and after completion; `waiting`: the cost of open requests.
    """
    model = window.model
    costs = model.costs
    prices = np.array([station.price_per_hour for station in model.stations.values()])
    vendor = np.array([station.kind == "vendor" for station in model.stations.values()], dtype=bool)
    price = prices[trace.visits["station"]] if len(prices) else np.zeros(0)
    price = price * ~window.of_others[trace.requests["source"][trace.visits["request"]]]
    before, after = worked[0] * price, worked[1] * price
    by_vendor = vendor[trace.visits["station"]] if len(prices) else np.zeros(0, dtype=bool)
    again = trace.visits["attempt"] > 1
    # The initial project is spent at go-live: a run that starts in mid-life does not pay it again.
    started_at_go_live = window.begin == 0.0
    project = model.adaptation.work_hours / model.adaptation.speed * model.adaptation.price_per_hour
    adaptation = project if started_at_go_live else 0.0
    licence = costs.licence_per_user_month * model.organisation.users / _MONTH_HOURS
    error = float(before[again].sum())
    account = {
        "adaptation_cost": adaptation,
        "vendor_cost": float(before[by_vendor].sum() + after[by_vendor].sum()),
        "in_house_cost": float(before[~by_vendor].sum() + after[~by_vendor].sum()),
        "waiting_cost": waiting,
        "licence_cost": licence * (window.end - window.begin),
        "cost_of_error": error,
        "cost_of_success": adaptation + float(before[~again].sum()) + error,
        "ownership_vendor_cost": float(after[by_vendor].sum()),
        "ownership_in_house_cost": float(after[~by_vendor].sum()),
        "rework_cost": float(before[again].sum() + after[again].sum()),
        "unmet_need_cost": _unmet(window, trace.requests) * costs.unmet_need_per_request,
        "open_liability_cost": _liability(window, trace, prices),
    }
    years = (window.end - complete) / _DAY / _YEAR_DAYS
    ownership = float(after.sum()) + licence * (window.end - complete)
    account["cost_of_ownership_per_year"] = ownership / years if years > 0 else np.nan
    parts = ("adaptation_cost", "vendor_cost", "in_house_cost", "waiting_cost", "licence_cost")
    account["total_cost"] = sum(account[name] for name in parts)
    undone = account["unmet_need_cost"] + account["open_liability_cost"]
    account["total_cost_with_undone"] = account["total_cost"] + undone
    return account


def waiting_cost(window: Window, requests: Rows, open_hours: float) -> float:
    """Cost of open requests; `open_hours` is their time integral in the window, all categories together."""
    model = window.model
    per_day = np.array([model.waiting_cost_per_day(category) for category in window.tables.categories])
    if (per_day == per_day[0]).all():
        return open_hours / _DAY * float(per_day[0])
    until = np.where(np.isnan(requests["closed"]), window.end, requests["closed"])
    hours = np.maximum(until - np.maximum(requests["arrived"], window.begin), 0.0)
    return float(hours @ per_day[requests["category"]]) / _DAY


def _unmet(window: Window, requests: Rows) -> float:
    """Requests refused or withdrawn in the window."""
    lost = (requests["outcome"] == t.REFUSED) | (requests["outcome"] == t.WITHDRAWN)
    lost &= ~window.of_others[requests["source"]]
    return float((lost & (requests["closed"] >= window.begin)).sum())


def _liability(window: Window, trace: Trace, prices: Floats) -> float:
    """Work left at the horizon in passes that have begun their visit, at the price of their station."""
    ours = ~window.of_others[trace.requests["source"][trace.visits["request"]]]
    left = trace.visits[np.isnan(trace.visits["finished"]) & ours]
    if not len(left):
        return 0.0
    done = window.worked_hours(left, window.start, window.end)
    remaining = np.maximum(window.expected_hours(left, trace.requests) - done, 0.0) * prices[left["station"]]
    return float(remaining.sum())
