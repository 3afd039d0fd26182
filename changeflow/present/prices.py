"""The honest hourly rate: what a reference hour of change cost that was done right, beside the listed one."""

from __future__ import annotations

from changeflow.model.reached import reached
from changeflow.model.schema import Model
from changeflow.present.words import digits, plain
from changeflow.study.results import Results, ScenarioResult

MEASURE = "effective_price_per_reference_hour"


def price_sentence(results: Results) -> str:
    """'vendor only 163 (rate 130); power users only 66 (rate 55)'; '' where work has no price."""
    alone = len(results.scenarios) == 1
    said = {name: _price(result) for name, result in results.scenarios.items()}
    known = [words if alone else f"{plain(name)} {words}" for name, words in said.items() if words]
    return f"{results.currency} for a reference hour done right: {'; '.join(known)}." if known else ""


def _price(result: ScenarioResult) -> str:
    found = result.estimates.get(MEASURE)
    if found is None or not found.mean > 0:
        return ""
    return f"{digits(found.mean, max(found.half_width, 1.0))}{_rate(result.model)}"


def _rate(model: Model) -> str:
    """The listed rates of stations that requests come to."""
    rates = sorted({model.hourly_rate(name) for name in reached(model)} - {0.0})
    if not rates:
        return ""
    span = f"{rates[0]:g}" if len(rates) == 1 else f"{rates[0]:g} to {rates[-1]:g}"
    return f" (rate {span})"
