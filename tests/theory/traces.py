"""Trace cases: given arrival times and service times, exact event times."""

from __future__ import annotations

import csv
import re
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from changeflow.engine.simulate import simulate

from .accept import Check, Result
from .laws import law
from .reasons import Raw, Unsupported, number, only
from .redraws import redrawn
from .shifts import Schedule, hours_per_unit, read_staff
from .stations import DISCIPLINES, handing_over, priorities
from .trace_metrics import OVERTIME, in_order_of_jobs, shown, trace_metric
from .translate import MONDAY, check_case, checked, common
from .view import view_of

MODEL_KEYS = {
    "servers", "jobs", "discipline", "until", "servers_schedule", "schedule_period", "shift_end", "on_interrupt",
    "resampled_service", "patience", "rule", "capacity",
}  # fmt: skip
JOB_KEYS = {"id", "at", "service", "cls", "priority", "patience"}
NOBODY = "nobody"
"""A request after all others that is refused at once: a log must not have all its rows at one instant."""
BALKING = re.compile(r"an arrival that finds (\d+) or more in station balks$")
CLASSES = {"high": 0, "urgent": 0, "medium": 1, "normal": 1, "low": 2}
"""Priorities that names of classes say."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A translated trace case."""

    tables: Raw
    horizon: float
    hours: float
    names: list[str]
    """Our categories: one for each job."""
    teams: Schedule | None
    """Where each change of the schedule brings servers of its own."""


def run_trace(case: Raw, engine: str) -> Result:
    """Run a trace case and compare every time."""
    metrics = {name: trace_metric(name) for name in case["expected"]}
    with tempfile.TemporaryDirectory() as folder:
        plan = translate_trace(case, Path(folder))
        file = Path(folder) / "case"
        model, seed = checked(plan.tables, file), 0
        if "resampled_service" in case["model"] and case["model"].get("on_interrupt") == "resample":
            again = number(case["model"]["resampled_service"], "resampled_service") * plan.hours
            tables, seed = redrawn(model, plan.tables, again)
            model = checked(tables, file)
        found = simulate(model, seed=seed, replication=0, engine=engine)
    view = view_of(found, plan.hours, 0.0, plan.horizon)
    seen = in_order_of_jobs(case["model"], view, [found.categories.index(name) for name in plan.names], plan.teams)
    checks = [_check(name, case["expected"][name], metrics[name](seen), case["accept"]) for name in metrics]
    bad = [check.name for check in checks if not check.ok]
    reason = "not exact: " + ", ".join(f"{name} {metrics[name](seen)}" for name in bad) if bad else ""
    return Result(case["id"], case["kind"], "fail" if bad else "pass", reason, checks, runs=1, attempts=1)


def translate_trace(case: Raw, folder: Path) -> Plan:
    """A model that replays the jobs."""
    check_case(case)
    model, jobs = case["model"], case["model"]["jobs"]
    if any("servers_needed" in job for job in jobs):
        raise Unsupported("requests that need several servers at once")
    only(model, MODEL_KEYS, "model")
    for name in case["expected"]:
        trace_metric(name)
    for job in jobs:
        only(job, JOB_KEYS, f"job {job.get('id')}")
    _, schedule = read_staff(model, "model")
    hours = hours_per_unit([schedule] if schedule else [])
    horizon = number(model["until"], "until") if "until" in model else _long_enough(model)
    names = [f"job-{job.get('id', place)}" for place, job in enumerate(jobs)]
    if len(set(names)) != len(names):
        raise Unsupported("two jobs with one id")
    _write_log(folder / "jobs.csv", names, [number(job["at"], "at") * hours for job in jobs], horizon * hours)

    tables = common(str(case["id"])) | {"horizon_days": horizon * hours / 24}
    everyone = [*names, NOBODY]
    ranks = _ranks(model, names)
    tables["categories"] = {name: {"share": 1 / len(everyone), "priority": ranks.get(name, 9)} for name in everyone}
    tables["demand"] = {
        "kind": "replay", "file": "jobs.csv", "request": "id", "arrived": "at", "category": "id",
        "category_map": {name: name for name in names}, "default_category": NOBODY,
    }  # fmt: skip
    teams = schedule if any(map(OVERTIME.match, case["expected"])) else None
    tables["stations"] = {"s": _station(model, names, hours) | _staff(model, horizon, hours, teams)}
    tables["routing"] = {"entry": {"rule": "by_category", "to": {NOBODY: "refused", "default": "s"}}}
    return Plan(tables, horizon, hours, names, teams)


