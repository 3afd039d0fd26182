"""The event log of one run as tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from changeflow.engine import trace as t
from changeflow.engine.shared.turnover import NEWS
from changeflow.engine.tables.model import compile_tables
from changeflow.engine.tables.staffing import happenings
from changeflow.engine.trace import Rows, Trace
from changeflow.measure.posting import ACCOUNTS
from changeflow.measure.run import run_postings
from changeflow.measure.trace.window import Window
from changeflow.model.requests.routing import RULES
from changeflow.model.schema import Model
from changeflow.present.files.folder import write_whole
from changeflow.present.trace.names import components_of, people_of, zero_of
from changeflow.study.store.folder import MANIFEST, manifest_text


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
        (draft / MANIFEST).write_text(manifest_text(about), encoding="utf-8")

    write_whole(folder, fill)


def _dates(model: Model, hours: np.ndarray) -> pd.Series:
    stamps = pd.Timestamp(zero_of(model)) + pd.to_timedelta(pd.Series(hours), unit="h")
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
            "component": _named(rows["component"], components_of(model)),
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
