"""A study's plan: its points, its scenarios, and the model of each scenario at each point."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from changeflow.errors import Fault, InputError, ModelError, PlanError, nearest
from changeflow.model.faults import Loc, Places
from changeflow.model.reading import find_model, read_model, vary, with_sets
from changeflow.model.schema import Model
from changeflow.model.targets import Comparison, targets_from_words
from changeflow.study.assumed_ranges import LeftOut, assumed_range, with_all
from changeflow.study.combinations import combination_faults
from changeflow.study.design import Range, Setting, settings
from changeflow.study.manner import Manner
from changeflow.study.plan import model_names
from changeflow.study.routes import ROUTES, along_route
from changeflow.study.sensitivity_checks import range_faults, sensitivity_faults
from changeflow.study.sensitivity_points import causes_switched, path_faults, paths_of_causes
from changeflow.study.silent_gates import silent_gates
from changeflow.study.steady_file import REPLICATIONS
from changeflow.study.study_file import Factor, Study, find_study, read_study, word_faults
from changeflow.study.study_key import digest_of, program_digest
from changeflow.study.toml_value import toml

RUNS_FILE, RUNS_PARQUET = "runs.csv", "runs.parquet"
TABLES = ("points.csv", RUNS_FILE, "summary.csv", "effects.csv")
"""What a finished study's folder holds."""
FIRST_LOOKS = 5
"""Values of a range at which a break-even search begins."""
MOST_RUNS = 200_000
"""A design of more runs than this is taken only with --force."""


