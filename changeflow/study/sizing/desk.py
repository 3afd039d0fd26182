"""The desk of a sizing: runs staffings, block by block, and keeps what was learnt of them."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace

import numpy as np

from changeflow.errors import InputError
from changeflow.measure.records import RunMeasures
from changeflow.model.schema import Model
from changeflow.study.crews.crew import Crew
from changeflow.study.crews.manner import AS_ALWAYS, BRIEFLY, Manner
from changeflow.study.crews.runner import Progress, run_all
from changeflow.study.estimates.evaluate import column, evaluate, paired_differences
from changeflow.study.estimates.results import Results, ScenarioResult, Verdict
from changeflow.study.scenarios.plan import Plan
from changeflow.study.sizing.answer import ANSWER, CHEAPER, DEARER, TODAY, VENDOR, Candidate, Family, Sizing, Step
from changeflow.study.sizing.levers import Point, Space, staff_of
from changeflow.study.sizing.search import Search, Tried, by_cheapness, staircase
from changeflow.study.sizing.start import is_monotone, start_of
from changeflow.study.sizing.targets import Service, State, service_in, service_of, wanted_share

SEARCH_RUNS, QUICK_SEARCH_RUNS = 20, 8
MOST_TRIED, QUICK_MOST_TRIED = 160, 40
_FAR_APART = 1_000_000
"""Replications between the blocks of the search, the verification and the figures: no run serves two of them."""


@dataclass(frozen=True, slots=True)
class Claims:
    """How surely staffings are judged."""

    level: float
    """Of each, so that all hold jointly."""
    verified: int
    tolerance: float


class Desk:
    """Runs staffings, block by block, and keeps what was learnt of them."""

    def __init__(self, plan: Plan, model: Model, crew: Crew, progress: Progress) -> None:
        self.plan, self.model, self.crew, self.tell = plan, model, crew, progress
        self.level = model.comparison.level
        self.search_runs = self._whole_organisations(QUICK_SEARCH_RUNS if plan.quick else SEARCH_RUNS)
        self.most = QUICK_MOST_TRIED if plan.quick else MOST_TRIED
        self.matters = 0.0
        self.done = 0
        self.services: dict[Point, Service] = {}
        """Of the model's own staffings, as the search saw them."""

    def _whole_organisations(self, runs: int) -> int:
        together = self.model.organisation.runs_together
        return max(min(runs, self.plan.replications), 2 * together) // together * together

    def _run(
        self, models: list[Model], replications: int, block: int, manner: Manner = BRIEFLY
    ) -> list[tuple[RunMeasures, ...]]:
        before, plan = self.done, self.plan
        self.done += len(models) * replications
        return run_all(
            models, replications, plan.seed, engine=plan.engine, crew=self.crew,
            progress=lambda done, total: self.tell(before + done, before + total),
            begin=block * _FAR_APART * self.model.organisation.runs_together, manner=manner,
        )  # fmt: skip

    def search(self, space: Space) -> Search:
        """Try staffings on common random numbers, from the square-root rule on."""
        search = Search(
            lengths=[len(lever.ladder) for lever in space.levers],
            assess=lambda points: self._assess(space, points),
            free=[lever.kind == "overflow" for lever in space.levers],
            matters=lambda: self.matters,
            monotone=is_monotone(space.model),
            most=self.most,
        )
        share = wanted_share(space.model) or self.level
        search.run(start_of(space, share), [space.today], stride=2 if self.plan.quick else 4)
        return search

    def _assess(self, space: Space, points: list[Point]) -> list[Tried]:
        models: dict[Point, Model] = {}
        for point in points:
            try:
                models[point] = space.at(point)
            except InputError:  # a ladder may reach beyond what this model allows
                continue
        runs = dict(zip(models, self._run(list(models.values()), self.search_runs, 0), strict=True))
        if not self.matters and space.model is self.model and space.today in runs:
            self.matters = self.model.comparison.smallest_difference * abs(_cost(runs[space.today]))
        return [self._tried(space, models.get(point), point, runs.get(point)) for point in points]

    def _tried(self, space: Space, model: Model | None, point: Point, runs: tuple[RunMeasures, ...] | None) -> Tried:
        if model is None or runs is None:
            return Tried(point, -math.inf, 0.0, math.inf, (math.inf, math.inf))
        service = service_of(model, runs, self.level)
        if space.model is self.model:
            self.services[point] = service
        worst = service.worst
        return Tried(point, worst.mean, worst.half_width, _cost(runs), staff_of(model, space.stations).price)

    def verify(self, space: Space, listed: list[Tried], level: float, tolerance: float) -> tuple[Candidate, ...]:
        """Judge candidates on fresh runs, cheapest first by these runs."""
        models = {one.point: space.at(one.point) for one in listed}
        runs = dict(zip(models, self._run(list(models.values()), self.plan.replications, 1), strict=True))
        found = {}
        for point, model in models.items():
            service, staff = service_of(model, runs[point], level), staff_of(model, space.stations)
            found[point] = Candidate(
                point, space.values(point), model, staff, service, service.state(tolerance), _cost(runs[point])
            )
        again = [replace(one, cost=found[one.point].cost) for one in listed]
        return tuple(found[one.point] for one in by_cheapness(again, self.matters))

    def figures(self, family: Family, vendor: Family | None, claims: Claims, began: float) -> Sizing:
        """Today, next cheaper, the answer, next dearer, the vendor alone: on runs that chose nothing."""
        space, chosen = family.space, family.chosen
        steps = staircase([*family.tried.values()])
        here = family.tried[chosen.point].price
        below = [one for one in steps if one.price < here]
        above = [one for one in steps if one.price > here and one.slack > family.tried[chosen.point].slack]
        models: dict[str, Model] = {TODAY: self.model}
        if below:
            models[CHEAPER] = space.at(below[-1].point)
        models[ANSWER] = chosen.model
        if above:
            models[DEARER] = space.at(above[0].point)
        if vendor is not None:
            models[VENDOR] = vendor.chosen.model
        names = list(models)
        stations = dict.fromkeys(names, space.stations)
        if vendor is not None:
            stations[VENDOR] = vendor.space.stations
        different = {model.digest(): model for model in models.values()}  # today may be the answer
        measured = self._run(list(different.values()), self.plan.replications, 2, AS_ALWAYS)
        made = dict(zip(different, measured, strict=True))
        runs = {name: made[model.digest()] for name, model in models.items()}
        self.tell(self.done, self.done)
        results = {name: evaluate(name, models[name], runs[name]) for name in names}
        return Sizing(
            family=family,
            vendor=vendor,
            staffs={name: staff_of(models[name], stations[name]) for name in names},
            services={name: service_in(result) for name, result in results.items()},
            steps=tuple(
                Step(
                    staff_of(space.at(one.point), space.stations),
                    space.values(one.point),
                    self.services[one.point],
                )
                for one in steps
                if math.isfinite(one.slack)
            ),
            results=self._results(results, began),
            tolerance=claims.tolerance,
            level=self.level,
            search_runs=self.search_runs,
            today=self._today(family, runs[TODAY], claims),
            verified=claims.verified,
        )

    def _today(self, family: Family, runs: tuple[RunMeasures, ...], claims: Claims) -> State:
        """As verified; else by the runs of the table, which have chosen nothing."""
        if family.space.has_today:
            for one in family.verified:
                if one.point == family.space.today:
                    return one.state
        return service_of(self.model, runs, claims.level).state(claims.tolerance)

    def _results(self, scenarios: dict[str, ScenarioResult], began: float) -> Results:
        plan, comparison = self.plan, self.model.comparison
        first, *rest = scenarios.values()
        growing = tuple(name for name, result in scenarios.items() if result.growing)
        return Results(
            command="size",
            seed=plan.seed,
            engine=plan.engine,
            replications=plan.replications,
            quick=plan.quick,
            scenarios=scenarios,
            verdict=Verdict("single", None, ANSWER, None, None, self.matters, growing),
            baseline=TODAY,
            differences=paired_differences(first, rest, comparison.level, comparison.primary),
            seconds=time.monotonic() - began,
        )


def _cost(runs: tuple[RunMeasures, ...]) -> float:
    """Mean cost with undone work; 0 where nothing costs anything."""
    return float(np.nanmean(column(runs, "total_cost_with_undone")))
