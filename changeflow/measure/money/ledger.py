"""The money of one run: its accounts, which are sums of postings.

Cost of success = adaptation (the initial project and first attempts up to completion) + cost of error (further
attempts, and the repair of defects, up to completion); then ownership. Waiting and undone work are accounts of their
own. Labour is booked as it is worked, at the price of its station, or as its contract bills it; money counts over
[warm-up, horizon). The common accounts are summed while the trace is counted (trace/tallies.py), the rare ones, and all
of them where money is discounted, from their postings.
"""

from __future__ import annotations

import numpy as np

from changeflow.engine.trace import Rows, Trace
from changeflow.measure.money.postings import postings, rare_postings, waiting_of, work_left
from changeflow.measure.posting import (
    ACCOUNTS,
    ADAPTATION,
    IN_HOUSE,
    LICENCE,
    OPEN_LIABILITY,
    UNMET_NEED,
    VENDOR,
    WAITING,
    Sums,
    discounted,
    joined,
    summed,
)
from changeflow.measure.records import Floats
from changeflow.measure.trace.window import Window
from changeflow.model.values.spans import HOURS_PER_MONTH

_DAY = 24.0
_YEAR_DAYS = 365.25
_RUN = (
    "adaptation", "vendor", "in_house", "day_job", "waiting", "training", "licence", "hosting", "enforcement",
    "second_project",
)  # fmt: skip
"""Accounts of the total. A write-off is undone work: what it loses was paid before, for use still to come."""
_OWNED = ("vendor", "in_house", "day_job", "training", "licence", "hosting", "enforcement", "second_project")
_UNDONE = ("unmet_need", "open_liability", "write_off")


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
    if window.model.costs.discount_rate_per_year:
        return accounts(window, complete, summed(present_values(window, trace, complete)))
    sums = summed(joined(rare_postings(window, trace, complete)))
    for phase in (0, 1):
        for repair in (0, 1):
            sums[IN_HOUSE][phase][repair] += float(labour[4 * phase + repair])
            sums[VENDOR][phase][repair] += float(labour[4 * phase + 2 + repair])
    licence = window.model.costs.licence_per_user_month * window.model.organisation.users / HOURS_PER_MONTH
    sums[LICENCE][0][0], sums[LICENCE][1][0] = licence * (complete - window.begin), licence * (window.end - complete)
    sums[ADAPTATION][0][0], sums[WAITING][0][0] = window.project_cost, waiting
    sums[UNMET_NEED][0][0] += lost * window.model.costs.unmet_need_per_request
    sums[OPEN_LIABILITY][0][0] += float(work_left(window, trace)[1].sum())
    return accounts(window, complete, sums)


def present_values(window: Window, trace: Trace, complete: float) -> Rows:
    """All postings, at their worth at the start of the run where the model discounts."""
    rows, rate = postings(window, trace, complete), window.model.costs.discount_rate_per_year
    return discounted(rows, rate, window.start, _YEAR_DAYS * _DAY) if rate else rows


def accounts(window: Window, complete: float, sums: Sums) -> dict[str, float]:
    """The accounts by name, from sums of postings by account, completion and repair."""
    part = dict(zip(ACCOUNTS, sums, strict=True))  # each: before and after completion, first work and repair
    whole = {name: sum(before) + sum(after) for name, (before, after) in part.items()}
    (vendor, house), (vendor_after, house_after) = zip(part["vendor"], part["in_house"], strict=True)
    error = vendor[1] + house[1]
    found = {f"{name}_cost": cost for name, cost in whole.items()} | {
        "cost_of_error": error,
        "cost_of_success": whole["adaptation"] + vendor[0] + house[0] + error,
        "ownership_vendor_cost": sum(vendor_after),
        "ownership_in_house_cost": sum(house_after),
        "rework_cost": error + vendor_after[1] + house_after[1],
    }
    years = (window.end - complete) / _DAY / _YEAR_DAYS
    owned = sum(sum(part[name][1]) for name in _OWNED)
    found["cost_of_ownership_per_year"] = owned / years if years > 0 else np.nan
    found["total_cost"] = sum(whole[name] for name in _RUN)
    found["total_cost_with_undone"] = found["total_cost"] + sum(whole[name] for name in _UNDONE)
    return found


def waiting_cost(window: Window, requests: Rows, open_hours: float) -> float:
    """Cost of open requests; `open_hours` is their time integral in the window, all categories together."""
    per_day, growth, step, _ = window.open_cost
    if (per_day == per_day[0]).all() and not growth.any() and not step.any():
        return open_hours / _DAY * float(per_day[0])
    return float(waiting_of(window, requests).sum())
