"""Where a request goes: at its arrival (`entry`) and after a station (`next`).

The outcomes `done` and `refused` may be named wherever a station may.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, model_validator

from changeflow.model.values.frozen import ListOf, NamedOf, Positive, Share, Value

OUTCOMES = ("done", "refused")
Stations = Annotated[ListOf[str], Field(min_length=1)]


class To(Value):
    """Always the same place. A bare name means this."""

    rule: Literal["to"] = "to"
    place: str


class Split(Value):
    """Places by probability. A table without `rule` means this."""

    rule: Literal["split"] = "split"
    shares: NamedOf[Share]

    @model_validator(mode="after")
    def _sums(self) -> Split:
        total = sum(self.shares.values())
        if abs(total - 1) > 1e-6:
            raise ValueError(f"shares that sum to 1 (they sum to {total:.6g}; name 'done' for the rest)")
        return self


class ByCategory(Value):
    """A place for each category; `default` for those not named."""

    rule: Literal["by_category"]
    to: NamedOf[str]


class OpenFirst(Value):
    """The first station of `prefer` that is open to the request; later ones take what overflows.

    Open means that it may do so hard a request and that somebody there has the skill for its category.
    A station is passed over when `overflow_beyond` requests would still wait there after a dispatch at
    this instant; the last one that may take the request takes it anyway.
    """

    rule: Literal["open_first"]
    prefer: Stations
    overflow_beyond: Annotated[int, Field(ge=0)] | None = None


class ShortestQueue(Value):
    """The station of `among` with the fewest requests (waiting and in hand) per server; ties: the first named."""

    rule: Literal["shortest_queue"]
    among: Stations


class Soonest(Value):
    """The station of `among` with the lowest expected completion time; ties: the first named."""

    rule: Literal["soonest"]
    among: Stations


class Cheapest(Value):
    """The station of `among` with the lowest expected money: price x hours, plus the cost of waiting until done."""

    rule: Literal["cheapest"]
    among: Stations


class BySize(Value):
    """Small requests one way, large ones another."""

    rule: Literal["by_size"]
    up_to_hours: Positive
    """Largest work content, in reference hours, that is small."""
    small: Route
    large: Route


class UntilDay(Value):
    """One way until a day, another from then on."""

    rule: Literal["until_day"]
    day: Positive
    """Calendar days since go-live."""
    first: Route
    then: Route


class Budget(Value):
    """A station with a monthly budget, committed at routing; what goes beyond it goes to `otherwise`."""

    rule: Literal["budget"]
    per_month: Positive
    """Money per month of 365.25 / 12 days, in the model's currency."""
    prefer: str
    """A station."""
    otherwise: str = "refused"
    """A station, refused, or wait: until the start of the next month."""


class Custom(Value):
    """A researcher's own function, registered with @routing_rule."""

    rule: Literal["custom"]
    name: str


def _sugar(value: Any) -> Any:
    if isinstance(value, str):
        return {"rule": "to", "place": value}
    if (
        isinstance(value, dict)
        and "rule" not in value
        and all(isinstance(part, int | float) for part in value.values())
    ):
        return {"rule": "split", "shares": value}
    return value


Route = Annotated[
    Annotated[
        To | Split | ByCategory | OpenFirst | ShortestQueue | Soonest | Cheapest | BySize | UntilDay | Budget | Custom,
        Discriminator("rule"),
    ],
    BeforeValidator(_sugar),
]
RULES: dict[str, type[Value]] = {
    "to": To, "split": Split, "by_category": ByCategory, "open_first": OpenFirst, "shortest_queue": ShortestQueue,
    "soonest": Soonest, "cheapest": Cheapest, "by_size": BySize, "until_day": UntilDay, "budget": Budget,
    "custom": Custom,
}  # fmt: skip
for _nested in (BySize, UntilDay):
    _nested.model_rebuild()


class Routing(Value):
    """The rules of a model; a station without `next` ends in `done`."""

    entry: Route | None = None
    """May be left out when there is one station."""
    next: NamedOf[Route] = {}


def parts_of(route: Route) -> tuple[Route, ...]:
    """The rule itself and every rule nested in it."""
    match route:
        case BySize():
            return (route, *parts_of(route.small), *parts_of(route.large))
        case UntilDay():
            return (route, *parts_of(route.first), *parts_of(route.then))
    return (route,)


def stations_of(route: Route) -> tuple[str, ...]:
    """The stations that a rule chooses among by their state or openness; () for a rule that does not look at it."""
    match route:
        case OpenFirst():
            return route.prefer
        case ShortestQueue() | Soonest() | Cheapest():
            return route.among
    return ()


def places(route: Route) -> tuple[str, ...]:
    """Every place a rule may send a request to, in the order of the file; () for a rule of a researcher's own."""
    match route:
        case To():
            named: Iterable[str] = (route.place,)
        case Split():
            named = route.shares
        case ByCategory():
            named = route.to.values()
        case OpenFirst() | ShortestQueue() | Soonest() | Cheapest():
            named = (*stations_of(route), "refused")
        case BySize():
            named = (*places(route.small), *places(route.large))
        case UntilDay():
            named = (*places(route.first), *places(route.then))
        case Budget():
            named = (route.prefer,) if route.otherwise == "wait" else (route.prefer, route.otherwise)
        case Custom():
            named = ()
    return tuple(dict.fromkeys(named))
