"""The answer of a sizing: the staffings that were verified, the staircase that the search saw, the figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from changeflow.model.schema import Model
from changeflow.study.estimates.results import Results
from changeflow.study.sizing.levers import Point, Space, Staff
from changeflow.study.sizing.search import Tried
from changeflow.study.sizing.targets import Service, State

SHOWN = TODAY, CHEAPER, ANSWER, DEARER, VENDOR = "today", "cheaper", "answer", "dearer", "vendor"


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
