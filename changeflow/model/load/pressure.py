"""How busy people must be at least, however their work is dealt out: a linear programme."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

Hands = tuple[str, str]
"""Station and group."""
_TRIFLE = 1e-9
FULL = 1 + 1e-9


@dataclass(frozen=True, slots=True)
class Pressure:
    """The busiest of those who share the work, when it is dealt out as well as it can be."""

    least: float
    """Work over hours; above 1 it cannot be done, infinite where those who could do it have no hours."""
    bottleneck: frozenset[Hands]
    """Those whose hours decide it."""


def overfull(needs: Sequence[Mapping[Hands, float]], hours: Mapping[Hands, float]) -> frozenset[Hands]:
    """Those whose hours do not suffice however the needs are dealt out; nobody when everything can be done."""
    if _dealt_evenly(needs, hours) <= 1:  # one way that does is enough
        return frozenset()
    found = pressure(needs, hours)
    return found.bottleneck if found.least > FULL else frozenset()


def _dealt_evenly(needs: Sequence[Mapping[Hands, float]], hours: Mapping[Hands, float]) -> float:
    """How busy the busiest is when each need keeps all who can meet it equally busy."""
    busy = dict.fromkeys(hours, 0.0)
    for need in needs:
        rate = sum(hours[one] / cost for one, cost in need.items() if cost)
        if need and all(need.values()):
            for one in need:
                busy[one] += 1 / rate if rate else math.inf
    return max(busy.values(), default=0.0)


def pressure(needs: Sequence[Mapping[Hands, float]], hours: Mapping[Hands, float]) -> Pressure:
    """Deal out needs so that the busiest is busy as little as can be.

    Each need is given by the hours that it takes whoever can meet it, alone or in parts.
    """
    hopeless = [need for need in needs if need and all(not hours[one] or math.isinf(need[one]) for one in need)]
    if hopeless:
        return Pressure(math.inf, frozenset(one for need in hopeless for one in need))
    ways = [(number, one, cost) for number, need in enumerate(needs) for one, cost in need.items() if hours[one]]
    if not ways:
        return Pressure(0.0, frozenset())
    from scipy.optimize import linprog  # noqa: PLC0415  a slow import that few models need

    hands = list(dict.fromkeys(one for _, one, _ in ways))
    spent, met = np.zeros((len(hands), len(ways) + 1)), np.zeros((len(needs), len(ways) + 1))
    for column, (number, one, cost) in enumerate(ways):
        spent[hands.index(one), column] = cost / hours[one]
        met[number, column] = 1.0
    spent[:, -1] = -1.0
    asked = [number for number, need in enumerate(needs) if need]
    busiest = np.append(np.zeros(len(ways)), 1.0)
    found = linprog(busiest, spent, np.zeros(len(hands)), met[asked], np.ones(len(asked)))
    prices = zip(hands, found.ineqlin.marginals, strict=True)
    return Pressure(float(found.fun), frozenset(one for one, price in prices if price < -_TRIFLE))
