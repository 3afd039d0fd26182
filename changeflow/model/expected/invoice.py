"""What a contract is expected to bill: the mean of the billing function over a law, for rules that look at money."""

from __future__ import annotations

from functools import lru_cache

from changeflow.model.expected.effort import passes, service_law
from changeflow.model.expected.error_rates import error_rates
from changeflow.model.money.contracts import Contract
from changeflow.model.schema import Model
from changeflow.model.values import moments
from changeflow.model.values.laws import Law

_STEPS = 4000  # added one by one; what lies beyond is summed by an integral
_NOTHING = 1e-13


def expected_stay_price(model: Model, name: str, category: str, hours: float, attempts: float) -> float:
    """Money expected for a stay at a station: its passes' invoices, or its hours at its price.

    hours: mean working hours of a pass; attempts: mean passes, as if of equal work. Of a contract: its first tier, the
    retainer's hours and the SLA's credit left out, because a rule does not know how much of a month is used.
    """
    station = model.stations[name]
    if station.contract is None:
        return station.price_per_hour * hours * attempts
    contract = model.contracts[station.contract]
    law, acceptance = service_law(model, name, category), station.acceptance
    rates = error_rates(model).get((name, category))
    first = expected_billed_hours(contract, law, 1 / station.speed)
    again = first
    if rates is not None:  # repairs of several kinds, each taken to be of their mean work
        share = rates.repair_work / (rates.passes - 1) if rates.passes > 1 else 0.0
        again = expected_billed_hours(contract, law, share / station.speed) if share else 0.0
    elif acceptance and acceptance.rework_hours is not None:
        again = expected_billed_hours(contract, acceptance.rework_hours, 1 / station.speed)
    elif acceptance and acceptance.rework_work != "fresh":
        again = expected_billed_hours(contract, law, acceptance.rework_work / station.speed)
    return (
        contract.list_price
        * model.urgency_factor(contract, category)
        * (first + (passes(model, name, category) - 1) * again)
    )


@lru_cache(maxsize=1024)
def expected_billed_hours(contract: Contract, law: Law, scale: float = 1.0) -> float:
    """Mean of billed_hours(scale X), X of the law.

    In steps of b a positive X is billed b times the number of k = 0, 1, ... with X > kb, so its mean is the sum of
    b P(X > kb); for an exponential law of mean m that is b / (1 - exp(-b / m)).
    """
    least = contract.minimum_hours / scale
    step = contract.increment_hours
    if step is None:
        return scale * (least + _mean_beyond(law, least))
    step /= scale
    within = round(least / step)  # a minimum is a whole number of steps
    return scale * step * (within + _steps_beyond(law, step, within))


def _steps_beyond(law: Law, step: float, first: int) -> float:
    """Sum of P(X > k step) over k from `first` on (the tail: Euler 1738, Maclaurin 1742)."""
    total = 0.0
    for k in range(first, first + _STEPS):
        above = _above(law, k * step)
        if above < _NOTHING:
            return total
        total += above
    last = first + _STEPS
    above, slope = _above(law, last * step), _above(law, (last + 1) * step) - _above(law, last * step)
    return total + _mean_beyond(law, last * step) / step + above / 2 - slope / 12


def _above(law: Law, x: float) -> float:
    return 1.0 - moments.cdf(law, x * (1 + 1e-12))  # an atom on the end of a step is within it


def _mean_beyond(law: Law, x: float) -> float:
    """E[max(X - x, 0)]."""
    if x <= 0:
        return moments.mean(law)
    return max(moments.mean(law) - moments.mean_below(law, x) - x * (1.0 - moments.cdf(law, x)), 0.0)