@dataclass(frozen=True)
class StudyPlan:
    """What a study file asks for, with its models read and its points laid out; models of points are made on demand."""

    name: str
    """The stem of the study file: whose results a folder holds."""
    study: Study
    places: Places
    bases: tuple[Model, ...]
    """The models with `set` and `target` applied."""
    scenarios: Mapping[str, tuple[int, str | None]]
    """Name -> which model, and along which route."""
    points: tuple[Setting, ...]
    paths: tuple[str, ...]
    """What is varied: the factors, or what the causes of a waterfall switch."""
    ranges: tuple[Range, ...]
    """Of the factors."""
    places_of_factors: tuple[int, ...]
    """Where each factor stands in the file."""
    left_out: tuple[LeftOut, ...]
    """Assumptions that path = "*" leaves alone."""
    planned: int
    """Points that the file lays out; a search adds others by what it finds, and they are no part of the digest."""
    quick: bool = False
    """Few replications, only a first look."""

    def with_points(self, more: Sequence[Setting]) -> StudyPlan:
        """The plan of a search that wants to look elsewhere, too."""
        return replace(self, points=(*self.points, *more))

    @property
    def baseline(self) -> str:
        """The scenario that others are compared with."""
        return self.study.baseline or next(iter(self.scenarios))

    @property
    def comparison(self) -> Comparison:
        """How scenarios are judged."""
        return self.study.comparison or self.bases[0].comparison

    @property
    def replications(self) -> int:
        """Runs of each scenario at each point; with [precision] the most."""
        if self.study.precision is not None:
            return self.study.precision.most
        if self.study.selection is not None and not self.study.selection.of_a_size:
            return self.study.selection.cap * self.runs_per_observation
        usual = REPLICATIONS if self.study.kind == "steady" else self.bases[0].replications
        return self.study.replications or usual

    @property
    def least_replications(self) -> int:
        """Runs of each scenario at each point that are made in any case."""
        if self.study.precision is not None:
            return self.study.precision.first
        if self.study.selection is not None and not self.study.selection.of_a_size:
            return self.study.selection.first_stage * self.runs_per_observation
        return self.replications

    @property
    def runs_per_observation(self) -> int:
        """Runs whose mean a selection takes as one number: as the file says, else all runs of an organisation."""
        asked = self.study.selection.runs_per_observation if self.study.selection is not None else None
        return asked or math.lcm(*(base.organisation.runs_together for base in self.bases))

    @property
    def manner(self) -> Manner:
        """How its runs are made."""
        reduction = self.study.variance_reduction
        return Manner(
            controls=reduction is not None and reduction.controls,
            antithetic=reduction is not None and reduction.antithetic,
            independent=self.study.selection is not None and self.study.selection.independent,
            steady=self.study.kind == "steady",
        )

    def seed_of(self, point: int, scenario: str) -> int:
        """The seed of the runs of a scenario at a point."""
        setting = [*zip(self.paths, self._setting(point, scenario), strict=True)]
        return self.manner.seed_of(self.study.seed, scenario, setting)

    @property
    def runs(self) -> int:
        """Runs in all; with [precision] or [selection] at most."""
        if self.study.selection is not None and self.study.selection.budget is not None:
            return self.study.selection.budget * self.runs_per_observation
        return len(self.points) * len(self.scenarios) * self.replications

    @property
    def cells(self) -> list[tuple[int, str]]:
        """Every scenario at every point, point by point."""
        return [(point, name) for point in range(len(self.points)) for name in self.scenarios]

    @cached_property
    def digest(self) -> str:
        """A hash of all that decides what is run: models, points, scenarios, seed, program. Not how many runs."""
        planned = self.points[: self.planned]
        return digest_of([self._roots, list(self.scenarios.items()), self.paths, planned, *self._chance])

    @property
    def _chance(self) -> list[Any]:
        return [self.study.seed, *([self.manner.content] if self.manner.content else [])]

    @cached_property
    def _roots(self) -> list[str]:
        content = [[base.digest(), base._raw, base.targets.model_dump(mode="json")] for base in self.bases]
        return [digest_of([one, program_digest()]) for one in content]

    def order_key(self, point: int, scenario: str) -> str:
        """A hash of what a model is made from: it is known without making the model."""
        number, route = self.scenarios[scenario]
        own = [self.seed_of(point, scenario)] if self.manner.independent else []
        setting = self._setting(point, scenario)
        return digest_of([self._roots[number], self.paths, setting, route, *self._chance, *own])

    def _setting(self, point: int, scenario: str) -> Setting:
        """The end of a waterfall is what it is, whatever is switched at its beginning."""
        waterfall = self.study.waterfall
        if waterfall is not None and scenario != waterfall.begin:
            return (None,) * len(self.paths)
        return self.points[point]

    def model(self, point: int, scenario: str) -> Model:
        """The model of a scenario at a point; raises ModelError or PlanError that names the point."""
        if point:
            return self._make(point, scenario)
        if scenario not in self._first:  # the pilot, the choice of the engine and the workers ask for it
            self._first[scenario] = self._make(point, scenario)
        return self._first[scenario]

    @cached_property
    def _first(self) -> dict[str, Model]:
        """The models of the first point, once they were made."""
        return {}

    def _make(self, point: int, scenario: str) -> Model:
        number, route = self.scenarios[scenario]
        setting = zip(self.paths, self._setting(point, scenario))
        values = {path: value for path, value in setting if value is not None}
        sets = [f"{path}={toml(value)}" for path, value in values.items()]
        try:
            varied = with_sets(self.bases[number], sets)
            return along_route(varied, route) if route else varied
        except ModelError as error:
            raise ModelError(_at_point(fault, point, self) for fault in error.faults) from None
        except InputError as error:
            shown = ", ".join(f"{path} = {toml(value)}" for path, value in values.items())
            raise PlanError(f"{self.places.file}: point {point + 1} ({shown}), {scenario}: {error}") from None


