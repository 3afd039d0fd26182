"""The model: one frozen value that says what the system is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, field_validator

from changeflow.model.components.graph import ComponentGraph
from changeflow.model.components.section import Components
from changeflow.model.money.contracts import Contract
from changeflow.model.money.costs import Adaptation, Costs
from changeflow.model.money.waiting import OpenCost, open_cost
from changeflow.model.requests.adoption import Adoption
from changeflow.model.requests.categories import Category
from changeflow.model.requests.demand import Source
from changeflow.model.requests.organisation import Organisation
from changeflow.model.requests.replay import ReplayLog
from changeflow.model.requests.routing import Route, Routing, To
from changeflow.model.requests.routing_rule import RoutingRule
from changeflow.model.stations.calendars import Calendar
from changeflow.model.stations.delivery_errors import Errors, System
from changeflow.model.stations.staff import Group
from changeflow.model.stations.station import Station
from changeflow.model.targets import Comparison, Targets
from changeflow.model.values.frozen import NamedOf, NonNegative, Positive, Value
from changeflow.model.values.once import once_a_model
from changeflow.model.values.written_tables import written

DEFAULT_GO_LIVE = date(2026, 1, 5)
MAX_FOLLOW_UP_DAYS = 90.0


class Assumption(Value):
    """The range and the source of one number of the model."""

    low: Any = None
    high: Any = None
    unit: str = ""
    source: str = "assumption"

    @property
    def is_assumption(self) -> bool:
        """True when no source supports the number."""
        return self.source.startswith("assumption")


class Demand(Value):
    """The sources of requests, by name, in the order of the file."""

    sources: NamedOf[Source]


class Model(Value):
    """A system, its demand, who changes it, and what that costs.

    Vary it with `with_`; read one with `changeflow.read_model`.
    """

    title: str
    why: str = ""
    missing: str = ""
    priors: Literal["field", "article"] | None = None
    go_live: date | None = None
    currency: Annotated[str, Field(min_length=1, max_length=8)] = "EUR"
    horizon_days: Positive = 1095.0
    warm_up_days: NonNegative = 0.0
    follow_up_days: NonNegative | None = None
    replications: Annotated[int, Field(ge=1)] = 200
    weeks_since_go_live: NonNegative = 0.0
    open_today: Annotated[int, Field(ge=0)] = 0
    organisation: Organisation = Organisation()
    categories: NamedOf[Category] = {}
    demand: Demand
    calendars: NamedOf[Calendar] = {}
    contracts: NamedOf[Contract] = {}
    stations: NamedOf[Station] = {}
    routing: Routing = Routing()
    system: System = System()
    errors: Errors | None = None
    components: Components | None = None
    adaptation: Adaptation = Adaptation()
    costs: Costs = Costs()
    adoption: Adoption = Adoption()
    targets: Targets = Targets()
    comparison: Comparison = Comparison()
    assumptions: NamedOf[Assumption] = {}

    _vary: Callable[[Model, Mapping[str, Any]], Model] | None = PrivateAttr(default=None)
    _raw: dict[str, Any] = PrivateAttr(default_factory=dict)
    _place: str = PrivateAttr(default="model")
    _file: Path = PrivateAttr(default=Path())
    _own_routing: bool = PrivateAttr(default=True)
    _logs: dict[str, ReplayLog] = PrivateAttr(default_factory=dict)
    _rules: dict[str, RoutingRule] = PrivateAttr(default_factory=dict)
    _component_graph: ComponentGraph | None = PrivateAttr(default=None)

    @field_validator("categories")
    @classmethod
    def _shares_sum(cls, categories: dict[str, Category]) -> dict[str, Category]:
        total = sum(category.share for category in categories.values())
        if categories and abs(total - 1) > 1e-6:
            raise ValueError(f"shares that sum to 1 (they sum to {total:.6g})")
        return categories

    @property
    def place(self) -> str:
        """The file the model was read from, for messages."""
        return self._place

    @property
    def tables(self) -> dict[str, Any]:
        """What the file says, with the options' values, as JSON can hold it; prior sets are not filled in."""
        tables: dict[str, Any] = written(self._raw)
        return tables

    @property
    def logs(self) -> dict[str, ReplayLog]:
        """The replayed logs by source name."""
        return self._logs

    @property
    def component_graph(self) -> ComponentGraph | None:
        """The components and the links that changes pass along; None without `[components]`."""
        return self._component_graph

    @property
    def first_day(self) -> date:
        """The date of clock zero: go-live, or the first day of a replayed log."""
        if self.go_live is not None:
            return self.go_live
        days = [log.first_day for log in self._logs.values()]
        return min(days) if days else DEFAULT_GO_LIVE

    @property
    def start_hours(self) -> float:
        """Clock time at which a run starts."""
        return self.weeks_since_go_live * 168.0

    @property
    def follow_up(self) -> float:
        """Days before the horizon whose arrivals are followed but not measured."""
        if self.follow_up_days is not None:
            return self.follow_up_days
        return min(0.1 * self.horizon_days, MAX_FOLLOW_UP_DAYS)

    @property
    def entry(self) -> Route:
        """The rule at arrival; with one station it need not be written."""
        if self.routing.entry is not None:
            return self.routing.entry
        return To(place=next(iter(self.stations)))

    def stage(self, station: str) -> str:
        """The stage of a station: its own name unless the file says otherwise."""
        return self.stations[station].stage or station

    @property
    def work_stage(self) -> str | None:
        """The stage that does the work: of the first station in the file that delivers, else of the first one."""
        delivers = (name for name, station in self.stations.items() if station.delivers)
        name = next(delivers, next(iter(self.stations), None))
        return None if name is None else self.stage(name)

    def groups(self, station: str) -> Mapping[str, Group]:
        """The groups of servers of a station, at least one, with the station's values wherever theirs are not given.

        Without `staff` there is one, named "". Each has calendar, availability and absence, and no hours_per_week.
        A station with infinite servers has one group whose number of servers means nothing.
        """
        return _groups(self)[station]

    def _filled(self, station: Station, group: Group) -> Group:
        calendar = group.calendar or station.calendar
        availability, hours = group.availability, group.hours_per_week
        if availability is None and hours is None:
            availability, hours = station.availability, station.hours_per_week
        if hours is not None:
            availability = hours / self.open_hours_per_week(calendar)
        absence = station.absence if group.absence is None else group.absence
        changes = {"calendar": calendar, "availability": availability, "hours_per_week": None, "absence": absence}
        return group.model_copy(update=changes)

    def capacity_share(self, station: str, group: str | None = None) -> float:
        """Working hours that one server of a group (default: the first) gives to us per open hour of its calendar."""
        groups = self.groups(station)
        value = groups[next(iter(groups)) if group is None else group]
        assert value.availability is not None
        assert value.absence is not None
        return value.availability * self.stations[station].share_for_us * (1 - value.absence)

    def waiting_cost(self, category: str) -> OpenCost:
        """What it costs that a request of a category is open."""
        own = self.categories.get(category)
        due = own.due_within_days if own else None
        if own and own.waiting is not None:
            return open_cost(own.waiting, due)
        if own and own.waiting_cost_per_day is not None:
            return OpenCost(own.waiting_cost_per_day)
        if self.costs.waiting is not None:
            return open_cost(self.costs.waiting, due)
        return OpenCost(self.costs.waiting_per_day)

    def urgency_factor(self, contract: Contract, category: str) -> float:
        """The factor of a contract on the price of a category."""
        known = self.categories.get(category)
        return contract.factor(category, known.priority if known else 0)

    def hourly_rate(self, station: str) -> float:
        """The listed price of an hour at a station: its own, or its contract's first tier."""
        value = self.stations[station]
        return value.price_per_hour if value.contract is None else self.contracts[value.contract].list_price

    def open_hours_per_week(self, calendar: str) -> float:
        """Open hours of a calendar in a week without holidays."""
        return 168.0 if calendar == "always" else self.calendars[calendar].open_hours_per_week()

    def with_(self, changes: Mapping[str, Any]) -> Model:
        """The same model with other values at dotted paths, checked like a file.

        `model.with_({"stations.power_users.servers": 5})`; raises ModelError with every fault.
        """
        if self._vary is None:
            raise TypeError("only a model that was read can be varied")
        return self._vary(self, changes)

    @property
    def rules(self) -> dict[str, RoutingRule]:
        """A researcher's own routing rules by name."""
        return self._rules

    def with_rules(self, *rules: RoutingRule) -> Model:
        """The same model with functions for its rules `custom`; made by `@changeflow.routing_rule`."""
        model = self.model_copy()
        model._rules = self._rules | {rule.name: rule for rule in rules}
        return model

    def digest(self) -> str:
        """A hash of everything that can change a result."""
        content = self.model_dump(
            mode="json", exclude={"title", "why", "missing", "assumptions", "targets", "comparison"}
        )
        content["logs"] = {name: log.digest for name, log in self._logs.items()}
        if self._rules:
            content["rules"] = {name: rule.digest for name, rule in self._rules.items()}
        if self._component_graph is not None:
            content["component_graph"] = self._component_graph.digest
        text = json.dumps(content, sort_keys=True)
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


@once_a_model
def _groups(model: Model) -> dict[str, Mapping[str, Group]]:
    found: dict[str, Mapping[str, Group]] = {}
    for name, station in model.stations.items():
        servers = 1 if station.servers == "infinite" else station.servers
        staff = station.staff or {"": Group(servers=servers)}
        found[name] = MappingProxyType({key: model._filled(station, group) for key, group in staff.items()})
    return found
