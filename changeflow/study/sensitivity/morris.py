"""Morris' elementary effects: which assumptions move the response, and which act in a bent or joint way."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from changeflow.measure.records import Floats
from changeflow.study.design_range import Range, Setting
from changeflow.study.design_sensitivity import morris_shares
from changeflow.study.sensitivity.resampling import bootstrap, noise_variance, product_of_means
from changeflow.study.sensitivity.responses import Response, numbers_of, response_of, table_of
from changeflow.study.study import StudyResults


@dataclass(frozen=True, slots=True)
class Effect:
    """One assumption's effect over its whole range.

    mu_star: mean size of its elementary effects, with its interval; mu: their mean; sigma: their spread over the walks
    without the noise of the runs; noise: what mu_star would be from noise alone.
    """

    path: str
    mu_star: float
    low: float
    high: float
    mu: float
    sigma: float
    noise: float

    @property
    def error(self) -> float:
        """Half the interval of mu_star."""
        return (self.high - self.low) / 2

    @property
    def visible(self) -> bool:
        """Is it surely more than noise?"""
        return self.low > self.noise


@dataclass(frozen=True, slots=True)
class Morris:
    """The effects, the largest first."""

    response: Response
    level: float
    walks: int
    effects: tuple[Effect, ...]


def morris(results: StudyResults) -> Morris | None:
    """Elementary effects (Morris 1991) with mu* (Campolongo, Cariboni and Saltelli 2007); None for other designs."""
    plan = results.plan
    if plan.study.design.kind != "morris":
        return None
    response = response_of(results)
    table = table_of(numbers_of(results, response), response.name)
    shares = morris_shares(plan.study.design, len(plan.paths))
    steps = elementary_effects(table, shares, plan.points, plan.ranges)
    level = plan.comparison.level
    effects = [effect_of(path, one, level, plan.study.seed) for path, one in zip(plan.paths, steps)]
    walks = plan.study.design.trajectories
    return Morris(response, level, walks, tuple(sorted(effects, key=lambda one: -one.mu_star)))


def elementary_effects(
    table: Floats, shares: Floats, points: Sequence[Setting], ranges: Sequence[Range]
) -> list[Floats]:
    """For each factor its effects, scaled to its whole range: walks x runs."""
    factors = shares.shape[1]
    found: list[list[Floats]] = [[] for _ in range(factors)]
    for place in range(len(points) - 1):
        if (place + 1) % (factors + 1) == 0:  # from the end of a walk to the beginning of the next
            continue
        moved = int(np.argmax(shares[place + 1] != shares[place]))
        before, after = (ranges[moved].position(points[at][moved]) for at in (place, place + 1))
        found[moved].append((table[place + 1] - table[place]) / (after - before))
    return [np.array(one) for one in found]


def effect_of(path: str, effects: Floats, level: float, seed: int) -> Effect:
    """From elementary effects, walks x runs."""
    walks, runs = effects.shape

    def statistic(rows: Floats, of_runs: Floats) -> Floats:
        means = effects @ (of_runs / of_runs.sum())
        return np.array([np.average(np.abs(means), weights=rows), np.average(means, weights=rows)])

    (mu_star, mu), low, high = bootstrap(statistic, walks, runs, level, seed)
    even = np.ones(runs)
    squares = float(product_of_means(effects, effects, even).mean())
    overall = effects.sum(axis=0)[None, :]
    of_pairs = float(product_of_means(overall, overall, even)[0]) / walks**2
    sigma = math.sqrt(max((squares - of_pairs) * walks / (walks - 1), 0.0)) if walks > 1 else math.nan
    noise = math.sqrt(2 / math.pi * float(noise_variance(effects, even).mean()) / runs)
    return Effect(path, float(mu_star), float(low[0]), float(high[0]), float(mu), sigma, noise)
