"""Selecting the best of several systems: procedures that ask for replications and get them.

A procedure is a generator. It yields how many replications of each system it wants **in all**, receives all values
so far (arrays by system, in the order of the replications), and returns a Selection. So it knows nothing of engines,
stores or workers, may be fed from a store of finished runs, and gives the same answer however the runs are spread.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from changeflow.errors import PlanError, RunError
from changeflow.measure.records import Floats

Wanted = tuple[int, ...]
"""Replications of each system, in all."""
Sample = Callable[[int, int, int], Floats]
"""Values of a system's replications first, first + 1, ..., last - 1."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a procedure chose, and what that took."""

    best: int
    means: tuple[float, ...]
    """By system, over the replications that the procedure used of it, in its order (plain, or weighted)."""
    replications: Wanted
    eliminated_after: tuple[int | None, ...]
    """Replications after which a system was out of the race; None: it stayed to the end."""
    guarantee: Literal["good", "correct", "none"]
    """With the level asked for: within the indifference zone of the best, however many are (good); the best, if it
    leads by the zone (correct); nothing."""


Procedure = Generator[Wanted, Sequence[Floats], Selection]


@dataclass(frozen=True, slots=True)
class Zone:
    """The task of a selection: differences below `indifference` (in the measure's unit) do not matter."""

    systems: int
    indifference: float
    level: float = 0.95
    """Probability of the right selection."""
    first: int = 20
    """Replications of the first stage, for the variances."""
    more_is_better: bool = False

    def __post_init__(self) -> None:
        if self.systems < 2:
            raise PlanError(f"selection: expected at least 2 systems, found {self.systems}")
        if self.first < 2:
            raise PlanError(f"selection: expected at least 2 first replications, found {self.first}")
        if not self.indifference > 0:
            raise PlanError(f"selection: expected an indifference zone above 0, found {self.indifference:g}")
        if not 1 / self.systems < self.level < 1:
            raise PlanError(f"selection: expected a level between 1/{self.systems} and 1, found {self.level:g}")

    @property
    def everyone(self) -> Wanted:
        """The first stage."""
        return (self.first,) * self.systems

    def losses(self, values: Sequence[Floats]) -> list[Floats]:
        """Values of which the smallest mean is the best. Raises RunError for a run without the number."""
        found = []
        for system, column in enumerate(values):
            data = np.asarray(column, dtype=float)
            if not np.isfinite(data).all():
                place = int(np.flatnonzero(~np.isfinite(data))[0])
                raise RunError(
                    f"selection: system {system}, replication {place}: expected a number, found {data[place]}"
                )
            found.append(-data if self.more_is_better else data)
        return found

    def gains(self, losses: Sequence[float] | Floats) -> tuple[float, ...]:
        """Means of losses in the measure's own sign."""
        return tuple(float(-loss if self.more_is_better else loss) for loss in losses)


def select(procedure: Procedure, sample: Sample) -> Selection:
    """Run a procedure, taking each system's replications from `sample` in order, none twice."""
    wanted = next(procedure)
    values = [np.empty(0) for _ in wanted]
    while True:
        for system, until in enumerate(wanted):
            if (done := len(values[system])) < until:
                values[system] = np.concatenate([values[system], sample(system, done, until)])
        try:
            wanted = procedure.send(values)
        except StopIteration as end:
            selection: Selection = end.value
            return selection


def means_of(losses: Sequence[Floats], replications: Sequence[int]) -> Floats:
    """Mean of each system's first replications."""
    return np.array([column[:n].mean() for column, n in zip(losses, replications, strict=True)])
