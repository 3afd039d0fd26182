"""The honest hourly rate: what a reference hour of change cost that was done right, beside the listed one."""

from __future__ import annotations

import math

from changeflow.model.load.reached import reached
from changeflow.model.schema import Model
from changeflow.present.words.plain import digits
from changeflow.study.estimates.results import Results, ScenarioResult

MEASURE = "effective_price_per_reference_hour"


def price_sentence(results: Results) -> str:
    """'An hour done right costs EUR 163+-4, 66+-2 (rates 130, 55).'; '' where work has no price.

    In the order of the table above it, each with the interval of its runs (rates are inputs and need none); '-' where a
    configuration does no work that has a price.
    """
    prices = [_price(result) for result in results.scenarios.values()]
    if not any(prices):
        return ""
    rates = [_rates(result.model) if price else "" for price, result in zip(prices, results.scenarios.values())]
    said, listed = (", ".join(part or "-" for part in parts) for parts in (prices, rates))
    of_rates = f" (rate{'s' if len(rates) > 1 else ''} {listed})" if any(rates) else ""
    return f"An hour done right costs {results.currency} {said}{of_rates}."


def _price(result: ScenarioResult) -> str:
    found = result.estimates.get(MEASURE)
    if found is None or not found.mean > 0:
        return ""
    if not 0 < found.half_width < math.inf:
        return digits(found.mean, 1.0)
    margin = max(found.half_width, 1.0)  # nobody haggles over less
    return f"{digits(found.mean, margin)}+-{digits(margin, margin)}"


def _rates(model: Model) -> str:
    """The listed rates of stations that requests come to."""
    rates = sorted({model.hourly_rate(name) for name in reached(model)} - {0.0})
    if not rates:
        return ""
    return f"{rates[0]:g}" if len(rates) == 1 else f"{rates[0]:g}-{rates[-1]:g}"
