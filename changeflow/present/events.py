"""The event log of one run, as tables and as lines to read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from changeflow.engine import trace as t
from changeflow.engine.staffing import happenings
from changeflow.engine.tables import compile_tables
from changeflow.engine.trace import Rows, Trace
from changeflow.engine.turnover import NEWS
from changeflow.measure.posting import ACCOUNTS
from changeflow.measure.run import run_postings
from changeflow.measure.window import Window
from changeflow.model.routing import RULES
from changeflow.model.schema import Model
from changeflow.present.folder import write_whole
from changeflow.present.words import plain
from changeflow.study.store_folder import MANIFEST

_LEAVES, _CLOSES, _ARRIVES, _ENTERS, _QUEUES, _STARTS, _LEAVES_AT_ONCE, _CLOSES_AT_ONCE = range(8)
"""The order of what happens at one instant, as the instant rule has it; what takes no time ends after it began."""

_LEFT = {
    "rework": "delivered, to be rejected",
    "interrupted": "interrupted, work remains",
    "reneged": "out of patience",
    "balked": "too many there",
    "turned away": "it is full",
    "given up": "the system is given up",
}
_WHY = {"root": "", "defect": "; repairs a defect of request {}", "propagation": "; drawn by request {}"}


def trace_tables(trace: Trace, model: Model) -> dict[str, pd.DataFrame]:
    """requests, visits, decisions and postings in order, with names for codes and dates beside clock hours.

    And staff, where people take courses or leave; adoption by week.
    """
    tables = {
        "requests": _requests(trace, model),
        "visits": _visits(trace, model),
        "decisions": _decisions(trace),
        "ledger": _ledger(trace, model),
        **({"staff": _staff(trace, model)} if trace.staff else {}),
    }
    return tables | ({"adoption": pd.DataFrame(trace.adoption)} if len(trace.adoption) else {})


def write_trace(
    trace: Trace, model: Model, folder: Path, *, seed: int, replication: int, engine: str, parquet: bool = False
) -> None:
    """Write the tables as CSV or Parquet; floats are written so that reading gives the same bits."""

    def fill(draft: Path) -> None:
        for name, table in trace_tables(trace, model).items():
            if parquet:
                table.to_parquet(draft / f"{name}.parquet", index=False)
            else:
                table.to_csv(draft / f"{name}.csv", index=False)
        about = {
            "program": "changeflow", "command": "trace", "seed": seed, "replication": replication,
            "engine": engine, "model": model.place, "digest": model.digest(),
        }  # fmt: skip
        (draft / MANIFEST).write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")

    write_whole(folder, fill)


def event_lines(trace: Trace, model: Model) -> Iterator[str]:
    """One line an event, in order of time."""
    zero = _zero(model)
    events: list[tuple[float, int, int, str]] = []
    people = [people_of(model, name) for name in trace.stations]
    components = _components(model)
    for row in trace.requests:
        number = int(row["number"])
        events.append((float(row["arrived"]), _ARRIVES, number, f"arrives ({_about(row, trace, components)})"))
        if not np.isnan(row["closed"]):
            at_once = row["closed"] == row["arrived"] or row["outcome"] != t.DONE
            order = _CLOSES_AT_ONCE if at_once else _CLOSES
            events.append((float(row["closed"]), order, number, t.REQUEST_OUTCOMES[row["outcome"]]))
    for row in trace.visits:
        station, number = trace.stations[row["station"]], int(row["request"])
        events += [
            (float(hours), order, number, text)
            for hours, order, text in _visit_events(row, station, people[row["station"]])
            if not np.isnan(hours)
        ]
    for hours, _, number, text in sorted(events):
        yield f"{(zero + timedelta(hours=hours)).isoformat(sep=' ', timespec='minutes')}  request {number:>5}  {text}"


def _components(model: Model) -> tuple[str, ...]:
    return () if model.component_graph is None else model.component_graph.names


def _about(row: Any, trace: Trace, components: tuple[str, ...]) -> str:
    """Category and component of a request, and which other one it comes from: 'data, orders; drawn by request 3'."""
    place = f", {components[row['component']]}" if row["component"] >= 0 else ""
    why = _WHY[t.CAUSES[row["cause"]]].format(row["parent"])
    return f"{trace.categories[row['category']]}{place}{why}"


def _visit_events(row: Any, station: str, people: list[str]) -> Iterator[tuple[float, int, str]]:
    """Clock hours, order and words; hours that are not there yet are NaN."""
    outcome = t.VISIT_OUTCOMES[row["outcome"]]
    never_joined = row["outcome"] in (t.BALKED, t.TURNED_AWAY)
    if row["entered"] < (row["finished"] if never_joined else row["joined"]) or (
        np.isnan(row["joined"]) and np.isnan(row["finished"])
    ):
        yield row["entered"], _ENTERS, f"is sent to {station}, not in its queue yet"
    if never_joined:
        yield row["finished"], _QUEUES, f"leaves {station} ({_LEFT[outcome]})"
        return
    yield row["joined"], _QUEUES, f"queues at {station}"
    yield row["started"], _STARTS, f"is started at {station} by {_server(people, row['server'])}"
    end = _LEAVES_AT_ONCE if row["finished"] == row["started"] else _LEAVES
    yield row["finished"], end, f"leaves {station} ({_LEFT.get(outcome, outcome)}{_wrong(row)})"


def _wrong(row: Any) -> str:
    """What is wrong with a delivery, and whether somebody notices: '; slip, nobody notices'."""
    if row["error"] <= 0:
        return ""
    return f"; {plain(t.ERRORS[row['error']])}" + ("" if row["outcome"] == t.REWORK else ", nobody notices")


def people_of(model: Model, station: str) -> list[str]:
    """Names of a station's servers by number: of the people, else ''; those called off come last."""
    if station not in model.stations or model.stations[station].servers == "infinite":
        return []
    names = []
    for name, group in model.groups(station).items():
        many = group.most_servers > 1
        names += [f"{name} {n + 1}" if many and name else name for n in range(group.most_servers)]
    call_off = model.stations[station].call_off
    return names + [f"called off {n + 1}" for n in range(call_off.servers if call_off else 0)]


