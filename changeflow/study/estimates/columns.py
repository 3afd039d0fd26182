"""Estimates and paired differences from columns of runs: the one way of a comparison and of a study."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import chain

import numpy as np

from changeflow.measure.estimates.clusters import (
    cluster_sums,
    clustered_mean,
    share_difference,
    share_estimate,
    sums_and_counts,
)
from changeflow.measure.estimates.controlled import ARRIVALS, LUCK, controlled
from changeflow.measure.estimates.replications import (
    jackknife_difference,
    jackknife_ratio,
    jackknife_share,
    jackknife_share_difference,
    pseudo_values,
    t_interval,
)
from changeflow.measure.records import Estimate, Floats, RunMeasures
from changeflow.measure.units import MEASURES, base_name, unit_of
from changeflow.study.store.packing import Columns

NEGLIGIBLE_SHARE = 0.001
"""A mean hangs on open requests, and is given as "at least", when more than this share of all is unknown."""


def columns_of(runs: tuple[RunMeasures, ...], wanted: Collection[str] | None = None) -> Columns:
    """Runs as columns, as the store gives them back; only the wanted measures, all without."""
    names = _names((run.values for run in runs), wanted)
    ratios = _names((run.ratios for run in runs), wanted)
    bounds = _names((run.at_least for run in runs), wanted)
    return Columns(
        len(runs),
        {name: np.array([run.values.get(name, np.nan) for run in runs]) for name in names},
        {name: np.array([run.ratios.get(name, (0.0, 0.0)) for run in runs]) for name in ratios},
        {name: np.array([run.at_least.get(name, 0.0) for run in runs]) for name in bounds},
    )


def _names(parts: Iterable[Mapping[str, object]], wanted: Collection[str] | None) -> dict[str, None]:
    """The names of all runs in the order in which they come."""
    names = dict.fromkeys(chain.from_iterable(parts))
    return names if wanted is None else {name: None for name in names if name in wanted}


def estimate_of(columns: Columns, measure: str, level: float, currency: str, together: int) -> Estimate | None:
    """One measure; its interval is over organisations of `together` runs each, over runs where they do not differ.

    None where no run has the number.
    """
    values = columns.values[measure]
    if np.isnan(values).all():
        return None
    kind = MEASURES[base_name(measure)]
    if kind.ratio:
        jackknife = jackknife_share if kind.counted else jackknife_ratio
        mean, half_width = jackknife(*ratio_parts(columns, measure, together), level)
    elif kind.yes_no:
        mean, half_width = share_estimate(values, together, level)
    else:
        mean, half_width = mean_of(values, together, level, controls_of(columns))
    shares = columns.at_least.get(measure)
    bounded = shares is not None and float(shares.mean()) > NEGLIGIBLE_SHARE
    return Estimate(mean, half_width, level, unit_of(measure, currency), columns.count, "at_least" if bounded else "")


def difference_of(one: Columns, other: Columns, measure: str, level: float, together: int) -> tuple[float, float]:
    """Run by run on the same requests, one minus other: mean and half-width, over the runs that both have."""
    count = min(one.count, other.count)
    first, second = one.first(count), other.first(count)
    kind = MEASURES[base_name(measure)]
    if kind.ratio:
        parts = ratio_parts(first, measure, together), ratio_parts(second, measure, together)
        return (jackknife_share_difference if kind.counted else jackknife_difference)(*parts, level)
    if kind.yes_no:
        return share_difference(first.values[measure], second.values[measure], together, level)
    controls = controls_of(first) if one.count == other.count else None
    return mean_of(first.values[measure] - second.values[measure], together, level, controls)


def controls_of(columns: Columns) -> Floats | None:
    """The control variates, runs x controls; None where the runs have none."""
    found = [values for name, values in columns.values.items() if base_name(name) in {ARRIVALS, LUCK}]
    return np.column_stack(found) if found else None


def in_clusters(values: Floats, together: int) -> Floats:
    """Means over each `together` runs in a row."""
    found: Floats = values if together == 1 else cluster_sums(values, together) / together
    return found


def mean_of(values: Floats, together: int, level: float, controls: Floats | None = None) -> tuple[float, float]:
    """Mean and half-width over runs, or over organisations of `together` runs; at the known means of controls."""
    if controls is not None and len(values) % together == 0:
        found = controlled(in_clusters(values, together), in_clusters(controls, together), level)
        if found is not None:
            return found.mean, found.half_width
    return t_interval(values, level) if together == 1 else clustered_mean(values, together, level)


def ratio_parts(columns: Columns, measure: str, together: int) -> tuple[Floats, Floats]:
    """Numerators and denominators of each run, or of each organisation."""
    parts = columns.ratios[measure]
    if together > 1:
        parts = cluster_sums(parts, together)
    return parts[:, 0], parts[:, 1]


def contributions(columns: Columns, measure: str, together: int) -> Floats:
    """What each run, or organisation, adds to the estimate, which is their mean: pseudo-values of a ratio of sums.

    NaN for a run, or organisation, without the number.
    """
    if MEASURES[base_name(measure)].ratio:
        return pseudo_values(*ratio_parts(columns, measure, together))
    values = columns.values[measure]
    if together == 1:
        return values
    sums, counts = sums_and_counts(values, together)
    known = counts > 0
    found = np.full(len(sums), np.nan)
    found[known] = pseudo_values(sums[known], counts[known])
    return found
