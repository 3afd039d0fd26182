"""Sobol indices of a response that is a mean of noisy runs: first and total, the noise apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from changeflow.measure.estimates.replications import joint_level
from changeflow.measure.records import Floats
from changeflow.study.outcome.results import StudyResults
from changeflow.study.sensitivity.most import Most, most_of
from changeflow.study.sensitivity.resampling import Resampled, bootstrap, noise_variance, product_of_means
from changeflow.study.sensitivity.responses import Response, numbers_of, response_of, table_of


@dataclass(frozen=True, slots=True)
class Index:
    """One assumption's share of the variance of the mean response: alone (first), and with all others (total)."""

    path: str
    first: float
    first_low: float
    first_high: float
    total: float
    total_low: float
    total_high: float


@dataclass(frozen=True, slots=True)
class Indices:
    """The indices, the largest total first, and how much of a single run's variance is noise."""

    response: Response
    level: float
    rows: int
    variance: float
    """Of the mean response over the ranges, in the squared unit."""
    noise_share: float
    """Share of replication noise in the variance of one run: a run's own indices are (1 - noise_share) as large."""
    noise_low: float
    noise_high: float
    indices: tuple[Index, ...]
    most: Most | None
    """Which has the largest total share, as far as the runs tell; None where none surely has any."""


def sobol_indices(results: StudyResults) -> Indices | None:
    """Indices by Saltelli's matrices; None for other designs."""
    plan = results.plan
    if plan.study.design.kind != "saltelli":
        return None
    response = response_of(results)
    table = table_of(numbers_of(results, response), response.name)
    return indices_of(table, plan.paths, response, plan.comparison.level, plan.study.seed)


def indices_of(table: Floats, paths: tuple[str, ...], response: Response, level: float, seed: int) -> Indices:
    """From points x runs, the points in the order of a Saltelli design.

    First: E[f(B) (f(AB) - f(A))] / V (Saltelli and others 2010, table 2b); total: E[(f(A) - f(AB))^2] / 2V
    (Jansen 1999), with f the mean response: products run over pairs of different runs, so replication noise, common
    or not, is in none of them. Centred first, which changes no expectation and narrows the error.
    """
    factors = len(paths)
    runs = table.shape[1]
    blocks = (table - table.mean()).reshape(-1, factors + 2, runs)
    a, b, mixed = blocks[:, 0], blocks[:, -1], [blocks[:, 1 + i] for i in range(factors)]

    def statistic(rows: Floats, of_runs: Floats) -> Floats:
        weights = rows / rows.sum()

        def mean_product(one: Floats, other: Floats) -> float:
            return float(weights @ product_of_means(one, other, of_runs))

        both = np.concatenate([a, b])
        doubled = np.concatenate([weights, weights]) / 2
        centre = (doubled @ both)[None, :]
        variance = float(doubled @ product_of_means(both, both, of_runs))
        variance -= float(product_of_means(centre, centre, of_runs)[0])
        first = [mean_product(b, one - a) for one in mixed]
        total = [mean_product(a - one, a - one) / 2 for one in mixed]
        noise = float(doubled @ noise_variance(both, of_runs))
        whole = max(variance, 0.0) + noise
        share = noise / whole if whole > 0 else 0.0
        scaled = np.array([*first, *total]) / variance if variance > 0 else np.full(2 * factors, np.nan)
        return np.array([*scaled, share, variance])

    numbers = bootstrap(statistic, len(blocks), runs, seed)
    found, (low, high) = numbers.found, numbers.ends(level)
    made = [
        Index(path, *(float(ends[place]) for place in (i, factors + i) for ends in (found, low, high)))
        for i, path in enumerate(paths)
    ]
    totals = Resampled(found[factors : 2 * factors], numbers.draws[:, factors : 2 * factors], len(blocks))
    sure = [totals.surely_above(place, None, joint_level(level, factors)) for place in range(factors)]
    noise = 2 * factors
    return Indices(
        response, level, len(blocks), float(found[-1]), float(found[noise]), float(low[noise]), float(high[noise]),
        tuple(sorted(made, key=lambda one: -np.nan_to_num(one.total, nan=-1.0))), most_of(paths, totals, sure, level),
    )  # fmt: skip
