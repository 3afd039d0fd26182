"""A model as numbers: what both engines read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count

import numpy as np
from numpy.typing import NDArray

from changeflow.engine.chance.draws import NO_STAGE, source_key, stage_key
from changeflow.engine.chance.organisations import Profile, draw_profile, fit_when_ready
from changeflow.engine.chance.quantiles import LawBook
from changeflow.engine.shared.adoption import NO_MISFIT, mood_of
from changeflow.engine.tables.graph import GraphTable, graph_table
from changeflow.engine.tables.layout import Layout, entrances_of
from changeflow.engine.tables.routes import GO_DONE, GO_REFUSED, ROUTE, RouteBook
from changeflow.engine.tables.sources import SourceTable
from changeflow.engine.tables.staffing import in_run
from changeflow.engine.tables.station import NO_LAW, GroupTable, StationTable
from changeflow.engine.tables.stations import StationTables
from changeflow.errors import RunError
from changeflow.model.load.topology import categories_of, expected_arrivals, most_visits_per_week
from changeflow.model.process_only import process_only
from changeflow.model.requests.demand import AsksLess, GoLive, Piecewise, Poisson, Renewal, Shocks, Source, batch_of
from changeflow.model.requests.routing import To
from changeflow.model.schema import Model
from changeflow.model.values.laws import Law


@dataclass(frozen=True, slots=True)
class Tables:
    """A whole model as numbers, for one window of time."""

    model: Model
    start: float
    end: float
    stations: tuple[StationTable, ...]
    stages: tuple[str, ...]
    categories: tuple[str, ...]
    category_heights: NDArray[np.float64]
    difficulty_law: NDArray[np.int64]
    correlation: NDArray[np.float64]
    """Of a request's difficulty with its size, by category."""
    work_stage: np.uint64
    """The stage whose first pass has the size that difficulty correlates with."""
    quality_law: NDArray[np.int64]
    routes: NDArray[np.void]
    route_places: NDArray[np.int64]
    route_heights: NDArray[np.float64]
    entry_route: tuple[int, ...]
    """Route at arrival by source; the last one is for requests open at the start."""
    next_route: tuple[int, ...]
    batch_law: tuple[int, ...]
    gap_law: tuple[int, ...]
    """Law of the times of a source: interarrival, or discovery; of the number of requests of a shock."""
    asks_beyond: tuple[tuple[int, ...], ...]
    """Numbers of open requests from which fewer candidates of a source ask; () for most sources."""
    asks_share: tuple[tuple[float, ...], ...]
    mood: NDArray[np.void]
    """Users as a run begins, a record of dtype MOOD; it says too whether adoption is on."""
    overdue_hours: NDArray[np.float64]
    """Age at which users feel a request is overdue, by category; infinite where adoption is off."""
    fits: tuple[float, ...]
    """Fit of the sources that bring misfits, in this organisation; the last one is for requests open at the start."""
    background: tuple[bool, ...]
    """By source; the last one is for requests open at the start."""
    law_rows: NDArray[np.void]
    law_pool: NDArray[np.float64]
    graph: GraphTable
    sources: SourceTable
    layout: Layout
    """The same once more, as the arrays of the compiled engine."""
    profile: Profile
    """The organisation; the file's own unless `in_organisation` puts another in its place."""
    custom: tuple[str, ...]
    """Names of a researcher's own routing rules; a route's limit is its place here."""
    jobs: tuple[tuple[int, GroupTable], ...]
    """Groups of people who take courses or may leave, with their numbers in the model."""
    process_only: tuple[str, ...]
    """What of the model only the process engine knows, in words."""
    expected_requests: float
    expected_visits: float
    """Rows to make room for; a run may have more."""

    def staff_of_run(self, run_key: np.uint64) -> dict[int, GroupTable]:
        """These groups as their people come and go in one run."""
        return {number: in_run(group, run_key, self.end) for number, group in self.jobs}

    def as_staffed(self, staff: Mapping[int, GroupTable]) -> tuple[StationTable, ...]:
        """The stations with their jobs as people held them in one run."""
        if not staff:
            return self.stations
        numbers = count()
        groups = (tuple(staff.get(next(numbers), group) for group in station.groups) for station in self.stations)
        return tuple(replace(station, groups=own) for station, own in zip(self.stations, groups, strict=True))


def compile_tables(model: Model) -> Tables:
    """Turn a checked model into numbers."""
    return _Compiler(model).tables()


def in_organisation(tables: Tables, seed: int, replication: int) -> Tables:
    """The tables of a replication's own organisation; the same where organisations do not differ."""
    variation = tables.model.organisation.variation
    if variation is None:
        return tables
    profile = draw_profile(variation, seed, replication)
    fits = tuple(
        fit if background or fit == NO_MISFIT else fit_when_ready(fit, profile.readiness)
        for fit, background in zip(tables.fits, tables.background, strict=True)
    )
    if fits == tables.fits:
        return replace(tables, profile=profile)
    entrances = tables.layout.entrances.copy()
    entrances["fit"] = fits
    return replace(tables, profile=profile, fits=fits, layout=replace(tables.layout, entrances=entrances))


