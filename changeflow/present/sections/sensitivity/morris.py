"""Morris' effects in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from changeflow.present.sections.labels import response_words
from changeflow.present.sections.section import Section, amount, interval, number
from changeflow.present.sections.sensitivity.most import as_much, most_title, moved_by
from changeflow.present.words.paths import Labels, path_words
from changeflow.present.words.plain import capitalised, plain
from changeflow.study.sensitivity.morris import Morris

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEGEND = (
    "size: mean size of the effects (mu*); net: their mean (mu); spread: how they differ over the settings of the "
    "others (sigma); noise: the size that noise alone would show. Intervals hold together."
)
HEADER = ("factor", "mu_star", "mu_star_low", "mu_star_high", "mu", "sigma", "noise", "visible", "level", "unit")


def morris_section(found: Morris, labels: Labels) -> Section:
    """Which assumptions move the response, and how many are no more than noise."""
    effects, unit = found.effects, found.response.unit
    visible = sum(one.visible for one in effects)
    most = found.most
    words = f"{capitalised(response_words(found.response))}: "
    if most is not None:
        first = next(one for one in effects if one.path == most.path)
        words += (
            f"{moved_by(most)}, by {amount(first.mu_star, first.error)} {unit} over its range "
            f"({interval(first.low, first.high)}){as_much(most)}; "
        )
    words += f"{visible} of {len(effects)} assumptions move it surely more than the noise of the runs does."
    shown: list[tuple[str, ...]] = [(f"over the range ({unit})", "size", "interval", "net", "spread", "noise")]
    for one in effects:
        size, *rest = (amount(value, one.error) for value in (one.mu_star, one.mu, one.sigma, one.noise))
        shown.append((path_words(one.path), size, interval(one.low, one.high), *rest))
    rows = tuple(
        (o.path, *map(number, (o.mu_star, o.low, o.high, o.mu, o.sigma, o.noise)), o.visible, found.level, unit)
        for o in effects
    )
    facts = {"response": found.response.name, "unit": unit, "trajectories": found.walks}
    title = most_title(most, "moves", plain(found.response.measure))
    return Section(words, HEADER, rows, tuple(shown), lambda: _draw(found, title, labels), facts, LEGEND)


def _draw(found: Morris, title: str, labels: Labels) -> Figure:
    from changeflow.present.sections.charts.indices import morris_chart  # noqa: PLC0415  matplotlib is slow to import

    return morris_chart(found, title, labels)
