"""The models of a study: those that it names, with its own `set` and `target` in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from changeflow.errors import Fault, ModelError
from changeflow.model.file.faults import Places
from changeflow.model.reading import find_model, read_model, vary, with_sets
from changeflow.model.schema import Model
from changeflow.model.targets import targets_from_words
from changeflow.study.file.study import Study
from changeflow.study.file.toml_value import toml


def base_of(study: Study, places: Places, file: Path, number: int) -> Model:
    """A model that the study file names, from beside it or as it comes along; raises ModelError, naming the key."""
    name = study.models[number]
    beside = file.parent / name
    try:
        find_model(beside if beside.is_file() else name)
    except ModelError as error:
        fault = error.faults[0]
        raise ModelError([places.fault(("models", number), fault.expected, name, fault.hint)]) from None
    model = read_model(beside if beside.is_file() else name)
    try:
        if study.fixed:
            model = with_sets(model, [f"{path}={toml(value)}" for path, value in study.fixed.items()])
    except ModelError as error:
        raise ModelError(_moved(fault, places, ("set",), study.fixed) for fault in error.faults) from None
    if study.target is None:
        return model
    try:
        targets = targets_from_words(study.target).model_dump(exclude_none=True)
    except ModelError as error:
        fault = error.faults[0]
        raise ModelError([places.fault(("target",), fault.expected, study.target)]) from None
    return vary(model, {"targets": targets})


def _moved(fault: Fault, places: Places, where: tuple[str, ...], paths: Mapping[str, Any]) -> Fault:
    """A fault of an option --set, as one of the key that gave it."""
    if fault.option not in paths:
        return fault
    return replace(fault, place=places.fault((*where, fault.option), "").place)
