"""Measures of people with names: on how few of them a category rests, and who left."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from changeflow.engine import trace as t
from changeflow.engine.shared.turnover import COURSE, JOINED, JOINED_TRAINED, LEFT
from changeflow.engine.tables.staffing import happenings
from changeflow.engine.trace import Rows, Trace
from changeflow.measure.posting import TRAINING, rows_of
from changeflow.measure.records import Floats
from changeflow.measure.trace.window import Window


def people_measures(window: Window, trace: Trace) -> dict[str, float]:
    """`bus_factor`, by category and over all, and `departures`, where people learn or may leave; counted in the window.

    The bus factor of a category is the smallest number of people who finished at least half of its passes; that of the
    run is the mean over its passes. A person is a job with a name: a successor is not one more. Near the truck factor
    of Avelino, Passos, Hora and Valente 2016 (half of the files), with passes in place of files.
    """
    named = [number for number, station in enumerate(window.tables.stations) if _has_people(window, number)]
    if not named:
        return {}
    passes = _passes(window, trace, named)
    factors = np.array([_fewest(column) for column in passes.T])
    by_category = {f"bus_factor@{name}": float(k) for name, k in zip(trace.categories, factors, strict=True)}
    weights = passes.sum(axis=0)
    all_told = float(np.nansum(factors * weights) / weights.sum()) if weights.any() else np.nan
    left = [time for group in trace.staff.values() for time, news in happenings(group) if news == LEFT]
    return {
        "bus_factor": all_told,
        **(by_category if len(trace.categories) > 1 else {}),
        "departures": float(sum(window.begin <= time < window.end for time in left)),
    }


def career_postings(window: Window, trace: Trace, complete: float) -> Iterator[Rows]:
    """Courses and the search for successors, each at its price and date."""
    costs = window.model.costs
    news = [(time, code) for group in trace.staff.values() for time, code in happenings(group)]
    prices = ((costs.training_per_event, (COURSE,)), (costs.recruitment_per_event, (JOINED, JOINED_TRAINED)))
    for price, codes in prices if news else ():
        times = np.sort([time for time, code in news if code in codes and window.begin <= time < window.end])
        if price:
            yield rows_of(TRAINING, times, np.full(len(times), price), ownership=times >= complete)


def _has_people(window: Window, station: int) -> bool:
    table = window.tables.stations[station]
    return table.learns or any(group.job is not None for group in table.groups)


def _passes(window: Window, trace: Trace, named: list[int]) -> Floats:
    """Passes finished in the window, by person and category."""
    visits = trace.visits
    over = np.isin(visits["outcome"], (t.DELIVERED, t.REWORK)) & np.isin(visits["station"], named)
    visits = visits[over & (visits["finished"] >= window.begin)]
    first = np.cumsum([0, *(max(station.servers, 0) for station in window.tables.stations)])
    passes = np.zeros((int(first[-1]), len(trace.categories)))
    categories = trace.requests["category"][visits["request"]]
    np.add.at(passes, (first[visits["station"]] + visits["server"], categories), 1.0)
    return passes


def _fewest(passes: Floats) -> float:
    """How many of those with the most passes hold half of them; NaN without any."""
    held = np.cumsum(np.sort(passes)[::-1])
    return float(np.searchsorted(held, held[-1] / 2) + 1) if held[-1] else np.nan
