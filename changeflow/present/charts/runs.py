"""Risk and error on one axis: the spread of single runs, and how sure their mean and quantiles are.

After B. L. Nelson (2008), The MORE plot: displaying measures of risk and error from simulation output.
"""

from __future__ import annotations

import math

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from changeflow.present.drawing.canvas import house_style, new_sheet, put_legend, settled
from changeflow.present.drawing.palette import INK, PAPER, Look, looks_of, names_in
from changeflow.present.drawing.rows import bare_rows, name_row
from changeflow.present.drawing.scales import in_units, number_axis, scale_word

ROW_INCHES = 0.85
FRAME_INCHES = 0.65  # axis
CLOUD_HEIGHT = 0.5
NAME_ABOVE_CLOUD = -0.4
RUNS_BELOW_CLOUD = 0.31


def runs_chart(runs: pd.DataFrame, summary: pd.DataFrame, title: str, unit: str) -> Figure:
    """Draw every run of each configuration with the mean and the risk quantiles.

    `runs`: scenario, value (one row per replication). `summary`: scenario, mean, low, high, q10, q10_low,
    q10_high, q90, q90_low, q90_high; low to high are intervals; a quantile without interval is NaN.
    """
    names = [name for name in names_in(summary["scenario"]) if (summary["scenario"] == name).any()]
    looks = looks_of(names_in(summary["scenario"]))
    divisor, word = scale_word(float(runs["value"].abs().max()))
    with house_style():
        figure, axes = new_sheet(FRAME_INCHES + ROW_INCHES * len(names), title)
        _clouds(axes, runs, names, looks)
        for row, name in enumerate(names):
            values = runs.loc[runs["scenario"] == name, "value"]
            axes.plot(
                values,
                [row + RUNS_BELOW_CLOUD] * len(values),
                "|",
                ms=5,
                color=looks[name].colour,
                alpha=0.55,
            )
            _intervals(axes, row, summary[summary["scenario"] == name].iloc[0])
            name_row(axes, row + NAME_ABOVE_CLOUD, name, looks[name].colour)
        bare_rows(axes, len(names) - 0.5, -0.62)
        number_axis(axes.xaxis, divisor)
        axes.set_xlabel(in_units(unit, word))
        known = bool(summary[["q10", "q90"]].notna().to_numpy().any())
        put_legend(figure, _legend_entries(with_quantiles=known))
        return settled(figure)


def _clouds(axes: Axes, runs: pd.DataFrame, names: list[str], looks: dict[str, Look]) -> None:
    """The shape of the spread, one cloud per configuration."""
    sns.violinplot(
        data=runs,
        x="value",
        y="scenario",
        hue="scenario",
        order=names,
        hue_order=names,
        palette={name: looks[name].colour for name in names},
        dodge=False,
        inner=None,
        cut=0,
        density_norm="width",
        width=CLOUD_HEIGHT,
        linewidth=0.6,
        alpha=0.28,
        legend=False,
        ax=axes,
    )
    axes.set_ylabel("")


def _intervals(axes: Axes, y: float, row: pd.Series) -> None:
    """Quantiles as upright strokes with their intervals, the mean as a diamond with its own."""
    for name in ("q10", "q90"):
        if math.isfinite(row[name]):
            axes.plot([row[f"{name}_low"], row[f"{name}_high"]], [y, y], color=INK, linewidth=1.2, zorder=3)
            axes.plot([row[name]], [y], "|", color=INK, markersize=13, markeredgewidth=1.8, zorder=3)
    axes.plot([row["low"], row["high"]], [y, y], color=INK, linewidth=4, zorder=4)
    axes.plot([row["mean"]], [y], "D", color=INK, markerfacecolor=PAPER, markersize=4.2, zorder=5)


def _legend_entries(with_quantiles: bool) -> list[Line2D]:
    mean = Line2D([], [], color=INK, marker="D", markerfacecolor=PAPER, lw=4, ms=4.2, label="mean ± error")
    quantile = Line2D([], [], color=INK, marker="|", ms=11, mew=1.8, label="1 run in 10 lies further out, ± error")
    run = Line2D([], [], color=INK, marker="|", ms=5, linestyle="none", alpha=0.55, label="one simulated run")
    return [mean, quantile, run] if with_quantiles else [mean, run]
