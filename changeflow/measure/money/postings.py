"""Every posting of a run, made from its trace: the ledger row by row.

Labour is posted at the end of its stay, an invoice at delivery, a month's fee at its start, waiting when the request
closes, undone work at the horizon.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from changeflow.engine import trace as t
from changeflow.engine.trace import Rows, Trace
from changeflow.measure.money.day_job import day_job_postings
from changeflow.measure.money.invoices import invoice_postings, monthly
from changeflow.measure.posting import (
    ADAPTATION,
    HOSTING,
    IN_HOUSE,
    LICENCE,
    OPEN_LIABILITY,
    UNMET_NEED,
    VENDOR,
    WAITING,
    joined,
    rows_of,
)
from changeflow.measure.records import Floats
from changeflow.measure.trace.adoption import adoption_postings
from changeflow.measure.trace.people import career_postings
from changeflow.measure.trace.window import Window


def postings(window: Window, trace: Trace, complete: float) -> Rows:
    """All postings of the window, in order of time; `complete`: clock time at which ownership begins."""
    return joined([*_common(window, trace, complete), *rare_postings(window, trace, complete)])


def rare_postings(window: Window, trace: Trace, complete: float) -> Iterator[Rows]:
    """Those that the quick sums of a run (trace/tallies.book, ledger.py) do not know."""
    invoices = list(invoice_postings(window, trace, complete))
    yield from invoices
    yield from day_job_postings(window, trace, complete)
    if window.model.costs.hosting_per_month:
        yield monthly(HOSTING, window, complete, window.model.costs.hosting_per_month)
    yield from career_postings(window, trace, complete)
    if window.model.adoption.is_on:
        paid = joined([*_labour(window, trace, window.end), *invoices])
        yield from adoption_postings(window, trace, complete, paid)


def _common(window: Window, trace: Trace, complete: float) -> Iterator[Rows]:
    costs, requests = window.model.costs, trace.requests
    yield rows_of(ADAPTATION, [window.begin], [window.project_cost])
    yield from _labour(window, trace, complete)
    yield monthly(LICENCE, window, complete, costs.licence_per_user_month * window.model.organisation.users)
    ours = window.ours(requests)
    until = np.where(np.isnan(ours["closed"]), window.end, ours["closed"])
    about = {"request": ours["number"], "cause": ours["cause"], "ownership": until >= complete}
    yield rows_of(WAITING, until, waiting_of(window, ours), **about)
    lost = (ours["closed"] >= window.begin) & np.isin(ours["outcome"], (t.REFUSED, t.WITHDRAWN))
    yield rows_of(UNMET_NEED, until, lost * costs.unmet_need_per_request, **about)
    yield _liability(window, trace, complete)


def waiting_of(window: Window, requests: Rows) -> Floats:
    """Cost of each request's being open within the window."""
    until = np.where(np.isnan(requests["closed"]), window.end, requests["closed"])
    since = np.minimum(np.maximum(requests["arrived"], window.begin), until)
    per_day, growth, step, due = window.open_cost[:, requests["category"]]
    start, end = (since - requests["arrived"]) / 24, (until - requests["arrived"]) / 24
    linear = per_day * (end - start) * (1 + growth * (start + end) / 2)
    return np.asarray(linear + step * ((start < due) & (due <= end)))


def work_left(window: Window, trace: Trace) -> tuple[Rows, Floats]:
    """Passes of ours in a visit at the horizon, and what their remaining work costs at the price of their station."""
    left = trace.visits.compress(np.isnan(trace.visits["finished"]))
    asked = trace.requests[left["request"]]
    left = left[~window.of_others[asked["source"]]]
    if not len(left):
        return left, np.zeros(0)
    done = window.worked_hours(left, window.start, window.end)
    remaining = np.maximum(window.expected_hours(left, trace.requests) - done, 0.0)
    return left, remaining * window.prices[left["station"]]


def _liability(window: Window, trace: Trace, complete: float) -> Rows:
    left, cost = work_left(window, trace)
    asked = trace.requests[left["request"]]
    return rows_of(
        OPEN_LIABILITY, np.full(len(left), window.end), cost, request=left["request"], station=left["station"],
        cause=asked["cause"], repair=_is_repair(left, asked), ownership=window.end >= complete,
    )  # fmt: skip


def _labour(window: Window, trace: Trace, complete: float) -> Iterator[Rows]:
    """Hours at the price of their station, those before completion apart from those after it."""
    stays, requests = trace.visits, trace.requests
    asked = requests[stays["request"]]
    price = window.prices[stays["station"]] * ~window.of_others[asked["source"]]
    ended = np.where(np.isnan(stays["finished"]), window.end, stays["finished"])
    hours = window.worked_around(stays, window.begin, complete, window.end)
    about = {
        "request": stays["request"], "station": stays["station"], "cause": asked["cause"],
        "repair": _is_repair(stays, asked),
    }  # fmt: skip
    for account, mine in ((VENDOR, window.by_vendor), (IN_HOUSE, ~window.by_vendor)):
        cost = price * mine[stays["station"]]
        yield rows_of(account, np.minimum(ended, complete), hours[0] * cost, **about, ownership=False)
        yield rows_of(account, ended, hours[1] * cost, **about, ownership=True)


def _is_repair(stays: Rows, asked: Rows) -> NDArray[np.bool_]:
    return np.asarray((stays["attempt"] > 1) | (asked["cause"] == t.DEFECT), bool)
