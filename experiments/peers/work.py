"""The work item: an open network of two stations with rework, its exact answers, and its model for changeflow."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LAWS = ("exponential", "lognormal")
SCV = 2.0
"""Squared coefficient of variation of the lognormal service."""


@dataclass(frozen=True)
class Station:
    """Where requests wait first come first served; a rejected one goes back to the end of the same queue."""

    share: float
    servers: int
    mean: float
    """Mean service time in hours."""
    rework: float

    @property
    def visit_rate(self) -> float:
        """Visits per hour, repeated ones included."""
        return self.share / (1.0 - self.rework)

    @property
    def wait(self) -> float:
        """Exact mean wait of a visit with exponential service (product form, Erlang C)."""
        load = self.visit_rate * self.mean
        terms = [load**k / math.factorial(k) for k in range(self.servers)]
        last = load**self.servers / math.factorial(self.servers) / (1 - load / self.servers)
        return last / (sum(terms) + last) * self.mean / (self.servers - load)


A = Station(share=0.7, servers=3, mean=3.0964285714285715, rework=0.15)
B = Station(share=0.3, servers=5, mean=11.25, rework=0.25)
STATIONS = (A, B)
EXACT = {
    "wait_a": A.wait,
    "wait_b": B.wait,
    "backlog": sum(station.visit_rate * (station.wait + station.mean) for station in STATIONS),
}


def p95(times: NDArray[np.float64]) -> float:
    """The 95 % quantile by selection, as the C programs read it: for every engine whose records Python reads."""
    place = int(0.95 * (len(times) - 1))
    return float(np.partition(times, place)[place])


def mu_sigma(mean: float) -> tuple[float, float]:
    """Parameters of the lognormal law with this mean and the squared coefficient of variation SCV."""
    variance = math.log1p(SCV)
    return math.log(mean) - variance / 2, math.sqrt(variance)


def law_numbers(law: str) -> list[float]:
    """Two numbers a station, as the C programs want them."""
    pairs = [(station.mean, 0.0) if law == "exponential" else mu_sigma(station.mean) for station in STATIONS]
    return [number for pair in pairs for number in pair]


def toml(law: str, hours: float) -> str:
    """The model file for changeflow."""
    tail = "" if law == "exponential" else f", scv = {SCV}"
    lines = [
        'title = "open network"',
        f"horizon_days = {hours / 24!r}",
        "[demand]",
        'kind = "poisson"',
        "rate_per_hour = 1",
        "[routing]",
        f"entry = {{ a = {A.share}, b = {B.share} }}",
    ]
    for name, station in (("a", A), ("b", B)):
        lines += [
            f"[stations.{name}]",
            f"servers = {station.servers}",
            f'service_hours = {{ law = "{law}", mean = {station.mean}{tail} }}',
            f"acceptance = {{ rework_probability = {station.rework} }}",
        ]
    return "\n".join(lines) + "\n"
