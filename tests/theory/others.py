"""Invariant cases: properties of every path."""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Callable
from functools import partial

import numpy as np

from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import Tables, compile_tables
from changeflow.engine.trace import Trace
from changeflow.study.crews.crew import crew_here
from changeflow.study.crews.runner import run_all

from .accept import Result
from .execute import seed_of
from .laws import TIMES
from .reasons import Raw, Unsupported, only
from .translate import Setup, check_case, translate
from .unfinished import unfinished_work

PATHS = 20
RELATIVE = 1e-9


def run_invariant(case: Raw, engine: str, seed: int) -> Result:
    """A property in words, recognised by its words."""
    prove = recognised(case)
    broken = prove(case, engine, seed_of(seed, case["id"], 0))
    return Result(case["id"], case["kind"], "fail" if broken else "pass", broken, runs=PATHS, attempts=1)


def recognised(case: Raw) -> Callable[[Raw, str, int], str]:
    """The check that a rule in words asks for; it returns what is broken, or nothing."""
    check_case(case)
    only(case["expected"], {"rule"}, "expected")
    rule = case["expected"]["rule"]
    if "time integral of N equals the sum of sojourn times" in rule:
        stop = re.search(r"stop arrivals at t=([\d.]+)", rule)
        if not stop:
            raise Unsupported("Little's law without 'stop arrivals at t=...'")
        translate(_stopped(case, float(stop[1])))
        return partial(_little, float(stop[1]))
    factor = re.search(r"multiplying every time parameter by ([\d.]+)", rule)
    if factor:
        translate(case)
        return partial(_scale, float(factor[1]))
    if "same seed gives identical output" in rule:
        translate(case)
        return _seed
    if "unfinished work" in rule:
        return unfinished_work(case)
    raise Unsupported(f"rule '{rule}'")


def _stopped(case: Raw, at: float) -> Raw:
    """The case with arrivals that end."""
    case = copy.deepcopy(case)
    for table in case["model"]["arrivals"]:
        process = table["process"]
        if process["type"] != "poisson":
            raise Unsupported(f"arrivals of type {process['type']} that stop")
        table["process"] = {"type": "nhpp_piecewise", "edges": [0.0, at], "rates": [process["rate"]]}
    return case


def _paths(setup: Setup, horizon: float, engine: str, seed: int) -> list[Trace]:
    tables = compile_tables(setup.model(horizon))
    return [_run(tables, engine, seed, number) for number in range(PATHS)]


def _run(tables: Tables, engine: str, seed: int, number: int) -> Trace:
    return simulate(tables, seed=seed, replication=number, engine=engine)


def _little(stop: float, case: Raw, engine: str, seed: int) -> str:
    """Integrals that the engine kept against sums over visits, on paths that end empty."""
    setup = translate(_stopped(case, stop))
    for path, trace in enumerate(_paths(setup, 10 * stop, engine, seed)):
        visits = trace.visits
        if np.isnan(trace.requests["closed"]).any():
            return f"path {path}: requests still open long after the last arrival"
        for place, name in enumerate(trace.stations):
            mine = visits[visits["station"] == place]
            pairs = {
                "number in station": (trace.in_station[place], mine["finished"] - mine["joined"]),
                "number waiting": (trace.in_queue[place], mine["started"] - mine["joined"]),
                "busy servers": (trace.in_service[place], mine["work_hours"]),
            }
            for what, (integral, times) in pairs.items():
                if not math.isclose(integral, math.fsum(times), rel_tol=RELATIVE, abs_tol=RELATIVE):
                    return f"path {path}, {name}: {what} {integral!r}, sum of times {math.fsum(times)!r}"
    return ""


def _scale(factor: float, case: Raw, engine: str, seed: int) -> str:
    """The same case in a unit of time `factor` times smaller."""
    setup, horizon = translate(case), 1000.0
    small = _paths(setup, horizon, engine, seed)
    large = _paths(translate(_scaled(case, factor)), horizon * factor, engine, seed)
    for path, (one, other) in enumerate(zip(small, large)):
        for rows, scaled in ((one.requests, other.requests), (one.visits, other.visits)):
            if len(rows) != len(scaled):
                return f"path {path}: {len(rows)} rows become {len(scaled)}"
            for name in rows.dtype.names or ():
                times = name in {"arrived", "closed", "entered", "joined", "started", "finished", "work_hours"}
                wanted = rows[name] * factor if times else rows[name]
                if not np.allclose(scaled[name], wanted, rtol=RELATIVE, atol=0.0, equal_nan=True):
                    return f"path {path}: {name} does not scale"
        for name in ("in_station", "in_queue", "in_service"):
            if not np.allclose(getattr(other, name), factor * getattr(one, name), rtol=RELATIVE, atol=0.0):
                return f"path {path}: {name} does not scale"
    return ""


def _scaled(case: Raw, factor: float) -> Raw:
    """The case with every time parameter multiplied; shapes and shares stay, rates are divided."""
    case = copy.deepcopy(case)

    def laws(spec: Raw) -> None:
        for key in TIMES & spec.keys():
            spec[key] = [value * factor for value in spec[key]] if isinstance(spec[key], list) else spec[key] * factor

    for table in case["model"]["arrivals"]:
        process = table["process"]
        if process["type"] == "renewal":
            laws(process["interarrival"])
        elif process["type"] in {"poisson", "batch_poisson"}:
            process["rate"] /= factor
        else:
            raise Unsupported(f"scaling arrivals of type {process['type']}")
    for table in case["model"]["stations"]:
        if "servers_schedule" in table:
            raise Unsupported("scaling a servers_schedule")
        for what in ("service", "patience", "rework_service"):
            for spec in [table[what]] if what in table else table.get(f"{what}_by_class", {}).values():
                laws(spec)
    return case


def _seed(case: Raw, engine: str, seed: int) -> str:
    """Same seed, same bytes, whatever the number of worker processes; other seeds differ."""
    setup = translate(case)
    model = setup.model(1000.0)

    def content(chosen: int) -> list[bytes]:
        paths = [simulate(model, seed=chosen, replication=number, engine=engine) for number in range(3)]
        return [trace.requests.tobytes() + trace.visits.tobytes() for trace in paths]

    if content(seed) != content(seed):
        return "the same seed gives other traces"
    if set(content(seed)) & set(content(seed + 1)):
        return "another seed gives the same trace"
    alone = run_all([model], PATHS, seed, engine=engine)
    with crew_here(engine, 2, PATHS) as crew:
        shared = run_all([model], PATHS, seed, engine=engine, crew=crew)
    if any(repr(one.values) != repr(other.values) for one, other in zip(alone[0], shared[0])):
        return "two worker processes give other numbers than one"
    return ""
