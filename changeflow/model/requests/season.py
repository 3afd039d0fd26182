"""Seasons: how a rate of arrivals changes over the hours of a day, the days of a week, the months of a year."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from changeflow.model.values.frozen import ListOf, NonNegative, Value

Floats = NDArray[np.float64]


class Season(Value):
    """Relative weights, each table normalised to mean 1; a table left out is flat."""

    hours: Annotated[ListOf[NonNegative], Field(min_length=24, max_length=24)] | None = None
    """Weights of the hours of a day, from midnight on."""
    weekdays: Annotated[ListOf[NonNegative], Field(min_length=7, max_length=7)] | None = None
    """Weights of the days of a week, from Monday on."""
    months: Annotated[ListOf[NonNegative], Field(min_length=12, max_length=12)] | None = None
    """Weights of the months of a year, from January on."""

    @model_validator(mode="after")
    def _some_weight(self) -> Season:
        given = [table for table in (self.hours, self.weekdays, self.months) if table is not None]
        if not given:
            raise ValueError("weights for hours, weekdays or months")
        if not all(any(table) for table in given):
            raise ValueError("at least one weight above 0 in each table")
        return self


def hourly_rates(
    season: Season, base_rate_per_hour: float, first_day: date, start_hours: float, end_hours: float
) -> tuple[Floats, Floats]:
    """Edges in clock hours and the rate per hour between them, from `start_hours` to `end_hours`.

    `first_day` is the date of clock zero. Hours of equal rate that follow each other are one interval.
    """
    first, last = int(np.floor(start_hours)), int(np.ceil(end_hours))
    hours = np.arange(first, last)
    rates = base_rate_per_hour * weights(season, first_day, hours)
    starts = np.concatenate([[True], np.diff(rates) != 0])
    edges = np.concatenate([hours[starts].astype(float), [end_hours]])
    edges[0] = start_hours
    return edges, rates[starts]


def weights(season: Season, first_day: date, hours: NDArray[np.int64]) -> Floats:
    """The weight of each clock hour; 1 is the mean."""
    days = hours // 24
    found = np.ones(len(hours))
    if season.hours is not None:
        found *= _mean_one(season.hours)[hours % 24]
    if season.weekdays is not None:
        found *= _mean_one(season.weekdays)[(first_day.weekday() + days) % 7]
    if season.months is not None:
        dates = (first_day + timedelta(days=day) for day in range(int(days[0]), int(days[-1]) + 1))
        month = np.array([day.month - 1 for day in dates])[days - days[0]]
        found *= _mean_one(season.months)[month]
    return found


def _mean_one(table: tuple[float, ...]) -> Floats:
    found: Floats = np.array(table, dtype=np.float64)
    return found / float(found.mean())