def _server(people: list[str], number: int) -> str:
    name = people[number] if 0 <= number < len(people) else ""
    return name or f"server {number}"


def _zero(model: Model) -> datetime:
    return datetime.combine(model.first_day, time())


def _dates(model: Model, hours: np.ndarray) -> pd.Series:
    stamps = pd.Timestamp(_zero(model)) + pd.to_timedelta(pd.Series(hours), unit="h")
    return stamps.dt.strftime("%Y-%m-%dT%H:%M:%S")


def _named(codes: np.ndarray, names: tuple[str, ...], missing: str = "") -> list[str]:
    return [names[code] if code >= 0 else missing for code in codes.tolist()]


def _requests(trace: Trace, model: Model) -> pd.DataFrame:
    rows = trace.requests
    return pd.DataFrame(
        {
            "request": rows["number"],
            "key": [f"{key:016x}" for key in rows["key"].tolist()],
            "parent": [str(parent) if parent >= 0 else "" for parent in rows["parent"].tolist()],
            "cause": _named(rows["cause"], t.CAUSES),
            "source": _named(rows["source"], trace.sources, "open_today"),
            "category": _named(rows["category"], trace.categories),
            "component": _named(rows["component"], _components(model)),
            "difficulty": rows["difficulty"],
            "specification_quality": rows["quality"],
            "arrived": rows["arrived"],
            "closed": rows["closed"],
            "arrived_date": _dates(model, rows["arrived"]),
            "closed_date": _dates(model, rows["closed"]),
            "outcome": _named(rows["outcome"], t.REQUEST_OUTCOMES),
        }
    )


