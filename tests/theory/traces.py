"""Trace cases: given arrival times and service times, exact event times."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from changeflow.engine.simulate import simulate

from .accept import Check, Result
from .reasons import Raw, Unsupported, number, only
from .shifts import calendar, hours_per_unit, read_staff
from .translate import MONDAY, check_case, checked, common
from .view import View, view_of

MODEL_KEYS = {
    "servers", "jobs", "discipline", "until", "servers_schedule", "schedule_period", "shift_end", "on_interrupt",
    "resampled_service",
}  # fmt: skip
JOB_KEYS = {"id", "at", "service", "cls"}
NOBODY = "nobody"
"""A request after all others that is refused at once: a log must not have all its rows at one instant."""


def _shown(values: Any) -> list[float]:
    return [float(value) for value in values]


def _integral(since: str, until: str) -> Callable[[View], list[float]]:
    def total(view: View) -> list[float]:
        stay = np.minimum(getattr(view, until), view.end) - np.minimum(getattr(view, since), view.end)
        return [float(stay.sum())]

    return total


METRICS: dict[str, Callable[[View], list[float]]] = {
    "start": lambda view: _shown(view.started[np.isfinite(view.started)]),
    "end": lambda view: _shown(view.finished[np.isfinite(view.finished)]),
    "wait": lambda view: _shown((view.started - view.joined)[np.isfinite(view.started)]),
    "sojourn": lambda view: _shown((view.finished - view.joined)[np.isfinite(view.finished)]),
    "Lq_time_integral": _integral("joined", "started"),
    "L_time_integral": _integral("joined", "finished"),
    "busy_time_integral": _integral("started", "finished"),
}


def run_trace(case: Raw, engine: str) -> Result:
    """Run a trace case and compare every time."""
    with tempfile.TemporaryDirectory() as folder:
        tables, horizon, hours = translate_trace(case, Path(folder))
        model = checked(tables, Path(folder) / "case")
        found = simulate(model, seed=0, replication=0, engine=engine)
    jobs = [str(job.get("id", place)) for place, job in enumerate(case["model"]["jobs"])]
    view = view_of(found, hours, 0.0, horizon)
    view = _in_order_of_jobs(view, [found.categories.index(f"job-{job}") for job in jobs], "until" in case["model"])
    checks = [_check(name, value, METRICS[name](view), case["accept"]) for name, value in case["expected"].items()]
    bad = [check.name for check in checks if not check.ok]
    reason = "not exact: " + ", ".join(f"{name} {METRICS[name](view)}" for name in bad) if bad else ""
    return Result(case["id"], case["kind"], "fail" if bad else "pass", reason, checks, runs=1, attempts=1)


def translate_trace(case: Raw, folder: Path) -> tuple[Raw, float, float]:
    """Tables of a model that replays the jobs, its horizon in the case's unit, and clock hours a unit."""
    check_case(case)
    model = case["model"]
    only(model, MODEL_KEYS, "model")
    only(case["expected"], METRICS, "metric")
    for job in model["jobs"]:
        only(job, JOB_KEYS, f"job {job.get('id')}")
    if model.get("discipline", "fifo") != "fifo":
        raise Unsupported(f"discipline {model['discipline']}")
    servers, schedule = read_staff(model, "model")
    horizon = number(model["until"], "until") if "until" in model else _long_enough(model)
    hours = hours_per_unit([schedule] if schedule else [], horizon)
    names = [f"job-{job.get('id', place)}" for place, job in enumerate(model["jobs"])]
    if len(set(names)) != len(names):
        raise Unsupported("two jobs with one id")
    service = {
        name: {"law": "deterministic", "value": number(job["service"], name) * hours}
        for name, job in zip(names, model["jobs"])
    }
    _write_log(folder / "jobs.csv", names, [number(job["at"], "at") * hours for job in model["jobs"]], horizon * hours)

    tables = common(str(case["id"])) | {"horizon_days": horizon * hours / 24}
    everyone = [*names, NOBODY]
    tables["categories"] = {name: {"share": 1 / len(everyone)} for name in everyone}
    tables["demand"] = {
        "kind": "replay", "file": "jobs.csv", "request": "id", "arrived": "at", "category": "id",
        "category_map": {name: name for name in names}, "default_category": NOBODY,
    }  # fmt: skip
    tables["stations"] = {"s": {"servers": servers, "service_hours": service | {"default": 1.0}}}
    if schedule:
        tables["stations"]["s"]["calendar"] = "hours"
        tables["calendars"] = {"hours": calendar(schedule, hours)[0]}
    tables["routing"] = {"entry": {"rule": "by_category", "to": {NOBODY: "refused", "default": "s"}}}
    return tables, horizon, hours


def _long_enough(model: Raw) -> float:
    """A time by which every job is done, closed hours included."""
    busy = sum(float(job["service"]) for job in model["jobs"])
    last = max(float(job["at"]) for job in model["jobs"])
    shifts = [float(at) for at, _ in model.get("servers_schedule", [])]
    if "schedule_period" in model:
        return last + (busy + 2) * float(model["schedule_period"])
    return max([last, *shifts]) + busy + 1.0


def _write_log(path: Path, names: list[str], hours: list[float], horizon: float) -> None:
    """A log in microseconds: within 1e-9 hours of the true times, exact for times on that grid."""
    start = datetime(MONDAY.year, MONDAY.month, MONDAY.day)  # noqa: DTZ001  the model's own clock
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "at"])
        for name, at in zip([*names, NOBODY], [*hours, max(*hours, horizon) + 1.0]):
            rows.writerow([name, (start + timedelta(hours=at)).isoformat(timespec="microseconds")])


def _in_order_of_jobs(view: View, categories: list[int], cut: bool) -> View:
    """The visits in the order of the case's jobs; all of them, or those seen before the case's end."""
    place = {category: number for number, category in enumerate(categories)}
    order = np.argsort([place[category] for category in view.category[view.request]], kind="stable")
    if not cut and (len(order) < len(categories) or not np.all(np.isfinite(view.finished))):
        raise Unsupported("jobs that are not done by the end of the run")
    return View(
        **{
            name: getattr(view, name)[order] if name in _VISIT_COLUMNS else getattr(view, name)
            for name in View.__slots__
        }
    )


_VISIT_COLUMNS = {"request", "station", "entry", "visit", "joined", "started", "finished", "work"}


def _check(name: str, expected: Any, found: list[float], accept: Raw) -> Check:
    """The largest deviation of a list of times; a list of another length is infinitely far off."""
    wanted = _shown(expected) if isinstance(expected, list) else [float(expected)]
    tolerance = float(accept.get("abs_tol", 1e-9))
    off = max((abs(one - other) for one, other in zip(found, wanted)), default=0.0)
    if len(found) != len(wanted):
        off = float("inf")
    shown = found[-1] if found else float("nan")
    target = wanted[-1] if wanted else float("nan")
    if off <= tolerance:
        return Check(name, target, 0.0, target, 0.0, float("nan"))
    return Check(name, shown if shown != target else float("inf"), 0.0, target, 0.0, float("nan"))
