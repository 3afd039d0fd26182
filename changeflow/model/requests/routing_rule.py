"""A researcher's own routing rule: a plain Python function that the process engine calls."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequestSight:
    """What a rule sees of the request."""

    number: int
    category: str
    difficulty: float
    arrived_hours: float
    """Clock hours since go-live."""
    work_hours: float
    """Its work content in reference hours at the first station."""


@dataclass(frozen=True, slots=True)
class StationSight:
    """What a rule sees of a station at its instant; nothing of the future."""

    name: str
    kind: str
    is_open_to_it: bool
    """Not too difficult, and somebody has the skill."""
    waiting: int
    """What would still wait after a dispatch now."""
    in_hand: int
    idle_servers: int
    expected_completion_hours: float
    """Clock hours."""
    expected_money: float
    """In the model's currency: work and waiting."""


Rule = Callable[[RequestSight, Mapping[str, StationSight], float], str]
"""Request, stations by name, clock hours now -> a station's name, 'done' or 'refused'."""


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """A named function; a model file names it with `{ rule = "custom", name = "..." }`."""

    name: str
    function: Rule

    @property
    def digest(self) -> str:
        """A hash of the function's machine-independent code."""
        code = getattr(self.function, "__code__", None)
        text = repr((code.co_code, code.co_consts, code.co_names)) if code else repr(self.function)
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    def __call__(self, request: RequestSight, stations: Mapping[str, StationSight], now_hours: float) -> str:
        """The place that the function chooses."""
        return self.function(request, stations, now_hours)


def routing_rule(function: Rule) -> RoutingRule:
    """Make a routing rule of a function; give it to a model by `model.with_rules(rule)`.

    The function gets a RequestSight, the StationSight of every station by name, and the clock hours now, and returns
    the name of a station, 'done' or 'refused'. It must not draw random numbers nor remember anything between calls.
    """
    return RoutingRule(getattr(function, "__name__", "rule"), function)
