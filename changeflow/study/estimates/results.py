"""What a set of runs found: numbers by scenario, paired differences, the answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from changeflow.measure.estimates.anova import VarianceSplit
from changeflow.measure.records import Difference, Estimate, RunMeasures
from changeflow.model.load.topology import Load
from changeflow.model.schema import Model


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """One configuration after its runs."""

    name: str
    model: Model
    runs: tuple[RunMeasures, ...]
    estimates: dict[str, Estimate]
    load: tuple[Load, ...]
    """Work arriving against hours available, by station."""
    settles: bool | None
    """Does the backlog surely settle (True), surely grow without end (False), or can the runs not tell?"""
    splits: dict[str, VarianceSplit] = field(default_factory=dict)
    """Measure -> its variance between and within organisations; empty where they do not differ."""

    @property
    def growing(self) -> bool:
        """The backlog surely grows without end."""
        return self.settles is False


@dataclass(frozen=True, slots=True)
class Verdict:
    """wins: one scenario is surely better by more than matters; same: surely no difference that matters;
    too_close: the runs cannot tell; all_grow: every backlog grows; no_number: nobody has a backlog that settles and a
    number; single: nothing to compare.
    """

    kind: str
    winner: str | None
    leader: str | None
    """The best by its mean among those that settle."""
    second: str | None
    lead: Difference | None
    """Second minus leader (for more-is-better measures: leader minus second), at the joint level."""
    matters: float
    """Smallest difference of interest, in the measure's unit."""
    growing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PriorCheck:
    """The same comparison under the other prior set."""

    prior_set: str
    winner: str | None
    agrees: bool
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Swing:
    """What one assumption does to the answer when moved over its range (quick screening)."""

    path: str
    low: str
    high: str
    swing: float
    """Largest change of the lead of the best scenario, in the unit of the primary measure."""
    flips_to: str | None
    """The scenario that wins somewhere in the range, if another one does."""


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that tables, charts, report and JSON are made of."""

    command: str
    seed: int
    engine: str
    replications: int
    quick: bool
    scenarios: dict[str, ScenarioResult]
    verdict: Verdict
    baseline: str | None = None
    differences: tuple[Difference, ...] = ()
    prior_check: PriorCheck | None = None
    swings: tuple[Swing, ...] = ()
    seconds: float = field(default=0.0, compare=False)

    @property
    def first(self) -> ScenarioResult:
        """The first scenario: what all have in common is read from it."""
        return next(iter(self.scenarios.values()))

    @property
    def currency(self) -> str:
        """The money of the first scenario."""
        return self.first.model.currency
