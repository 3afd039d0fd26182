"""The break-even search: how much better the one scenario is, over the factor, and the band without a sure winner."""

from __future__ import annotations

from textwrap import fill

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from changeflow.present.drawing.canvas import house_style, new_sheet, put_legend, settled
from changeflow.present.drawing.palette import FAINT, INK, QUIET, looks_of
from changeflow.present.drawing.scales import in_units, number_axis, scale_word
from changeflow.present.words.plain import plain
from changeflow.study.sensitivity.break_even import BreakEvenFound

BODY_INCHES = 2.7


def break_even_chart(found: BreakEvenFound, title: str, label: str) -> Figure:
    """Points are values looked at, in the colour of who is better there; grey: the runs cannot tell."""
    looks = looks_of(found.between)
    names = {1: found.between[0], -1: found.between[1]}
    low, high = found.looks[0].value, found.looks[-1].value
    with house_style():
        figure, axes = new_sheet(BODY_INCHES, title)
        for change in found.changes:
            begin, end = (
                (change.low if change.low is not None else low),
                (change.high if change.high is not None else high),
            )
            axes.axvspan(begin, end, color=FAINT, lw=0, zorder=0)
            axes.axvline(change.value, color=INK, lw=1, ls=(0, (4, 2)), zorder=1)
        axes.plot([one.value for one in found.looks], [one.lead for one in found.looks], color=QUIET, lw=1, zorder=1)
        for one in found.looks:
            if one.settled_by_growth:
                axes.plot(one.value, one.lead, "x", color=looks[names[one.ahead]].colour, ms=6, mew=1.5)
                continue
            look = looks[names[one.ahead]]
            axes.errorbar(
                one.value, one.lead, yerr=one.half_width, fmt=look.marker, color=look.colour, ms=4, lw=1, capsize=2
            )
        axes.axhline(0, color=INK, lw=0.8)
        divisor, word = scale_word(max(abs(one.lead) + one.half_width for one in found.looks))
        number_axis(axes.yaxis, divisor)
        axes.set_xlabel(fill(label, 52))
        axes.set_ylabel(in_units(f"{plain(found.between[0])} better by\n({found.unit})", word))
        handles: list[Artist] = [
            Line2D(
                [],
                [],
                color=looks[name].colour,
                marker=looks[name].marker,
                ms=4,
                ls="none",
                label=f"{plain(name)} better",
            )
            for name in found.between
        ]
        if any(one.settled_by_growth for one in found.looks):
            handles.append(
                Line2D([], [], color=QUIET, marker="x", ms=6, mew=1.5, ls="none", label="the other backlog grows")
            )
        if found.changes:
            handles.append(Patch(color=FAINT, label="the runs cannot tell"))
        put_legend(
            figure, handles, f"Bars: intervals of the difference, {found.level:.0%} sure for all values together."
        )
        return settled(figure)
