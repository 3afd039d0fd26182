"""Main effects: the primary measure's mean at each value of each factor, over all settings of the others."""

from __future__ import annotations

import math
from textwrap import fill

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from changeflow.present.drawing.canvas import (
    grow,
    house_style,
    line_handles,
    line_style,
    new_sheet,
    put_legend,
    settled,
)
from changeflow.present.drawing.palette import Look, looks_of
from changeflow.present.drawing.scales import in_units, number_axis, scale_word
from changeflow.present.words.paths import Labels
from changeflow.study.outcome.answer import Level

LETTERS_A_LINE = 52
"""Of a label under its panel."""
LETTERS_A_PANEL = 18
"""Of the label that stands beside the panels."""
PANEL_INCHES = 1.75
MOST_PANELS = 8


def effects_chart(effects: list[Level], title: str, unit: str, labels: Labels, level: float) -> Figure:
    """A panel for each factor (of many those that move most), a line for each scenario, bars for the intervals.

    All have one scale, so that slopes can be compared. `labels`: each path in words with its unit.
    """
    paths = _widest(effects)
    looks = looks_of(dict.fromkeys(one.scenario for one in effects))
    divisor, word = scale_word(max(abs(one.mean) for one in effects))
    with house_style():
        figure, first = new_sheet(PANEL_INCHES, title)
        first.remove()
        grow(figure, PANEL_INCHES * (len(paths) - 1))
        panels = figure.subplots(len(paths), 1, sharey=True, squeeze=False)[:, 0]
        for axes, path in zip(panels, paths):
            _panel(axes, [one for one in effects if one.path == path], looks)
            axes.set_xlabel(fill(labels[path], LETTERS_A_LINE))
            axes.grid(axis="y")
            number_axis(axes.yaxis, divisor)
        figure.supylabel(fill(in_units(unit, word), LETTERS_A_PANEL * len(paths)), fontsize=9.5)
        note = f"Bars: {level:.0%} interval of each mean, at these settings. "
        note += "All share the same requests, so steps are surer than the bars look."
        put_legend(figure, line_handles(looks), note)
        return settled(figure)


def _widest(effects: list[Level]) -> list[str]:
    """The paths in order; of more than fit those whose means lie furthest apart."""
    means: dict[str, dict[str, list[float]]] = {}
    for one in effects:
        means.setdefault(one.path, {}).setdefault(one.scenario, []).append(one.mean)
    spans = {path: max(max(some) - min(some) for some in found.values()) for path, found in means.items()}
    widest = sorted(spans, key=lambda path: -spans[path])[:MOST_PANELS]
    return [path for path in spans if path in widest]


def _panel(axes: Axes, levels: list[Level], looks: dict[str, Look]) -> None:
    """Values in their places on the axis where they are numbers, side by side where they are words."""
    labels = list(dict.fromkeys(one.label for one in levels))
    numbers = all(isinstance(one.value, int | float) and not isinstance(one.value, bool) for one in levels)
    where = {one.label: float(one.value) if numbers else labels.index(one.label) for one in levels}
    for scenario, look in looks.items():
        mine = [one for one in levels if one.scenario == scenario]
        places = [where[one.label] for one in mine]
        means = [one.mean for one in mine]
        arms = [one.half_width if math.isfinite(one.half_width) else 0.0 for one in mine]
        axes.errorbar(
            places, means, arms, marker=look.marker, ms=4, lw=1.8, elinewidth=1.1, capsize=2.5, color=look.colour,
            linestyle=line_style(look),
        )  # fmt: skip
    axes.set_xticks([where[label] for label in labels], [label.replace(" to ", "\nto ") for label in labels])
