"""Turns what pydantic found into faults with line, path in the file, expectation, finding, nearest name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ValidationError

from changeflow.errors import Fault, nearest
from changeflow.model.components.section import GENERATORS, Components, Link
from changeflow.model.file.lines import line_of
from changeflow.model.money import waiting
from changeflow.model.money.contracts import Contract, Retainer, Sla, Tier
from changeflow.model.money.costs import Adaptation, Costs
from changeflow.model.requests import demand, routing
from changeflow.model.requests.adoption import Adoption
from changeflow.model.requests.categories import Category
from changeflow.model.requests.organisation import SHIFTS, Organisation, Variation
from changeflow.model.requests.season import Season
from changeflow.model.schema import Model
from changeflow.model.stations import holding, queueing
from changeflow.model.stations.acceptance import Acceptance
from changeflow.model.stations.calendars import Calendar
from changeflow.model.stations.delivery_errors import ErrorKind, Errors, Kinds, Repair, StationErrors, System
from changeflow.model.stations.learning import Attrition, Learning, Training
from changeflow.model.stations.staff import Group, HeadCount
from changeflow.model.stations.station import Station
from changeflow.model.targets import Comparison, Targets, Within
from changeflow.model.values import laws

Loc = tuple[str | int, ...]

_EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "string_type": "a text in quotes",
    "dict_type": "a table",
    "model_type": "a table",
    "tuple_type": "a list",
    "model_attributes_type": "a table",
    "date_type": "a date such as 2026-01-05",
    "date_from_datetime_inexact": "a date without time",
    "string_too_short": "a longer text",
    "string_too_long": "a shorter text",
}
_BOUNDS = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("of at least", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("of at most", "le"),
}


class Places:
    """Where a path of a model stands: a line of the file, or the --set option that gave it."""

    def __init__(self, file: str, text: str, sets: Mapping[str, str]) -> None:
        self.file, self.text, self.sets = file, text, sets

    def fault(self, path: Loc, expected: str, found: Any = None, hint: str = "") -> Fault:
        """A fault at a path."""
        dotted = ".".join(str(part) for part in path)
        for name, option in self.sets.items():
            if dotted == name or dotted.startswith(name + ".") or name.startswith(dotted + "."):
                return Fault(f"--set {option}", dotted, expected, _shown(found), hint, name)
        line = line_of(self.text, path) if self.text else None
        place = self.file if line is None else f"{self.file}:{line}"
        return Fault(place, dotted, expected, _shown(found), hint)

    def unknown_key(self, path: Loc, known: Iterable[str]) -> Fault:
        """A fault at a path whose last part is no key there."""
        name, keys = str(path[-1]), tuple(known)
        return replace(self.fault(path, "a known key", name, nearest(name, keys)), unknown=name, known=keys)


def faults_of(error: ValidationError, raw: Mapping[str, Any], places: Places) -> list[Fault]:
    """Every fault pydantic found, in the order of the model; one a place (the arms of a union each complain)."""
    found: dict[str, Fault] = {}
    for item in error.errors(include_url=False):
        fault = _fault(item, raw, places)
        first = found.get(fault.path)
        if first is None:
            found[fault.path] = fault
        elif item["type"] == "literal_error":
            found[fault.path] = replace(first, expected=f"{first.expected} or {fault.expected}")
    return list(found.values())


def _fault(item: Any, raw: Mapping[str, Any], places: Places) -> Fault:
    kind, context, found = item["type"], item.get("ctx", {}), item["input"]
    path = path_in_file(item["loc"], raw, ends_on_a_key=kind in {"missing", "extra_forbidden"})
    if kind == "missing":
        return places.fault(file_path(path, raw), "a value (the key is missing)")
    if kind == "extra_forbidden":
        return places.unknown_key(file_path(path, raw), _known_keys(path[:-1], raw))
    if kind in {"union_tag_invalid", "union_tag_not_found"}:
        return _tag_fault(path, raw, item, places)
    if kind == "literal_error":
        expected = context["expected"]
        names = [part.strip("' ") for part in expected.replace(" or ", ", ").split(",")]
        hint = nearest(found, names) if isinstance(found, str) else ""
        return places.fault(file_path(path, raw), expected, found, hint)
    if kind in _BOUNDS:
        words, bound = _BOUNDS[kind]
        whole = "whole number" if isinstance(found, int) and isinstance(context[bound], int) else "number"
        return places.fault(file_path(path, raw), f"a {whole} {words} {context[bound]:g}", found)
    if kind == "too_short":
        return places.fault(file_path(path, raw), f"at least {context['min_length']} entries", found)
    if kind == "too_long":
        return places.fault(file_path(path, raw), f"at most {context['max_length']} entries", found)
    if kind == "value_error":
        return places.fault(file_path(path, raw), str(context["error"]), None)
    if kind in _NO_TABLE and path and _is_law(str(path[-1])):
        return places.fault(file_path(path, raw), "a number or a table with 'law'", found)
    return places.fault(file_path(path, raw), _EXPECTED.get(kind, item["msg"]), found)


_LAWS_BY_NAME = frozenset({"difficulty", "specification_quality", "hours", "requests", "readiness", "request_rate"})
_NO_TABLE = frozenset({"dict_type", "model_type", "model_attributes_type"})


def _is_law(key: str) -> bool:
    return key.endswith("_hours") or key in _LAWS_BY_NAME


def path_in_file(loc: Loc, raw: Mapping[str, Any], *, ends_on_a_key: bool) -> Loc:
    """The parts of a pydantic location that stand in the file: tags of unions are left out."""
    here: Any = raw
    path: list[str | int] = []
    for number, part in enumerate(loc):
        last = number == len(loc) - 1
        if isinstance(here, Mapping) and part in here:
            here = here[part]
        elif isinstance(here, Sequence) and not isinstance(here, str) and isinstance(part, int):
            here = here[part] if part < len(here) else None
        elif not (last and ends_on_a_key):
            continue
        path.append(part)
    return tuple(path)


def file_path(path: Loc, raw: Mapping[str, Any]) -> Loc:
    """`[demand]` for one source is read as a source of its own; messages show what stands in the file."""
    if path[:3] == ("demand", "sources", "demand") and raw.get("__single_source__"):
        return ("demand", *path[3:])
    return path


def _tag_fault(path: Loc, raw: Mapping[str, Any], item: Any, places: Places) -> Fault:
    context, found = item.get("ctx", {}), item["input"]
    discriminator = str(context.get("discriminator", "")).strip("'")
    if item["type"] == "union_tag_invalid":
        names = [part.strip("' ") for part in str(context["expected_tags"]).split(",")]
        tag = str(context["tag"])
        bare = isinstance(_at(path, raw), str)  # a bare word stands for a table
        shown = file_path(path if bare else (*path, discriminator), raw)
        return places.fault(shown, "one of " + ", ".join(names), tag, nearest(tag, names))
    names = list(_unions(path).get(discriminator, ()))
    if isinstance(found, Mapping):
        return places.fault(file_path((*path, discriminator), raw), f"a {discriminator}: one of {', '.join(names)}")
    rule = "a discipline or a table with 'rule'" if path[-1:] == ("discipline",) else "a place or a table of places"
    what = {"law": "a number or a table with 'law'", "rule": rule}
    return places.fault(file_path(path, raw), what.get(discriminator, f"a table with '{discriminator}'"), found)


def _at(path: Loc, raw: Mapping[str, Any]) -> Any:
    """What stands at a path; None where nothing does."""
    here: Any = raw
    for part in path:
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            return None
    return here


def _known_keys(path: Loc, raw: Mapping[str, Any]) -> list[str]:
    table = _at(path, raw)
    found = _class_at(path, table if isinstance(table, Mapping) else {})
    return sorted(field.alias or name for name, field in found.model_fields.items()) if found else []


_SECTIONS: dict[str, type[BaseModel]] = {
    "organisation": Organisation, "variation": Variation, "routing": routing.Routing, "adaptation": Adaptation,
    "costs": Costs, "targets": Targets, "comparison": Comparison, "acceptance": Acceptance,
    "started_within": Within, "closed_within": Within, "hold": holding.Hold, "release": holding.Release,
    "requester_wait": holding.RequesterWait, "call_off": holding.CallOff, "head_count": HeadCount,
    "season": Season, "asks_less": demand.AsksLess, "components": Components, "system": System, "kinds": Kinds,
    "repair": Repair, "errors": StationErrors, "retainer": Retainer, "sla": Sla,
    "adoption": Adoption, "learning": Learning, "training": Training, "attrition": Attrition,
}  # fmt: skip
_NAMED: dict[str, type[BaseModel]] = {
    "stations": Station,
    "categories": Category,
    "calendars": Calendar,
    "contracts": Contract,
}
_UNIONS: dict[str, Mapping[str, type[BaseModel]]] = {"law": laws.LAWS, "kind": demand.SOURCES, "rule": routing.RULES}


def _unions(path: Loc) -> Mapping[str, Mapping[str, type[BaseModel]]]:
    """The kinds that each discriminator may name at a path: a discipline has rules, a shift has laws of its own."""
    if path[-1:] == ("waiting",):
        return {"shape": waiting.SHAPES}
    if path == ("components", "generator"):
        return {**_UNIONS, "kind": GENERATORS}
    if path == ("organisation", "variation", "specification_quality"):
        return {**_UNIONS, "law": SHIFTS}
    return {**_UNIONS, "rule": queueing.DISCIPLINES} if path[-1:] == ("discipline",) else _UNIONS


def _class_at(path: Loc, table: Mapping[str, Any]) -> type[BaseModel] | None:
    if not path:
        return Model
    if path == ("errors",):
        return Errors
    if path[:2] == ("errors", "kinds") and len(path) == 3:
        return ErrorKind
    if len(path) == 2 and path[0] in _NAMED:
        return _NAMED[str(path[0])]
    if str(path[-1]) in _SECTIONS:
        return _SECTIONS[str(path[-1])]
    if path[:2] == ("components", "edges"):
        return Link
    if len(path) == 4 and path[2] == "staff":
        return Group
    if len(path) == 4 and path[2] == "tiers":
        return Tier
    for discriminator, classes in _unions(path).items():
        found = classes.get(str(table.get(discriminator)))
        if found is not None:
            return found
    return None


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        text = f"'{value}'"
    else:
        try:
            text = json.dumps(value, default=str)
        except (TypeError, ValueError):
            text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."
