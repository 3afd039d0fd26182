"""Figures become drawings: the same bytes each time the same figure is drawn."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from changeflow.present.drawing.canvas import house_style
from changeflow.present.drawing.drawn import Drawing

PNG_DOTS_PER_INCH = 200


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart that could be drawn."""

    name: str
    """Of its files."""
    heading: str
    caption: str
    figure: Callable[[], Figure]

    def drawn(self) -> Drawing:
        """As bytes, without the date and version that would make two files differ."""
        figure = self.figure()
        svg = _bytes(figure, "svg", {"Date": None, "Creator": None})
        png = _bytes(figure, "png", {"Software": None})
        return Drawing(self.name, self.heading, self.caption, figure.get_suptitle(), svg, png)


def save(figure: Figure, folder: Path, name: str) -> tuple[Path, Path]:
    """Write NAME.svg and NAME.png, each whole or not at all."""
    return Picture(name, "", "", lambda: figure).drawn().save(folder)


def _bytes(figure: Figure, kind: str, metadata: dict[str, None]) -> bytes:
    buffer = io.BytesIO()
    with house_style():
        figure.savefig(buffer, format=kind, dpi=PNG_DOTS_PER_INCH, metadata=metadata)
    return buffer.getvalue()
