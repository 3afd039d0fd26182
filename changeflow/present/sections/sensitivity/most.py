"""Which of many assumptions has the largest effect, in words."""

from __future__ import annotations

from collections.abc import Sequence

from changeflow.present.words.paths import path_words, some_paths
from changeflow.study.sensitivity.most import Most


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
