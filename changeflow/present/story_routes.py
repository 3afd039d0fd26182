"""Routing rules in words."""

from __future__ import annotations

from changeflow.model.routing import (
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
from changeflow.present.words import plain_name

_NOT_OPEN = "if no station is open to it, it is refused"


def route_in_words(route: Route, currency: str) -> str:
    """What follows 'a request goes to'."""
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
        case BySize():
            small, large = _nested(route.small, currency), _nested(route.large, currency)
            return f"{small} with up to {route.up_to_hours:g} hours of work, else {large}"
        case UntilDay():
            first, then = _nested(route.first, currency), _nested(route.then, currency)
            return f"{first} until day {route.day:g}, from then on {then}"
        case Budget():
            beyond = (
                "waits for the next month" if route.otherwise == "wait" else f"goes to {plain_name(route.otherwise)}"
            )
            money = f"{currency} {route.per_month:,g} a month"
            return f"{plain_name(route.prefer)} while {money} are not spent; what is beyond {beyond}"
        case Custom():
            return f"where the rule {route.name} of your own says"


def _nested(route: Route, currency: str) -> str:
    words = route_in_words(route, currency)
    return words if isinstance(route, To) else f"({words})"


def _open_first(route: OpenFirst) -> str:
    names = [plain_name(place) for place in route.prefer]
    beyond = ""
    if route.overflow_beyond is not None and len(names) > 1:
        beyond = f" or {route.overflow_beyond} would already wait there"
    return f"; if that is not open to it{beyond}, to ".join(names) + f"; {_NOT_OPEN}"


def _names(among: tuple[str, ...]) -> str:
    return ", ".join(plain_name(name) for name in among)
