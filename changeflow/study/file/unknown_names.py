"""What a study file names and its models do not have: scenarios, paths of factors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from changeflow.errors import Fault, ModelError, nearest
from changeflow.model.file.faults import Places
from changeflow.model.reading import with_sets
from changeflow.model.schema import Model
from changeflow.study.file.study import Factor, Study
from changeflow.study.file.toml_value import toml


def unknown_scenarios(study: Study, places: Places, names: Mapping[str, Any]) -> list[Fault]:
    """A baseline or an expectation on what is no scenario."""
    named = [(("expect", i, "scenario"), one.scenario) for i, one in enumerate(study.expect)]
    asked = [*named, (("baseline",), study.baseline)]
    return [
        places.fault(path, "a scenario of this study", name, nearest(name, names))
        for path, name in asked
        if name is not None and name not in names
    ]


def unknown_paths(study: Study, places: Places, bases: tuple[Model, ...], origins: tuple[int, ...]) -> list[Fault]:
    """Factors of which no value can be put into the model at all, because the path is none."""
    found = {}
    for i, factor in enumerate(study.factors):
        for model in bases:
            for part, known in _unknown_parts(factor, model):
                path = ("factors", origins[i], "path")
                found[i] = places.fault(path, "a path of the model", factor.path, nearest(part, known))
    return list(found.values())


def _unknown_parts(factor: Factor, model: Model) -> list[tuple[str, tuple[str, ...]]]:
    """Parts of a factor's path that the model does not know, each with what it does know."""
    value = factor.values[0] if factor.values else factor.low if factor.low is not None else 0
    try:
        with_sets(model, [f"{factor.path}={toml(value)}"])
    except ModelError as error:
        return [(fault.unknown, fault.known) for fault in error.faults if fault.unknown]
    return []
