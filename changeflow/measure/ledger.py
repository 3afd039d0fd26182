"""The money of one run.

Cost of success = adaptation (the initial project and first attempts up to completion) + cost of error (further
attempts up to completion); then ownership. Waiting and undone work are accounts of their own. Labour is booked
as it is worked, at the price of its station; money counts over [warm-up, horizon).
"""

from __future__ import annotations

import math

import numpy as np

from changeflow.engine.trace import Rows, Trace
from changeflow.measure.adoption import adoption_costs
from changeflow.measure.records import Floats
from changeflow.measure.window import Window

_DAY = 24.0
_YEAR_DAYS = 365.25
_MONTH_HOURS = _YEAR_DAYS * _DAY / 12
PAID = (
    "adaptation_cost", "vendor_cost", "in_house_cost", "waiting_cost", "licence_cost", "enforcement_cost",
    "second_project_cost",
)  # fmt: skip
UNDONE = ("unmet_need_cost", "open_liability_cost", "write_off_cost")


def completion_time(window: Window, completion_day: float) -> float:
    """Clock time at which cost of success ends and ownership begins; the horizon when it is not reached."""
    if np.isnan(completion_day):
        return window.end
    return min(max(window.start + _DAY * completion_day, window.begin), window.end)


def ledger(
    window: Window, trace: Trace, complete: float, labour: Floats, waiting: float, lost: int
) -> dict[str, float]:
    """Every account of a run.

    `labour`: the price of the hours worked, as tallies.book has it; `waiting`: the cost of open requests; `lost`:
    requests refused or withdrawn.
    """
    model = window.model
    costs = model.costs
    before, after = labour[:4].tolist(), labour[4:8].tolist()  # each: in house, in house again, vendor, vendor again
    # The initial project is spent at go-live: a run that starts in mid-life does not pay it again.
    started_at_go_live = window.begin == 0.0
    project = model.adaptation.work_hours / model.adaptation.speed * model.adaptation.price_per_hour
    adaptation = project if started_at_go_live else 0.0
    licence = costs.licence_per_user_month * model.organisation.users / _MONTH_HOURS
    error = before[1] + before[3]
    account = {
        "adaptation_cost": adaptation,
        "vendor_cost": before[2] + before[3] + after[2] + after[3],
        "in_house_cost": before[0] + before[1] + after[0] + after[1],
        "waiting_cost": waiting,
        "licence_cost": licence * (window.end - window.begin),
        "cost_of_error": error,
        "cost_of_success": adaptation + before[0] + before[2] + error,
        "ownership_vendor_cost": after[2] + after[3],
        "ownership_in_house_cost": after[0] + after[1],
        "rework_cost": error + after[1] + after[3],
        "unmet_need_cost": lost * costs.unmet_need_per_request,
        "open_liability_cost": _liability(window, trace),
    }
    account |= adoption_costs(window, trace)
    years = (window.end - complete) / _DAY / _YEAR_DAYS
    ownership = math.fsum(after) + licence * (window.end - complete)
    account["cost_of_ownership_per_year"] = ownership / years if years > 0 else np.nan
    account["total_cost"] = sum(account.get(name, 0.0) for name in PAID)
    account["total_cost_with_undone"] = account["total_cost"] + sum(account.get(name, 0.0) for name in UNDONE)
    return account


def waiting_cost(window: Window, requests: Rows, open_hours: float) -> float:
    """Cost of open requests; `open_hours` is their time integral in the window, all categories together."""
    per_day = window.waiting_per_day
    if (per_day == per_day[0]).all():
        return open_hours / _DAY * float(per_day[0])
    until = np.where(np.isnan(requests["closed"]), window.end, requests["closed"])
    hours = np.maximum(until - np.maximum(requests["arrived"], window.begin), 0.0)
    return float(hours @ per_day[requests["category"]]) / _DAY


def _liability(window: Window, trace: Trace) -> float:
    """Work left at the horizon in passes that have begun their visit, at the price of their station."""
    left = trace.visits.compress(np.isnan(trace.visits["finished"]))
    left = left[~window.of_others[trace.requests["source"][left["request"]]]]
    if not len(left):
        return 0.0
    done = window.worked_hours(left, window.start, window.end)
    remaining = np.maximum(window.expected_hours(left, trace.requests) - done, 0.0) * window.prices[left["station"]]
    return float(remaining.sum())
