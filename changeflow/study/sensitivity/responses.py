"""One number a run, or an organisation: what sensitivities are computed from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from changeflow.errors import RunError
from changeflow.measure.records import Floats
from changeflow.measure.units import unit_of
from changeflow.study.estimates.columns import contributions
from changeflow.study.outcome.estimates import Cell
from changeflow.study.outcome.results import StudyResults


@dataclass(frozen=True, slots=True)
class Response:
    """What is explained: a measure of a scenario, or what it has more than another scenario."""

    measure: str
    scenario: str
    minus: str | None
    unit: str

    @property
    def name(self) -> str:
        """'total_cost of both', 'total_cost of both minus vendor'."""
        rest = f" minus {self.minus}" if self.minus is not None else ""
        return f"{self.measure} of {self.scenario}{rest}"


def response_of(results: StudyResults) -> Response:
    """What [sensitivity] asks for; by default the primary measure of the last scenario minus the baseline's."""
    plan, asked = results.plan, results.plan.study.sensitivity
    others = [name for name in plan.scenarios if name != plan.baseline]
    scenario = asked.scenario if asked is not None and asked.scenario is not None else None
    minus = asked.minus if asked is not None else None
    if scenario is None:
        scenario = next((name for name in reversed(others) if name != minus), plan.baseline)
        minus = minus if minus is not None or scenario == plan.baseline else plan.baseline
    measure = asked.measure if asked is not None and asked.measure is not None else plan.comparison.primary
    return Response(measure, scenario, minus, unit_of(measure, plan.bases[0].currency))


def numbers_of(results: StudyResults, response: Response) -> list[Floats]:
    """The response at each point, a number a unit."""
    return [response_at(results.at(point), response) for point in range(len(results.plan.points))]


def response_at(cells: Sequence[Cell], response: Response) -> Floats:
    """The response among the cells of a point, run by run."""
    by_name = {cell.scenario: cell for cell in cells}
    one = by_name[response.scenario]
    if response.minus is None:
        return units_of(one, response.measure, one.facts.together)
    other = by_name[response.minus]
    together = math.lcm(one.facts.together, other.facts.together)
    first, second = units_of(one, response.measure, together), units_of(other, response.measure, together)
    count = min(len(first), len(second))
    return first[:count] - second[:count]


def units_of(cell: Cell, measure: str, together: int = 1) -> Floats:
    """A number for each run, or organisation of `together` runs, whose mean is the estimate of the measure."""
    columns = cell.columns
    if measure not in columns.values:
        return np.full(-(-columns.count // together), np.nan)
    return contributions(columns, measure, together)


def table_of(numbers: Sequence[Floats], name: str) -> Floats:
    """Points x units: the units that every point has. Raises RunError for fewer than 2."""
    return tables_of([numbers], name)[0]


def tables_of(numbers: Sequence[Sequence[Floats]], name: str) -> list[Floats]:
    """A table for each of several measures, all of the same units: those that every point has in every measure."""
    count = min(len(one) for points in numbers for one in points)
    tables = np.array([[one[:count] for one in points] for points in numbers])
    tables = tables[:, :, ~np.isnan(tables).any(axis=(0, 1))]
    if tables.shape[2] < 2:
        raise RunError(f"{name}: expected at least 2 runs that have it at every point, found {tables.shape[2]}")
    return list(tables)
