"""The tornado in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from changeflow.present.sensitivity.labels import response_words
from changeflow.present.sensitivity.section import Section, amount, ends_in_words, number, signed, tail, written
from changeflow.present.words import plain, plus_minus
from changeflow.study.sensitivity.tornado import Bar, Tornado

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEADER = (
    "factor", "base", "low", "high", "change_at_low", "low_half_width", "change_at_high", "high_half_width",
    "response_at_low", "response_at_high", "turns_at_low", "turns_at_high", "level", "unit",
)  # fmt: skip


def tornado_section(found: Tornado) -> Section:
    """Which assumption moves the answer most, and which alone turns it."""
    bars, response = found.bars, response_words(found.response)
    first = bars[0]
    words = (
        f"{response}: {plus_minus(found.base, found.half_width)} {found.response.unit} as the model is; most moved by "
        f"{first.path}: {_change(first)}."
    )
    turning = [bar.path for bar in bars if bar.low.turns or bar.high.turns]
    if found.response.minus is not None:
        words += f" {_turning(turning, len(bars))}"
    shown: list[tuple[str, ...]] = [("change by one at a time", "low", "change", "high", "change")]
    shown += [(bar.path, *_shown(bar)) for bar in bars]
    facts = {
        "response": found.response.name, "unit": found.response.unit, "base": found.base,
        "base_half_width": found.half_width, "level": found.level, "turning": turning,
    }  # fmt: skip
    rows = tuple(_row(bar, found) for bar in bars)
    title = f"{tail(first.path)} moves the {plain(found.response.measure)} most, of {len(bars)} one at a time"
    return Section("tornado", words, HEADER, rows, tuple(shown), lambda: _draw(found, title), facts)


def _turning(paths: list[str], count: int) -> str:
    if not paths:
        return "No assumption alone surely turns the winner."
    verb, more = ("turns" if len(paths) == 1 else "turn"), (" and others" if len(paths) > 3 else "")
    return f"{len(paths)} of {count} assumptions alone surely {verb} the winner: {', '.join(paths[:3])}{more}."


def _change(bar: Bar) -> str:
    words = ends_in_words(bar.low.value, bar.high.value)
    return ", ".join(
        f"{signed(end.change, end.half_width)} +- {amount(end.half_width, end.half_width)} at {word}"
        for end, word in zip((bar.low, bar.high), words)
    )


def _shown(bar: Bar) -> tuple[str, ...]:
    low, high = ends_in_words(bar.low.value, bar.high.value)
    said = [signed(end.change, end.half_width) + (" turns" if end.turns else "") for end in (bar.low, bar.high)]
    return low, said[0], high, said[1]


def _row(bar: Bar, found: Tornado) -> tuple[object, ...]:
    low, high = bar.low, bar.high
    numbers = low.change, low.half_width, high.change, high.half_width, low.response, high.response
    values = written(bar.base), written(low.value), written(high.value)
    return bar.path, *values, *map(number, numbers), low.turns, high.turns, found.level, found.response.unit


def _draw(found: Tornado, title: str) -> Figure:
    from changeflow.present.sensitivity.chart_tornado import tornado_chart  # noqa: PLC0415  matplotlib is slow to import

    return tornado_chart(found, title)
