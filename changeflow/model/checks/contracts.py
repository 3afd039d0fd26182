"""Contracts: tiers that rise, a minimum that fits its steps, and one price for an hour."""

from __future__ import annotations

from collections.abc import Iterator

from changeflow.errors import Fault, nearest
from changeflow.model.checks.parts import Parts
from changeflow.model.file.faults import Loc, Places
from changeflow.model.money.contracts import Contract

_DUST = 1e-9


def contracts(parts: Parts, where: Places) -> Iterator[Fault]:
    """Every contract, and the stations that name one."""
    for name, contract in parts.contracts.items():
        if contract is not None:
            path: Loc = ("contracts", name)
            yield from _price(path, contract, where)
            yield from _minimum(path, contract, where)
            yield from _urgency(path, contract, parts, where)
    for name, station in parts.read_stations():
        if station.contract is None:
            continue
        path = ("stations", name, "contract")
        if station.contract not in parts.contracts:
            hint = nearest(station.contract, parts.contracts)
            yield where.fault(path, "a contract of this model", station.contract, hint)
        if station.kind != "vendor":
            yield where.fault(path, 'a station of kind "vendor" (in-house time is not invoiced)', station.contract)
        if station.price_per_hour:
            expected = "either a contract or a price_per_hour (both say what an hour costs)"
            yield where.fault(("stations", name, "price_per_hour"), expected, station.price_per_hour)


def _price(path: Loc, contract: Contract, where: Places) -> Iterator[Fault]:
    if contract.price_per_hour is None and not contract.tiers:
        yield where.fault(path, "price_per_hour or tiers (what an hour costs)")
    if contract.price_per_hour is not None and contract.tiers:
        expected = "either price_per_hour or tiers (both say what an hour costs)"
        yield where.fault((*path, "price_per_hour"), expected, contract.price_per_hour)
    end, last = 0.0, len(contract.tiers) - 1
    for number, tier in enumerate(contract.tiers):
        here: Loc = (*path, "tiers", number)
        if number == last and tier.up_to_hours is not None:
            expected = "a last tier without up_to_hours (else hours beyond it have no price)"
            yield where.fault((*here, "up_to_hours"), expected, tier.up_to_hours)
        elif number < last and tier.up_to_hours is None:
            yield where.fault(here, "up_to_hours in every tier but the last (tiers would overlap)")
        elif tier.up_to_hours is not None and tier.up_to_hours <= end:
            expected = f"hours above {end:g}, where the tier before ends (tiers would overlap)"
            yield where.fault((*here, "up_to_hours"), expected, tier.up_to_hours)
        end = max(end, tier.up_to_hours or end)


def _minimum(path: Loc, contract: Contract, where: Places) -> Iterator[Fault]:
    least, step = contract.minimum_hours, contract.increment_hours
    if step is not None and abs(least / step - round(least / step)) > _DUST:
        expected = f"a whole number of increments of {step:g} hours (what is billed comes in these)"
        yield where.fault((*path, "minimum_hours"), expected, least)
    if contract.retainer and least > contract.retainer.hours:
        expected = f"at most the {contract.retainer.hours:g} hours of the retainer (one pass would use up the month)"
        yield where.fault((*path, "minimum_hours"), expected, least)


def _urgency(path: Loc, contract: Contract, parts: Parts, where: Places) -> Iterator[Fault]:
    known = [*parts.categories, *(str(level) for level in range(10)), "default"]
    for key in contract.urgency:
        if key not in known:
            expected = "a category of this model, a priority class 0 to 9, or default"
            yield where.fault((*path, "urgency", key), expected, key, nearest(key, known))