def _visits(trace: Trace, model: Model) -> pd.DataFrame:
    rows = trace.visits
    people = [people_of(model, name) for name in trace.stations]
    return pd.DataFrame(
        {
            "request": rows["request"],
            "visit": rows["visit"],
            "stage": _named(rows["stage"], trace.stages),
            "pass": rows["pass"],
            "attempt": rows["attempt"],
            "station": _named(rows["station"], trace.stations),
            "server": [str(server) if server >= 0 else "" for server in rows["server"].tolist()],
            "person": [
                people[station][server] if 0 <= server < len(people[station]) else ""
                for station, server in zip(rows["station"].tolist(), rows["server"].tolist(), strict=True)
            ],
            "entered": rows["entered"],
            "joined": rows["joined"],
            "started": rows["started"],
            "finished": rows["finished"],
            "started_date": _dates(model, rows["started"]),
            "finished_date": _dates(model, rows["finished"]),
            "work_hours": rows["work_hours"],
            "outcome": _named(rows["outcome"], t.VISIT_OUTCOMES),
            "error": _named(rows["error"], t.ERRORS),
            "noticed": [
                "" if error <= 0 else "yes" if outcome == t.REWORK else "no"
                for error, outcome in zip(rows["error"].tolist(), rows["outcome"].tolist(), strict=True)
            ],
        }
    )


def _staff(trace: Trace, model: Model) -> pd.DataFrame:
    """Courses, departures and successors, in order of time."""
    rows = sorted(
        (time, trace.stations[group.job.station], group.job.name, NEWS[news])
        for group in trace.staff.values()
        if group.job is not None
        for time, news in happenings(group)
    )
    table = pd.DataFrame(rows, columns=["time", "station", "person", "event"])
    table.insert(1, "date", _dates(model, table["time"].to_numpy(float)))
    return table


_SEEN = {
    "open_first": "requests that would still wait",
    "budget": "money spent this month",
    "by_size": "hours of work of the request",
    "until_day": "clock hours now",
}
_COMPARED = {
    "open_first": "overflow_beyond",
    "shortest_queue": "requests per server",
    "soonest": "expected hours until done",
    "cheapest": "expected money",
    "budget": "per_month",
    "by_size": "up_to_hours",
    "until_day": "clock hours at that day",
}


def _decisions(trace: Trace) -> pd.DataFrame:
    """One row for each candidate that a rule looked at; those not chosen were turned down."""
    rows: Rows = trace.decisions
    rules = _named(rows["rule"], tuple(RULES))
    return pd.DataFrame(
        {
            "request": rows["request"],
            "time": rows["time"],
            "rule": rules,
            "station": _named(rows["station"], trace.stations),
            "seen": rows["seen"],
            "seen_is": [_SEEN.get(code, "requests there") for code in rules],
            "compared": rows["value"],
            "compared_is": [_COMPARED.get(code, "") for code in rules],
            "chosen": rows["chosen"],
        }
    )


def _ledger(trace: Trace, model: Model) -> pd.DataFrame:
    """Every posting; a sum over an account is what the measures say of it (discounted ones are discounted here too)."""
    rows = run_postings(Window.of(compile_tables(model)), trace)
    return pd.DataFrame(
        {
            "time": rows["time"],
            "date": _dates(model, rows["time"]),
            "request": [str(number) if number >= 0 else "" for number in rows["request"].tolist()],
            "period": [str(number) if number >= 0 else "" for number in rows["period"].tolist()],
            "station": _named(rows["station"], trace.stations),
            "account": _named(rows["account"], ACCOUNTS),
            "cause": _named(rows["cause"], t.CAUSES),
            "is_repair": rows["repair"],
            "phase": _named(rows["ownership"].astype(int), ("success", "ownership")),
            "amount": rows["amount"],
        }
    )
