"""Work conservation: one server and the same requests have the same unfinished work at every time, whoever is next."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from changeflow.engine.simulate import simulate
from changeflow.engine.trace import Trace

from .reasons import Raw, Unsupported
from .stations import DISCIPLINES
from .translate import Setup, checked, translate
from .view import Floats

NAMED = {
    "FIFO": ["fifo"],
    "LIFO": ["lifo_nonpreemptive"],
    "SJF": ["sjf_nonpreemptive", "sjf_preemptive_original_size"],
    "SRPT": ["srpt"],
    "random order": ["random"],
    "priorities": ["priority_nonpreemptive", "priority_preemptive_resume"],
}
"""Words of a rule -> disciplines of the cases."""
URGENCY = {"urgent": 0, "normal": 1, "later": 2}
HORIZON = 1_000.0
PATHS = 20
SAME = 1e-9


def unfinished_work(case: Raw) -> Callable[[Raw, str, int], str]:
    """The check that a rule about unfinished work asks for; Unsupported where it cannot be made."""
    setup, rule = translate(case), case["expected"]["rule"]
    if len(setup.places) != 1 or setup.places[0].servers != 1 or setup.places[0].schedule:
        raise Unsupported("unfinished work of anything but one server")
    wanted = [name for word, names in NAMED.items() if word in rule for name in names]
    if len(wanted) < 2:
        raise Unsupported("fewer than two disciplines to compare")
    return partial(_compare, setup, wanted)


def _compare(setup: Setup, disciplines: list[str], _: Raw, engine: str, seed: int) -> str:
    models = {name: checked(_tables(setup, name)) for name in disciplines}
    for path in range(PATHS):
        courses = {
            name: _course(simulate(model, seed=seed, replication=path, engine=engine)) for name, model in models.items()
        }
        first = courses[disciplines[0]]
        for name, course in courses.items():
            if not (len(course) == len(first) and np.allclose(course, first, rtol=SAME, atol=SAME)):
                return f"path {path}: other unfinished work under {name} than under {disciplines[0]}"
    return ""


def _tables(setup: Setup, discipline: str) -> Raw:
    """The case under another discipline; requests of one class get three priorities by lot."""
    tables = setup.tables(HORIZON)
    ((name, station),) = tables["stations"].items()
    rest = {key: value for key, value in station.items() if key not in {"discipline", "preemptive", "interrupted_work"}}
    tables["stations"] = {name: rest | DISCIPLINES[discipline]}
    if len(setup.classes) == 1:
        share = 1 / len(URGENCY)
        tables["categories"] = {urgency: {"share": share, "priority": rank} for urgency, rank in URGENCY.items()}
        for source in tables["demand"]["sources"].values():
            del source["category"]
    return tables


def _course(trace: Trace) -> Floats:
    """Unfinished work just after each arrival, and halfway to the next."""
    arrived, visits = trace.requests["arrived"], trace.visits
    work = np.bincount(visits["request"], visits["work_hours"], len(arrived))
    begun = visits[~np.isnan(visits["started"])]
    begun = begun[np.argsort(begun["started"], kind="stable")]
    ends = np.where(np.isnan(begun["finished"]), trace.end, begun["finished"])
    edges = np.column_stack([begun["started"], ends]).ravel()
    if np.any(np.diff(edges) < 0):
        return np.zeros(0)  # one server with two requests in hand
    done = np.cumsum(np.diff(edges, prepend=edges[0]) * np.tile([0.0, 1.0], len(begun)))
    times = np.sort(np.concatenate([arrived, (arrived[1:] + arrived[:-1]) / 2]))
    given = np.cumsum(work)[np.searchsorted(arrived, times, side="right") - 1]
    found: Floats = given - np.interp(times, edges, done)
    return found
