"""Postings: the rows that money is made of, and their sums."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from changeflow.engine.trace import Rows

ACCOUNTS = (
    "adaptation", "vendor", "in_house", "day_job", "waiting", "training", "licence", "hosting", "enforcement",
    "second_project", "unmet_need", "open_liability", "write_off",
)  # fmt: skip
(
    ADAPTATION, VENDOR, IN_HOUSE, DAY_JOB, WAITING, TRAINING, LICENCE, HOSTING, ENFORCEMENT,
    SECOND_PROJECT, UNMET_NEED, OPEN_LIABILITY, WRITE_OFF,
) = range(len(ACCOUNTS))  # fmt: skip
POSTING = np.dtype(
    [
        ("time", "f8"),  # clock hours since go-live
        ("request", "i8"),  # -1: none, it is of a period
        ("period", "i4"),  # number of the month or week from go-live on, -1: none
        ("station", "i2"),  # -1: none
        ("account", "i2"),
        ("cause", "i2"),  # of the request, -1: none
        ("repair", "?"),  # of a repeated pass, or of a request that a defect made: cost of error
        ("ownership", "?"),  # after completion
        ("amount", "f8"),
    ]
)


_NONE = np.zeros(0, POSTING)
Sums = list[list[list[float]]]


def rows_of(account: int, time: Any, amount: Any, **columns: Any) -> Rows:
    """Postings of one account; what is not said is none."""
    time, amount = np.broadcast_arrays(np.asarray(time, float), np.asarray(amount, float))
    rows = np.zeros(time.size, POSTING)
    rows["account"], rows["time"], rows["amount"] = account, time, amount
    for name in ("request", "period", "station", "cause"):
        rows[name] = -1
    for name, values in columns.items():
        rows[name] = values
    return np.asarray(rows[rows["amount"] != 0])


def joined(parts: Iterable[Rows]) -> Rows:
    """One table, in order of time."""
    found = list(parts)
    rows = np.concatenate(found) if found else _NONE
    return np.asarray(rows[np.argsort(rows["time"], kind="stable")])


def summed(rows: Rows) -> Sums:
    """Sums by account, before and after completion, first work and repairs."""
    if not len(rows):
        return [[[0.0, 0.0], [0.0, 0.0]] for _ in ACCOUNTS]
    place = (rows["account"].astype(np.int64) * 2 + rows["ownership"]) * 2 + rows["repair"]
    sums = np.bincount(place, rows["amount"], len(ACCOUNTS) * 4).astype(float)
    return sums.reshape(len(ACCOUNTS), 2, 2).tolist()


def discounted(rows: Rows, rate_per_year: float, start: float, year_hours: float) -> Rows:
    """The same at their worth at `start`."""
    rows = rows.copy()
    rows["amount"] *= (1.0 + rate_per_year) ** (-(rows["time"] - start) / year_hours)
    return rows
