"""A drawn chart as bytes: for files, and as an element of a page. Needs no drawing library."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass
from pathlib import Path

from changeflow.study.store.folder import write_file


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart, drawn; the same bytes each time the same figure is drawn."""

    name: str
    """Of its files."""
    heading: str
    caption: str
    title: str
    svg: bytes
    png: bytes

    def save(self, folder: Path) -> tuple[Path, Path]:
        """Write NAME.svg and NAME.png, each whole or not at all."""
        svg, png = folder / f"{self.name}.svg", folder / f"{self.name}.png"
        write_file(svg, self.svg, durable=False)
        write_file(png, self.png, durable=False)
        return svg, png

    def element(self) -> str:
        """An element to stand in an HTML page, beside others: its ids and its style are its own."""
        drawing = self.svg.decode()
        mark = "c" + hashlib.sha256(self.svg).hexdigest()[:10]
        element = drawing[drawing.index("<svg") :]
        element = re.sub(r"\s*<metadata>.*?</metadata>", "", element, flags=re.DOTALL)
        element = re.sub(r'\bid="', f'id="{mark}-', element)
        element = element.replace('href="#', f'href="#{mark}-').replace("url(#", f"url(#{mark}-")
        element = element.replace("*{stroke", f"#{mark} *{{stroke")  # else the rule would style the whole page
        label = html.escape(" ".join(self.title.split()))
        return element.replace("<svg", f'<svg id="{mark}" role="img" aria-label="{label}"', 1).strip()
