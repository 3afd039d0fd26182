"""A selection within a study: a procedure asks for observations of each system, the store gives them, runs fill it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from changeflow.errors import PlanError, RunError
from changeflow.measure.records import Floats
from changeflow.measure.units import MEASURES, base_name
from changeflow.study.crews.agenda import Ready, Task
from changeflow.study.experiment.plan import StudyPlan
from changeflow.study.file.selection import Selecting
from changeflow.study.selection.budget import ocba
from changeflow.study.selection.kim_nelson import kim_nelson
from changeflow.study.selection.nelson_matejcik import nelson_matejcik
from changeflow.study.selection.procedure import Procedure, Selection, Wanted, Zone, means_of
from changeflow.study.selection.two_stage import rinott
from changeflow.study.store.runs import Store

System = tuple[int, str]
"""A scenario at a point."""


def procedure_of(selecting: Selecting, zone: Zone, replications: int) -> Procedure:
    """The procedure that the file names; `replications` are the observations of one that has a fixed number."""
    match selecting.procedure:
        case "kim_nelson":
            return kim_nelson(zone, batch=zone.first)
        case "nelson_matejcik":
            return nelson_matejcik(zone)
        case "rinott":
            return rinott(zone)
        case "ocba":
            return ocba(zone, selecting.cap)
        case _:
            return of_a_size(zone, replications)


def of_a_size(zone: Zone, size: int) -> Procedure:
    """As many observations of each as are given; what they say is worked out afterwards."""
    sizes = (size,) * zone.systems
    means = means_of(zone.losses((yield sizes)), sizes)
    return Selection(int(np.argmin(means)), zone.gains(means), sizes, (None,) * zone.systems, "none")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a procedure ended."""

    selection: Selection
    zone: Zone
    asked: Wanted | None
    """Observations that the procedure asked for beyond the most allowed; None: it came to its end."""


class Race:
    """An agenda of runs (agenda.Tasks) that is led by a procedure: each of its answers opens the next runs.

    A function of the runs' numbers alone: stopped and resumed it asks for the same runs again, finds them in the store,
    and goes on.
    """

    def __init__(
        self, plan: StudyPlan, systems: Sequence[System], key: Callable[[int, str], str], store: Store
    ) -> None:
        assert plan.study.selection is not None
        self.plan, self.systems, self.store, self.selecting = plan, tuple(systems), store, plan.study.selection
        self.keys = [key(*system) for system in systems]
        self.together = plan.runs_per_observation
        self.measure = plan.comparison.primary
        self.more_is_better = MEASURES[base_name(self.measure)].more_is_better
        self.values: list[Floats] = [np.empty(0) for _ in systems]
        self.outcome: Outcome | None = None
        self._procedure: Procedure | None = None
        self._zone: Zone | None = None
        self._ready = Ready()
        self._lacking = 0
        size = plan.replications // self.together
        self._wanted: Wanted = (size if self.selecting.of_a_size else self.selecting.first_stage,) * len(systems)
        self._advance()

    def next(self, size: int) -> Task | None:
        """At most `size` runs of one system; None while the procedure waits for others, and at its end."""
        return self._ready.next(size)

    def finished(self, task: Task) -> None:
        """A task's runs are in the store; the last of a round wakes the procedure."""
        self._lacking -= len(task.replications)
        if self._lacking == 0:
            self._advance()

    @property
    def runs(self) -> int:
        """Runs that the procedure has used, or asks for now."""
        return sum(self._wanted) * self.together

    def _advance(self) -> None:
        """Answer the procedure from the store for as long as that holds what it asks for."""
        while self.outcome is None:
            self._order()
            if self._ready:
                return
            self._collect()
            try:
                if self._procedure is None:
                    self._zone = self._zone_of()
                    self._procedure = procedure_of(self.selecting, self._zone, self._wanted[0])
                    wanted = next(self._procedure)
                else:
                    wanted = self._procedure.send(self.values)
            except StopIteration as end:
                assert self._zone is not None
                self.outcome = Outcome(end.value, self._zone, None)
                return
            if not self.selecting.of_a_size and self.selecting.budget is None and max(wanted) > self.selecting.cap:
                self.outcome = self._stopped(wanted)
                return
            self._wanted = wanted

    def _order(self) -> None:
        """The runs that the store lacks."""
        self._lacking = 0
        for (point, scenario), key, count in zip(self.systems, self.keys, self._wanted, strict=True):
            done = self.store.done(key)
            lacking = tuple(run for run in range(count * self.together) if run not in done)
            if lacking:
                self._ready.add(Task(point, scenario, lacking))
                self._lacking += len(lacking)

    def _collect(self) -> None:
        """Observations that are new: means of runs in a row."""
        for place, (key, count) in enumerate(zip(self.keys, self._wanted, strict=True)):
            have = len(self.values[place])
            if have >= count:
                continue
            begin, until = have * self.together, count * self.together
            column = self.store.columns(key, until, {self.measure}, begin=begin).values.get(self.measure)
            if column is None or np.isnan(column).any():
                point, scenario = self.systems[place]
                run = begin + (0 if column is None else int(np.flatnonzero(np.isnan(column))[0]))
                raise RunError(
                    f"selection: point {point + 1}, {scenario}, replication {run}: expected a number for "
                    f"{self.measure}, found none; choose a primary measure that every run has"
                )
            self.values[place] = np.concatenate([self.values[place], column.reshape(-1, self.together).mean(axis=1)])

    def _zone_of(self) -> Zone:
        """The zone of the file, else the smallest difference of interest of the baseline's first stage."""
        comparison, indifference = self.plan.comparison, self.selecting.zone
        if indifference is None and self.selecting.of_a_size:
            indifference = 1.0  # of no account there
        if indifference is None:
            names = [scenario for _, scenario in self.systems]
            base = names.index(self.plan.baseline) if self.plan.baseline in names else 0
            indifference = comparison.smallest_difference * abs(float(self.values[base][: self._wanted[base]].mean()))
        if not indifference > 0:
            raise PlanError(
                f"{self.plan.places.file}: selection: expected a zone above 0, found a smallest difference of interest "
                f"of {indifference:g}; give `zone` in the unit of {self.measure}"
            )
        first = min(self._wanted) if self.selecting.of_a_size else self.selecting.first_stage
        return Zone(len(self.systems), indifference, comparison.level, first, self.more_is_better)

    def _stopped(self, asked: Wanted) -> Outcome:
        """The best mean of what is there, and no promise."""
        assert self._zone is not None
        counts = tuple(map(len, self.values))
        means = means_of(self._zone.losses(self.values), counts)
        last = max(counts)
        best = min((place for place, count in enumerate(counts) if count == last), key=lambda place: means[place])
        out = tuple(None if count == last else count for count in counts)
        return Outcome(Selection(best, self._zone.gains(means), counts, out, "none"), self._zone, asked)
