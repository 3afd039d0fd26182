"""Has a model a steady state at all? What in it changes in time, or never settles, in words."""

from __future__ import annotations

from collections.abc import Iterator

from changeflow.model.load.topology import offered_loads
from changeflow.model.requests.demand import GoLive, Piecewise, Poisson, Replay
from changeflow.model.schema import Model


def unsteady(model: Model) -> list[str]:
    """Every reason why long-run means do not exist, each with its path; empty: there is a steady state."""
    return [*_demand(model), *_people(model), *_system(model)]


def _demand(model: Model) -> Iterator[str]:
    for name, source in model.demand.sources.items():
        where = f"demand.sources.{name}"
        if isinstance(source, GoLive):
            yield f"{where}: a burst after go-live, which dies out"
        elif isinstance(source, Piecewise) and len(set(source.rates_per_day)) > 1:
            yield f"{where}.rates_per_day: a trend of the rate"
        elif isinstance(source, Replay):
            yield f"{where}: a log, which is one stretch of time"
        elif isinstance(source, Poisson) and source.season is not None and source.season.months is not None:
            yield f"{where}.season.months: a rate that changes over the year"


def _people(model: Model) -> Iterator[str]:
    for name, station in model.stations.items():
        where = f"stations.{name}"
        if station.learning is not None:
            yield f"{where}.learning: people who become faster"
        for group, staff in station.staff.items():
            if staff.head_count is not None or staff.from_day > 0 or staff.until_day is not None:
                yield f"{where}.staff.{group}: people who come or go on a date"


def _system(model: Model) -> Iterator[str]:
    if model.organisation.variation is not None:
        yield "organisation.variation: organisations that differ, each with a long run of its own"
    if model.adoption.is_coupled:
        yield "adoption: users whose moods change what is asked"
    for load in offered_loads(model):
        if load.overloaded:
            yield f"stations.{load.station}: more work than hours, so the backlog grows for ever"
