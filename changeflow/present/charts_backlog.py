"""Open requests by calendar date: one line and one band per configuration."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from changeflow.present.canvas import house_style, line_handles, new_sheet, put_legend
from changeflow.present.date_axis import day_number, put_dates
from changeflow.present.marks import Mark, draw_marks
from changeflow.present.palette import Look, looks_of, names_in

BODY_INCHES = 2.25

DateMark = tuple[date, str, str | None]
"""A date, its label, and the configuration it belongs to (None: all)."""


def backlog_chart(frame: pd.DataFrame, marks: Sequence[DateMark], title: str) -> Figure:
    """Draw open requests over time.

    `frame`: date, scenario, mean, low, high; low to high holds the middle 80 % of runs.
    """
    looks = looks_of(names_in(frame["scenario"]))
    present = {name: look for name, look in looks.items() if (frame["scenario"] == name).any()}
    with house_style():
        figure, axes = new_sheet(BODY_INCHES, title)
        _bands(axes, frame, present)
        sns.lineplot(
            data=frame,
            x="date",
            y="mean",
            hue="scenario",
            style="scenario",
            hue_order=list(present),
            style_order=list(present),
            palette={name: look.colour for name, look in present.items()},
            dashes={name: look.dashes or "" for name, look in present.items()},
            estimator=None,
            errorbar=None,
            linewidth=2,
            legend=False,
            ax=axes,
        )
        _axes_in_dates(axes, frame)
        put_legend(figure, line_handles(present), "Line: mean of the runs. Band: the middle 80% of the runs.")
        draw_marks(figure, axes, [_mark(mark, looks) for mark in marks])
    return figure


def _bands(axes: Any, frame: pd.DataFrame, looks: dict[str, Look]) -> None:
    for name, look in looks.items():
        rows = frame[frame["scenario"] == name]
        axes.fill_between(rows["date"], rows["low"], rows["high"], color=look.colour, alpha=0.18, linewidth=0)


def _axes_in_dates(axes: Any, frame: pd.DataFrame) -> None:
    """Few dates, whole requests, nothing below zero."""
    put_dates(axes, frame["date"].min(), frame["date"].max())
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.set_ylim(bottom=0)
    axes.grid(axis="y")
    axes.set_ylabel("open requests")


def _mark(mark: DateMark, looks: dict[str, Look]) -> Mark:
    """The date on matplotlib's day count, in the look of its configuration."""
    when, label, scenario = mark
    day = day_number(pd.Timestamp(when))
    if scenario is None:
        return Mark(day, label)
    return Mark(day, label, looks[scenario].colour, looks[scenario].dashes)
