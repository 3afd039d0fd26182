"""salabim: one component a request, one Resource a station, in the mode without yield (its default)."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import salabim as sim
from work import STATIONS, A, mu_sigma, p95


class Request(sim.Component):
    """The life of one request."""

    def process(self) -> None:
        """Wait, be served, perhaps again."""
        book = self.env.book
        place = 0 if book.random.random() < A.share else 1
        station, resource = STATIONS[place], book.resources[place]
        arrived, loops = self.env.now(), 0
        while True:
            joined = self.env.now()
            self.request(resource)
            wait = self.env.now() - joined
            self.hold(book.service(station.mean))
            self.release(resource)
            book.waits[place].append(wait)
            if book.random.random() >= station.rework:
                break
            loops += 1
        book.records.append((arrived, self.env.now() - arrived, loops))


class Arrivals(sim.Component):
    """Poisson arrivals, one an hour on average."""

    def process(self) -> None:
        """Send a request after each gap."""
        while True:
            self.hold(self.env.book.random.expovariate(1.0))
            self.env.book.requests += 1
            Request()


class Book:
    """Resources, chance and records of one run."""

    def __init__(self, law: str, seed: int) -> None:
        self.law, self.random = law, random.Random(seed)
        self.resources = [sim.Resource(capacity=station.servers) for station in STATIONS]
        self.waits: list[list[float]] = [[], []]
        self.records: list[tuple[float, float, int]] = []
        self.requests = 0

    def service(self, mean: float) -> float:
        """One service time."""
        if self.law == "exponential":
            return self.random.expovariate(1.0 / mean)
        return self.random.lognormvariate(*mu_sigma(mean))


def prepare(law: str, hours: int) -> dict[str, Any]:
    """Nothing is compiled."""
    return {"law": law, "hours": hours}


def run(task: dict[str, Any], seed: int) -> dict[str, Any]:
    """Simulate, read the records and the p95."""
    env = sim.Environment(trace=False, random_seed=None)
    env.book = Book(task["law"], seed)
    Arrivals()
    env.run(till=task["hours"])
    sojourns = np.array([row[1] for row in env.book.records])
    return {"book": env.book, "sojourns": sojourns, "p95": p95(sojourns)}


def summary(task: dict[str, Any], done: dict[str, Any]) -> dict[str, float]:
    """What the checks look at."""
    book = done["book"]
    return {
        "requests": book.requests,
        "wait_a": float(np.mean(book.waits[0])),
        "wait_b": float(np.mean(book.waits[1])),
        "backlog": float(done["sojourns"].sum()) / task["hours"],
        "p95": done["p95"],
    }
