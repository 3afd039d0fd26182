"""A study's plan: its points, its scenarios, and the model of each scenario at each point."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from changeflow.errors import Fault, InputError, ModelError, PlanError, nearest
from changeflow.model.faults import Places
from changeflow.model.reading import find_model, read_model, vary, with_sets
from changeflow.model.schema import Model
from changeflow.model.targets import Comparison, targets_from_words
from changeflow.study.design import Range, Setting, settings
from changeflow.study.manner import Manner
from changeflow.study.plan import model_names
from changeflow.study.routes import along_route
from changeflow.study.steady import REPLICATIONS
from changeflow.study.study_file import Factor, Study, read_study
from changeflow.study.study_key import digest_of, program_digest

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

    @property
    def paths(self) -> tuple[str, ...]:
        """The factors."""
        return tuple(factor.path for factor in self.study.factors)

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
        setting = [*zip(self.paths, self.points[point], strict=True)]
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
        return digest_of([self._roots, list(self.scenarios.items()), self.paths, self.points, *self._chance])

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
        return digest_of([self._roots[number], self.paths, self.points[point], route, *self._chance, *own])

    def model(self, point: int, scenario: str) -> Model:
        """The model of a scenario at a point; raises ModelError or PlanError that names the point."""
        number, route = self.scenarios[scenario]
        values = dict(zip(self.paths, self.points[point]))
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
    bases = tuple(_base(study, places, Path(path), i) for i in range(len(study.models)))
    currencies = {model.currency for model in bases}
    if len(currencies) > 1:
        raise PlanError(f"{places.file}: expected models in one currency, found {', '.join(sorted(currencies))}")
    stems = model_names(bases)
    names: dict[str, tuple[int, str | None]] = {}
    for number, stem in enumerate(stems):
        for route in study.who or (None,):
            name = stem if route is None else f"{stem}/{route}" if len(bases) > 1 else route
            names[name] = number, route
    faults = [*_unknown_scenarios(study, places, names), *_unknown_paths(study, places, bases)]
    if faults:
        raise ModelError(faults)
    ranges = [_range(factor, places, i, bases) for i, factor in enumerate(study.factors)]
    if study.design.kind != "grid" and not ranges:
        raise ModelError([places.fault(("design",), f"[[factors]] for a design of kind {study.design.kind}", None)])
    try:
        points = settings(study.design, ranges)
    except PlanError as error:
        raise PlanError(f"{places.file}: {error}") from None
    if study.wrong_choice is not None and len(points) * len(names) != 2:
        expected = f"2 systems to choose from with [wrong_choice], found {len(points)} points x {len(names)} scenarios"
        raise PlanError(f"{places.file}: expected {expected}")
    return StudyPlan(Path(path).stem, study, places, bases, names, tuple(points))


def toml(value: Any) -> str:
    """A value as TOML writes it, on one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(inner) for inner in value) + "]"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value)


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
    for path in paths:
        if fault.place.startswith(f"--set {path}="):
            line = places.fault((*where, path), "").place
            return replace(fault, place=line)
    return fault


def _at_point(fault: Fault, point: int, plan: StudyPlan) -> Fault:
    for i, path in enumerate(plan.paths):
        if fault.place.startswith(f"--set {path}="):
            place = plan.places.fault(("factors", i), "").place
            return replace(fault, place=f"{place}: point {point + 1}")
    return replace(fault, place=f"{plan.places.file}: point {point + 1}: {fault.place}")


def _unknown_scenarios(study: Study, places: Places, names: Mapping[str, Any]) -> list[Fault]:
    """A baseline or an expectation on what is no scenario."""
    named = [(("expect", i, "scenario"), one.scenario) for i, one in enumerate(study.expect)]
    asked = [*named, (("baseline",), study.baseline)]
    return [
        places.fault(path, "a scenario of this study", name, nearest(name, names))
        for path, name in asked
        if name is not None and name not in names
    ]


def _unknown_paths(study: Study, places: Places, bases: tuple[Model, ...]) -> list[Fault]:
    """Factors of which no value can be put into the model at all, because the path is none."""
    found = {}
    for i, factor in enumerate(study.factors):
        for model in bases:
            for part, known in _strange(factor, model):
                path = ("factors", i, "path")
                found[i] = places.fault(path, "a path of the model", factor.path, nearest(part, known))
    return list(found.values())


def _strange(factor: Factor, model: Model) -> list[tuple[str, list[str]]]:
    """Parts of a factor's path that the model does not know, each with what it does know."""
    value = factor.values[0] if factor.values else factor.low if factor.low is not None else 0
    try:
        with_sets(model, [f"{factor.path}={toml(value)}"])
    except ModelError as error:
        return [
            (_last_quoted(fault.found), _names_in(fault.hint))
            for fault in error.faults
            if fault.expected in {"a known key", "a path of the model"} or fault.expected.startswith("a path of ")
        ]
    return []


def _last_quoted(text: str) -> str:
    return text.strip("'")


def _names_in(hint: str) -> list[str]:
    """The names of a hint, which says the nearest or all."""
    return hint.split("'")[1:2] if "'" in hint else hint.removeprefix("known: ").split(", ")


def _range(factor: Factor, places: Places, number: int, bases: tuple[Model, ...]) -> Range:
    if factor.values is not None:
        return Range(factor.path, factor.values)
    low, high = factor.low, factor.high
    if factor.prior:
        notes = [model.assumptions.get(factor.path) for model in bases]
        ends = {(note.low, note.high) if note is not None else (None, None) for note in notes}
        low, high = next(iter(ends))
        if len(ends) > 1 or not isinstance(low, int | float) or not isinstance(high, int | float):
            known = [
                path
                for path, note in bases[0].assumptions.items()
                if isinstance(note.low, int | float) and isinstance(note.high, int | float)
            ]
            expected = "a path with one range of numbers in all models, or low and high"
            fault = places.fault(("factors", number, "prior"), expected, None, nearest(factor.path, known))
            raise ModelError([fault])
    assert low is not None
    assert high is not None
    whole = isinstance(low, int) and isinstance(high, int)
    return Range(factor.path, (), low, high, factor.levels or 2, whole)
