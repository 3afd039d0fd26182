"""A given service time after an interruption: a law of two values, and a seed whose luck draws them in turn."""

from __future__ import annotations

import copy

import numpy as np

from changeflow.engine.chance import draws
from changeflow.engine.simulate import simulate
from changeflow.model.schema import Model

from .reasons import Raw, Unsupported

SEEDS = 100_000
REDRAWS = 2
"""Redraws of one job that must give the new service time."""


def redrawn(model: Model, tables: Raw, again: float) -> tuple[Raw, int]:
    """The tables with such laws, and the seed; the model has one station s, and a fixed time for each category.

    Chosen by the draws' luck alone, before anything is simulated with them.
    """
    requests = simulate(model, seed=0, replication=0, engine="process").requests
    names = list(model.categories)
    keys = {names[row["category"]]: row["key"] for row in requests}
    service = tables["stations"]["s"]["service_hours"]
    wanted = {name: service[name]["value"] for name in keys if name in service and service[name]["value"] != again}
    for seed in range(SEEDS):
        cuts = {name: _cut(seed, keys[name], first_is_less=first < again) for name, first in wanted.items()}
        if all(cuts.values()):
            found = copy.deepcopy(tables)
            for name, cut in cuts.items():
                low, high = sorted((wanted[name], again))
                law = {"law": "discrete", "values": [low, high], "shares": [cut, 1.0 - cut]}
                found["stations"]["s"]["service_hours"][name] = law
            return found, seed
    raise Unsupported("a given service time after interruptions of so many jobs")


def _cut(seed: int, key: np.uint64, *, first_is_less: bool) -> float:
    """A share between the luck of the first draw and that of the redraws; 0 where they lie the wrong way round."""
    stage = draws.stage_key("s")
    run = draws.run_key(seed, 0)
    first, _ = draws.uniform_pair(run, key, stage, draws.WORK, 0)
    places = [draws.again_entry(0, ordinal) for ordinal in range(1, REDRAWS + 1)]
    others = [draws.uniform_pair(run, key, stage, draws.AGAIN, place)[0] for place in places]
    if first_is_less:
        return (first + min(others)) / 2 if first < min(others) else 0.0
    return (first + max(others)) / 2 if first > max(others) else 0.0
