"""A study's plan: its points, its scenarios, and the model of each scenario at each point."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from changeflow.errors import Fault, InputError, ModelError, PlanError
from changeflow.model.file.faults import Loc, Places
from changeflow.model.reading import with_sets
from changeflow.model.schema import Model
from changeflow.model.targets import Comparison
from changeflow.study.crews.manner import Manner
from changeflow.study.design.assumed_ranges import LeftOut
from changeflow.study.design.settings import Range, Setting
from changeflow.study.file.steady import REPLICATIONS
from changeflow.study.file.study import Study
from changeflow.study.file.toml_value import toml
from changeflow.study.scenarios.routes import along_route
from changeflow.study.store.key import digest_of, program_digest

RUNS_FILE, RUNS_PARQUET = "runs.csv", "runs.parquet"
TABLES = ("points.csv", RUNS_FILE, "summary.csv", "effects.csv")
"""What a finished study's folder holds."""
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


def _at_point(fault: Fault, point: int, plan: StudyPlan) -> Fault:
    if fault.option not in plan.paths:
        return replace(fault, place=f"{plan.places.file}: point {point + 1}: {fault.place}")
    numbers = plan.places_of_factors
    where: Loc = ("factors", numbers[plan.paths.index(fault.option)]) if numbers else ("waterfall",)
    return replace(fault, place=f"{plan.places.fault(where, '').place}: point {point + 1}")
