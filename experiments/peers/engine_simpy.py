"""SimPy as its documentation writes it: one process a request, one Resource a station, records in lists."""

from __future__ import annotations

import random
from collections.abc import Generator
from typing import Any

import numpy as np
import simpy
from work import STATIONS, A, Station, mu_sigma, p95


class Network:
    """The open network with what it records."""

    def __init__(self, law: str, seed: int) -> None:
        self.env = simpy.Environment()
        self.random = random.Random(seed)
        self.resources = [simpy.Resource(self.env, capacity=station.servers) for station in STATIONS]
        self.law = law
        self.waits: list[list[float]] = [[], []]
        self.records: list[tuple[float, float, int]] = []
        self.requests = 0

    def service(self, station: Station) -> float:
        """One service time."""
        if self.law == "exponential":
            return self.random.expovariate(1.0 / station.mean)
        return self.random.lognormvariate(*mu_sigma(station.mean))

    def request(self, place: int) -> Generator[Any, Any, None]:
        """The life of one request."""
        station, resource, env = STATIONS[place], self.resources[place], self.env
        arrived, loops = env.now, 0
        while True:
            joined = env.now
            with resource.request() as turn:
                yield turn
                wait = env.now - joined
                yield env.timeout(self.service(station))
            self.waits[place].append(wait)
            if self.random.random() >= station.rework:
                break
            loops += 1
        self.records.append((arrived, env.now - arrived, loops))

    def arrivals(self) -> Generator[Any, Any, None]:
        """Poisson arrivals, one an hour on average."""
        while True:
            yield self.env.timeout(self.random.expovariate(1.0))
            self.requests += 1
            self.env.process(self.request(0 if self.random.random() < A.share else 1))


def prepare(law: str, hours: int) -> dict[str, Any]:
    """Nothing is compiled."""
    return {"law": law, "hours": hours}


def run(task: dict[str, Any], seed: int) -> dict[str, Any]:
    """Simulate, read the records and the p95; the rest is computed off the clock by `summary`."""
    network = Network(task["law"], seed)
    network.env.process(network.arrivals())
    network.env.run(until=task["hours"])
    sojourns = np.array([row[1] for row in network.records])
    return {"network": network, "sojourns": sojourns, "p95": p95(sojourns)}


def summary(task: dict[str, Any], done: dict[str, Any]) -> dict[str, float]:
    """What the checks look at."""
    network = done["network"]
    return {
        "requests": network.requests,
        "wait_a": float(np.mean(network.waits[0])),
        "wait_b": float(np.mean(network.waits[1])),
        "backlog": float(done["sojourns"].sum()) / task["hours"],
        "p95": done["p95"],
    }
