"""The parts of a model that could be read, so that checks run on whatever is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from changeflow.model.components.section import Components
from changeflow.model.money.contracts import Contract
from changeflow.model.money.costs import Costs
from changeflow.model.requests.categories import Category
from changeflow.model.requests.demand import Source
from changeflow.model.requests.routing import Routing
from changeflow.model.stations.calendars import Calendar
from changeflow.model.stations.delivery_errors import Errors, System
from changeflow.model.stations.station import Station

_SOURCE: TypeAdapter[Source] = TypeAdapter(Source)


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a model that could be read; names are known even where a part has faults."""

    raw: Mapping[str, Any]
    stations: dict[str, Station | None] = field(default_factory=dict)
    categories: dict[str, Category | None] = field(default_factory=dict)
    calendars: dict[str, Calendar | None] = field(default_factory=dict)
    contracts: dict[str, Contract | None] = field(default_factory=dict)
    sources: dict[str, Source | None] = field(default_factory=dict)
    routing: Routing | None = None
    costs: Costs | None = None
    errors: Errors | None = None
    system: System | None = None
    components: Components | None = None

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Parts:
        """Read each part on its own."""
        return cls(
            raw,
            {name: _station_parsed(value) for name, value in table_of(raw, "stations").items()},
            {name: _parsed(TypeAdapter(Category), value) for name, value in table_of(raw, "categories").items()},
            {name: _parsed(TypeAdapter(Calendar), value) for name, value in table_of(raw, "calendars").items()},
            {name: _parsed(TypeAdapter(Contract), value) for name, value in table_of(raw, "contracts").items()},
            {name: _parsed(_SOURCE, value) for name, value in table_of(table_of(raw, "demand"), "sources").items()},
            _parsed(TypeAdapter(Routing), raw.get("routing", {})),
            _parsed(TypeAdapter(Costs), raw.get("costs", {})),
            _parsed(TypeAdapter(Errors), raw["errors"]) if "errors" in raw else None,
            _parsed(TypeAdapter(System), raw.get("system", {})),
            _parsed(TypeAdapter(Components), raw.get("components")),
        )

    def says(self, station: str, key: str) -> bool:
        """Does the file give this key of a station, even where its value could not be read?"""
        return key in table_of(table_of(self.raw, "stations"), station)

    def read_stations(self) -> Iterator[tuple[str, Station]]:
        """The stations that could be read, in the order of the file."""
        return ((name, station) for name, station in self.stations.items() if station is not None)


def table_of(raw: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The table under a key; an empty one where there is none."""
    value = raw.get(key)
    return value if isinstance(value, Mapping) else {}


def _parsed(adapter: TypeAdapter[Any], value: Any) -> Any:
    try:
        return adapter.validate_python(value)
    except ValidationError:
        return None


def _station_parsed(value: Any) -> Station | None:
    """A station; where keys of it are wrong, the rest of it, so that its other faults are told as well."""
    adapter = TypeAdapter(Station)
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        wrong = {item["loc"][0] for item in error.errors(include_url=False) if item["loc"]}
        if not isinstance(value, Mapping) or not wrong:
            return None
        rest: Station | None = _parsed(adapter, {key: part for key, part in value.items() if key not in wrong})
        return rest
