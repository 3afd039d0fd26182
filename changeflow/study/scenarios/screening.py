"""Which assumptions decide: each is moved over its own range, few runs, the same requests.

A quick screening one at a time, not a sensitivity study: it says where to look first.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from changeflow.errors import ChangeflowError
from changeflow.measure.records import RunMeasures
from changeflow.measure.units import MEASURES, base_name
from changeflow.model.load.topology import offered_loads
from changeflow.model.reading import vary
from changeflow.model.schema import Model
from changeflow.study.crews.crew import Crew
from changeflow.study.crews.manner import enough_for
from changeflow.study.crews.runner import Progress, run_all
from changeflow.study.estimates.columns import columns_of, estimate_of
from changeflow.study.estimates.evaluate import late_requests_per_week
from changeflow.study.estimates.growth import FOR_GROWTH, growth_of
from changeflow.study.estimates.ranking import standing
from changeflow.study.estimates.results import Swing
from changeflow.study.scenarios.routes import along_route

SCREENING_REPLICATIONS = 6
MAX_ASSUMPTIONS = 12
_FIRST = (
    "acceptance.rework_probability", "errors.per_link", "errors.slip", "hours_per_week", "servers", "speed",
    "share_for_us", "price_per_hour",
)  # fmt: skip


def candidates(model: Model, most: int) -> list[str]:
    """At most `most` paths of single numbers that rest on an assumption and have a range, usual suspects first."""
    paths = [
        path
        for path, note in model.assumptions.items()
        if note.is_assumption and isinstance(note.low, int | float) and isinstance(note.high, int | float)
        and not path.startswith(("categories.", "organisation."))
    ]  # fmt: skip

    def rank(path: str) -> int:
        return next((number for number, end in enumerate(_FIRST) if path.endswith(end)), len(_FIRST))

    return sorted(paths, key=rank)[: min(most, MAX_ASSUMPTIONS)]


def screen(
    model: Model,
    routes: Mapping[str, str | None],
    winner: str | None,
    *,
    seed: int,
    engine: str,
    crew: Crew,
    most_runs: int,
    progress: Progress,
) -> tuple[Swing, ...]:
    """Swings of the leader's lead, largest first; `routes` gives each scenario's name its route.

    Not more than `most_runs` runs are spent: with few replications asked for, few assumptions are looked at.
    """
    measure = model.comparison.primary
    sign = -1.0 if MEASURES[base_name(measure)].more_is_better else 1.0
    names = list(routes)
    points: list[tuple[str, Any]] = []
    models: list[Model] = []
    # few runs should be of many organisations
    each_its_own = {"organisation.variation.replications_per_organisation": 1} if model.organisation.variation else {}
    affordable = most_runs // (2 * len(routes) * SCREENING_REPLICATIONS)
    for path in candidates(model, affordable):
        note = model.assumptions[path]
        for value in (note.low, note.high):
            try:
                varied = vary(model, {path: value} | each_its_own)
                routed = [along_route(varied, route) if route else varied for route in routes.values()]
            except ChangeflowError:  # a range may reach beyond what this model allows, such as its calendar
                continue
            points.append((path, value))
            models += routed
    manner = enough_for(measure)
    runs = run_all(models, SCREENING_REPLICATIONS, seed, engine=engine, crew=crew, progress=progress, manner=manner)
    outcome: dict[str, list[tuple[Any, np.ndarray]]] = {}
    for number, (path, value) in enumerate(points):
        block = runs[number * len(names) : (number + 1) * len(names)]
        made = models[number * len(names) : (number + 1) * len(names)]
        means = np.array([loss_of(model, one, measure, sign) for model, one in zip(made, block, strict=True)])
        outcome.setdefault(path, []).append((value, means))
    swings = [swing_of(path, ends, names, winner) for path, ends in outcome.items() if len(ends) == 2]
    return tuple(sorted(swings, key=lambda swing: (swing.flips_to is None, -swing.swing)))


def loss_of(model: Model, runs: tuple[RunMeasures, ...], measure: str, sign: float) -> float:
    """The mean, turned so that small is good; infinite where the backlog surely grows or no run has the number."""
    level, together = model.comparison.level, model.organisation.runs_together
    columns = columns_of(runs, (measure, *FOR_GROWTH))
    found = {name: estimate_of(columns, name, level, model.currency, together) for name in columns.values}
    estimates = {name: one for name, one in found.items() if one is not None}
    overloaded = any(load.overloaded for load in offered_loads(model))
    growth = growth_of(estimates, late_requests_per_week(model), overloaded=overloaded)
    known = standing(estimates.get(measure), growing=growth.settles() is False)
    return math.inf if isinstance(known, str) else sign * known


def swing_of(path: str, ends: list[tuple[Any, np.ndarray]], names: list[str], winner: str | None) -> Swing:
    """From the losses (loss_of) at both ends: how far they move the winner's lead, and who else wins there.

    A lead over nobody, or of nobody, has no size.
    """
    leads, best = [], []
    place = names.index(winner) if winner in names else 0
    for _, means in ends:
        others = np.delete(means, place)
        with np.errstate(invalid="ignore"):
            leads.append(float(others.min() - means[place]) if len(others) else 0.0)
        best += [names[int(np.argmin(means))]] if np.isfinite(means).any() else []
    flips = next((name for name in best if name != winner), None) if winner else None
    swing = abs(leads[0] - leads[1]) if all(map(math.isfinite, leads)) else 0.0
    (low, _), (high, _) = ends
    return Swing(path, f"{low:g}", f"{high:g}", swing, flips)
