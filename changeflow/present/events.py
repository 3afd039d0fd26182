"""The event log of one run, as tables and as lines to read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from changeflow.engine import trace as t
from changeflow.engine.trace import Rows, Trace
from changeflow.model.schema import Model
from changeflow.present.folder import MANIFEST, write_whole

_LEAVES, _CLOSES, _ARRIVES, _QUEUES, _STARTS, _LEAVES_AT_ONCE, _CLOSES_AT_ONCE = range(7)
"""The order of what happens at one instant, as the instant rule has it; what takes no time ends after it began."""


def trace_tables(trace: Trace, model: Model) -> dict[str, pd.DataFrame]:
    """requests, visits and decisions in order, with names for codes and dates beside clock hours."""
    return {
        "requests": _requests(trace, model),
        "visits": _visits(trace, model),
        "decisions": _decisions(trace),
    }


def write_trace(trace: Trace, model: Model, folder: Path, *, seed: int, replication: int) -> None:
    """Write the tables as CSV; floats are written so that reading gives the same bits."""

    def fill(draft: Path) -> None:
        for name, table in trace_tables(trace, model).items():
            table.to_csv(draft / f"{name}.csv", index=False)
        about = {
            "program": "changeflow", "command": "trace", "seed": seed, "replication": replication,
            "model": model.place, "digest": model.digest(),
        }  # fmt: skip
        (draft / MANIFEST).write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")

    write_whole(folder, fill)


def event_lines(trace: Trace, model: Model) -> Iterator[str]:
    """One line an event, in order of time."""
    zero = _zero(model)
    events: list[tuple[float, int, int, str]] = []
    names = {
        number: trace.categories[code]
        for number, code in zip(trace.requests["number"].tolist(), trace.requests["category"].tolist(), strict=True)
    }
    for row in trace.requests:
        number = int(row["number"])
        events.append((float(row["arrived"]), _ARRIVES, number, f"arrives ({names[number]})"))
        if not np.isnan(row["closed"]):
            order = _CLOSES_AT_ONCE if row["closed"] == row["arrived"] else _CLOSES
            events.append((float(row["closed"]), order, number, t.REQUEST_OUTCOMES[row["outcome"]]))
    for row in trace.visits:
        station, number = trace.stations[row["station"]], int(row["request"])
        end = _LEAVES_AT_ONCE if row["finished"] == row["started"] else _LEAVES
        texts = {
            "finished": (end, f"leaves {station} ({t.VISIT_OUTCOMES[row['outcome']]})"),
            "joined": (_QUEUES, f"queues at {station}"),
            "started": (_STARTS, f"is started at {station} by {row['server']}"),
        }
        for field, (order, text) in texts.items():
            if not np.isnan(row[field]):
                events.append((float(row[field]), order, number, text))
    for hours, _, number, text in sorted(events):
        yield f"{(zero + timedelta(hours=hours)).isoformat(sep=' ', timespec='minutes')}  request {number:>5}  {text}"


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
            "component": "",
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
    return pd.DataFrame(
        {
            "request": rows["request"],
            "visit": rows["visit"],
            "stage": _named(rows["stage"], trace.stages),
            "pass": rows["pass"],
            "attempt": rows["attempt"],
            "station": _named(rows["station"], trace.stations),
            "server": [str(server) if server >= 0 else "" for server in rows["server"].tolist()],
            "entered": rows["entered"],
            "joined": rows["joined"],
            "started": rows["started"],
            "finished": rows["finished"],
            "started_date": _dates(model, rows["started"]),
            "finished_date": _dates(model, rows["finished"]),
            "work_hours": rows["work_hours"],
            "outcome": _named(rows["outcome"], t.VISIT_OUTCOMES),
        }
    )


def _decisions(trace: Trace) -> pd.DataFrame:
    rows: Rows = trace.decisions
    return pd.DataFrame(
        {
            "request": rows["request"],
            "time": rows["time"],
            "station": _named(rows["station"], trace.stations),
            "waiting_seen": rows["seen"],
            "overflow_beyond": rows["value"],
            "chosen": rows["chosen"],
        }
    )
