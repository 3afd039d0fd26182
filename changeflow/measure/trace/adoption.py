"""What the users' mood did in one run: how long the system lived, who used it, what that cost. The softest part.

Money: enforcement is managers' time. The second project costs a share of the first. The write-off is what was spent
on a system that was given up (its project, the work on its changes), less what a straight line over `write_off_days`
has written off by then. That money was booked when it was spent; the write-off stands for the use that delivered
work was still to bring, so it is an account of what is undone and no second payment. Requests that users who have left
would have made are unmet need, at its price, else a system would be cheaper dead than alive.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from changeflow.engine.trace import Rows, Trace
from changeflow.measure.posting import ENFORCEMENT, SECOND_PROJECT, UNMET_NEED, WRITE_OFF, rows_of
from changeflow.measure.records import Floats
from changeflow.measure.trace.window import Window, project_price
from changeflow.model.values.spans import HOURS_PER_MONTH

_DAY = 24.0
_WEEK = 7 * _DAY


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


def adoption_postings(window: Window, trace: Trace, complete: float, paid: Rows) -> Iterator[Rows]:
    """Enforcement by week, the second project at its start, write-offs at each ending of what was `paid` for work."""
    settings = window.model.adoption
    assert settings.restart_project_share is not None
    weeks, first = trace.adoption, project_price(window.model)
    second = settings.restart_project_share * first
    yield _enforced(window, weeks, complete)
    yield _unserved(window, trace)
    again = _second_begins(weeks)
    again = again[again >= window.begin]
    yield rows_of(SECOND_PROJECT, again, np.full(len(again), second), ownership=again >= complete)
    for end, lost in _write_offs(window, trace, paid, (first, second)):
        yield rows_of(WRITE_OFF, [end], [lost], ownership=end >= complete)


def _enforced(window: Window, weeks: Rows, complete: float) -> Rows:
    """What each week's enforcement costs; the part of a week after the last row goes on at that row's, if in use."""
    settings = window.model.adoption
    assert settings.enforcement_hours_per_user_month is not None
    assert settings.enforcement_price_per_hour is not None
    per_hour = settings.enforcement_hours_per_user_month * window.model.organisation.users / HOURS_PER_MONTH
    last = weeks[-1:]
    after = last["enforcement"] * last["in_use"]
    level = np.concatenate([weeks["enforcement"], after])
    edges = np.concatenate([[window.start], weeks["time"], np.full(len(last), window.end)])
    hours = np.diff(np.clip(edges, window.begin, window.end))
    time = np.minimum(edges[1:], window.end)
    week = np.floor(edges[:-1] / _WEEK).astype(np.int64)
    cost = per_hour * settings.enforcement_price_per_hour * level * hours
    return rows_of(ENFORCEMENT, time, cost, period=week, ownership=time >= complete)


def cost_by_fate(values: dict[str, float]) -> dict[str, float]:
    """The cost of a run under the name of its fate: a mean over both kinds would describe no run at all."""
    if "abandoned" not in values:
        return {}
    total, gone = values["total_cost_with_undone"], values["abandoned"] == 1.0
    return {"cost_if_survived": math.nan if gone else total, "cost_if_abandoned": total if gone else math.nan}


def _unserved(window: Window, trace: Trace) -> Rows:
    """Requests from [warm-up, horizon) that are not asked because users have left: needs that nobody meets."""
    times = np.concatenate([trace.adoption["time"], [window.end]])
    counts = np.diff(np.concatenate([trace.adoption["unserved"], [trace.unserved]]), prepend=0)
    counts = np.where(times > window.begin, counts, 0)
    return rows_of(UNMET_NEED, times, counts * window.model.costs.unmet_need_per_request)


def endings(weeks: Rows) -> Floats:
    """Clock times at which a system was given up, the first one's and perhaps the second one's."""
    in_use = np.concatenate([[True], weeks["in_use"]])
    return np.asarray(weeks["time"][in_use[:-1] & ~in_use[1:]])


def _second_begins(weeks: Rows) -> Floats:
    return np.asarray(weeks["time"][weeks["attempt"] == 2][:1])


def _mean_from(window: Window, weeks: Rows, name: str, start: float) -> float:
    """Mean over the window of what holds from each row on."""
    edges = np.clip(np.concatenate([[window.start], weeks["time"], [window.end]]), window.begin, window.end)
    values = np.concatenate([[start], weeks[name]])
    return float(values @ np.diff(edges)) / (window.end - window.begin)


def _write_offs(
    window: Window, trace: Trace, paid: Rows, projects: tuple[float, float]
) -> Iterator[tuple[float, float]]:
    """What is lost at each ending in the window: the project, from go-live or its restart on, and work up to then."""
    begins = np.concatenate([[0.0], _second_begins(trace.adoption)])
    for end, project, begin in zip(endings(trace.adoption), projects, begins, strict=False):
        if end >= window.begin:
            mine = paid[(paid["time"] >= begin) & (paid["time"] <= end)]
            work = float(mine["amount"] @ _left(window, end - mine["time"]))
            yield float(end), project * float(_left(window, end - begin)) + work


def _left(window: Window, age_hours: float | Floats) -> Floats:
    """The share of a spending of this age that is not yet written off."""
    days = window.model.adoption.write_off_days
    assert days is not None
    return np.maximum(0.0, 1.0 - np.asarray(age_hours) / (days * _DAY))
