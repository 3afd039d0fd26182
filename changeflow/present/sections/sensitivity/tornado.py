"""The tornado in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from changeflow.present.sections.labels import response_words
from changeflow.present.sections.section import Section, amount, ends_in_words, number, signed, written
from changeflow.present.sections.sensitivity.most import as_much, most_title, moved_by
from changeflow.present.words.paths import Labels, path_words
from changeflow.present.words.plain import capitalised, plain, plus_minus
from changeflow.study.sensitivity.tornado import Bar, Tornado

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEADER = (
    "factor", "base", "low", "high", "change_at_low", "low_half_width", "change_at_high", "high_half_width",
    "response_at_low", "response_at_high", "turns_at_low", "turns_at_high", "level", "unit",
)  # fmt: skip


def tornado_section(found: Tornado, labels: Labels) -> Section:
    """Which assumption moves the answer most, and which alone turns it."""
    bars, response = found.bars, capitalised(response_words(found.response))
    most = found.most
    words = f"{response}: {plus_minus(found.base, found.half_width)} {found.response.unit} as the model is; "
    if most is None:
        words += f"no one of {len(bars)} assumptions alone surely moves it."
    else:
        bar = next(bar for bar in bars if bar.path == most.path)
        words += f"{moved_by(most)}: {_change(bar, found.response.unit)}{as_much(most)}."
    turning = [bar.path for bar in bars if bar.low.turns or bar.high.turns]
    if found.response.minus is not None:
        words += f" {_turning(turning, len(bars))}"
    shown: list[tuple[str, ...]] = [(f"change ({found.response.unit})", "low", "change", "high", "change")]
    shown += [(path_words(bar.path), *_shown(bar)) for bar in bars]
    facts = {
        "response": found.response.name, "unit": found.response.unit, "base": found.base,
        "base_half_width": found.half_width, "level": found.level, "turning": turning,
    }  # fmt: skip
    rows = tuple(_row(bar, found) for bar in bars)
    title = f"{most_title(most, 'moves', plain(found.response.measure))}, of {len(bars)} one at a time"
    legend = f"Intervals of the changes hold together at {found.level:.0%}."
    return Section(words, HEADER, rows, tuple(shown), lambda: _draw(found, title, labels), facts, legend)


def _turning(paths: list[str], count: int) -> str:
    if not paths:
        return "No assumption alone surely turns the winner."
    verb, more = ("turns" if len(paths) == 1 else "turn"), (" and others" if len(paths) > 3 else "")
    named = ", ".join(map(path_words, paths[:3]))
    return f"{len(paths)} of {count} assumptions alone surely {verb} the winner: {named}{more}."


def _change(bar: Bar, unit: str) -> str:
    words = ends_in_words(bar.low.value, bar.high.value)
    return ", ".join(
        f"{signed(end.change, end.half_width)} +- {amount(end.half_width, end.half_width)} {unit} at {word}"
        for end, word in zip((bar.low, bar.high), words)
    )


def _shown(bar: Bar) -> tuple[str, ...]:
    low, high = ends_in_words(bar.low.value, bar.high.value)
    said = [
        f"{signed(end.change, end.half_width)} +- {amount(end.half_width, end.half_width)}" + " turns" * end.turns
        for end in (bar.low, bar.high)
    ]
    return low, said[0], high, said[1]


def _row(bar: Bar, found: Tornado) -> tuple[object, ...]:
    low, high = bar.low, bar.high
    numbers = low.change, low.half_width, high.change, high.half_width, low.response, high.response
    values = written(bar.base), written(low.value), written(high.value)
    return bar.path, *values, *map(number, numbers), low.turns, high.turns, found.level, found.response.unit


def _draw(found: Tornado, title: str, labels: Labels) -> Figure:
    from changeflow.present.sections.charts.tornado import tornado_chart  # noqa: PLC0415  matplotlib is slow to import

    return tornado_chart(found, title, labels)
