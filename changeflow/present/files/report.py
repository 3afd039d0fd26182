"""One self-contained HTML page: the answer first, then table, charts, assumptions and where it all comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, FileSystemBytecodeCache, PackageLoader, StrictUndefined
from markupsafe import Markup

from changeflow.engine.jit import FOLDER

ASSUMPTION_HEADERS = ("assumption", "value", "range", "source")


@dataclass(frozen=True, slots=True)
class ReportContent:
    """What the page says, in plain text; only the charts are markup, as `Drawing.element` gives it."""

    title: str
    question: str
    answer: str
    """One sentence."""
    notes: Sequence[tuple[str, str]]
    """Label and text, such as LOAD, UNSURE, NEXT."""
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    """One row per configuration, its name in the first cell."""
    charts: Sequence[tuple[str, str, str]]
    """Heading, SVG element, caption."""
    assumptions: Sequence[tuple[str, str, str, str]]
    """What, value, range, source."""
    provenance: Sequence[tuple[str, str]]
    """Label and text: model, seed, versions, command."""


def render_report(content: ReportContent) -> str:
    """The page as text: no script, nothing loaded from elsewhere."""
    environment = Environment(
        loader=PackageLoader("changeflow.present.files", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=FileSystemBytecodeCache(str(FOLDER)),
    )
    template = environment.get_template("report.html.j2")
    charts = [(heading, _drawing(svg), caption) for heading, svg, caption in content.charts]
    return template.render(content=content, charts=charts, assumption_headers=ASSUMPTION_HEADERS) + "\n"


def _drawing(svg: str) -> Markup:
    """Markup that goes into the page as it is; anything but a drawing has no business there."""
    if not svg.startswith("<svg") or "<script" in svg.lower():
        raise ValueError("a chart of a report must be one SVG element without script")
    return Markup(svg)  # the one place where text is not escaped
