"""Which part of a run counts, and the calendars that its hours are counted on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from changeflow.engine import trace as t
from changeflow.engine.shared.worktime import WorkTime, lay_out
from changeflow.engine.tables.model import Tables
from changeflow.engine.tables.station import INFINITE, NO_LAW, NO_LIMIT, StationTable
from changeflow.engine.trace import Rows
from changeflow.measure.records import Floats
from changeflow.measure.trace.capacity import group_hours, planned_hours
from changeflow.measure.trace.loops import queue_waits, work_done
from changeflow.model.load.reached import reached
from changeflow.model.money.contracts import Contract
from changeflow.model.requests.demand import GoLive
from changeflow.model.schema import Model


@dataclass(frozen=True, slots=True)
class Billed:
    """A contract of a model, and what it bills."""

    contract: Contract
    bills: NDArray[np.bool_]
    """By station."""
    factors: Floats
    """Of urgency, by category."""
    is_reached: bool
    """May requests of ours come to a station of it? Else nobody would pay its fees."""


@dataclass(frozen=True, slots=True)
class Window:
    """A model's window in clock hours, with what is the same in all of its runs."""

    model: Model
    tables: Tables
    start: float
    begin: float
    """End of the warm-up: time averages and money count from here."""
    cohort_end: float
    """Requests that arrive from here on are followed, not measured."""
    end: float
    office: WorkTime
    """The calendar on which a requester's working hours are counted."""
    office_day_hours: float
    servers: Floats
    """Servers by station, the most there ever are; NaN for infinite."""
    capacity_hours: Floats
    """Working hours that all servers on duty could give in [begin, end), by station; of one server where infinite."""
    paces: Floats
    """Speed beside the station's at which a category is worked on there, stations x categories: the mean over the
    hours of those who may."""
    open_cost: Floats
    """Of an open request, by category: cost per day, its growth per day, step, days until it (model/money/waiting)."""
    prices: Floats
    """Of a working hour, by station; 0 where a contract bills."""
    contracts: tuple[Billed, ...]
    project_cost: float
    """Of the initial project; it is spent at go-live: a run that starts in mid-life does not pay it again."""
    by_vendor: NDArray[np.bool_]
    """By station."""
    delivers: NDArray[np.bool_]
    """By station: its work is change. Where deliveries are accepted, only those that are; no triage, no test."""
    of_others: NDArray[np.bool_]
    """By source, the last one for requests open at the start: requests of other customers."""
    leaving: dict[str, int]
    """Measures of those who leave without work, where some may -> the outcome of their visits."""
    latent: NDArray[np.bool_]
    """By source, the last one for requests open at the start: misfits of a go-live, which come to an end."""

    @classmethod
    def of(cls, tables: Tables) -> Window:
        """The window of a compiled model."""
        model = tables.model
        begin = tables.start + model.warm_up_days * 24
        office = next((s.calendar for s in model.stations.values() if s.calendar != "always"), "always")
        return cls(
            model=model,
            tables=tables,
            start=tables.start,
            begin=begin,
            cohort_end=tables.end - model.follow_up * 24,
            end=tables.end,
            office=lay_out(model, office, tables.end),
            office_day_hours=24.0 if office == "always" else model.calendars[office].open_hours_per_day(),
            servers=np.array([np.nan if s.servers == INFINITE else s.servers for s in tables.stations]),
            capacity_hours=planned_hours(tables.stations, np.array([begin, tables.end]))[0],
            paces=np.array([_paces(station, begin, tables.end) for station in tables.stations]).reshape(
                len(tables.stations), len(tables.categories)
            ),
            open_cost=np.array([astuple(model.waiting_cost(category)) for category in tables.categories]).T,
            prices=np.array([station.price_per_hour for station in model.stations.values()], float),
            contracts=tuple(_contracts(model, tables.categories)),
            project_cost=project_price(model) if begin == 0.0 else 0.0,
            by_vendor=np.array([station.kind == "vendor" for station in model.stations.values()], bool),
            delivers=_delivers(tables.stations),
            of_others=np.array(tables.background),
            leaving=_leaving(tables.stations) | ({"given_up_share": t.GIVEN_UP} if model.adoption.is_coupled else {}),
            latent=np.array([*(isinstance(s, GoLive) for s in model.demand.sources.values()), False]),
        )

    @property
    def weeks(self) -> float:
        """Weeks in [begin, end)."""
        return (self.end - self.begin) / 168.0

    def expected_hours(self, visits: Rows, requests: Rows) -> Floats:
        """Working hours that each visit takes; of one not started yet at the pace of those who may do it."""
        waiting = np.isnan(visits["started"])
        hours = np.array(visits["work_hours"])
        hours[waiting] /= self.paces[visits["station"][waiting], requests["category"][visits["request"][waiting]]]
        return hours

    def worked_hours(self, visits: Rows, begin: float, end: float) -> Floats:
        """Working hours done on each visit in [begin, end), by its server's calendar and availability."""
        return self.worked_around(visits, begin, end, end)[0]

    def worked_around(self, visits: Rows, begin: float, turn: float, end: float) -> tuple[Floats, Floats]:
        """The same in [begin, turn) and in [turn, end)."""
        hours, later = self._hours_in_hand(visits, begin, turn, end)
        share = self._shares(visits)
        return (hours, later) if share is None else (hours * share, later * share)

    def worked_by_period(self, visits: Rows, edges: Floats) -> Floats:
        """The same between each edge and the next, summed by station: periods x stations."""
        begins = np.clip(visits["started"], edges[0], edges[-1])
        ends = np.clip(np.where(np.isnan(visits["finished"]), self.end, visits["finished"]), edges[0], edges[-1])
        first, last = np.searchsorted(edges, begins, "right") - 1, np.searchsorted(edges, ends, "left") - 1
        pieces = np.where(ends > begins, last - first + 1, 0)  # of a stay: the periods that it touches; NaN: none
        stay = np.repeat(np.arange(len(visits)), pieces)
        period = np.arange(len(stay)) - np.repeat(np.cumsum(pieces) - pieces - first, pieces)
        parts = visits[stay]
        parts["started"], parts["finished"] = np.maximum(begins[stay], edges[period]), ends[stay]
        parts["finished"] = np.minimum(parts["finished"], edges[period + 1])
        hours, _ = self._hours_in_hand(parts, edges[0], edges[-1], edges[-1])
        share = self._shares(visits)
        if share is not None:
            hours = hours * share[stay]
        stations, periods = len(self.tables.stations), len(edges) - 1
        sums = np.bincount(period * stations + parts["station"], hours, periods * stations)
        return np.asarray(sums, float).reshape(periods, stations)

    def _shares(self, visits: Rows) -> Floats | None:
        """Part of its server's hours that each visit got, where a server has several in hand; None: all of them."""
        if not any(station.at_once > 1 for station in self.tables.stations):
            return None
        shares = np.ones(len(visits))
        for number, station in enumerate(self.tables.stations):
            if station.at_once > 1:
                mine = (visits["station"] == number) & ~np.isnan(visits["started"])
                whole, _ = self._hours_in_hand(visits[mine], self.start, self.end, self.end)
                given = np.where(
                    np.isnan(visits["finished"][mine]), whole / station.at_once, visits["work_hours"][mine]
                )
                shares[mine] = np.divide(given, whole, out=np.zeros(len(whole)), where=whole > 0)
        return shares

    def _hours_in_hand(self, visits: Rows, begin: float, turn: float, end: float) -> tuple[Floats, Floats]:
        layout = self.tables.layout
        first, second = np.empty((2, len(visits)))
        work_done(
            visits, layout.stations, layout.groups, layout.opens, layout.closes, layout.before, begin, turn, end,
            self.end, first, second,
        )  # fmt: skip
        return first, second

    def queue_waits(self, visits: Rows) -> tuple[Floats, Floats, Floats, NDArray[np.int8]]:
        """Of each visit so far: time in queue, in clock hours and in its station's open hours; clock hours at the
        station; and what is known of its wait (a code of tallies.py)."""
        layout = self.tables.layout
        clock, working, stay = np.empty((3, len(visits)))
        known = np.empty(len(visits), np.int8)
        queue_waits(
            visits, layout.stations, layout.opens, layout.closes, layout.before, self.end, clock, working, stay, known
        )
        return clock, working, stay, known

    def ours(self, requests: Rows) -> Rows:
        """Requests that are not of other customers."""
        return requests.compress(~self.of_others[requests["source"]]) if self.of_others.any() else requests


