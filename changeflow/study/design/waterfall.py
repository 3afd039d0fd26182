"""The settings of a waterfall: every set of its causes, each switched or not."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from changeflow.errors import Fault, ModelError
from changeflow.model.file.faults import Places
from changeflow.model.reading import with_sets
from changeflow.model.schema import Model
from changeflow.study.design.range import Setting
from changeflow.study.file.sensitivity import Waterfall
from changeflow.study.file.toml_value import toml


def subsets(count: int) -> list[tuple[bool, ...]]:
    """Every set of so many causes, none first and all last."""
    return list(itertools.product((False, True), repeat=count))


def paths_of_causes(waterfall: Waterfall) -> tuple[str, ...]:
    """Every path that a cause switches, cause by cause."""
    return tuple(path for cause in waterfall.causes for path in cause.to)


def causes_switched(waterfall: Waterfall) -> list[Setting]:
    """A setting for each of the subsets; what is not switched stays as the model has it."""
    return [
        tuple(value if on else None for on, cause in zip(which, waterfall.causes) for value in cause.to.values())
        for which in subsets(len(waterfall.causes))
    ]


def path_faults(waterfall: Waterfall, places: Places, model: Model) -> Iterator[Fault]:
    """Values of causes that the model refuses when all are switched."""
    sets = {path: value for cause in waterfall.causes for path, value in cause.to.items()}
    try:
        with_sets(model, [f"{path}={toml(value)}" for path, value in sets.items()])
    except ModelError as error:
        for fault in error.faults:
            yield _in_the_file(fault, waterfall, places)


def _in_the_file(fault: Fault, waterfall: Waterfall, places: Places) -> Fault:
    for number, cause in enumerate(waterfall.causes):
        for path in cause.to:
            if fault.place.startswith(f"--set {path}="):
                return replace(fault, place=places.fault(("waterfall", "causes", number, "set", path), "").place)
    return replace(fault, place=places.fault(("waterfall",), "").place)
