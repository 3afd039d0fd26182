"""Where a search for staff begins: the square-root rule (Halfin and Whitt 1981; Borst, Mandelbaum and Reiman 2004)."""

from __future__ import annotations

import math

from changeflow.model.load.topology import offered_loads
from changeflow.model.schema import Model
from changeflow.study.sizing.levers import Point, Space


def chance_to_wait(beta: float) -> float:
    """P(wait) with a + beta sqrt(a) servers for a large load a: 1 / (1 + beta Phi(beta) / phi(beta))."""
    density = math.exp(-0.5 * beta**2) / math.sqrt(2 * math.pi)
    below = 0.5 * math.erfc(-beta / math.sqrt(2))
    return 1 / (1 + beta * below / density)


def beta_of(wait: float) -> float:
    """The beta at which this share of requests waits, 0 < wait < 1; by bisection."""
    low, high = 0.0, 40.0
    while high - low > 1e-12:
        middle = (low + high) / 2
        low, high = (middle, high) if chance_to_wait(middle) > wait else (low, middle)
    return high


def square_root_staff(erlangs: float, wait: float) -> int:
    """Servers by the rule, rounded up; it can be one short, so it is only where the search begins."""
    return math.ceil(erlangs + beta_of(wait) * math.sqrt(erlangs)) if erlangs > 0 else 1


def start_of(space: Space, share: float) -> Point:
    """People by the rule, as if only those wait who may miss the target; hours and overflow as today.

    A station that some requests may take or leave (state-dependent routing) gets people for the middle of its loads.
    """
    loads = {load.station: load for load in offered_loads(space.model)}
    steps = []
    for lever, today, own in zip(space.levers, space.today, space.own, strict=True):
        load = loads[lever.station]
        middle = sum(load.work_per_week) / 2
        if lever.kind != "people" or not load.servers or not math.isfinite(middle) or not load.hours_per_week:
            steps.append(today)
            continue
        needed = square_root_staff(middle / (load.hours_per_week / load.servers), 1 - share)
        steps.append(lever.step(own * needed / load.servers))
    return tuple(steps)


def is_monotone(model: Model) -> bool:
    """Does one more person never make the service worse? Sure only first come first served, without rework or choice.

    Then what is less than too little is too little too: with the same requests, by induction over arrivals, the ordered
    remaining work of the servers is nowhere more with one server more, so that no request starts later.
    """
    if model.errors is not None or model.components is not None or model.adoption.is_coupled:
        return False
    if getattr(model.entry, "rule", "") not in {"to", "by_category", "split"} or model.routing.next:
        return False
    for station in model.stations.values():
        plain = station.discipline.rule == "fifo" and station.at_once == 1 and not station.preemptive
        stay = station.capacity is None and not station.join_probability and station.patience_hours is None
        alike = not station.staff and station.learning is None and station.acceptance is None
        steady = station.call_off is None and station.hold is None and station.release is None
        if not (plain and stay and alike and steady):
            return False
    return all(getattr(source, "asks_less", None) is None for source in model.demand.sources.values())
