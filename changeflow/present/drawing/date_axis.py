"""A date axis with few ticks at round dates, the year written once."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

STEPS_IN_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)
EPOCH = pd.Timestamp("1970-01-01")
MOST_TICKS = 8
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def put_dates(axes: Axes, first: pd.Timestamp, last: pd.Timestamp) -> None:
    """Span the axis from the first to the last date."""
    if first == last:
        last = first + pd.Timedelta(days=1)
    axes.set_xlim(day_number(first), day_number(last))
    ticks = round_dates(first, last)
    axes.set_xticks([day_number(tick) for tick in ticks], labels_of(ticks))
    axes.set_xlabel("calendar date")


def day_number(when: pd.Timestamp) -> float:
    """The date as matplotlib counts it: days since the first of January 1970."""
    return (when - EPOCH) / pd.Timedelta(days=1)


def round_dates(first: pd.Timestamp, last: pd.Timestamp) -> list[pd.Timestamp]:
    """Firsts of months that divide the year evenly; over a few weeks, days evenly apart."""
    ticks: list[pd.Timestamp] = []
    for step in STEPS_IN_MONTHS:
        years = max(step // 12, 1)
        start = pd.Timestamp(year=first.year - first.year % years, month=1, day=1)
        ticks = [month for month in pd.date_range(start, last, freq=f"{step}MS") if month >= first]
        if len(ticks) <= MOST_TICKS:
            break
    if len(ticks) >= 3:
        return ticks
    return list(pd.date_range(first.normalize(), last, periods=4).normalize().unique())


def labels_of(ticks: list[pd.Timestamp]) -> list[str]:
    """'Jul', with the year below where it begins; days where ticks are not firsts of months."""
    labels = []
    year = None
    for tick in ticks:
        day = "" if tick.day == 1 else f"{tick.day} "
        labels.append(f"{day}{MONTHS[tick.month - 1]}" + (f"\n{tick.year}" if tick.year != year else ""))
        year = tick.year
    return labels
