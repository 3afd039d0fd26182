"""What the users' mood did in one run: how long the system lived, who used it, what that cost. The softest part.

Money: enforcement is managers' time. The second project costs a share of the first. The write-off is what was spent
on a system that was given up (its project, the work on its changes), less what a straight line over `write_off_days`
has written off by then. That money was booked when it was spent; the write-off stands for the use that delivered
work was still to bring, so it is an account of what is undone and no second payment. Requests that users who have left
would have made are unmet need, at its price, else a system would be cheaper dead than alive.
"""

from __future__ import annotations

import math

import numpy as np

from changeflow.engine import trace as t
from changeflow.engine.trace import Rows, Trace
from changeflow.measure.records import Floats
from changeflow.measure.window import Window

_DAY = 24.0
_MONTH_HOURS = 365.25 * _DAY / 12


def adoption_measures(window: Window, trace: Trace) -> tuple[dict[str, float], dict[str, float]]:
    """Measures of a run by name, and those that are lower bounds; none where adoption is off."""
    if not window.model.adoption.is_on:
        return {}, {}
    ends = endings(trace.adoption)
    lived = (ends[0] if len(ends) else window.end) - window.start
    start = window.model.adoption.active_share_at_start
    assert start is not None
    values = {
        "abandoned": float(len(ends) > 0),
        "days_in_use": lived / _DAY,
        "active_share": _mean_from(window, trace.adoption, "active_share", start),
        "data_completeness": _mean_from(window, trace.adoption, "completeness", start),
        "resistance": _mean_from(window, trace.adoption, "resistance", 0.0),
    }
    return values, {} if len(ends) else {"days_in_use": 1.0}


def adoption_costs(window: Window, trace: Trace) -> dict[str, float]:
    """Money by account over [warm-up, horizon); no account where adoption is off."""
    settings = window.model.adoption
    if not settings.is_on:
        return {}
    assert settings.enforcement_hours_per_user_month is not None
    assert settings.enforcement_price_per_hour is not None
    assert settings.restart_project_share is not None
    weeks, users, adaptation = trace.adoption, window.model.organisation.users, window.model.adaptation
    first = adaptation.work_hours / adaptation.speed * adaptation.price_per_hour
    second = settings.restart_project_share * first
    hours = settings.enforcement_hours_per_user_month * users / _MONTH_HOURS * _enforced(window, weeks)
    again = _second_begins(weeks)
    return {
        "enforcement_cost": hours * settings.enforcement_price_per_hour,
        "second_project_cost": second if len(again) and again[0] >= window.begin else 0.0,
        "write_off_cost": _write_offs(window, trace, first, second),
    }


def cost_by_fate(values: dict[str, float]) -> dict[str, float]:
    """The cost of a run under the name of its fate: a mean over both kinds would describe no run at all."""
    if "abandoned" not in values:
        return {}
    total, gone = values["total_cost_with_undone"], values["abandoned"] == 1.0
    return {"cost_if_survived": math.nan if gone else total, "cost_if_abandoned": total if gone else math.nan}


def unserved(window: Window, trace: Trace) -> int:
    """Requests from [warm-up, horizon) that are not asked because users have left: needs that nobody meets."""
    before = trace.adoption["unserved"][trace.adoption["time"] <= window.begin]
    return trace.unserved - (int(before[-1]) if len(before) else 0)


def endings(weeks: Rows) -> Floats:
    """Clock times at which a system was given up, the first one's and perhaps the second one's."""
    in_use = np.concatenate([[True], weeks["in_use"]])
    return np.asarray(weeks["time"][in_use[:-1] & ~in_use[1:]])


def _second_begins(weeks: Rows) -> Floats:
    return np.asarray(weeks["time"][weeks["attempt"] == 2][:1])


def _enforced(window: Window, weeks: Rows) -> float:
    """Integral of enforcement over the window in hours; that of a week stands in the row at its end."""
    edges = np.clip(np.concatenate([[window.start], weeks["time"]]), window.begin, window.end)
    return float(weeks["enforcement"] @ np.diff(edges))


def _mean_from(window: Window, weeks: Rows, name: str, start: float) -> float:
    """Mean over the window of what holds from each row on."""
    edges = np.clip(np.concatenate([[window.start], weeks["time"], [window.end]]), window.begin, window.end)
    values = np.concatenate([[start], weeks[name]])
    return float(values @ np.diff(edges)) / (window.end - window.begin)


def _write_offs(window: Window, trace: Trace, first: float, second: float) -> float:
    """What is lost at each ending in the window: the project, from go-live or its restart on, and work up to then."""
    spent_at = np.where(np.isnan(trace.visits["finished"]), np.inf, trace.visits["finished"])
    worked = np.isin(trace.visits["outcome"], (t.DELIVERED, t.REWORK, t.INTERRUPTED))
    ours = worked & ~window.of_others[trace.requests["source"][trace.visits["request"]]]
    paid = np.where(ours, trace.visits["work_hours"] * window.prices[trace.visits["station"]], 0.0)
    projects, begins, lost = (first, second), np.concatenate([[0.0], _second_begins(trace.adoption)]), 0.0
    for end, project, begin in zip(endings(trace.adoption), projects, begins, strict=False):
        if end < window.begin:
            continue
        mine = (spent_at >= begin) & (spent_at <= end)
        lost += project * float(_left(window, end - begin)) + float(paid[mine] @ _left(window, end - spent_at[mine]))
    return lost


def _left(window: Window, age_hours: float | Floats) -> Floats:
    """The share of a spending of this age that is not yet written off."""
    days = window.model.adoption.write_off_days
    assert days is not None
    return np.maximum(0.0, 1.0 - np.asarray(age_hours) / (days * _DAY))
