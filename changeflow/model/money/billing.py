"""What a contract bills: functions of hours that rules and ledger share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from changeflow.model.money.contracts import Contract

Floats = NDArray[np.floating[Any]]
_DUST = 1e-9
"""Of a step: 2.0000000001 hours, a sum of stays, are two hours and no step more."""


def billed_hours(contract: Contract, hours: ArrayLike) -> Floats:
    """Hours that are billed for passes of these working hours: in whole steps, the minimum at least."""
    found = np.asarray(hours, float)
    step = contract.increment_hours
    if step is not None:
        found = np.ceil(found / step - _DUST) * step
    return np.asarray(np.maximum(found, contract.minimum_hours))


def price_of_month(contract: Contract, hours: ArrayLike) -> Floats:
    """Price of the first `hours` of a month beyond the retainer's, tier by tier."""
    used, total = np.asarray(hours, float), np.zeros(np.shape(hours))
    starts = [start for start, _ in contract.rates]
    for (start, price), end in zip(contract.rates, [*starts[1:], np.inf], strict=True):
        total = total + price * np.clip(used - start, 0.0, end - start)
    return total


def invoices(contract: Contract, hours: Floats, months: NDArray[np.int64], factors: Floats, share: Floats) -> Floats:
    """Money billed for each pass, in the order of delivery.

    hours: billed hours; months: number of the month of delivery, from 0, not falling; factors: of urgency;
    share: the part of each month that the run covers, for the retainer's hours.
    """
    before = _used_before(hours, months)
    used: Floats = np.bincount(months, hours, len(share)).astype(float)
    free = allowances(contract, used, share)[months]
    start, end = np.maximum(before - free, 0.0), np.maximum(before + hours - free, 0.0)
    if len(contract.rates) == 1:  # without a difference of large sums an invoice is exact
        return (end - start if contract.retainer else hours) * contract.list_price * factors
    return (price_of_month(contract, end) - price_of_month(contract, start)) * factors


def allowances(contract: Contract, used: Floats, share: Floats) -> Floats:
    """Hours of each month that the retainer includes, with what was carried into it; `used`: hours billed in it."""
    if contract.retainer is None:
        return np.zeros(len(used))
    own, left, found = contract.retainer.hours * share, 0.0, np.empty(len(used))
    for month in range(len(used)):
        found[month] = own[month] + left
        if contract.retainer.unused == "carried":
            left = max(found[month] - used[month], 0.0)
    return found


def _used_before(hours: Floats, months: NDArray[np.int64]) -> Floats:
    """Hours billed in the same month before each."""
    before = np.cumsum(hours) - hours
    first = np.searchsorted(months, months)
    return before - before[first] if len(hours) else before
