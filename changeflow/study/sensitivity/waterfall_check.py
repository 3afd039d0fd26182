"""Before a waterfall is run: do its causes lead from the one scenario to the other?"""

from __future__ import annotations

import numpy as np

from changeflow.engine.simulate import choose_engine, simulate
from changeflow.engine.tables.model import compile_tables
from changeflow.measure.run import measure_run
from changeflow.measure.trace.window import Window
from changeflow.study.experiment.plan import StudyPlan
from changeflow.study.sensitivity.waterfall import check_arrival


def check_causes(plan: StudyPlan) -> None:
    """Raise PlanError where the first run with all causes switched is not that of the end."""
    asked, last = plan.study.waterfall, len(plan.points) - 1
    if asked is None:
        return
    models = [plan.model(last, name) for name in (asked.begin, asked.end)]
    engine = choose_engine("auto", models=models)
    measure, found = plan.comparison.primary, []
    for model in models:
        window = Window.of(compile_tables(model))
        run = measure_run(window, simulate(window.tables, seed=plan.study.seed, replication=0, engine=engine))
        found.append(np.array([run.values.get(measure, np.nan)]))
    check_arrival(found[0], found[1], plan.places.file, asked.end, measure)
