"""How far a staffing is from its targets, and how surely."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from changeflow.errors import PlanError
from changeflow.measure.records import Estimate, RunMeasures
from changeflow.model.schema import Model
from changeflow.model.topology import offered_loads
from changeflow.study.evaluate import GROWTH_TOLERANCE, asked_share, estimate_measure, late_requests_per_week

State = Literal["met", "missed", "close"]
TOLERANCE = 0.01
"""Nearer to a target than this share of the requests is too close to call, unless the target is surely met."""
_ASKED = ("backlog_growth_per_week", "unasked_requests", "arrived_requests")


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
    timed = [one.share for one in (model.targets.started_within, model.targets.closed_within) if one is not None]
    return max(timed, default=None)


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
    together = model.organisation.runs_together
    slacks = []
    wanted = wanted_share(model)
    if wanted is not None:
        found = estimate_measure("within_target_share", runs, level, model.currency, together)
        slacks.append(_known("share", wanted, found.mean, found.half_width))
    if model.targets.backlog_not_growing:
        slacks.append(_growth(model, runs, level))
    return Service(tuple(slacks))


def _growth(model: Model, runs: tuple[RunMeasures, ...], level: float) -> Slack:
    """The slope of the backlog per request that arrives; with overload it is as large as can be."""
    together = model.organisation.runs_together
    if any(load.overloaded for load in offered_loads(model)):
        return Slack("growth", GROWTH_TOLERANCE, 1.0, 0.0)
    estimates: dict[str, Estimate] = {
        name: estimate_measure(name, runs, level, model.currency, together)
        for name in _ASKED
        if any(not math.isnan(run.values.get(name, math.nan)) for run in runs)
    }
    slope = estimates.get("backlog_growth_per_week")
    if slope is None:  # the run is too short for a slope: the load alone has to tell
        return Slack("growth", GROWTH_TOLERANCE, 0.0, 0.0)
    arriving = late_requests_per_week(model) * asked_share(estimates)
    if not arriving:
        return _known("growth", GROWTH_TOLERANCE, math.copysign(1.0, slope.mean) if slope.mean else 0.0, 0.0)
    return _known("growth", GROWTH_TOLERANCE, slope.mean / arriving, slope.half_width / arriving)


def _known(name: str, wanted: float, found: float, half_width: float) -> Slack:
    """What could not be estimated is not known at all."""
    if math.isnan(found) or math.isnan(half_width):
        return Slack(name, wanted, 0.0 if math.isnan(found) else found, math.inf)
    return Slack(name, wanted, found, half_width)
