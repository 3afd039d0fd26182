"""Plays a story: requests at exact hours with exact work, from a log that is written for it.

Times in tables are clock hours (`4`, `9.5`) or a day and a time of the first week (`Tue09:00`), `+1` after it
for the second week (`Mon09:00+1`); the clock starts on Monday 2026-01-05 at midnight. `-` is "not yet".
Each request is of a category of its own, r0, r1, ..., so that a system can treat it apart; every column beside
`at` and `work` is a key of that category (`priority`, `due_within_days`, `difficulty`, ...).
"""

from __future__ import annotations

import re
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from changeflow.engine import trace as t
from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import compile_tables
from changeflow.engine.trace import Trace
from changeflow.measure.run import measure_run
from changeflow.measure.trace.window import Window
from changeflow.model.reading import build_model
from changeflow.model.schema import Model
from tests.engines import by_request

MONDAY = datetime(2026, 1, 5)  # noqa: DTZ001  a log's own clock
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_CLOCK = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(\d\d):(\d\d)(?:\+(\d))?")
Row = tuple[Any, ...]

OFFICE = """
[calendars.office]
days = ["mon", "tue", "wed", "thu", "fri"]
hours = ["09:00-17:00"]
"""


def play(
    folder: Path, engine: str, requests: str, system: str, *, days: float = 14, seed: int = 1, decisions: bool = False
) -> Trace:
    """The trace of a story; `requests` is a table with the columns at, work and any key of a category."""
    model = story(folder, requests, system, days=days)
    return by_request(simulate(model, seed=seed, replication=0, engine=engine, decisions=decisions))


def story(folder: Path, requests: str, system: str, *, days: float = 14) -> Model:
    """The model of a story. Sources in the system come beside the log, which is the first source."""
    names, rows = _split(requests)
    asked = [dict(zip(names, row, strict=True)) for row in rows]
    lines = [f"{number},{MONDAY + timedelta(hours=one['at'])},r{number}" for number, one in enumerate(asked)]
    (folder / "log.csv").write_text("id,at,kind\n" + "\n".join(lines) + "\n", encoding="utf-8")
    raw: dict[str, Any] = {
        "title": "a story",
        "go_live": MONDAY.date(),
        "horizon_days": days,
        "categories": {f"r{number}": _category(one, 1 / len(asked)) for number, one in enumerate(asked)},
    }
    log = {
        "kind": "replay", "file": "log.csv", "request": "id", "arrived": "at", "category": "kind",
        "default_category": "r0", "category_map": {f"r{number}": f"r{number}" for number in range(len(asked))},
    }  # fmt: skip
    told_system = tomllib.loads(system)
    demand = told_system.pop("demand", {})
    others = demand.pop("sources", {})
    raw["demand"] = {"sources": {"log": log | demand, **others}} if others else log | demand
    return build_model(raw | told_system, file=folder / "story.toml", shown="story.toml")


def measured(model: Model, trace: Trace) -> dict[str, float]:
    """What changeflow measures of a story."""
    return measure_run(Window.of(compile_tables(model)), trace).values


def _category(one: dict[str, Any], share: float) -> dict[str, Any]:
    keys = {key: value for key, value in one.items() if key not in ("at", "work") and value is not None}
    if "priority" in keys:
        keys["priority"] = int(keys["priority"])
    return {"share": share, "work_hours": one["work"], **keys}


def told(table: str) -> list[Row]:
    """The rows of a table in a test."""
    return [tuple(row) for row in _split(table)[1]]


def visits(trace: Trace, table: str) -> list[Row]:
    """The trace's visits, as the columns that the table has."""
    return _seen(
        trace.visits,
        table,
        {"station": trace.stations, "stage": trace.stages, "outcome": t.VISIT_OUTCOMES, "error": ("-", *t.ERRORS[1:])},
    )


def requests(trace: Trace, table: str) -> list[Row]:
    """The trace's requests, as the columns that the table has."""
    sources = (*trace.sources, "open_today")
    return _seen(trace.requests, table, {"outcome": t.REQUEST_OUTCOMES, "source": sources, "cause": t.CAUSES})


def decisions(trace: Trace, table: str) -> list[Row]:
    """The trace's routing decisions, as the columns that the table has; `value` is the bound, `-` for none."""
    return _seen(trace.decisions, table, {"station": trace.stations, "chosen": ("no", "yes")})


def _seen(rows: np.ndarray, table: str, names: dict[str, tuple[str, ...]]) -> list[Row]:
    columns = _split(table)[0]
    found = []
    for row in rows:
        values = [row[column].item() for column in columns]
        found.append(tuple(_shown(value, names.get(column)) for column, value in zip(columns, values, strict=True)))
    return found


def _shown(value: Any, names: tuple[str, ...] | None) -> Any:
    if names is not None:
        return None if names[value] == "-" else names[value].replace(" ", "_")
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _split(table: str) -> tuple[list[str], list[list[Any]]]:
    lines = [line.split() for line in table.strip().splitlines()]
    return lines[0], [[_cell(cell) for cell in line] for line in lines[1:]]


def _cell(cell: str) -> Any:
    clock = _CLOCK.fullmatch(cell)
    if clock:
        day, hour, minute, week = clock.groups()
        return int(week or 0) * 168 + _DAYS.index(day) * 24 + int(hour) + int(minute) / 60
    if cell == "-":
        return None
    try:
        return float(cell)
    except ValueError:
        return cell
