"""The staircase: hours a week against the share of requests in time, the target as a line."""

from __future__ import annotations

from collections.abc import Iterator

from matplotlib.figure import Figure

from changeflow.present.drawing.canvas import house_style, new_sheet, put_legend, settled
from changeflow.present.drawing.figures import Picture
from changeflow.present.drawing.palette import INK, OTHERS, QUIET, ROUTES, Look
from changeflow.present.drawing.scales import number_axis
from changeflow.present.sizing.words import LABELS
from changeflow.study.sizing.answer import ANSWER, TODAY, VENDOR, Sizing

BODY_INCHES = 2.9
_LOOKS: dict[str, Look] = {TODAY: OTHERS[0], ANSWER: ROUTES["both"], VENDOR: ROUTES["vendor"]}


def pictures(sizing: Sizing) -> Iterator[Picture]:
    """The staircase, where there is a target on a share."""
    if any(step.service.share is not None for step in sizing.steps):
        caption = (
            f"Each point: {sizing.search_runs} runs of the search, on the same requests; bars at {sizing.level:.0%}."
        )
        yield Picture("staircase", "Staircase", caption, lambda: staircase_chart(sizing))


def staircase_chart(sizing: Sizing) -> Figure:
    """Draw the steps of the search and today, the answer and the vendor alone."""
    shares = [(step.staff.hours_per_week, step.service.share) for step in sizing.steps]
    known = [(hours, share) for hours, share in shares if share is not None]
    hours, found = [one for one, _ in known], [100 * share.found for _, share in known]
    wanted = 100 * known[0][1].wanted
    with house_style():
        figure, axes = new_sheet(BODY_INCHES, staircase_title(sizing))
        bars = [100 * share.half_width for _, share in known]
        axes.errorbar(hours, found, yerr=bars, fmt=".", color=QUIET, capsize=2, lw=1, label="the steps of the search")
        axes.axhline(wanted, color=INK, lw=1.2, ls=(0, (4, 2)), label=f"target {wanted:g}%")
        for name, look in _LOOKS.items():
            share = sizing.services[name].share if name in sizing.services else None
            if share is not None:
                label = LABELS[name].lower() if name != ANSWER or sizing.family.kind == "found" else "nearest"
                axes.errorbar(
                    sizing.staffs[name].hours_per_week, 100 * share.found, yerr=100 * share.half_width,
                    fmt=look.marker, color=look.colour, ms=6, elinewidth=1.4, capsize=3, label=label, zorder=4,
                )  # fmt: skip
        axes.set_xlim(left=0)
        number_axis(axes.xaxis, 1.0)
        axes.set_ylim(top=max(101.0, *found))
        axes.grid(axis="y")
        axes.set_xlabel("hours kept ready, a week")
        axes.set_ylabel("requests in time (%)")
        handles, _ = axes.get_legend_handles_labels()
        put_legend(figure, handles, f"Bars: {sizing.level:.0%} intervals; today, answer and vendor on fresh runs.")
        return settled(figure)


def staircase_title(sizing: Sizing) -> str:
    """The finding: how many hours meet the target, if any surely do."""
    family, hours = sizing.family, f"{sizing.family.chosen.staff.hours_per_week:,.0f} hours a week"
    words = family.space.model.targets.in_words()
    if family.kind == "found":
        return f"{hours} surely meet the target ({words})"
    if family.kind == "too_close":
        return f"Too close to call: {hours} may meet the target ({words})"
    return f"Nothing that was tried meets the target ({words})"
