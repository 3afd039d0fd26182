"""What vendors bill by contract: an invoice for each pass, monthly fees, credits for late deliveries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from changeflow.engine import trace as t
from changeflow.engine.trace import Rows, Trace
from changeflow.measure.posting import OPEN_LIABILITY, VENDOR, rows_of
from changeflow.measure.records import Floats
from changeflow.measure.trace.window import Billed, Window
from changeflow.model.money.billing import billed_hours, invoices
from changeflow.model.values.spans import HOURS_PER_MONTH


@dataclass(frozen=True, slots=True)
class Passes:
    """The passes of our requests at the stations of a contract, in order of delivery; those not delivered last."""

    request: NDArray[np.int64]
    station: NDArray[np.int64]
    entered: Floats
    delivered: Floats
    """NaN: not yet."""
    hours: Floats
    """Working hours of all stays together, of a pass not delivered those that it is expected to take."""
    category: NDArray[np.int64]
    cause: NDArray[np.int64]
    repair: NDArray[np.bool_]


def passes_of(window: Window, trace: Trace, billed: Billed) -> Passes:
    """The passes that a contract bills, or will bill; whoever left without work is none."""
    rows, requests = trace.visits, trace.requests
    without_work = np.isin(rows["outcome"], (t.RENEGED, t.BALKED, t.TURNED_AWAY))
    rows = rows[billed.bills[rows["station"]] & ~window.of_others[requests["source"][rows["request"]]] & ~without_work]
    rows = rows[np.lexsort((rows["visit"], rows["pass"], rows["station"], rows["request"]))]
    same = np.ones(len(rows), bool)
    for name in ("request", "station", "pass"):
        same[1:] &= rows[name][1:] == rows[name][:-1]
    same[:1] = False
    first = np.flatnonzero(~same)
    last = np.append(first[1:], len(rows))[: len(first)] - 1
    asked = requests[rows["request"][first]]
    done = np.isin(rows["outcome"][last], (t.DELIVERED, t.REWORK))
    delivered = np.where(done, rows["finished"][last], np.nan)
    hours = np.add.reduceat(window.expected_hours(rows, requests), first) if len(rows) else np.zeros(0)
    order = np.argsort(delivered, kind="stable")
    columns = (
        rows["request"][first], rows["station"][first], rows["entered"][first], delivered, hours, asked["category"],
        asked["cause"], (rows["attempt"][first] > 1) | (asked["cause"] == t.DEFECT),
    )  # fmt: skip
    return Passes(*(np.asarray(column)[order] for column in columns))


def invoice_postings(window: Window, trace: Trace, complete: float) -> Iterator[Rows]:
    """Invoices at delivery, credits, fees by month, and what undelivered passes will cost at the list price."""
    for billed in window.contracts:
        contract, found = billed.contract, passes_of(window, trace, billed)
        hours, factors = billed_hours(contract, found.hours), billed.factors[found.category]
        done = int(np.count_nonzero(~np.isnan(found.delivered)))
        times = found.delivered[:done]
        months = (times // HOURS_PER_MONTH).astype(np.int64)
        amounts = invoices(contract, hours[:done], months, factors[:done], _month_shares(window))
        about = {
            name: getattr(found, name)[:done] for name in ("request", "station", "cause", "repair")
        } | {"period": months, "ownership": times >= complete}  # fmt: skip
        counted = times >= window.begin
        yield rows_of(VENDOR, times, amounts * counted, **about)
        if contract.sla is not None and contract.sla.credit:
            late = times - found.entered[:done] > contract.sla.within_hours + 1e-9
            yield rows_of(VENDOR, times, -contract.sla.credit * (late & counted), **about)
        if billed.is_reached and contract.fee_per_month:
            yield monthly(VENDOR, window, complete, contract.fee_per_month)
        left = slice(done, None)
        yield rows_of(
            OPEN_LIABILITY, np.full(len(hours) - done, window.end), hours[left] * factors[left] * contract.list_price,
            request=found.request[left], station=found.station[left], cause=found.cause[left],
            repair=found.repair[left], ownership=window.end >= complete,
        )  # fmt: skip


def monthly(account: int, window: Window, complete: float, per_month: float) -> Rows:
    """A fee for each month of the window, a part of it for a part of a month; completion divides a month."""
    edges = _month_edges(window.begin, window.end)
    edges = np.unique(np.concatenate([edges, [min(max(complete, window.begin), window.end)]]))
    starts, lengths = edges[:-1], np.diff(edges)
    return rows_of(
        account, starts, per_month * lengths / HOURS_PER_MONTH, period=(starts // HOURS_PER_MONTH).astype(np.int64),
        ownership=starts >= complete,
    )  # fmt: skip


def _month_edges(begin: float, end: float) -> Floats:
    inner = HOURS_PER_MONTH * np.arange(begin // HOURS_PER_MONTH + 1, np.ceil(end / HOURS_PER_MONTH))
    return np.concatenate([[begin], inner, [end]])


def _month_shares(window: Window) -> Floats:
    """Part of each month from go-live on that the run covers."""
    starts = HOURS_PER_MONTH * np.arange(np.floor(window.end / HOURS_PER_MONTH) + 1)
    inside = np.minimum(starts + HOURS_PER_MONTH, window.end) - np.maximum(starts, window.start)
    return np.asarray(np.clip(inside, 0.0, None) / HOURS_PER_MONTH)
