"""From a study file to its plan: its models are read, its points laid out, all that is wrong is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from changeflow.errors import ModelError, PlanError, nearest
from changeflow.model.file.faults import Places
from changeflow.model.schema import Model
from changeflow.study.design.assumed_ranges import assumed_range, with_all
from changeflow.study.design.sensitivity_checks import range_faults, sensitivity_faults
from changeflow.study.design.settings import Range, Setting, settings
from changeflow.study.design.silent_gates import silent_gates
from changeflow.study.design.waterfall import causes_switched, path_faults, paths_of_causes
from changeflow.study.experiment.bases import base_of
from changeflow.study.experiment.plan import StudyPlan
from changeflow.study.file.combinations import combination_faults
from changeflow.study.file.study import Factor, Study, find_study, read_study, word_faults
from changeflow.study.file.unknown_names import unknown_paths, unknown_scenarios
from changeflow.study.scenarios.plan import model_names
from changeflow.study.scenarios.routes import ROUTES

FIRST_LOOKS = 5
"""Values of a range at which a break-even search begins."""


def plan_of(path: str | Path) -> StudyPlan:
    """Read a study file and its models and lay out its points.

    Raises ModelError or PlanError for what is wrong with the file, its models, factors, design or baseline.
    """
    study, places = read_study(path)
    words = word_faults(study, places)
    if not set(study.who) <= set(ROUTES):
        raise ModelError(words)  # there are no scenarios that the rest could be about
    bases = tuple(base_of(study, places, find_study(path), i) for i in range(len(study.models)))
    currencies = {model.currency for model in bases}
    if len(currencies) > 1:
        raise PlanError(f"{places.file}: expected models in one currency, found {', '.join(sorted(currencies))}")
    names = _scenarios(study, bases)
    study, origins, left_out = with_all(study, bases)
    faults = [
        *words,
        *combination_faults(study, places),
        *unknown_scenarios(study, places, names),
        *unknown_paths(study, places, bases, origins),
        *sensitivity_faults(study, places, names),
    ]
    if study.waterfall is not None:
        faults += path_faults(study.waterfall, places, bases[names.get(study.waterfall.begin, (0, None))[0]])
    if faults:
        raise ModelError(faults)
    ranges = _ranges(study, places, bases, origins)
    if faults := [*range_faults(study, places, ranges, origins)]:
        raise ModelError(faults)
    if study.design.kind != "grid" and not ranges:
        raise ModelError([places.fault(("design",), f"[[factors]] for a design of kind {study.design.kind}", None)])
    paths, points = _points(study, places, ranges)
    if study.waterfall is None and (silent := silent_gates(study, places, points)):
        raise ModelError(silent)
    if study.wrong_choice is not None and len(points) * len(names) != 2:
        expected = f"2 systems to choose from with [wrong_choice], found {len(points)} points x {len(names)} scenarios"
        raise PlanError(f"{places.file}: expected {expected}")
    name, size = Path(path).stem, len(points)
    return StudyPlan(name, study, places, bases, names, points, paths, ranges, origins, left_out, size)


def plan_remade(name: str, file: Mapping[str, Any], models: Sequence[Model]) -> StudyPlan:
    """The plan of a study that was run, from what its manifest says; raises PlanError where it says too little."""
    try:
        study = Study.model_validate(file)
    except ValidationError as error:
        raise PlanError(f"{name}: expected a study that this version knows, found another ({error})") from None
    places, bases = Places(name, "", {}), tuple(models)
    study, origins, left_out = with_all(study, bases)
    ranges = _ranges(study, places, bases, origins)
    paths, points = _points(study, places, ranges)
    names, size = _scenarios(study, bases), len(points)
    return StudyPlan(name, study, places, bases, names, points, paths, ranges, origins, left_out, size)


def _scenarios(study: Study, bases: Sequence[Model]) -> dict[str, tuple[int, str | None]]:
    """Names of the scenarios -> which model, and along which route."""
    names: dict[str, tuple[int, str | None]] = {}
    for number, stem in enumerate(model_names(bases)):
        for route in study.who or (None,):
            name = stem if route is None else f"{stem}/{route}" if len(bases) > 1 else route
            names[name] = number, route
    return names


def _points(study: Study, places: Places, ranges: tuple[Range, ...]) -> tuple[tuple[str, ...], tuple[Setting, ...]]:
    """What is varied, and its values at each point."""
    if study.waterfall is not None:
        return paths_of_causes(study.waterfall), tuple(causes_switched(study.waterfall))
    try:
        return tuple(factor.path for factor in study.factors), tuple(settings(study.design, ranges))
    except PlanError as error:
        raise PlanError(f"{places.file}: {error}") from None


def _ranges(study: Study, places: Places, bases: tuple[Model, ...], origins: tuple[int, ...]) -> tuple[Range, ...]:
    """Of each factor; `origins` is where it stands in the file."""
    levels = FIRST_LOOKS if study.break_even is not None else 2
    return tuple(_range(factor, places, origins[i], bases, levels) for i, factor in enumerate(study.factors))


def _range(factor: Factor, places: Places, number: int, bases: tuple[Model, ...], levels: int) -> Range:
    if factor.values is not None:
        return Range(factor.path, factor.values)
    if factor.prior:
        found = assumed_range(factor.path, bases, factor.levels or levels)
        if found is None:
            known = [path for path in bases[0].assumptions if assumed_range(path, bases) is not None]
            expected = "a path with one range of numbers, laws or words in all models, or low and high"
            raise ModelError([places.fault(("factors", number, "prior"), expected, None, nearest(factor.path, known))])
        return found
    assert factor.low is not None
    assert factor.high is not None
    whole = isinstance(factor.low, int) and isinstance(factor.high, int)
    return Range(factor.path, (), factor.low, factor.high, factor.levels or levels, whole)
