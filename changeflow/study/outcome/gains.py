"""What variance reduction has gained, measured on the runs themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from changeflow.measure.estimates.clusters import cluster_sums
from changeflow.measure.estimates.controlled import controlled
from changeflow.measure.units import MEASURES, base_name
from changeflow.study.estimates.columns import controls_of, in_clusters
from changeflow.study.outcome.estimates import Cell


@dataclass(frozen=True, slots=True)
class Gain:
    """Variance of a mean over what it would be with as many plain runs: below 1 is a gain."""

    what: str
    """controls, antithetic."""
    of: str
    """mean: of the primary measure; difference: to the baseline."""
    kept: tuple[float, ...]
    """One a system."""


def gains(cells: Sequence[Cell], baseline: str, measure: str, *, controls: bool, antithetic: bool) -> list[Gain]:
    """Gains in the primary measure, a ratio measure excepted (it is a quotient of sums, not a mean of runs)."""
    kind = MEASURES[base_name(measure)]
    if kind.ratio or kind.yes_no:
        return []
    means = [(cell.columns.values[measure], cell) for cell in cells]
    base = {cell.point: cell for cell in cells if cell.scenario == baseline}
    differences = [
        (cell.columns.values[measure] - base[cell.point].columns.values[measure], cell)
        for cell in cells
        if cell.point in base and cell is not base[cell.point]
    ]
    found = []
    for of, columns in (("mean", means), ("difference", differences)):
        if antithetic:
            found.append(Gain("antithetic", of, tuple(_of_pairs(values) for values, _ in columns)))
        if controls:
            found.append(Gain("controls", of, tuple(_of_controls(values, cell) for values, cell in columns)))
    return [gain for gain in found if gain.kept]


def _of_pairs(values: np.ndarray) -> float:
    """Variance of the mean of a pair over half the variance of a run; NaN leaves no number."""
    single = float(values.var(ddof=1)) / 2
    pairs = cluster_sums(values, 2) / 2
    return float(pairs.var(ddof=1)) / single if single > 0 else 1.0


def _of_controls(values: np.ndarray, cell: Cell) -> float:
    """Over the variance without controls, pairs and organisations as they are."""
    matrix = controls_of(cell.columns)
    if matrix is None:
        return 1.0
    found = controlled(in_clusters(values, cell.facts.together), in_clusters(matrix, cell.facts.together))
    return 1.0 if found is None else found.kept
