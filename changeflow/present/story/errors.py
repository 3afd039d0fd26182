"""Errors with a cause in words: how often a delivery is wrong and why, who notices, what repairs take."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from changeflow.model.expected.error_rates import ErrorRates, error_rates
from changeflow.model.expected.flexibility import rigidity
from changeflow.model.expected.requests import categories_of
from changeflow.model.schema import Model
from changeflow.model.stations.delivery_errors import KINDS, Errors, StationErrors
from changeflow.model.values.by_category import by_category
from changeflow.present.words.plain import days, digits, plain, plain_name

PER = 100
"""Deliveries that are counted: people grasp 13 of 100 better than a probability."""


def error_lines(model: Model) -> list[str]:
    """What goes wrong at each station; [] where no delivery has a cause of error."""
    rates = error_rates(model)
    if model.errors is None:
        return []
    lines: list[str] = []
    for name, station in model.stations.items():
        if station.errors is not None:
            lines += _station(model, name, model.errors, station.errors, rates)
    return [*lines, *_repairs(model, model.errors), *_again(model.errors)]


def _station(
    model: Model, name: str, errors: Errors, own: StationErrors, rates: dict[tuple[str, str], ErrorRates]
) -> Iterator[str]:
    mine = [rates[name, category] for category in categories_of(model)]
    share = np.array([category.share for category in model.categories.values()] or [1.0])
    kinds = share @ np.array([one.kinds for one in mine])
    review, acceptance = share @ np.array([one.noticed for one in mine])
    wrong = float(kinds.sum())
    causes = [f"{_of(chance)} {plain(kind)}" for kind, chance in zip(KINDS, kinds, strict=True) if chance > 0]
    over = " over all categories" if len({round(one.wrong, 3) for one in mine}) > 1 else ""
    yield (
        f"{plain_name(name)}: {_of(wrong)} of {PER} first deliveries are wrong{over}"
        + (f" ({', '.join(causes)})" if causes else "")
        + f"; {_links(own.links)}{_slips(model, name, own)}."
    )
    if not wrong:
        return
    escaped = wrong - review - acceptance
    late = [(one.escapes * part, one.found_after_days) for one, part in zip(mine, share, strict=True) if one.escapes]
    then = ""
    if late:
        mean = sum(weight * time for weight, time in late) / sum(weight for weight, _ in late)
        again = plain_name(name) if errors.repairs_go == "same_station" else "where new requests go"
        then = f" and come back as new requests to {again}, found after {days(round(mean))} of use on average"
    yield (
        f"A review notices {_of(review)} of them and the acceptance {_of(acceptance)}, which are done again, "
        f"{_of(float(share @ [one.repair_work for one in mine]))} hours of repairs per {PER} of first work; "
        f"{_of(escaped)} escape{then}."
    )


def _of(chance: float) -> str:
    return digits(PER * chance, 1.0 if PER * chance >= 10 else 0.1) if chance else "none"


def _links(links: int) -> str:
    if not links:
        return "no hand-over of meaning, who needs the change makes it"
    return "1 hand-over of meaning" if links == 1 else f"{links} hand-overs of meaning"


def _slips(model: Model, name: str, own: StationErrors) -> str:
    """How much more often the unskilled slip, where skill can be below full."""
    if own.unskilled_slip == own.slip or model.stations[name].learning is None:
        return ""
    return f"; that is at full skill, where {own.slip:.0%} slip: at none {own.unskilled_slip:.0%} do"


def _repairs(model: Model, errors: Errors) -> Iterator[str]:
    """Work of a repair by where it is found, for each flexibility that there is."""
    flexibility = model.system.flexibility
    by_value: dict[float | None, list[str]] = {}
    for category in categories_of(model):
        by_value.setdefault(None if flexibility is None else by_category(flexibility, category), []).append(category)
    for value, categories in by_value.items():
        factor = rigidity(errors, model.system, categories[0])
        whose = f" of {', '.join(map(plain_name, categories))}" if len(by_value) > 1 else ""
        ease = "" if value is None else f" (flexibility {value:g}, so {digits(factor)} times as much as at 1)"
        found = errors.repair
        built_on = (
            f", {found.built_on * factor:.0%} once others have built on it, after {days(found.built_on_after_days)}"
            if found.built_on != found.production
            else ""
        )
        yield (
            f"A repair{whose} takes {found.review * factor:.0%} of the work that was wrong when a review finds it, "
            f"{found.acceptance * factor:.0%} at acceptance, {found.production * factor:.0%} in use{built_on}{ease}."
        )


def _again(errors: Errors) -> Iterator[str]:
    if errors.quality_gain:
        yield (
            "Repairs can be wrong again; each failed delivery explains something and adds "
            f"{errors.quality_gain:g} to the quality of the specification, up to 1."
        )
    else:
        yield "Repairs can be wrong again, as likely as before."


def flexibility_lines(model: Model) -> list[str]:
    """What the flexibility of the system does to the spread of changes; [] where nothing spreads."""
    flexibility, graph = model.system.flexibility, model.component_graph
    if flexibility is None or graph is None or graph.mode == "off":
        return []
    values = {category: float(by_category(flexibility, category)) for category in categories_of(model)}
    softness = {category: f"{max(0.0, 1 - value):.0%}" for category, value in values.items()}
    if len(set(softness.values())) == 1:
        return [f"Flexibility leaves {next(iter(softness.values()))} of each likelihood that a change draws another."]
    each = ", ".join(f"{plain_name(category)} {left}" for category, left in softness.items())
    return [f"Flexibility leaves of each likelihood that a change draws another: {each}."]
