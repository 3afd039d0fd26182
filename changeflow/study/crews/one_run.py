"""One run of a study in its manner. Apart from the manner itself, since a finished study needs keys and no engine."""

from __future__ import annotations

from dataclasses import replace

from changeflow.engine.chance.draws import antithetic_key, run_key
from changeflow.engine.simulate import simulate
from changeflow.measure.estimates.controls import Controls
from changeflow.measure.records import RunMeasures
from changeflow.measure.run import measure_run
from changeflow.measure.trace.weekly import measure_weeks
from changeflow.measure.trace.window import Window
from changeflow.study.crews.manner import Manner


def controls_of(manner: Manner, window: Window) -> Controls | None:
    """What the controls of all runs of a model share."""
    return Controls.of(window) if manner.controls else None


def one_run(
    manner: Manner, window: Window, seed: int, replication: int, engine: str, controls: Controls | None = None
) -> RunMeasures:
    """One run and its numbers."""
    twins = manner.antithetic
    trace = simulate(window.tables, seed=seed, replication=replication, engine=engine, antithetic=twins)
    if manner.steady:
        return measure_weeks(window, trace)
    found = measure_run(window, trace, times=not manner.brief)
    if controls is None:
        return found
    key = antithetic_key(seed, replication) if twins else run_key(seed, replication)
    return replace(found, values=found.values | controls.of_run(trace, key))
