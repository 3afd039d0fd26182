"""Cimba: servers are compiled processes that take requests from a Store; waits and sojourns go to Datasets."""

from __future__ import annotations

from typing import Any

import cimba as cb
import numpy as np
from cimba import inputs
from work import A, B, mu_sigma, p95

SHARE_A, REWORK_A, REWORK_B = A.share, A.rework, B.rework


class Network(cb.Model):
    """The open network; a request is a number, its times lie in arrays."""

    gap: cb.Input[float] = inputs.dist.exponential(mean=1.0)
    work_a: cb.Input[float]
    work_b: cb.Input[float]
    queue_a: cb.Store[int]
    queue_b: cb.Store[int]
    arrived: cb.Array[float]
    joined: cb.Array[float]
    wait_a: cb.Dataset = cb.Dataset()
    wait_b: cb.Dataset = cb.Dataset()
    sojourn: cb.Dataset = cb.Dataset()
    requests: cb.Output[int]

    @cb.process
    def arrivals(self):  # type: ignore[no-untyped-def]
        """Poisson arrivals, one an hour on average."""
        i = 0
        while True:
            cb.hold(self.gap.next())
            self.arrived[i] = cb.now()
            self.joined[i] = cb.now()
            if cb.random.bernoulli(SHARE_A):
                self.queue_a.put(i)
            else:
                self.queue_b.put(i)
            i += 1
            self.requests = i

    @cb.process(copies=A.servers)
    def server_a(self):  # type: ignore[no-untyped-def]
        """One of the servers of station A."""
        while True:
            i = self.queue_a.get()
            self.wait_a.record(cb.now() - self.joined[i])
            cb.hold(self.work_a.next())
            if cb.random.bernoulli(REWORK_A):
                self.joined[i] = cb.now()
                self.queue_a.put(i)
            else:
                self.sojourn.record(cb.now() - self.arrived[i])

    @cb.process(copies=B.servers)
    def server_b(self):  # type: ignore[no-untyped-def]
        """One of the servers of station B."""
        while True:
            i = self.queue_b.get()
            self.wait_b.record(cb.now() - self.joined[i])
            cb.hold(self.work_b.next())
            if cb.random.bernoulli(REWORK_B):
                self.joined[i] = cb.now()
                self.queue_b.put(i)
            else:
                self.sojourn.record(cb.now() - self.arrived[i])


def _law(law: str, mean: float) -> Any:
    if law == "exponential":
        return inputs.dist.exponential(mean=mean)
    mu, sigma = mu_sigma(mean)
    return inputs.dist.lognormal(mean=mu, sigma=sigma)


def prepare(law: str, hours: int) -> dict[str, Any]:
    """The model with room for its requests; it is compiled at the first run, off the clock."""
    model: Any = Network()
    room = int(1.1 * hours) + 4096
    model.work_a, model.work_b = _law(law, A.mean), _law(law, B.mean)
    model.arrived, model.joined = cb.Array(room), cb.Array(room)
    for data in (model.wait_a, model.wait_b, model.sojourn):
        data.capture()
    return {"model": model, "hours": hours}


def run(task: dict[str, Any], seed: int) -> dict[str, Any]:
    """Simulate on one core, read the records and the p95."""
    window = cb.Window(duration=float(task["hours"]))
    results = cb.Experiment(task["model"], replications=1, window=window, seed=seed).run(workers=1)
    found = results[task["model"]]
    sojourns = found.sojourn.trial(0, 0)[1]
    return {"found": found, "sojourns": sojourns, "p95": p95(sojourns)}


def summary(task: dict[str, Any], done: dict[str, Any]) -> dict[str, float]:
    """What the checks look at."""
    found = done["found"]
    return {
        "requests": int(np.asarray(found.requests.values).ravel()[0]),
        "wait_a": float(np.mean(found.wait_a.trial(0, 0)[1])),
        "wait_b": float(np.mean(found.wait_b.trial(0, 0)[1])),
        "backlog": float(np.sum(done["sojourns"])) / task["hours"],
        "p95": done["p95"],
    }