def _gap(source: Source) -> Law | None:
    """The law of times in a source: between arrivals, or from go-live to discovery where that rises first."""
    if isinstance(source, GoLive):
        return None if source.shape == "decay" else source.discovery
    if isinstance(source, Shocks):
        return source.requests
    return source.interarrival_hours if isinstance(source, Renewal) else None


def _asks_less(source: Source) -> AsksLess | None:
    return source.asks_less if isinstance(source, Poisson | Piecewise) else None


def _total(counts: dict[str, float]) -> float:
    return sum(counts.values())


class _Compiler:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.book = LawBook()
        self.categories = categories_of(model)
        self.places = {name: number for number, name in enumerate(model.stations)}
        self.places |= {"done": GO_DONE, "refused": GO_REFUSED}
        self.stages = tuple(dict.fromkeys(model.stage(name) for name in model.stations))
        self.routes = RouteBook(self.categories, self.places)

    def tables(self) -> Tables:
        model = self.model
        self._no_hash_collision()
        start = model.start_hours
        end = start + model.horizon_days * 24
        sources = model.demand.sources
        shares = [category.share for category in model.categories.values()] or [1.0]
        builder = StationTables(model, self.book, self.categories, self.stages, self.places)
        stations = tuple(builder.table(name, end) for name in model.stations)
        add = self.routes.add
        graph = graph_table(model, len(self.categories))
        default = add(model.entry) if model.routing.entry or model.stations else -1
        entry = tuple(add(source.entry) if source.entry else default for source in sources.values())
        after = tuple(add(model.routing.next.get(name, To(place="done"))) for name in model.stations)
        batch = tuple(self._law(batch_of(source)) for source in sources.values())
        gaps = tuple(self._law(_gap(source)) for source in sources.values())
        difficulty = self._category_laws("difficulty")
        quality = self._category_laws("specification_quality")
        correlations = [value.difficulty_size_correlation for value in model.categories.values()] or [0.0]
        rows, pool = self.book.arrays()
        routes = np.array(self.routes.routes, dtype=ROUTE)
        places = np.array(self.routes.places, dtype=np.int64)
        entry = (*entry, default if default >= 0 else entry[0])
        less = [_asks_less(source) for source in sources.values()]
        beyond, share = (tuple(tuple(getattr(asks, f, ())) for asks in less) for f in ("beyond", "share"))
        background = (*(source.background for source in sources.values()), False)
        fits = (*(source.fit if isinstance(source, GoLive) else NO_MISFIT for source in sources.values()), NO_MISFIT)
        entrances = entrances_of(entry, background, beyond, share, fits)
        overdue = self._overdue_hours()
        return Tables(
            model=model,
            start=start,
            end=end,
            stations=stations,
            stages=self.stages,
            categories=self.categories,
            category_heights=np.cumsum(shares),
            difficulty_law=difficulty,
            correlation=np.array(correlations),
            work_stage=NO_STAGE if model.work_stage is None else stage_key(model.work_stage),
            quality_law=quality,
            routes=routes,
            route_places=places,
            route_heights=np.array(self.routes.heights, dtype=np.float64),
            entry_route=entry,
            next_route=after,
            batch_law=batch,
            gap_law=gaps,
            asks_beyond=beyond,
            asks_share=share,
            mood=mood_of(model.adoption, model.organisation.users, start),
            overdue_hours=overdue,
            fits=fits,
            background=background,
            law_rows=rows,
            law_pool=pool,
            graph=graph,
            sources=SourceTable.of(model, self.categories, (start, end), gaps, batch),
            layout=Layout.of(
                stations,
                after,
                entrances,
                routes,
                places,
                graph,
                start,
                len(self.stages),
                overdue,
                model.adoption.is_on,
            ),
            profile=Profile(),
            custom=tuple(self.routes.custom),
            jobs=tuple(
                (number, group)
                for number, group in enumerate(group for station in stations for group in station.groups)
                if group.job is not None
            ),
            process_only=process_only(model),
            expected_requests=model.open_today + sum(map(_total, expected_arrivals(model, start, end).values())),
            expected_visits=most_visits_per_week(model) * (end - start) / 168,
        )

    def _law(self, law: object) -> int:
        return NO_LAW if law is None else self.book.add(law)  # type: ignore[arg-type]

    def _category_laws(self, field: str) -> NDArray[np.int64]:
        categories = self.model.categories
        return np.array([self._law(getattr(categories.get(name), field, None)) for name in self.categories])

    def _overdue_hours(self) -> NDArray[np.float64]:
        days = [
            of_category.due_within_days if (of_category := self.model.categories.get(name)) else None
            for name in self.categories
        ]
        usual = self.model.adoption.overdue_after_days
        other = math.inf if usual is None else usual
        return np.array([24.0 * (other if own is None else own) for own in days])

    def _no_hash_collision(self) -> None:
        for names, key in ((self.stages, stage_key), ((*self.model.demand.sources, "open_today"), source_key)):
            keys = {int(key(name)) for name in names}
            if len(keys) < len(set(names)):
                raise RunError(f"two of the names {', '.join(names)} have the same hash: rename one")
