"""How many people, for files and programs: the results folder and the one JSON object."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from changeflow import __version__
from changeflow.present.comparison.machine import as_json
from changeflow.present.comparison.results_folder import Tables, save_all, write_files
from changeflow.present.comparison.summary import markdown_table
from changeflow.present.drawing.studio import Draw
from changeflow.present.files.csv_rows import Row
from changeflow.present.files.folder import write_whole
from changeflow.present.files.json_numbers import json_number
from changeflow.present.files.report import ReportContent
from changeflow.present.sizing.terminal import found_in_words, in_time
from changeflow.present.sizing.words import (
    LABELS,
    answer_of,
    beside_it,
    guarantee_of,
    headline_of,
    limits_of,
    overflow_of,
    staff_in_words,
)  # fmt: skip
from changeflow.present.story.assumptions import assumption_rows
from changeflow.present.words.plain import money, years_in_words
from changeflow.study.sizing.answer import ANSWER, Candidate, Family, Sizing
from changeflow.study.sizing.levers import Staff
from changeflow.study.sizing.targets import Service

STEPS = ("hours_per_week", "full_time", "bill_per_week", "target", "found", "half_width", "wanted", "staff")


def staircase_json(sizing: Sizing, folder: str | None) -> dict[str, Any]:
    """The object of every command that simulates, and under `size` the staffings."""
    found = as_json(sizing.results, folder)
    family = sizing.family
    found["answer"] = {
        "sentence": answer_of(sizing),
        "verdict": family.kind,
        "guarantee": guarantee_of(sizing),
        "changes": family.space.changes(family.chosen.point),
        "values": dict(family.chosen.values),
        **_staff(family.chosen.staff),
    }
    found["size"] = {
        "target": family.space.model.targets.in_words(),
        "tolerance": sizing.tolerance,
        "level": sizing.level,
        "runs_of_search": sizing.search_runs,
        "runs_of_verification": sizing.runs,
        "staff": {name: _staff(staff) for name, staff in sizing.staffs.items()},
        "service": {name: _service(service) for name, service in sizing.services.items()},
        "today": sizing.today,
        "verified": _family(family),
        "vendor_alone": None if sizing.vendor is None else _family(sizing.vendor),
        "staircase": [_staff(step.staff) | {"targets": _service(step.service)} for step in sizing.steps],
    }
    return found


def _family(family: Family) -> dict[str, Any]:
    return {
        "verdict": family.kind,
        "tried": len(family.tried),
        "staffings": family.space.size,
        "monotone": family.monotone,
        "stopped_at_limit": family.exhausted,
        "candidates": [_candidate(one, family) for one in family.verified],
    }


def _candidate(one: Candidate, family: Family) -> dict[str, Any]:
    changes = family.space.changes(one.point)
    return {
        "changes": changes,
        "values": dict(one.values),
        "state": one.state,
        "targets": _service(one.service),
        **_staff(one.staff),
    }


def _staff(staff: Staff) -> dict[str, Any]:
    stations = {name: {"people": people, "hours_per_week": each} for name, _, people, each in staff.groups}
    return {
        "stations": stations,
        "hours_per_week": staff.hours_per_week,
        "full_time": staff.full_time,
        "bill_per_week": staff.bill_per_week,
    }


def _service(service: Service) -> list[dict[str, Any]]:
    return [
        {"target": one.name, "wanted": one.wanted, "found": one.found, "half_width": json_number(one.half_width)}
        for one in service.slacks
    ]


def step_rows(sizing: Sizing) -> Iterator[Row]:
    """One row a step and target."""
    for step in sizing.steps:
        for one in step.service.slacks:
            yield (
                step.staff.hours_per_week, step.staff.full_time, step.staff.bill_per_week, one.name, one.found,
                one.half_width, one.wanted, staff_in_words(step.staff),
            )  # fmt: skip


def write_staircase(sizing: Sizing, folder: Path, *, command_line: list[str], draw: Draw) -> None:
    """Manifest, tables, the staircase with its chart, report; `draw` draws the chart of its sizing."""

    def fill(draft: Path) -> None:
        drawn = save_all(draw(sizing), draft)
        further: Tables = {"staircase.csv": (STEPS, step_rows(sizing))}
        content = _content(sizing, drawn, command_line)
        write_files(draft, sizing.results, further, markdown(sizing), content, command_line)

    write_whole(folder, fill)


def markdown(sizing: Sizing) -> str:
    """The answer and the table for a wiki or a mail."""
    headers, rows = _table(sizing)
    lines = [f"# {sizing.family.space.model.title}", "", answer_of(sizing), ""]
    lines += markdown_table(headers, rows)
    lines += ["", f"Promise: {guarantee_of(sizing)}", "", f"Limits: {limits_of(sizing)}", ""]
    return "\n".join(lines)


def _table(sizing: Sizing) -> tuple[list[str], list[list[str]]]:
    currency = sizing.results.currency
    headers = [
        "staffing",
        "people x hours a week",
        "hours a week",
        "full-time",
        found_in_words(sizing),
        "cost with undone work",
    ]
    rows = []
    for name, result in sizing.results.scenarios.items():
        staff, cost = sizing.staffs[name], result.estimates["total_cost_with_undone"]
        label = "nearest" if name == ANSWER and sizing.family.kind != "found" else LABELS[name].lower()
        words = staff_in_words(staff, overflow_of(result.model))
        hours = f"{staff.hours_per_week:,.0f}", f"{staff.full_time:,.1f}"
        half = money(cost.half_width, "", cost.half_width).strip()
        paid = f"{money(cost.mean, currency, cost.half_width)}+-{half}"
        rows.append([label, words, *hours, in_time(sizing.services[name]), paid])
    return headers, rows


def _content(sizing: Sizing, charts: list[tuple[str, str, str]], command_line: list[str]) -> ReportContent:
    results, model = sizing.results, sizing.family.space.model
    headers, rows = _table(sizing)
    provenance = [
        ("Command", shlex.join(command_line)),
        ("Runs", f"{sizing.runs} of {years_in_words(model.horizon_days)}, seed {results.seed}"),
        ("Engine", results.engine),
        ("Program", f"changeflow {__version__}"),
    ]
    provenance += [
        (f"Model {name}", f"{one.model.place}, digest {one.model.digest()}") for name, one in results.scenarios.items()
    ]
    return ReportContent(
        title=model.title,
        question="How many people, how many hours?",
        answer=headline_of(sizing).replace("+-", "±"),
        notes=[
            ("Beside it", beside_it(sizing).replace("+-", "±")),
            ("Promise", guarantee_of(sizing)),
            ("Limits", limits_of(sizing)),
        ],
        headers=headers,
        rows=[[cell.replace("+-", "±") for cell in row] for row in rows],
        charts=charts,
        assumptions=assumption_rows(results),
        provenance=provenance,
    )
