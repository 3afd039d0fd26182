"""One line and one band per configuration, told apart by colour and by dashes."""

from __future__ import annotations

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from changeflow.present.drawing.palette import Look, looks_of, names_in

LINE_POINTS = 2.0
BAND_ALPHA = 0.19


def looks_present(frame: pd.DataFrame) -> dict[str, Look]:
    """The look of each configuration that has rows in the frame."""
    named = looks_of(names_in(frame["scenario"]))
    present = set(frame["scenario"])
    return {name: look for name, look in named.items() if name in present}


def draw_lines(axes: Axes, frame: pd.DataFrame, x: str, y: str) -> None:
    """Draw column `y` over column `x` by scenario, and the band from `low` to `high`."""
    looks = looks_present(frame)
    for name, look in looks.items():
        rows = frame[frame["scenario"] == name]
        axes.fill_between(rows[x], rows["low"], rows["high"], color=look.colour, alpha=BAND_ALPHA, linewidth=0)
    sns.lineplot(
        data=frame,
        x=x,
        y=y,
        hue="scenario",
        style="scenario",
        hue_order=list(looks),
        style_order=list(looks),
        palette={name: look.colour for name, look in looks.items()},
        dashes={name: look.dashes or "" for name, look in looks.items()},
        estimator=None,
        errorbar=None,
        linewidth=LINE_POINTS,
        legend=False,
        ax=axes,
    )
