"""What a selection answers: the chosen, what is promised of it, what a wrong choice may cost, what it took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from changeflow.measure.records import Floats
from changeflow.study.file.selection import Selecting
from changeflow.study.selection.comparisons import AgainstBest, against_best, loss_of_pairs, subset_with_best
from changeflow.study.selection.race import Outcome, Race, System


@dataclass(frozen=True, slots=True)
class SystemResult:
    """One system in a selection."""

    system: System
    mean: float
    observations: int
    out_after: int | None
    """Observations after which a sequential procedure left it; None: it stayed."""
    in_subset: bool | None
    """Of a screen: may it be the best? None for other procedures."""
    against_best: AgainstBest | None
    """Its mean minus the best other's, in losses (below 0 it is the best); where all have the same paired runs, of a
    number that no look at their means has chosen."""


@dataclass(frozen=True, slots=True)
class Selected:
    """A selection's answer."""

    selecting: Selecting
    zone: float | None
    """None: the procedure needs none."""
    level: float
    runs_per_observation: int
    results: tuple[SystemResult, ...]
    best: int
    """Place among the results; of a screen, the best mean in the subset."""
    guarantee: str
    """good, correct, subset, intervals, none (procedure.Selection says what they mean)."""
    expected_loss: float
    """At most, in the measure's unit, on average, if another one is the best."""
    asked: int | None
    """Observations of one system that the procedure asked for and did not get."""
    left_out: tuple[System, ...]
    """Systems whose work exceeds their hours: nothing is called best whose backlog grows."""

    @property
    def observations(self) -> int:
        """Of all systems together."""
        return sum(one.observations for one in self.results)

    def counts(self) -> dict[System, int]:
        """Runs of each system that the procedure used."""
        return {one.system: one.observations * self.runs_per_observation for one in self.results}


def selected(race: Race, outcome: Outcome, left_out: Sequence[System]) -> Selected:
    """The answer of a race that has ended."""
    selecting, choice, zone = race.selecting, outcome.selection, outcome.zone
    losses = [column[:count] for column, count in zip(zone.losses(race.values), choice.replications, strict=True)]
    in_subset = _subset(selecting, losses, zone.level, zone.indifference)
    intervals = _intervals(selecting, losses, zone.level, zone.indifference if outcome.asked is None else None)
    guarantee: str = choice.guarantee
    if in_subset is not None:
        guarantee = "subset"
    elif selecting.procedure == "mcb":
        guarantee = "intervals"
    return Selected(
        selecting=selecting,
        zone=None if selecting.of_a_size and selecting.zone is None else zone.indifference,
        level=zone.level,
        runs_per_observation=race.together,
        results=tuple(
            SystemResult(
                system, choice.means[place], choice.replications[place], choice.eliminated_after[place],
                None if in_subset is None else bool(in_subset[place]), None if intervals is None else intervals[place],
            )
            for place, system in enumerate(race.systems)
        ),
        best=choice.best,
        guarantee=guarantee,
        expected_loss=loss_of_pairs(losses, choice.best, paired=not selecting.independent),
        asked=None if outcome.asked is None else max(outcome.asked),
        left_out=tuple(left_out),
    )  # fmt: skip


def _subset(selecting: Selecting, losses: list[Floats], level: float, zone: float) -> Sequence[bool] | None:
    """A screen's zone counts only where it is given: without one the subset holds the best whatever its lead."""
    if selecting.procedure == "screen":
        found = subset_with_best(losses, level, paired=True, indifference=zone if selecting.zone else 0.0)
    elif selecting.procedure == "gupta":
        found = subset_with_best(losses, level, paired=False)
    else:
        return None
    return [bool(one) for one in found]


def _intervals(
    selecting: Selecting, losses: list[Floats], level: float, zone: float | None
) -> list[AgainstBest] | None:
    """None after Kim and Nelson's, which stops when the means are apart: intervals of 95 % then hold with 90 %.

    Nelson and Matejcik's have the zone for their half-width, where the procedure got what it asked for.
    """
    if selecting.independent or selecting.procedure == "kim_nelson":
        return None
    return against_best(np.asarray(losses), level, zone if selecting.procedure == "nelson_matejcik" else None)
