"""What a path of a model file is called, and in which unit it counts: the one place for axes, tables and sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from changeflow.model.file.priors import unit_in_set
from changeflow.model.schema import Model
from changeflow.present.words.plain import plain_name
from changeflow.study.file.toml_value import toml

NAMING = {"stations", "categories", "contracts", "calendars", "demand", "routing"}
"""Sections whose own name says nothing that the rest of the path does not say."""
NO_UNIT = {"", "1"}
MOST_NAMED = 2

Labels = Mapping[str, str]
"""Path -> its words with the unit."""


def path_words(path: str) -> str:
    """'stations.vendor.speed' is 'vendor speed', 'demand.sources.go_live.fit' 'go live fit'."""
    parts = path.split(".")
    if parts[:2] == ["demand", "sources"]:
        parts = parts[2:]
    elif parts[0] in NAMING:
        parts = parts[1:]
    return plain_name(" ".join(parts)) or path


def path_unit(path: str, model: Model) -> str:
    """As the model's own note says, else its prior set; '' where neither knows it."""
    note = model.assumptions.get(path)
    unit = note.unit if note is not None and note.unit else unit_in_set(model.tables, model.priors, path)
    return "" if unit in NO_UNIT else unit


def path_label(path: str, model: Model) -> str:
    """'vendor speed (reference hours per hour)'."""
    unit = path_unit(path, model)
    return f"{path_words(path)} ({unit})" if unit else path_words(path)


def labels_of(paths: Iterable[str], model: Model) -> dict[str, str]:
    """The label of each path."""
    return {path: path_label(path, model) for path in paths}


def some_paths(paths: Sequence[str]) -> str:
    """'vendor speed and go live fit'; of many only how many."""
    if len(paths) > MOST_NAMED:
        return f"{len(paths)} others"
    return " and ".join(map(path_words, paths))


def setting_word(value: object) -> str:
    """A factor's value on a terminal or a chart; a law in short."""
    if value is None:
        return "as it is"
    if isinstance(value, dict):
        return _table_word(value)
    if isinstance(value, float):
        return f"{value:.4g}"
    return value if isinstance(value, str) else toml(value)


def _table_word(table: dict[str, object]) -> str:
    """'lognormal(4, 1)' of what is named by its law, rule or kind; of other tables each key with its value."""
    if table and next(iter(table)) in {"law", "rule", "kind"}:
        name, *rest = table.values()
        words = [f"{inner:.3g}" if isinstance(inner, int | float) else setting_word(inner) for inner in rest]
        return f"{name}({', '.join(words)})"
    return ", ".join(f"{key.replace('_', ' ')} {setting_word(inner)}" for key, inner in table.items())