def _contracts(model: Model, categories: Iterable[str]) -> Iterator[Billed]:
    stations = model.stations
    ways = reached(model) if model.contracts else frozenset()
    for name, contract in model.contracts.items():
        yield Billed(
            contract=contract,
            bills=np.array([station.contract == name for station in stations.values()], bool),
            factors=np.array([model.urgency_factor(contract, category) for category in categories]),
            is_reached=any(stations[place].contract == name for place in ways),
        )


def _delivers(stations: Iterable[StationTable]) -> NDArray[np.bool_]:
    accepted = np.array([station.accepts for station in stations], bool)
    return accepted if accepted.any() else ~accepted


def project_price(model: Model) -> float:
    """Money for the initial project."""
    project = model.adaptation
    return project.work_hours / project.speed * project.price_per_hour


def _leaving(stations: Iterable[StationTable]) -> dict[str, int]:
    found = {}
    for station in stations:
        if any(law != NO_LAW for law in station.patience_law):
            found["reneged_share"] = t.RENEGED
        if station.joins:
            found["balked_share"] = t.BALKED
        if station.capacity != NO_LIMIT:
            found["turned_away_share"] = t.TURNED_AWAY
    return dict(sorted(found.items(), key=lambda item: item[1]))


def _paces(station: StationTable, begin: float, end: float) -> Floats:
    speeds = np.array([group.speed for group in station.groups])
    hours = np.array([float(group_hours(group, np.array([begin, end]))[0]) for group in station.groups])
    able = hours @ (speeds > 0)
    return np.where(able > 0, hours @ speeds, 1.0) / np.where(able > 0, able, 1.0)
