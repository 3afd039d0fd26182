"""What `check` says of a model: its load, what it will do in words, what is assumed."""

from __future__ import annotations

import math
from typing import Any

from changeflow.model.load.topology import Load, offered_loads
from changeflow.model.process_only import custom_rules, process_only
from changeflow.model.schema import Model
from changeflow.present.files.json_numbers import json_number
from changeflow.present.story.assumptions import assumption_rows_of
from changeflow.present.story.components import component_lines, follow_up_lines, follow_up_warnings
from changeflow.present.story.errors import error_lines, flexibility_lines
from changeflow.present.story.model import story
from changeflow.present.words.logs import log_lines
from changeflow.present.words.margins import check_lines
from changeflow.present.words.plain import digits, load_in_words, plain_name


def check(model: Model) -> str:
    """Everything a reader should know before the first run."""
    sections = [
        ("LOAD     work arriving against hours available", [_load_line(load) for load in offered_loads(model)]),
        ("WHAT THE MODEL WILL DO", list(story(model))),
    ]
    asked_after = follow_up_lines(model)
    if asked_after:
        sections.insert(1, ("FOLLOW-UPS   requests that a request draws after it", asked_after))
    wrong = error_lines(model)
    if wrong:
        sections.append(("ERRORS   how often a delivery is wrong, why, and what follows", wrong))
    components = [*component_lines(model), *flexibility_lines(model)]
    if components:
        sections.append(("COMPONENTS   how changes spread", components))
    warnings = warnings_of(model)
    if model.logs:
        sections.append(("DATA", log_lines(model)))
    if warnings:
        sections.insert(0, ("WARNING", warnings))
    rare = process_only(model)
    if rare:
        sections.append(("ENGINE   what only the process engine knows", [*rare, *_functions_needed(model)]))
    if model.missing:
        sections.append(("NOT MODELLED", [model.missing]))
    rows = assumption_rows_of(model)
    assumed = [f"{path} = {value} ({span}; {source})" for path, value, span, source in rows]
    none = ["This model names no prior set and has no [assumptions]; its comments say where its numbers come from."]
    sections.append((f"NUMBERS   {len(assumed)} with range and source", assumed or none))
    return check_lines(f"{model.place} is valid: {model.title}", [(head, texts or ["-"]) for head, texts in sections])


def _functions_needed(model: Model) -> list[str]:
    """The command line has no place for a Python function: say where it belongs."""
    missing = [name for name in custom_rules(model) if name not in model.rules]
    return [f"rule {name} needs its function: run this model from Python with model.with_rules" for name in missing]


def check_as_json(model: Model) -> dict[str, Any]:
    """The same for machines."""
    return {
        "valid": True,
        "title": model.title,
        "digest": model.digest(),
        "warnings": warnings_of(model),
        "load": {
            load.station: {
                "low": json_number(load.load[0]), "high": json_number(load.load[1]),
                "hours_per_week": load.hours_per_week,
                "work_hours_per_week": [json_number(hours) for hours in load.work_per_week],
                "overloaded": load.overloaded, "overloaded_by": load.overloaded_by, "upper_bound": load.lightened,
            }
            for load in offered_loads(model)
        },
        "process_only": list(process_only(model)),
        "story": list(story(model)),
        "errors": error_lines(model),
        "components": [*component_lines(model), *flexibility_lines(model)],
        "follow_ups": follow_up_lines(model),
        "assumptions": [
            dict(zip(("path", "value", "range", "source"), row, strict=True)) for row in assumption_rows_of(model)
        ],
        "data": log_lines(model),
    }  # fmt: skip


def warnings_of(model: Model) -> list[str]:
    """Overload in words, rows of a log that cannot be used, and a model in which nothing is measured."""
    said = [_overload(load) for load in offered_loads(model) if load.overloaded]
    if all(source.background for source in model.demand.sources.values()):
        said.append("every source has background = true: no request is ours, so nothing is measured")
    said += follow_up_warnings(model)
    for name, log in model.logs.items():
        if log.refused:
            said.append(f"{name}: {log.in_words()}")
    return said


def _overload(load: Load) -> str:
    if load.overloaded_by:
        categories = plain_name(load.overloaded_by)
        return (
            f"{plain_name(load.station)}: OVERLOAD by {categories}: more work than the people with the skill have "
            "hours for; its backlog will grow"
        )
    return f"{plain_name(load.station)}: OVERLOAD, {load_in_words(*load.load)} of its hours; the backlog will grow"


def _load_line(load: Load) -> str:
    low, high = load.work_per_week
    if load.servers is None:
        return f"{plain_name(load.station)}: {digits(high)} hours a week, unlimited"
    work = digits(high) if high - low < 0.005 * max(high, 1) else f"{digits(low)} to {digits(high)}"
    if math.isinf(high):
        work = f"{digits(low)} or more" if math.isfinite(low) else "endless"
    share = load_in_words(*load.load) + ("  OVERLOAD" if load.overloaded else "")
    if load.lightened:
        share += " at most: fewer ask or stay when there is much to do"
    return f"{plain_name(load.station)}: {work} hours of work a week, {digits(load.hours_per_week)} available: {share}"
