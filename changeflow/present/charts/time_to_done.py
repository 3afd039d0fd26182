"""Time to done: the share of requests done within so many days, one curve per configuration."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter, NullLocator, PercentFormatter

from changeflow.present.drawing.canvas import house_style, line_handles, new_sheet, put_legend, settled
from changeflow.present.drawing.lines import draw_lines, looks_present
from changeflow.present.drawing.marks import Mark, draw_marks
from changeflow.present.drawing.palette import QUIET
from changeflow.present.words.plain import HOURS_PER_DAY, digits, plain, time_unit

ROUND_TIMES = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000, 10000)
WIDE = 30.0  # beyond this ratio of longest to shortest time only a logarithmic axis shows both
HARDLY_ANY = 0.01
NONE_LEFT_OUT: Mapping[str, str] = MappingProxyType({})
BODY_INCHES = 2.35


def time_to_done_chart(
    frame: pd.DataFrame, target_days: float | None, title: str, left_out: Mapping[str, str] = NONE_LEFT_OUT
) -> Figure:
    """Draw the share of requests done within a time, in hours where all is done within two days.

    `frame`: scenario, days, share, low, high; shares from 0 to 1, low to high the interval of the share.
    `left_out`: what a configuration refuses or loses, in words; its curve is over the other requests.
    """
    in_hours = time_unit(_end_of_change(frame) * HOURS_PER_DAY)[1] == "hour"
    unit, per_day = ("hours", HOURS_PER_DAY) if in_hours else ("calendar days", 1.0)
    frame = frame.assign(time=frame["days"] * per_day)
    target = None if target_days is None else target_days * per_day
    with house_style():
        figure, axes = new_sheet(BODY_INCHES, title)
        _time_axis(axes, frame, target, _end_of_change(frame) * per_day, unit)
        draw_lines(axes, frame, "time", "share")
        _share_axis(axes)
        looks = looks_present(frame)
        remarks = {name: f" ({left_out[name]})" for name in looks if name in left_out}
        note = "Band: interval of the curve, how sure it is." + (" Refused and withdrawn: left out." if remarks else "")
        put_legend(figure, line_handles(looks, remarks), note)
        if target is not None:
            draw_marks(figure, axes, [Mark(target, f"target: {digits(target)} {unit.split()[-1]}")])
        return settled(figure)


def _time_axis(axes: Axes, frame: pd.DataFrame, target: float | None, longest: float, unit: str) -> None:
    """From the first request done to the last, logarithmic where one route needs days and another months."""
    time = frame["time"]
    started = time[(time > 0) & (frame["share"] >= HARDLY_ANY)]
    shortest = float(started.min()) if len(started) else longest
    if target is not None:
        shortest, longest = min(shortest, target / 2), max(longest, target * 1.5)
    axes.set_xlabel(f"{plain('sojourn')} ({unit})")
    if longest <= WIDE * shortest:
        axes.set_xlim(0, longest)
        return
    axes.set_xscale("log")
    axes.set_xlim(shortest, longest)
    axes.xaxis.set_major_locator(FixedLocator([tick for tick in ROUND_TIMES if shortest <= tick <= longest]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda tick, _: f"{tick:,g}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel(f"{plain('sojourn')} ({unit}, logarithmic)")


def _end_of_change(frame: pd.DataFrame) -> float:
    """The day after which no curve rises any more that the eye could see."""
    highest = frame.groupby("scenario", observed=True)["share"].transform("max")
    rising = frame.loc[frame["share"] < highest - HARDLY_ANY / 2, "days"]
    longest = float(frame["days"].max())
    end = 1.3 * float(rising.max()) if len(rising) else longest
    return min(longest, end) or longest or 1.0


def _share_axis(axes: Axes) -> None:
    axes.set_ylim(0, 1.005)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 0.9, 1])
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set_ylabel("share of requests done")
    axes.grid(axis="y")
    axes.axhline(0.9, color=QUIET, linewidth=0.9, zorder=1.2)
