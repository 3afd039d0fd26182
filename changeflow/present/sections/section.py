"""One analysis as it is shown: a sentence, a table for files and terminal, facts for machines, a chart."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from changeflow.present.files.csv_rows import Row
from changeflow.present.files.json_numbers import json_value
from changeflow.present.words.paths import setting_word
from changeflow.present.words.plain import digits
from changeflow.study.file.toml_value import toml

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ANSWER = "ANSWER"
MOST_LINES = 12
"""Rows of a table on a terminal; all of them are in its file."""


@dataclass(frozen=True, slots=True)
class Section:
    """An analysis."""

    sentence: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    shown: tuple[tuple[str, ...], ...]
    """What a terminal shows: a heading, then rows of words."""
    draw: Callable[[], Figure] | None
    facts: dict[str, Any]
    """For machines, beside the rows."""
    legend: str = ""
    """What the words of the terminal's table mean, where they need it."""
    label: str = ANSWER
    """Of its sentence on a terminal: those of the answer are said together, and their tables stand before it."""


def number(value: float) -> float | str:
    """A cell of a file: empty where there is none."""
    return "" if math.isnan(value) or math.isinf(value) else float(value)


def amount(value: float, error: float = 0.0) -> str:
    """'12,300', '1.23': no digits beyond the error, three without one."""
    if not math.isfinite(value):
        return "-"
    if error > 0 and math.isfinite(error):
        return digits(value, error)
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def signed(value: float, error: float = 0.0) -> str:
    """'+12,300', '-1.23'."""
    return f"+{amount(value, error)}" if value > 0 else amount(value, error)


def interval(low: float, high: float) -> str:
    """'12 to 34'."""
    error = (high - low) / 2
    return f"{amount(low, error)} to {amount(high, error)}"


def ends_in_words(low: object, high: object) -> tuple[str, str]:
    """Both ends of a range in short; of two laws the first number in which they differ."""
    if isinstance(low, dict) and isinstance(high, dict) and low.keys() == high.keys():
        key = next(name for name in low if low[name] != high[name])
        if isinstance(low[key], int | float):
            return f"{key} {low[key]:.3g}", f"{key} {high[key]:.3g}"
    return setting_word(low), setting_word(high)


def written(value: object) -> object:
    """A factor's value in a table: as TOML writes it; empty where the model's own stays."""
    return "" if value is None else value if isinstance(value, str | int | float) else toml(value)


def text_table(shown: Sequence[Sequence[str]], width: int = 78) -> list[str]:
    """Columns side by side, the first one flush left; where lines would be too long it stands above the others."""
    if not shown:
        return []
    hidden = len(shown) - 1 - MOST_LINES
    rows = list(shown[: MOST_LINES + 1])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    above = sum(widths) + 2 * len(widths) > width
    lines = []
    for row in rows:
        rest = "  ".join(cell.rjust(size) for cell, size in zip(row[1:], widths[1:]))
        if above:
            lines += [f"  {row[0]}", f"      {rest}".rstrip()]
        else:
            lines.append(f"  {row[0]:<{widths[0]}}  {rest}".rstrip())
    return [*lines, f"  and {hidden} more"] if hidden > 0 else lines


def as_json(section: Section) -> dict[str, Any]:
    """The sentence, the facts, the rows by their columns."""
    rows = [dict(zip(section.header, (None if cell == "" else cell for cell in row))) for row in section.rows]
    return {"sentence": section.sentence, **json_value(section.facts), "rows": rows}
