"""How busy people must be at least, however their work is dealt out: a linear programme."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

Hands = tuple[str, str]
"""Station and group."""
_TRIFLE = 1e-9


@dataclass(frozen=True, slots=True)
class Pressure:
    """The busiest of those who share the work, when it is dealt out as well as it can be."""

    least: float
    """Work over hours; above 1 it cannot be done, infinite where those who could do it have no hours."""
    bottleneck: frozenset[Hands]
    """Those whose hours decide it."""


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