def _station(model: Raw, names: list[str], hours: float) -> Raw:
    discipline = model.get("discipline", "fifo")
    if discipline not in DISCIPLINES:
        raise Unsupported(f"discipline {discipline}")
    service = {
        name: {"law": "deterministic", "value": number(job["service"], name) * hours}
        for name, job in zip(names, model["jobs"])
    }
    built = DISCIPLINES[discipline] | {"service_hours": service | {"default": 1.0}}
    patience = {
        name: _patience(job.get("patience", model.get("patience")), hours)
        for name, job in zip(names, model["jobs"])
        if "patience" in job or "patience" in model
    }
    if patience:
        built["patience_hours"] = patience | {"default": 1e9}
    if "capacity" in model:
        built["capacity"] = model["capacity"]
    if "rule" in model:
        found = BALKING.match(model["rule"])
        if not found:
            raise Unsupported(f"rule '{model['rule']}'")
        built["join_probability"] = [1.0] * int(found[1]) + [0.0]
    return built


def _patience(said: Any, hours: float) -> Any:
    return law(said, hours) if isinstance(said, dict) else number(said, "patience") * hours


def _staff(model: Raw, horizon: float, hours: float, teams: Schedule | None) -> Raw:
    servers, schedule = read_staff(model, "model")
    if schedule is None:
        return {"servers": servers}
    built = handing_over(schedule, DISCIPLINES[model.get("discipline", "fifo")], is_calendar=False)
    if teams:
        return built | {"staff": teams.teams(hours)}
    return built | {"staff": {"team": {"head_count": schedule.head_count(horizon, hours)}}}


def _ranks(model: Raw, names: list[str]) -> dict[str, int]:
    """Each job's priority: its own, or what the name of its class says."""
    matter = "priority" in str(model.get("discipline"))
    given = {}
    for name, job in zip(names, model["jobs"]):
        given[name] = job.get("priority", CLASSES.get(job.get("cls", "")))
        if matter and given[name] is None:
            raise Unsupported(f"the priority of class '{job.get('cls')}'")
    return priorities(given, matter=matter)


def _long_enough(model: Raw) -> float:
    """A time by which every job is done, closed hours and interrupted work included."""
    shifts = [float(at) for at, _ in model.get("servers_schedule", [])]
    jobs = model["jobs"]
    busy = sum(float(job["service"]) + float(model.get("resampled_service", 0.0)) for job in jobs)
    busy *= len(shifts) + len(jobs)  # each shift and each urgent request may cost the work in hand
    last = max(float(job["at"]) for job in jobs)
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


def _check(name: str, expected: Any, found: list[float], accept: Raw) -> Check:
    """The largest deviation of a list of times; a list of another length is infinitely far off."""
    wanted = shown(expected) if isinstance(expected, list) else [float(expected)]
    tolerance = float(accept.get("abs_tol", 1e-9))
    off = max((abs(one - other) for one, other in zip(found, wanted)), default=0.0)
    if len(found) != len(wanted):
        off = float("inf")
    last = found[-1] if found else float("nan")
    target = wanted[-1] if wanted else float("nan")
    if off <= tolerance:
        return Check(name, target, 0.0, target, 0.0, float("nan"))
    return Check(name, last if last != target else float("inf"), 0.0, target, 0.0, float("nan"))
