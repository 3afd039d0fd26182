"""Text for a terminal of 80 columns: labels in the margin, headed blocks."""

from __future__ import annotations

import textwrap

WIDTH = 80
_LABEL = 9


def labelled(label: str, text: str) -> list[str]:
    """A label in the margin, text beside it."""
    wrapped = textwrap.wrap(text, WIDTH - _LABEL, break_on_hyphens=False) or [""]
    return [f"{label:<{_LABEL}}{wrapped[0]}", *(" " * _LABEL + line for line in wrapped[1:])]


def check_lines(title: str, sections: list[tuple[str, list[str]]]) -> str:
    """Headed blocks of lines, wrapped."""
    lines = textwrap.wrap(title, WIDTH)
    for heading, texts in sections:
        lines += ["", heading]
        for text in texts:
            lines += textwrap.wrap(text, WIDTH - 2, initial_indent="  ", subsequent_indent="    ")
    return "\n".join(lines)
