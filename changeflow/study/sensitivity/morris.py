"""Morris' elementary effects: which assumptions move the response, and which act in a bent or joint way."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from changeflow.measure.estimates.replications import joint_level
from changeflow.measure.records import Floats
from changeflow.study.design.range import Range, Setting
from changeflow.study.design.sensitivity import morris_shares
from changeflow.study.outcome.results import StudyResults
from changeflow.study.sensitivity.most import Most, most_of
from changeflow.study.sensitivity.resampling import bootstrap, noise_variance, product_of_means
from changeflow.study.sensitivity.responses import Response, numbers_of, response_of, table_of


@dataclass(frozen=True, slots=True)
class Effect:
    """One assumption's effect over its whole range.

    mu_star: mean size of its elementary effects, with an interval that holds jointly for all; mu: their mean; sigma:
    their spread over the walks without the noise of the runs; noise: what mu_star would be from noise alone.
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
    most: Most | None
    """Which moves the response most, as far as the runs tell; None where none surely moves it."""


def morris(results: StudyResults) -> Morris | None:
    """Elementary effects (Morris 1991) with mu* (Campolongo, Cariboni and Saltelli 2007); None for other designs."""
    plan = results.plan
    if plan.study.design.kind != "morris":
        return None
    response = response_of(results)
    table = table_of(numbers_of(results, response), response.name)
    shares = morris_shares(plan.study.design, len(plan.paths))
    steps = elementary_effects(table, shares, plan.points, plan.ranges)
    return morris_of(response, plan.paths, steps, plan.comparison.level, plan.study.seed)


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


def morris_of(response: Response, paths: Sequence[str], steps: list[Floats], level: float, seed: int) -> Morris:
    """From the elementary effects of each path, walks x runs.

    Intervals: Student's with the standard deviation of resampled walks and runs, split over the paths (Bonferroni).
    Percentiles would lie too high: a resampled mean has its noise twice, and sizes turn all noise upwards.
    """
    table = np.array(steps)
    _, walks, runs = table.shape

    def statistic(rows: Floats, of_runs: Floats) -> Floats:
        return np.asarray(np.abs(table @ (of_runs / of_runs.sum())) @ (rows / rows.sum()))

    sizes, joint = bootstrap(statistic, walks, runs, seed), joint_level(level, len(paths))
    arms = [sizes.half_width(draws, joint) for draws in sizes.draws.T]
    effects = [_effect(path, one, float(size), arm) for path, one, size, arm in zip(paths, steps, sizes.found, arms)]
    most = most_of(paths, sizes, [one.visible for one in effects], level)
    return Morris(response, level, walks, tuple(sorted(effects, key=lambda one: -one.mu_star)), most)


def _effect(path: str, effects: Floats, mu_star: float, arm: float) -> Effect:
    walks, runs = effects.shape
    even = np.ones(runs)
    squares = float(product_of_means(effects, effects, even).mean())
    overall = effects.sum(axis=0)[None, :]
    of_pairs = float(product_of_means(overall, overall, even)[0]) / walks**2
    sigma = math.sqrt(max((squares - of_pairs) * walks / (walks - 1), 0.0)) if walks > 1 else math.nan
    noise = math.sqrt(2 / math.pi * float(noise_variance(effects, even).mean()) / runs)
    return Effect(path, mu_star, max(mu_star - arm, 0.0), mu_star + arm, float(effects.mean()), sigma, noise)
