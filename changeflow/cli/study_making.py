"""Makes the runs that a study lacks, and its results of them."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from changeflow.cli.study_options import Options

if TYPE_CHECKING:
    from changeflow.study.crews.agenda import Tasks
    from changeflow.study.crews.crew import Crew
    from changeflow.study.experiment.cells import Cells
    from changeflow.study.experiment.plan import StudyPlan
    from changeflow.study.outcome.results import StudyResults
    from changeflow.study.selection.answer import Selected
    from changeflow.study.store.runs import Store


@dataclass(frozen=True, slots=True)
class Making:
    """Where runs go, who makes them, and for how long."""

    store: Store
    options: Options
    crew: Crew | None
    """The cluster, where one is asked for."""
    end: float | None
    """Of the time limit, on the monotonic clock."""

    def results(self, plan: StudyPlan, cells: Cells) -> StudyResults:
        """Make what lacks and estimate, again and again while a search wants to look elsewhere."""
        from changeflow.study.experiment.cells import cells_of
        from changeflow.study.outcome.results import results_of
        from changeflow.study.sensitivity.break_even import values_to_look_at
        from changeflow.study.store.runs import LOOKED_AT

        if plan.study.selection is not None:  # it asks for its runs itself, and never looks elsewhere
            return results_of(plan, cells, self.store, self._selected(plan, cells))
        while True:
            self._make_stages(plan, cells)
            results = results_of(plan, cells, self.store)
            cells.note(self.store)
            more = values_to_look_at(results)
            if not more:
                return results
            plan = plan.with_points(more)
            cells = cells_of(plan, self.store)
            cells.note(self.store)
            self.store.set_note(LOOKED_AT, json.dumps(plan.points[plan.planned :]))
            self.store.commit()

    def _make_stages(self, plan: StudyPlan, cells: Cells) -> None:
        """Make every run that lacks, stage by stage at each point."""
        from changeflow.study.outcome.stages import stage_of

        stage = stage_of(plan, cells, self.store)
        points = [point for point in range(len(plan.points)) if stage(point) is not None]
        if not points:
            return
        from changeflow.study.crews.agenda import Agenda

        def done(point: int, scenario: str) -> set[int]:
            return self.store.done(cells.keys[point, scenario])

        self._make(Agenda(iter(points), tuple(plan.scenarios), stage, done), plan, cells)

    def _selected(self, plan: StudyPlan, cells: Cells) -> Selected:
        """Make the runs that a selection asks for, until it has chosen."""
        from changeflow.study.selection.answer import selected
        from changeflow.study.selection.systems import race_of

        race, left_out = race_of(plan, cells, self.store)
        cells.note(self.store)  # the facts of all systems, which had to be known
        if race.outcome is None:
            self._make(race, plan, cells)
        assert race.outcome is not None
        return selected(race, race.outcome, left_out)

    def _make(self, tasks: Tasks, plan: StudyPlan, cells: Cells) -> None:
        """Make the runs of an agenda."""
        from changeflow.cli.progress import reporting_with_rate, say_compiling
        from changeflow.study.crews.crew import crew_here
        from changeflow.study.crews.workshop import Workshop
        from changeflow.study.experiment.pilot import cores_for, engine_for, must_compile
        from changeflow.study.experiment.runner import run_missing
        from changeflow.study.store.packing import pack

        keys, least = set(cells.keys.values()), plan.least_replications
        wanted = least * len(keys)
        already = sum(min(len(self.store.done(key)), least) for key in keys)
        missing = wanted - already
        engine = engine_for(plan, cells, self.options.engine, max(missing, 1))
        if must_compile(plan, engine):
            say_compiling(self.options.progress)
        left = None if self.end is None else max(self.end - time.monotonic(), 0.0)
        cores = 1 if self.crew else cores_for(plan, cells, engine, missing, self.options.workers)
        hired = crew_here(engine, cores, missing, self.crew)
        with hired as hands, reporting_with_rate(self.options.progress, "simulating") as tell:
            workshop = Workshop(hands, plan.model, plan.seed_of, plan.manner, engine, pack)
            run_missing(tasks, workshop, self.store, cells, already=already, wanted=wanted, time_limit=left, tell=tell)