def plan_of(path: str | Path) -> StudyPlan:
    """Read a study file and its models and lay out its points.

    Raises ModelError or PlanError for what is wrong with the file, its models, factors, design or baseline.
    """
    study, places = read_study(path)
    words = word_faults(study, places)
    if not set(study.who) <= set(ROUTES):
        raise ModelError(words)  # there are no scenarios that the rest could be about
    bases = tuple(_base(study, places, find_study(path), i) for i in range(len(study.models)))
    currencies = {model.currency for model in bases}
    if len(currencies) > 1:
        raise PlanError(f"{places.file}: expected models in one currency, found {', '.join(sorted(currencies))}")
    names = _scenarios(study, bases)
    study, origins, left_out = with_all(study, bases)
    faults = [
        *words,
        *combination_faults(study, places),
        *_unknown_scenarios(study, places, names),
        *_unknown_paths(study, places, bases, origins),
        *sensitivity_faults(study, places, names),
    ]
    if study.waterfall is not None:
        faults += path_faults(study.waterfall, places, bases[names.get(study.waterfall.begin, (0, None))[0]])
    if faults:
        raise ModelError(faults)
    levels = FIRST_LOOKS if study.break_even is not None else 2
    ranges = tuple(_range(factor, places, origins[i], bases, levels) for i, factor in enumerate(study.factors))
    faults = [*range_faults(study, places, ranges, origins)]
    if faults:
        raise ModelError(faults)
    if study.design.kind != "grid" and not ranges:
        raise ModelError([places.fault(("design",), f"[[factors]] for a design of kind {study.design.kind}", None)])
    paths = tuple(factor.path for factor in study.factors)
    try:
        points = settings(study.design, ranges)
    except PlanError as error:
        raise PlanError(f"{places.file}: {error}") from None
    if study.waterfall is not None:
        paths, points = paths_of_causes(study.waterfall), causes_switched(study.waterfall)
    elif silent := silent_gates(study, places, points):
        raise ModelError(silent)
    if study.wrong_choice is not None and len(points) * len(names) != 2:
        expected = f"2 systems to choose from with [wrong_choice], found {len(points)} points x {len(names)} scenarios"
        raise PlanError(f"{places.file}: expected {expected}")
    name, size = Path(path).stem, len(points)
    return StudyPlan(name, study, places, bases, names, tuple(points), paths, ranges, origins, left_out, size)


def plan_remade(name: str, file: Mapping[str, Any], bases: Sequence[Model]) -> StudyPlan:
    """The plan of a study that was run, from what its manifest says; raises PlanError where it says too little."""
    try:
        study = Study.model_validate(file)
    except ValidationError as error:
        raise PlanError(f"{name}: expected a study that this version knows, found another ({error})") from None
    places, models = Places(name, "", {}), tuple(bases)
    study, origins, left_out = with_all(study, models)
    levels = FIRST_LOOKS if study.break_even is not None else 2
    ranges = tuple(_range(factor, places, origins[i], models, levels) for i, factor in enumerate(study.factors))
    paths, points = tuple(factor.path for factor in study.factors), settings(study.design, ranges)
    if study.waterfall is not None:
        paths, points = paths_of_causes(study.waterfall), causes_switched(study.waterfall)
    names, size = _scenarios(study, bases), len(points)
    return StudyPlan(name, study, places, models, names, tuple(points), paths, ranges, origins, left_out, size)


def _scenarios(study: Study, bases: Sequence[Model]) -> dict[str, tuple[int, str | None]]:
    """Names of the scenarios -> which model, and along which route."""
    names: dict[str, tuple[int, str | None]] = {}
    for number, stem in enumerate(model_names(bases)):
        for route in study.who or (None,):
            name = stem if route is None else f"{stem}/{route}" if len(bases) > 1 else route
            names[name] = number, route
    return names


def _base(study: Study, places: Places, file: Path, number: int) -> Model:
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


def _at_point(fault: Fault, point: int, plan: StudyPlan) -> Fault:
    if fault.option not in plan.paths:
        return replace(fault, place=f"{plan.places.file}: point {point + 1}: {fault.place}")
    numbers = plan.places_of_factors
    where: Loc = ("factors", numbers[plan.paths.index(fault.option)]) if numbers else ("waterfall",)
    return replace(fault, place=f"{plan.places.fault(where, '').place}: point {point + 1}")


def _unknown_scenarios(study: Study, places: Places, names: Mapping[str, Any]) -> list[Fault]:
    """A baseline or an expectation on what is no scenario."""
    named = [(("expect", i, "scenario"), one.scenario) for i, one in enumerate(study.expect)]
    asked = [*named, (("baseline",), study.baseline)]
    return [
        places.fault(path, "a scenario of this study", name, nearest(name, names))
        for path, name in asked
        if name is not None and name not in names
    ]


def _unknown_paths(study: Study, places: Places, bases: tuple[Model, ...], origins: tuple[int, ...]) -> list[Fault]:
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
