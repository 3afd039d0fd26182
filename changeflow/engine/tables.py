"""A model as numbers: what both engines read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from changeflow.engine.draws import source_key, stage_key
from changeflow.engine.layout import Layout
from changeflow.engine.quantiles import LawBook
from changeflow.engine.station_table import FRESH, INFINITE, NO_LAW, StationTable
from changeflow.engine.worktime import lay_out
from changeflow.errors import RunError
from changeflow.model.demand import GoLive, Renewal, Source, batch_of
from changeflow.model.laws import Erlang, Law
from changeflow.model.routing import ByCategory, OpenFirst, Route, Split, To
from changeflow.model.schema import Model
from changeflow.model.stations import by_category
from changeflow.model.topology import expected_arrivals, offered_loads

GO_DONE, GO_REFUSED = -1, -2
ONE_CATEGORY = "change"

TO, SPLIT, BY_CATEGORY, OPEN_FIRST = range(4)
ROUTE = np.dtype([("rule", "i8"), ("first", "i8"), ("size", "i8"), ("limit", "i8")])
NO_LIMIT = -1


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
    difficulty_law: tuple[int, ...]
    quality_law: tuple[int, ...]
    routes: NDArray[np.void]
    route_places: NDArray[np.int64]
    route_heights: NDArray[np.float64]
    entry_route: tuple[int, ...]
    """Route at arrival by source; the last one is for requests open at the start."""
    next_route: tuple[int, ...]
    batch_law: tuple[int, ...]
    gap_law: tuple[int, ...]
    """Law of the times of a source: interarrival, or discovery."""
    law_rows: NDArray[np.void]
    law_pool: NDArray[np.float64]
    layout: Layout
    """The same once more, as the arrays of the compiled engine."""
    expected_requests: float
    expected_visits: float
    """Rows to make room for; a run may have more."""


def compile_tables(model: Model) -> Tables:
    """Turn a checked model into numbers."""
    return _Compiler(model).tables()


def _gap(source: Source) -> Law | None:
    """The law of times in a source: between arrivals, or from go-live to discovery where that rises first."""
    if isinstance(source, GoLive) and source.shape == "rise_then_decay":  # density t exp(-t / peak)
        return Erlang(law="erlang", k=2, mean=2 * source.time_days * 24)
    return source.interarrival_hours if isinstance(source, Renewal) else None


def _total(counts: dict[str, float]) -> float:
    return sum(counts.values())


class _Compiler:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.book = LawBook()
        self.categories = tuple(model.categories) or (ONE_CATEGORY,)
        self.places = {name: number for number, name in enumerate(model.stations)}
        self.places |= {"done": GO_DONE, "refused": GO_REFUSED}
        self.stages = tuple(dict.fromkeys(model.stage(name) for name in model.stations))
        self.routes: list[tuple[int, int, int, int]] = []
        self.route_places: list[int] = []
        self.route_heights: list[float] = []

    def tables(self) -> Tables:
        model = self.model
        self._no_hash_collision()
        start = model.start_hours
        end = start + model.horizon_days * 24
        sources = model.demand.sources
        shares = [category.share for category in model.categories.values()] or [1.0]
        stations = tuple(self._station(name, end) for name in model.stations)
        default = self._route(model.entry) if model.routing.entry or model.stations else -1
        entry = tuple(self._route(source.entry) if source.entry else default for source in sources.values())
        after = tuple(self._route(model.routing.next.get(name, To(place="done"))) for name in model.stations)
        batch = tuple(self._law(batch_of(source)) for source in sources.values())
        gaps = tuple(self._law(_gap(source)) for source in sources.values())
        difficulty = self._category_laws("difficulty")
        quality = self._category_laws("specification_quality")
        rows, pool = self.book.arrays()
        routes = np.array(self.routes, dtype=ROUTE)
        places = np.array(self.route_places, dtype=np.int64)
        entry = (*entry, default if default >= 0 else entry[0])
        return Tables(
            model=model,
            start=start,
            end=end,
            stations=stations,
            stages=self.stages,
            categories=self.categories,
            category_heights=np.cumsum(shares),
            difficulty_law=difficulty,
            quality_law=quality,
            routes=routes,
            route_places=places,
            route_heights=np.array(self.route_heights, dtype=np.float64),
            entry_route=entry,
            next_route=after,
            batch_law=batch,
            gap_law=gaps,
            law_rows=rows,
            law_pool=pool,
            layout=Layout.of(stations, after, entry, routes, places, start, len(self.stages)),
            expected_requests=model.open_today + sum(map(_total, expected_arrivals(model, start, end).values())),
            expected_visits=sum(load.visits_per_week[1] for load in offered_loads(model)) * (end - start) / 168,
        )

    def _law(self, law: object) -> int:
        return NO_LAW if law is None else self.book.add(law)  # type: ignore[arg-type]

    def _category_laws(self, field: str) -> tuple[int, ...]:
        categories = self.model.categories
        return tuple(self._law(getattr(categories.get(name), field, None)) for name in self.categories)

    def _station(self, name: str, end: float) -> StationTable:
        station = self.model.stations[name]
        acceptance = station.acceptance
        stage = self.model.stage(name)
        rework = acceptance.rework_work if acceptance else "fresh"
        return StationTable(
            name=name,
            servers=INFINITE if station.servers == "infinite" else station.servers,
            stage=stage_key(stage),
            stage_number=self.stages.index(stage),
            hours_per_work_hour=1.0 / self.model.capacity_share(name),
            speed=station.speed,
            calendar=lay_out(self.model, station.calendar, end),
            service_law=tuple(self._service_law(name, category) for category in self.categories),
            delay_law=self._law(station.intake_delay_hours),
            openness=tuple(by_category(station.openness, category) for category in self.categories),
            accepts=acceptance is not None,
            rework_probability=tuple(
                by_category(acceptance.rework_probability, category) if acceptance else 0.0
                for category in self.categories
            ),
            rework_share=FRESH if rework == "fresh" else float(rework),
            max_attempts=acceptance.max_attempts or 0 if acceptance else 0,
            at_limit_done=acceptance is None or acceptance.at_limit == "done",
        )

    def _service_law(self, station: str, category: str) -> int:
        own = self.model.stations[station].service_hours
        if own is not None:
            return self._law(by_category(own, category))
        return self._law(self.model.categories[category].work_hours)

    def _route(self, route: Route) -> int:
        first = len(self.route_places)
        rule, names, shares, limit = TO, ["done"], [1.0], NO_LIMIT
        match route:
            case To():
                names = [route.place]
            case Split():
                rule, names, shares = SPLIT, list(route.shares), list(np.cumsum(list(route.shares.values())))
            case ByCategory():
                rule, names = BY_CATEGORY, [by_category(route.to, category) for category in self.categories]
            case OpenFirst():
                rule, names = OPEN_FIRST, list(route.prefer)
                limit = NO_LIMIT if route.overflow_beyond is None else route.overflow_beyond
        self.route_places += [self.places[name] for name in names]
        self.route_heights += shares if len(shares) == len(names) else [1.0] * len(names)
        self.routes.append((rule, first, len(names), limit))
        return len(self.routes) - 1

    def _no_hash_collision(self) -> None:
        for names, key in ((self.stages, stage_key), ((*self.model.demand.sources, "open_today"), source_key)):
            keys = {int(key(name)) for name in names}
            if len(keys) < len(set(names)):
                raise RunError(f"two of the names {', '.join(names)} have the same hash: rename one")
