"""Open requests by calendar date: one line and one band per configuration."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from changeflow.present.drawing.canvas import house_style, line_handles, new_sheet, put_legend, settled
from changeflow.present.drawing.date_axis import day_number, put_dates
from changeflow.present.drawing.lines import draw_lines, looks_present
from changeflow.present.drawing.marks import Mark, draw_marks
from changeflow.present.drawing.palette import looks_of, names_in

BODY_INCHES = 2.25

DateMark = tuple[date, str, str | None]
"""A date, its label, and the configuration it belongs to (None: all)."""


def backlog_chart(frame: pd.DataFrame, marks: Sequence[DateMark], title: str) -> Figure:
    """Draw open requests over time.

    `frame`: date, scenario, mean, low, high; low to high holds the middle 80 % of runs. Marks outside the
    dates of the frame are left out.
    """
    with house_style():
        figure, axes = new_sheet(BODY_INCHES, title)
        draw_lines(axes, frame, "date", "mean")
        _axes_in_dates(axes, frame)
        put_legend(
            figure,
            line_handles(looks_present(frame)),
            "Line: mean of the runs. Band: the middle 80% of the runs.",
        )
        draw_marks(figure, axes, _marks_within(frame, marks))
        return settled(figure)


def _axes_in_dates(axes: Axes, frame: pd.DataFrame) -> None:
    """Few dates, whole requests, nothing below zero."""
    put_dates(axes, frame["date"].min(), frame["date"].max())
    axes.yaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.set_ylim(0, max(float(frame["high"].max()), float(frame["mean"].max()), 1.0) * 1.05)
    axes.grid(axis="y")
    axes.set_ylabel("open requests")


def _marks_within(frame: pd.DataFrame, marks: Sequence[DateMark]) -> list[Mark]:
    """The marks on matplotlib's day count, each in the look of its configuration."""
    first, last = frame["date"].min(), frame["date"].max()
    looks = looks_of(names_in(frame["scenario"]))
    placed = []
    for when, label, scenario in marks:
        moment = pd.Timestamp(when)
        if not first <= moment <= last:
            continue
        if scenario is None:
            placed.append(Mark(day_number(moment), label))
        else:
            look = looks[scenario]
            placed.append(Mark(day_number(moment), label, look.colour, look.dashes))
    return placed
