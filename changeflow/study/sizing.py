"""The cheapest staffing that meets its targets: search, verification on fresh runs, figures from further fresh runs."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from changeflow.errors import InputError, PlanError
from changeflow.measure.estimates import joint_level
from changeflow.measure.records import RunMeasures
from changeflow.model.schema import Model
from changeflow.study.compare import hired
from changeflow.study.crew import Crew
from changeflow.study.evaluate import column, evaluate, paired_differences
from changeflow.study.plan import Plan
from changeflow.study.results import Results, ScenarioResult, Verdict
from changeflow.study.routes import along_route
from changeflow.study.runner import Progress, no_progress, run_all
from changeflow.study.sizing_levers import Point, Space, Staff, can_be_sized, space_of, staff_of
from changeflow.study.sizing_search import Search, Tried, by_cheapness, shortlist, staircase
from changeflow.study.sizing_start import is_monotone, start_of
from changeflow.study.sizing_targets import (
    TOLERANCE,
    Service,
    State,
    check_targets,
    service_in,
    service_of,
    wanted_share,
)

SEARCH_RUNS, QUICK_SEARCH_RUNS = 20, 8
MOST_TRIED, QUICK_MOST_TRIED = 160, 40
MOST_VERIFIED = 6
VENDOR_VERIFIED = 3
_FAR_APART = 1_000_000
"""Replications between the blocks of the search, the verification and the figures: no run serves two of them."""
TODAY, CHEAPER, ANSWER, DEARER, VENDOR = "today", "cheaper", "answer", "dearer", "vendor"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A staffing that was verified."""

    point: Point
    values: Mapping[str, float]
    """Path -> value of every lever."""
    model: Model
    staff: Staff
    service: Service
    """In the block in which it was judged, at the joint level."""
    state: State
    """What the verification says."""
    cost: float


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the staircase, as the search saw it."""

    staff: Staff
    values: Mapping[str, float]
    service: Service


@dataclass(frozen=True, slots=True)
class Family:
    """One search: of the model as it is, or of the vendor alone."""

    space: Space
    tried: dict[Point, Tried]
    monotone: bool
    exhausted: bool
    """It ended because it had tried as many as it may."""
    verified: tuple[Candidate, ...]
    """Cheapest first."""

    @property
    def answer(self) -> Candidate | None:
        """The cheapest that surely meets the targets."""
        return next((one for one in self.verified if one.state == "met"), None)

    @property
    def kind(self) -> Literal["found", "too_close", "unreachable"]:
        """Is there one that surely meets the targets, or that may?"""
        if self.answer is not None:
            return "found"
        return "too_close" if any(one.state == "close" for one in self.verified) else "unreachable"

    @property
    def nearest(self) -> Candidate:
        """Of the verified, the one that is nearest to the targets, or exceeds them most."""
        return max(self.verified, key=lambda one: one.service.worst.mean)

    @property
    def chosen(self) -> Candidate:
        """The answer, or the nearest."""
        return self.answer or self.nearest


@dataclass(frozen=True, slots=True)
class Sizing:
    """The answer with everything that tables, sentences and files say of it."""

    family: Family
    vendor: Family | None
    """The vendor alone; None where the model has no vendor, or nobody else."""
    staffs: dict[str, Staff]
    """Scenario -> its hours; in the order of the table."""
    services: dict[str, Service]
    """Scenario -> its targets in the last block, each interval at the level."""
    steps: tuple[Step, ...]
    results: Results
    """The figures: the last block of runs."""
    tolerance: float
    level: float
    search_runs: int
    today: State
    """Of today's staffing, which is one of those verified; on the runs of the table where the search left it out."""
    verified: int
    """Staffings among which the level was split."""

    @property
    def runs(self) -> int:
        """Of each verified staffing, and again of each in the table."""
        return self.results.replications


