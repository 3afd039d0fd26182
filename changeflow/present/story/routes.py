"""Routing rules in words."""

from __future__ import annotations

from collections.abc import Iterator

from changeflow.model.requests.routing import (
    OUTCOMES,
    Budget,
    ByCategory,
    BySize,
    Cheapest,
    Custom,
    OpenFirst,
    Route,
    ShortestQueue,
    Soonest,
    Split,
    To,
    UntilDay,
)
from changeflow.present.words.plain import plain_name

_NOT_OPEN = "if no station is open to it, it is refused"


def route_sentences(who: str, route: Route, currency: str, on: str = "") -> Iterator[str]:
    """'A new request from day 30 on goes to vendor.': one sentence for each rule that is nested in a rule."""
    match route:
        case BySize():
            size = f"{route.up_to_hours:g} hours of work"
            yield from route_sentences(who, route.small, currency, f"{on} with up to {size}")
            yield from route_sentences(who, route.large, currency, f"{on} with more than {size}")
        case UntilDay():
            yield from route_sentences(who, route.first, currency, f"{on} until day {route.day:g}")
            yield from route_sentences(who, route.then, currency, f"{on} from day {route.day:g} on")
        case _:
            yield f"{who}{on} {_goes(route, currency)}."


def _goes(route: Route, currency: str) -> str:
    if isinstance(route, To) and route.place in OUTCOMES:
        return f"is {route.place}"
    return f"goes to {_place(route, currency)}"


def _place(route: Route, currency: str) -> str:
    match route:
        case To():
            return plain_name(route.place)
        case Split():
            return ", ".join(f"{plain_name(place)} ({share:.0%})" for place, share in route.shares.items())
        case ByCategory():
            return ", ".join(f"{plain_name(place)} for {plain_name(category)}" for category, place in route.to.items())
        case OpenFirst():
            return _open_first(route)
        case ShortestQueue():
            return f"the one of {_names(route.among)} with the fewest requests per server; {_NOT_OPEN}"
        case Soonest():
            return f"the one of {_names(route.among)} where it is expected to be done first; {_NOT_OPEN}"
        case Cheapest():
            money = "lowest expected money, work and waiting together"
            return f"the one of {_names(route.among)} with the {money}; {_NOT_OPEN}"
        case Budget():
            places = {"wait": "waits for the next month", "refused": "is refused"}
            beyond = places.get(route.otherwise, f"goes to {plain_name(route.otherwise)}")
            money = f"{currency} {route.per_month:,g} a month"
            return f"{plain_name(route.prefer)} while {money} are not spent; what is beyond {beyond}"
        case Custom():
            return f"where the rule {route.name} of your own says"
    raise AssertionError(route)


def _open_first(route: OpenFirst) -> str:
    names = [plain_name(place) for place in route.prefer]
    beyond = ""
    if route.overflow_beyond is not None and len(names) > 1:
        beyond = f" or {route.overflow_beyond} would already wait there"
    return f"; if that is not open to it{beyond}, to ".join(names) + f"; {_NOT_OPEN}"


def _names(among: tuple[str, ...]) -> str:
    return ", ".join(plain_name(name) for name in among)
