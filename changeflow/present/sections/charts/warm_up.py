"""Welch's chart: the weekly mean over the runs, smoothed, and where the warm-up is cut off."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from changeflow.measure.estimates.warm_up import welch_curve
from changeflow.measure.units import unit_of
from changeflow.present.drawing.canvas import house_style, line_handles, line_style, new_sheet, put_legend, settled
from changeflow.present.drawing.palette import INK, looks_of
from changeflow.present.words.plain import capitalised, plain
from changeflow.study.experiment.plan import StudyPlan
from changeflow.study.experiment.steady import Settled

BODY_INCHES = 2.6
MOST_SYSTEMS = 6


def welch_chart(found: Settled, plan: StudyPlan) -> Figure:
    """Thin: weekly means over the runs; thick: Welch's moving average (1983); the first six systems."""
    systems = list(found.curves)[:MOST_SYSTEMS]
    several = len(plan.points) > 1
    names = [f"point {point + 1}, {plain(scenario)}" if several else scenario for point, scenario in systems]
    looks = looks_of(names)
    half_window = max(found.weeks // 20, 1)
    measure = plan.comparison.primary
    with house_style():
        figure, axes = new_sheet(BODY_INCHES, welch_title(found, measure))
        weeks = np.arange(found.weeks) + 0.5
        for system, name in zip(systems, names):
            look, curve = looks[name], found.curves[system]
            axes.plot(weeks, curve, lw=0.6, alpha=0.35, color=look.colour)
            smooth = welch_curve(curve[None, :], half_window)
            axes.plot(weeks[: len(smooth)], smooth, lw=1.8, color=look.colour, linestyle=line_style(look))
        axes.axvline(found.cut, color=INK, lw=1.0, linestyle=(0, (4, 2)))
        axes.annotate(
            "counted from here", (found.cut, 1), xycoords=("data", "axes fraction"), xytext=(4, -4),
            textcoords="offset points", va="top", fontsize=9, color=INK,
        )  # fmt: skip
        axes.set_xlim(0, found.weeks)
        axes.set_ylim(bottom=0)
        axes.grid(axis="y")
        axes.set_xlabel(f"week of the run (thick: moving average of {2 * half_window + 1} weeks)")
        axes.set_ylabel(f"{plain(measure)} ({unit_of(measure, plan.bases[0].currency)})")
        if len(systems) > 1:
            put_legend(figure, line_handles(looks))
        return settled(figure)


def welch_title(found: Settled, measure: str) -> str:
    """The finding."""
    words = plain(measure)
    if found.cut == 0:
        return f"No warm-up found in {words}: all {found.weeks} weeks count"
    return f"{capitalised(words)} settles within {found.cut} of {found.weeks} weeks"