def size(
    plan: Plan,
    *,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    tolerance: float = TOLERANCE,
    space: Space | None = None,
    crew: Crew | None = None,
    progress: Progress = no_progress,
) -> Sizing:
    """The cheapest staffing of the plan's one model that meets its targets.

    With the comparison's level, every staffing said to meet the targets does so in the model: intervals on fresh runs,
    the level split over the staffings verified, today's among them (Bonferroni). That nothing cheaper exists is not
    promised. `space`: what check_sizing made of the same model. `crew`: who makes the runs instead of the plan's
    workers. Raises PlanError as check_sizing does, CrewLost when the workers are killed.
    """
    began = time.monotonic()
    model = dict(plan.scenarios)[plan.baseline or ""]
    spaces = [space or check_sizing(model, ranges, tolerance)]
    alone = _vendor_alone(model)
    if alone is not None and can_be_sized(alone):
        spaces.append(space_of(alone, {path: span for path, span in (ranges or {}).items() if _is_of(alone, path)}))
    with hired(plan, crew) as hands:
        return _sized(_Desk(plan, model, hands, progress), spaces, tolerance, began)


def _sized(desk: _Desk, spaces: list[Space], tolerance: float, began: float) -> Sizing:
    """Search in each space, verify on fresh runs, make the figures on further ones."""
    searches = [desk.search(space) for space in spaces]
    lists = [
        shortlist(search.book.values(), desk.matters, most)
        for search, most in zip(searches, (MOST_VERIFIED, VENDOR_VERIFIED), strict=False)
    ]
    is_listed = spaces[0].has_today and spaces[0].today in [one.point for one in lists[0]]
    verified = sum(map(len, lists)) + (not is_listed)
    level = joint_level(desk.level, verified)
    families = [
        Family(space, search.book, search.monotone, search.exhausted, desk.verify(space, listed, level, tolerance))
        for space, search, listed in zip(spaces, searches, lists, strict=True)
    ]
    vendor = families[1] if len(families) > 1 else None
    return desk.figures(families[0], vendor, _Claims(level, verified, tolerance), began)


def check_sizing(model: Model, ranges: Mapping[str, tuple[float, float]] | None, tolerance: float) -> Space:
    """What may be chosen. Raises PlanError for a model without targets or without anything to choose, a tolerance
    outside [0, 0.5), a wrong range.
    """
    if not 0 <= tolerance < 0.5:
        raise PlanError(f"--tolerance: expected a share from 0 to below 0.5, found {tolerance:g}")
    check_targets(model)
    return space_of(model, ranges)


def _vendor_alone(model: Model) -> Model | None:
    """The same requests through the vendor's stations only; None where that is nothing new, or not possible."""
    if {station.kind for station in model.stations.values()} != {"vendor", "in_house"}:
        return None
    try:
        return along_route(model, "vendor")
    except InputError:
        return None


def _is_of(alone: Model, path: str) -> bool:
    """Is a lever one of the vendor's stations?"""
    parts = path.split(".")
    return parts[0] == "stations" and alone.stations[parts[1]].kind == "vendor"


@dataclass(frozen=True, slots=True)
class _Claims:
    """How surely staffings are judged."""

    level: float
    """Of each, so that all hold jointly."""
    verified: int
    tolerance: float


class _Desk:
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

    def _run(self, models: list[Model], replications: int, block: int) -> list[tuple[RunMeasures, ...]]:
        before, plan = self.done, self.plan
        self.done += len(models) * replications
        return run_all(
            models, replications, plan.seed, engine=plan.engine, crew=self.crew,
            progress=lambda done, total: self.tell(before + done, before + total),
            begin=block * _FAR_APART * self.model.organisation.runs_together,
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

    def figures(self, family: Family, vendor: Family | None, claims: _Claims, began: float) -> Sizing:
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
        made = dict(zip(different, self._run(list(different.values()), self.plan.replications, 2), strict=True))
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

    def _today(self, family: Family, runs: tuple[RunMeasures, ...], claims: _Claims) -> State:
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
