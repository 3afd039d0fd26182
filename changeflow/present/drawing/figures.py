"""Figures as files and as text for a page: the same bytes each time the same figure is drawn."""

from __future__ import annotations

import hashlib
import html
import io
import re
from pathlib import Path

from matplotlib.figure import Figure

from changeflow.present.drawing.canvas import house_style
from changeflow.study.store.folder import write_file

PNG_DOTS_PER_INCH = 200


def save(figure: Figure, folder: Path, name: str) -> tuple[Path, Path]:
    """Write NAME.svg and NAME.png, each whole or not at all."""
    svg, png = folder / f"{name}.svg", folder / f"{name}.png"
    write_file(svg, _drawn(figure, "svg", {"Date": None, "Creator": None}), durable=False)
    write_file(png, _drawn(figure, "png", {"Software": None}), durable=False)
    return svg, png


def svg_text(svg: Path, title: str) -> str:
    """A saved chart as an element to stand in an HTML page, beside others: its ids and its style are its own."""
    drawing = svg.read_text(encoding="utf-8")
    mark = "c" + hashlib.sha256(drawing.encode()).hexdigest()[:10]
    element = drawing[drawing.index("<svg") :]
    element = re.sub(r"\s*<metadata>.*?</metadata>", "", element, flags=re.DOTALL)
    element = re.sub(r'\bid="', f'id="{mark}-', element)
    element = element.replace('href="#', f'href="#{mark}-').replace("url(#", f"url(#{mark}-")
    element = element.replace("*{stroke", f"#{mark} *{{stroke")  # else the rule would style the whole page
    label = html.escape(" ".join(title.split()))
    return element.replace("<svg", f'<svg id="{mark}" role="img" aria-label="{label}"', 1).strip()


def _drawn(figure: Figure, kind: str, metadata: dict[str, None]) -> bytes:
    """The figure's bytes, without the date and version that would make two files differ."""
    buffer = io.BytesIO()
    with house_style():
        figure.savefig(buffer, format=kind, dpi=PNG_DOTS_PER_INCH, metadata=metadata)
    return buffer.getvalue()
