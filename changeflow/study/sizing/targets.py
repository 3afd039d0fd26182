"""How far a staffing is from its targets, and how surely."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from changeflow.errors import PlanError
from changeflow.measure.records import Estimate, RunMeasures
from changeflow.model.load.topology import offered_loads
from changeflow.model.schema import Model
from changeflow.study.estimates import met
from changeflow.study.estimates.columns import columns_of, estimate_of
from changeflow.study.estimates.evaluate import late_requests_per_week
from changeflow.study.estimates.growth import FOR_GROWTH, GROWTH_TOLERANCE, Growth, growth_of
from changeflow.study.estimates.results import ScenarioResult

State = Literal["met", "missed", "close"]
TOLERANCE = 0.01
"""Nearer to a target than this share of the requests is too close to call, unless the target is surely met."""


@dataclass(frozen=True, slots=True)
class Slack:
    """One target: what was found, minus what is wanted, as a share of requests; not below 0 is good."""

    name: str
    """share: of requests in time; growth: of the backlog, per request that arrives."""
    wanted: float
    found: float
    half_width: float

    @property
    def mean(self) -> float:
        """Above 0: better than wanted."""
        return self.found - self.wanted if self.name == "share" else self.wanted - self.found

    def state(self, tolerance: float) -> State:
        """Surely met; surely missed by more than the tolerance; or too close to call."""
        if self.name == "growth":
            settles = Growth(self.found, self.half_width).settles(tolerance)
            return "close" if settles is None else "met" if settles else "missed"
        if self.mean - self.half_width >= 0:
            return "met"
        return "missed" if self.mean + self.half_width < -tolerance else "close"


@dataclass(frozen=True, slots=True)
class Service:
    """All targets of a staffing, at one level."""

    slacks: tuple[Slack, ...]

    @property
    def worst(self) -> Slack:
        """The target that is missed most, or met by least."""
        return min(self.slacks, key=lambda slack: slack.mean)

    @property
    def share(self) -> Slack | None:
        """The target on requests in time, if there is one."""
        return next((slack for slack in self.slacks if slack.name == "share"), None)

    def state(self, tolerance: float = TOLERANCE) -> State:
        """Met when every target is; missed when one is. All must be met, so each is tested at the full level (an
        intersection-union test: Berger 1996, Institute of Statistics Mimeo Series 2288, North Carolina State
        University); the two-sided intervals leave room for the other claim."""
        states = {slack.state(tolerance) for slack in self.slacks}
        return "missed" if "missed" in states else "close" if "close" in states else "met"


def wanted_share(model: Model) -> float | None:
    """The share of requests that must meet the timed targets; None without one."""
    return met.wanted_share(model.targets)


def check_targets(model: Model) -> None:
    """Raise PlanError for a model without targets."""
    if wanted_share(model) is None and not model.targets.backlog_not_growing:
        raise PlanError(
            f"{model.place}: expected a target: [targets] in the file, or --target such as "
            "'90 % closed within 5 working days and backlog not growing'"
        )


def service_of(model: Model, runs: tuple[RunMeasures, ...], level: float) -> Service:
    """The targets against the runs of a staffing; each interval at the level.

    Overload, worked out without any run, is a growing backlog.
    """
    columns = columns_of(runs, ("within_target_share", *FOR_GROWTH))
    found = {
        name: estimate_of(columns, name, level, model.currency, model.organisation.runs_together)
        for name in columns.values
    }
    estimates = {name: one for name, one in found.items() if one is not None}
    overloaded = model.targets.backlog_not_growing and any(load.overloaded for load in offered_loads(model))
    return _service(model, estimates, overloaded=overloaded)


def service_in(result: ScenarioResult) -> Service:
    """The targets against runs that are evaluated already, at the level of the comparison."""
    return _service(result.model, result.estimates, overloaded=any(load.overloaded for load in result.load))


def _service(model: Model, estimates: Mapping[str, Estimate], *, overloaded: bool) -> Service:
    slacks = []
    wanted = wanted_share(model)
    if wanted is not None:
        share = estimates.get("within_target_share")
        slacks.append(_known("share", wanted, *((share.mean, share.half_width) if share else (math.nan, math.nan))))
    if model.targets.backlog_not_growing:
        growth = growth_of(estimates, late_requests_per_week(model), overloaded=overloaded)
        slacks.append(Slack("growth", GROWTH_TOLERANCE, growth.share, growth.half_width))
    return Service(tuple(slacks))


def _known(name: str, wanted: float, found: float, half_width: float) -> Slack:
    """What could not be estimated is not known at all."""
    if math.isnan(found) or math.isnan(half_width):
        return Slack(name, wanted, 0.0 if math.isnan(found) else found, math.inf)
    return Slack(name, wanted, found, half_width)
