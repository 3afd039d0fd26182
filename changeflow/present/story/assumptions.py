"""What of a model is assumed: every number that has a note, in words."""

from __future__ import annotations

from itertools import chain

from changeflow.model.at_path import value_at
from changeflow.model.schema import Model
from changeflow.present.words.paths import path_words
from changeflow.present.words.plain import plain_name
from changeflow.study.estimates.results import Results


def assumption_rows(results: Results) -> list[tuple[str, str, str, str]]:
    """The same over all scenarios, each row once, paths in words."""
    rows = chain.from_iterable(assumption_rows_of(result.model) for result in results.scenarios.values())
    return [(path_words(path), value, span, source) for path, value, span, source in dict.fromkeys(rows)]


def assumption_rows_of(model: Model) -> list[tuple[str, str, str, str]]:
    """What, value, range, source: every number of a model that has a note."""
    rows = [
        (path, _shown(value_at(model, path)), _range(note.low, note.high, note.unit), note.source)
        for path, note in model.assumptions.items()
    ]
    return [row for row in rows if row[1] != "None"]  # a route may have put another rule in its place


def _range(low: object, high: object, unit: str) -> str:
    if low is None or high is None:
        return unit
    if unit == "1":
        unit = ""
    span = f"{_shown(low)} to {_shown(high)}"
    return f"{span}{',' if ' ' in _shown(low) else ''} {unit}".strip(" ,")


def _shown(value: object) -> str:
    if isinstance(value, float | int):
        return f"{value:g}"
    if isinstance(value, dict):
        law = [str(value["law"])] if "law" in value else []
        return ", ".join(law + [f"{plain_name(key)} {_shown(inner)}" for key, inner in value.items() if key != "law"])
    dumped = getattr(value, "model_dump", None)
    if dumped is not None:
        return _shown({key: inner for key, inner in dumped().items() if inner is not None})
    if isinstance(value, list | tuple):
        return "/".join(_shown(inner) for inner in value)
    return str(value)
