"""Ciw: a network of two nodes with a routing matrix; it keeps a record a visit and cannot be told not to."""

from __future__ import annotations

from typing import Any

import ciw
import numpy as np
from work import STATIONS, A, B, mu_sigma, p95


def _service(law: str, mean: float) -> Any:
    if law == "exponential":
        return ciw.dists.Exponential(rate=1.0 / mean)
    mu, sigma = mu_sigma(mean)
    return ciw.dists.Lognormal(mu, sigma)


def prepare(law: str, hours: int) -> dict[str, Any]:
    """The network; rework is a transition of a node to itself."""
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=station.share) for station in STATIONS],
        service_distributions=[_service(law, station.mean) for station in STATIONS],
        routing=[[A.rework, 0.0], [0.0, B.rework]],
        number_of_servers=[station.servers for station in STATIONS],
    )
    return {"network": network, "hours": hours}


def run(task: dict[str, Any], seed: int) -> dict[str, Any]:
    """Simulate, read the records and the p95."""
    ciw.seed(seed)
    simulation = ciw.Simulation(task["network"])
    simulation.simulate_until_max_time(task["hours"])
    records = simulation.get_all_records(only=["service"])
    first: dict[int, float] = {}
    last: dict[int, float] = {}
    for record in records:
        who, at, out = record.id_number, record.arrival_date, record.exit_date
        first[who] = min(first.get(who, at), at)
        last[who] = max(last.get(who, out), out)
    gone = simulation.nodes[-1].all_individuals
    sojourns = np.array([last[one.id_number] - first[one.id_number] for one in gone])
    return {"simulation": simulation, "records": records, "sojourns": sojourns, "p95": p95(sojourns)}


def summary(task: dict[str, Any], done: dict[str, Any]) -> dict[str, float]:
    """What the checks look at."""
    waits: list[list[float]] = [[], []]
    for record in done["records"]:
        waits[record.node - 1].append(record.waiting_time)
    return {
        "requests": done["simulation"].nodes[0].number_of_individuals,
        "wait_a": float(np.mean(waits[0])),
        "wait_b": float(np.mean(waits[1])),
        "backlog": float(done["sojourns"].sum()) / task["hours"],
        "p95": done["p95"],
    }
