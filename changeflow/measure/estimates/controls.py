"""Control variates of a run: numbers whose means are known exactly, however the system works.

Their means are worked out from the model, never estimated, and are taken off: every control has mean 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from changeflow.engine.chance import draws
from changeflow.engine.trace import Trace
from changeflow.measure.estimates.controlled import ARRIVALS, LUCK
from changeflow.measure.records import Floats
from changeflow.measure.trace.window import Window
from changeflow.model.expected.effort import mean_hours
from changeflow.model.expected.requests import expected_arrivals
from changeflow.model.requests.demand import GoLive, Piecewise, Poisson, Source
from changeflow.model.schema import Model

MOST_STAGES = 4
"""Controls of luck at most, the first stages of the file: each costs a degree of freedom."""


def control_names(model: Model) -> list[str]:
    """The controls of a model's runs."""
    return [ARRIVALS, *(f"{LUCK}.{stage}" for stage in _stages(model))]


@dataclass(frozen=True, slots=True)
class Controls:
    """What is the same for all runs of a model."""

    window: Window
    stages: dict[str, tuple[np.uint64, Floats]]
    """Stage -> its key, and mean hours by category."""
    weights: Floats
    """Mean hours by category over all stages."""
    counted: NDArray[np.bool_]
    """By source: its expected number is exact."""
    expected: float
    """Of the weights of all requests that are counted."""

    @classmethod
    def of(cls, window: Window) -> Controls:
        """The controls of a window: what arrives, and the luck of its work, in [begin, end)."""
        model, categories = window.model, window.tables.categories
        stages = {
            stage: (draws.stage_key(stage), np.array([_hours(model, station, one) for one in categories]))
            for stage, station in _stages(model).items()
        }
        weights = np.mean([hours for _, hours in stages.values()], axis=0) if stages else np.ones(len(categories))
        exact = {name: _is_exact(model, source) for name, source in model.demand.sources.items()}
        arrivals = expected_arrivals(model, window.begin, window.end)
        place = {category: number for number, category in enumerate(categories)}
        expected = math.fsum(
            number * weights[place[category]]
            for name, by_category in arrivals.items()
            if exact[name]
            for category, number in by_category.items()
        )
        return cls(window, stages, weights, np.array([*exact.values(), False]), expected)

    def of_run(self, trace: Trace, run_key: np.uint64) -> dict[str, float]:
        """The controls of one run.

        control_arrivals: expected hours of the requests that arrived, minus their mean, over sources that are Poisson
        processes whatever happens. control_luck.STAGE: sum of w (-ln(1 - u) - 1) over all root requests, with u the
        uniform of their work in their first pass through the stage and w the expected hours: its mean is 0, for u is
        drawn whether or not the request ever comes there, and nothing before its arrival depends on it.
        """
        rows = trace.requests
        mine = (rows["parent"] < 0) & (rows["arrived"] >= self.window.begin) & (rows["arrived"] < self.window.end)
        rows = rows[mine]
        counted = self.counted[rows["source"]]
        found = {ARRIVALS: float(self.weights[rows["category"][counted]].sum()) - self.expected}
        keys = np.ascontiguousarray(rows["key"])
        for stage, (key, hours) in self.stages.items():
            luck, _ = draws.pairs(run_key, keys, draws.WORK, key)
            found[f"{LUCK}.{stage}"] = float(np.sum(hours[rows["category"]] * (-np.log1p(-luck) - 1)))
        return found


def _stages(model: Model) -> dict[str, str]:
    """The first stages, each with its first station."""
    found: dict[str, str] = {}
    for station in model.stations:
        found.setdefault(model.stage(station), station)
    return dict([*found.items()][:MOST_STAGES])


def _hours(model: Model, station: str, category: str) -> float:
    """A weight: any number would keep the mean at 0; this one makes the control follow the work."""
    if not model.stations[station].service_hours:
        return 1.0
    hours = mean_hours(model, station, category)
    return hours if math.isfinite(hours) and hours > 0 else 1.0


def _is_exact(model: Model, source: Source) -> bool:
    """Is the expected number of a source known exactly, with requests that nothing in the run keeps from coming?"""
    if model.adoption.is_coupled or model.organisation.variation is not None:
        return False
    if isinstance(source, Poisson | Piecewise):
        return source.asks_less is None
    return isinstance(source, GoLive)
