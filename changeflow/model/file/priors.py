"""Prior sets: the defaults of every number that a model file leaves open, each with range and source.

A leaf of a prior file is a table with `value`, `unit`, `low`, `high` and `source`. Its path says where it goes:

    categories.NAME.KEY        the category NAME (all of them when a model has no [categories])
    demand.KIND.KEY            every source of that kind
    stations.KIND.KEY          every station of that kind
    tools.TOOL.KEY             every station (and the adaptation) with `tool = TOOL`; flexibility: the system's
    costs.KEY, adaptation.KEY  as they stand
    errors.KEY                 as they stand, in a model that has [errors]; then stations.KIND.errors, too
    organisation.variation.KEY as they stand, in a model that has [organisation.variation]
    adoption.KEY               where the model switches adoption on
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from changeflow.model.file.prior_sets import shipped_set
from changeflow.model.requests.demand import RATES

Raw = dict[str, Any]
_KEPT_AWAY_BY: dict[str, frozenset[str]] = {
    **{rate: frozenset(RATES) - {rate} for rate in RATES},
    "batch": frozenset(RATES) - {"rate_per_100_users_month"},
    "availability": frozenset({"hours_per_week"}),
    "hours_per_week": frozenset({"availability"}),
    "price_per_hour": frozenset({"contract"}),
    "waiting_per_day": frozenset({"waiting"}),
    "waiting_cost_per_day": frozenset({"waiting"}),
    "rework_work": frozenset({"rework_hours"}),
    "shape": frozenset({"time_days"}),
    "time_days": frozenset({"shape"}),
}
"""A prior's value -> keys of the model that say the same in another way, or that the value belongs to."""


def read_priors(name: str) -> Raw:
    """The tree of a shipped prior set. Raises ModelError where it is not complete (see prior_sets)."""
    return shipped_set(name)


def fill(raw: Raw, priors: Raw) -> Raw:
    """A copy of a model's raw tables with the prior set's values wherever the model is silent.

    What was filled is noted under `assumptions`, with range and source.
    """
    full = copy.deepcopy(raw)
    notes = full.setdefault("assumptions", {})
    if not isinstance(notes, dict):
        return full
    for path, table, defaults in _targets(full, priors):
        _fill_table(table, _for_these(full["categories"], defaults), path, notes)
    return full


def unit_in_set(raw: Raw, name: str | None, path: str) -> str:
    """The unit that a prior set gives the number at a path, though the model may have its own; '' if it has none."""
    if name is None:
        return ""
    parts = tuple(path.split("."))
    for place, _, defaults in _targets(copy.deepcopy(raw), read_priors(name)):
        leaf: Any = defaults if parts[: len(place)] == place else None
        for part in parts[len(place) :]:
            leaf = leaf.get(part) if isinstance(leaf, dict) else None
        if isinstance(leaf, dict) and isinstance(leaf.get("unit"), str):
            return str(leaf["unit"])
    return ""


def _for_these(categories: Any, defaults: Raw) -> Raw:
    """A tool's openness for the categories that the model has."""
    if "openness" not in defaults or not isinstance(categories, dict):
        return defaults
    return {**defaults, "openness": {key: leaf for key, leaf in defaults["openness"].items() if key in categories}}


def _targets(model: Raw, priors: Raw) -> Iterator[tuple[tuple[str, ...], Raw, Raw]]:
    """Pairs of a model's table and the prior's defaults for it."""
    categories = priors.get("categories", {})
    own = model.setdefault("categories", {})
    if isinstance(own, dict) and not any("share" in table for _, table in _tables(own)):
        # Categories without shares of their own change single numbers of the set's.
        model["categories"] = own = {**{name: {} for name in categories}, **own}
    for name, table in _tables(own):
        yield ("categories", name), table, categories.get(name, {})
    for path, source in _sources(model):
        yield path, source, priors.get("demand", {}).get(str(source.get("kind")), {})
    tools = priors.get("tools", {})
    yield from _stations(model, priors, tools)
    system, errors = _table(model, "system"), _table(model, "errors")
    if system is not None:
        yield ("system",), system, _only(tools.get(str(system.get("tool")), {}), "flexibility")
    if errors is not None:
        yield ("errors",), errors, priors.get("errors", {})
    variation = _table(_table(model, "organisation"), "variation")
    if variation is not None:
        yield ("organisation", "variation"), variation, priors.get("organisation", {}).get("variation", {})
    for section in ("costs", "adaptation"):
        table = model.setdefault(section, {})
        if isinstance(table, dict):
            yield (section,), table, _only(tools.get(str(table.get("tool")), {}), "speed")
            yield (section,), table, priors.get(section, {})
    adoption = model.get("adoption")
    if isinstance(adoption, dict) and adoption.get("mode", "off") != "off":
        yield ("adoption",), adoption, priors.get("adoption", {})


def _stations(model: Raw, priors: Raw, tools: Raw) -> Iterator[tuple[tuple[str, ...], Raw, Raw]]:
    stations = dict(_tables(model.get("stations", {})))
    testers = {str((_table(station, "acceptance") or {}).get("by")) for station in stations.values()}
    for name, station in stations.items():
        path = ("stations", name)
        yield path, station, _without(tools.get(str(station.get("tool")), {}), "flexibility")
        of_kind = priors.get("stations", {}).get(str(station.get("kind", "in_house")), {})
        if name in testers:  # who tests the deliveries of others has nobody to test him
            of_kind = _without(of_kind, "acceptance", "errors")
        elif "errors" in model and "rework_probability" not in (_table(station, "acceptance") or {}):
            accepted = _without(of_kind.get("acceptance", {}), "rework_probability", "rework_work")
            of_kind = {**of_kind, "acceptance": accepted}
        else:  # a delivery fails by chance alone
            of_kind = _without(of_kind, "errors")
        yield path, station, of_kind


def _only(leaves: Raw, *keys: str) -> Raw:
    return {key: leaf for key, leaf in leaves.items() if key in keys}


def _without(leaves: Raw, *keys: str) -> Raw:
    return {key: leaf for key, leaf in leaves.items() if key not in keys}


def _sources(model: Raw) -> Iterator[tuple[tuple[str, ...], Raw]]:
    demand = model.get("demand")
    if not isinstance(demand, dict):
        return
    if isinstance(demand.get("sources"), dict):
        for name, table in _tables(demand["sources"]):
            yield ("demand", "sources", name), table
    else:
        yield ("demand",), demand


def _table(value: Any, key: str) -> Raw | None:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else None


def _tables(value: Any) -> Iterator[tuple[str, Raw]]:
    if isinstance(value, dict):
        for name, table in value.items():
            if isinstance(table, dict):
                yield name, table


def _fill_table(table: Raw, defaults: Raw, path: tuple[str, ...], notes: Raw) -> None:
    given = frozenset(table)
    for key, leaf in defaults.items():
        if given & _KEPT_AWAY_BY.get(key, frozenset()):
            continue
        if "value" not in leaf:  # a table of the model, such as acceptance or openness
            inner = table.setdefault(key, {})
            if isinstance(inner, dict):
                _fill_table(inner, leaf, (*path, key), notes)
        elif key not in table:
            table[key] = copy.deepcopy(leaf["value"])
            notes.setdefault(
                ".".join((*path, key)),
                {name: leaf[name] for name in ("low", "high", "unit", "source") if name in leaf},
            )
