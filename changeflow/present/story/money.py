"""What a model costs, in words: contracts, waiting, the day job, money later on."""

from __future__ import annotations

from collections.abc import Iterator

from changeflow.model.money.contracts import Contract
from changeflow.model.money.waiting import ConvexWaiting, StepWaiting, Waiting
from changeflow.model.schema import Model
from changeflow.model.stations.station import Station
from changeflow.present.words.plain import plain_name


def price_of_work(model: Model, station: Station) -> Iterator[str]:
    """What an hour of a station costs."""
    if station.contract is not None:
        yield f"billed by contract {plain_name(station.contract)}"
    elif station.price_per_hour:
        yield f"{model.currency} {station.price_per_hour:g} an hour"


def money_sentences(model: Model) -> Iterator[str]:
    """One sentence for each contract, and for each cost that is not said elsewhere."""
    for name, contract in model.contracts.items():
        yield f"Contract {plain_name(name)}: {'; '.join(_contract(contract, model.currency))}."
    shapes = [("An open request", model.costs.waiting)]
    shapes += [(f"An open request of {plain_name(name)}", value.waiting) for name, value in model.categories.items()]
    for who, shape in shapes:
        if shape is not None:
            yield f"{who} costs {_waiting(shape, model.currency)}."
    costs = model.costs
    if costs.day_job_value_per_hour:
        agreed = costs.day_job_agreed_hours_per_week
        beyond = f", more beyond {agreed:g} hours a week and person" if agreed else ""
        yield (
            f"An in-house hour displaces a day job worth {model.currency} {costs.day_job_value_per_hour:g}{beyond}; "
            "what that is above the hour's own price counts as a cost."
        )
    if costs.discount_rate_per_year:
        yield f"Money is discounted by {costs.discount_rate_per_year:.1%} a year to the start of the run."


def _contract(contract: Contract, currency: str) -> Iterator[str]:
    yield _rates(contract, currency)
    if contract.increment_hours is not None:
        yield f"each pass in steps of {contract.increment_hours:g} hours"
    if contract.minimum_hours:
        yield f"at least {contract.minimum_hours:g} hours a pass"
    if contract.urgency:
        yield "times " + ", ".join(f"{factor:g} for {_who(key)}" for key, factor in contract.urgency.items())
    retainer, sla = contract.retainer, contract.sla
    if retainer is not None:
        month = f"{currency} {retainer.per_month:g} a month"
        yield f"{month} with {retainer.hours:g} hours in it, unused ones {retainer.unused}"
    if sla is not None:
        fee = f"{currency} {sla.fee_per_month:g} a month for " if sla.fee_per_month else ""
        yield f"{fee}delivery within {sla.within_hours:g} hours, else {currency} {sla.credit:g} back"


def _rates(contract: Contract, currency: str) -> str:
    (_, first), *others = contract.rates
    later = "".join(f", {price:g} beyond {start:g} hours a month" for start, price in others)
    return f"{currency} {first:g} an hour{later}"


def _who(key: str) -> str:
    if key == "default":
        return "all others"
    return f"priority {key}" if key.isdigit() else plain_name(key)


def _waiting(shape: Waiting, currency: str) -> str:
    a_day = f"{currency} {shape.per_day:g} a day"
    if isinstance(shape, ConvexWaiting):
        return f"{a_day}, twice as much after {shape.doubles_after_days:g} days, and so on"
    if isinstance(shape, StepWaiting):
        return f"{currency} {shape.at_due_date:g} at its due date" + (f" and {a_day}" if shape.per_day else "")
    return a_day
