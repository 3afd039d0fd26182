"""Words that tables, sentences and charts of an analysis share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from changeflow.present.words.plain import plain
from changeflow.study.sensitivity.responses import Response


def response_label(response: Response, word: str) -> str:
    """What an axis says, on two lines: the measure with its unit, and whose it is."""
    unit = f"{response.unit} {word}".rstrip()
    whose = plain(response.scenario) + (f" minus {plain(response.minus)}" if response.minus is not None else "")
    return f"{plain(response.measure)} ({unit})\n{whose}"


def response_words(response: Response) -> str:
    """'total cost, both minus vendor'."""
    rest = f" minus {plain(response.minus)}" if response.minus is not None else ""
    return f"{plain(response.measure)}, {plain(response.scenario)}{rest}"


def in_order(values: Sequence[Any]) -> list[Any]:
    """Each value once: numbers from low to high, others as they come."""
    different = list(dict.fromkeys(values))
    return sorted(different) if all(isinstance(value, int | float) for value in different) else different
