"""Which of many assumptions has the largest effect, as far as the intervals tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from changeflow.present.paths import path_words, some_paths


@dataclass(frozen=True, slots=True)
class Size:
    """How large an assumption's effect is, with its interval; sure: surely more than nothing."""

    path: str
    size: float
    low: float
    high: float
    sure: bool


@dataclass(frozen=True, slots=True)
class Most:
    """The largest of the sure effects, and the assumptions whose own may be as large."""

    path: str
    rivals: tuple[str, ...]


def most_of(sizes: Sequence[Size]) -> Most | None:
    """None where no effect is sure. A rival's interval reaches that of the largest: not surely smaller."""
    sure = [one for one in sizes if one.sure]
    if not sure:
        return None
    largest = max(sure, key=lambda one: one.size)
    rivals = tuple(one.path for one in sizes if one is not largest and one.high >= largest.low)
    return Most(largest.path, rivals)


def most_title(most: Most | None, does: str, to_what: str) -> str:
    """'What moves the total cost most: vendor speed'; with rivals only what surely does, and what perhaps as much."""
    if most is None:
        return f"No assumption surely {does} the {to_what}"
    return leading_title(most.path, most.rivals, does, to_what)


def leading_title(path: str, rivals: Sequence[str], does: str, to_what: str) -> str:
    """The same of one path and its rivals."""
    if not rivals:
        return f"What {does} the {to_what} most: {path_words(path)}"
    return f"What surely {does} the {to_what}: {path_words(path)}; perhaps as much: {some_paths(rivals)}"


def moved_by(most: Most) -> str:
    """'most moved by vendor speed'; with rivals it is only surely so."""
    return f"{'surely' if most.rivals else 'most'} moved by {path_words(most.path)}"


def as_much(most: Most) -> str:
    """'; go live fit may move it as much', or nothing."""
    return f"; {some_paths(most.rivals)} may move it as much" if most.rivals else ""
