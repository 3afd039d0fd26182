"""How often few runs choose the wrong one of two systems."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator, PercentFormatter

from changeflow.present.drawing.canvas import house_style, new_sheet, settled
from changeflow.present.drawing.palette import OTHERS, text_colour
from changeflow.present.words.plain import counted
from changeflow.study.estimates.wrong_choice import Misleading

BODY_INCHES = 2.9
NAMES = ("runs of their own", "the same requests")


def wrong_choice_chart(found: Misleading) -> Figure:
    """Shares with their intervals against the number of runs; each line bears its name."""
    runs = [one.replications for one in found.rows]
    with house_style():
        figure, axes = new_sheet(BODY_INCHES, wrong_choice_title(found))
        for name, look, shares in zip(
            NAMES, OTHERS[1::2], ([one.independent for one in found.rows], [one.paired for one in found.rows])
        ):
            middle = [one.share for one in shares]
            arms = [[one.share - one.low for one in shares], [one.high - one.share for one in shares]]
            axes.errorbar(
                runs, middle, arms, color=look.colour, marker=look.marker, ms=4.5, lw=1.8, elinewidth=1.2, capsize=2
            )  # fmt: skip
            axes.annotate(
                name, (runs[-1], middle[-1]), xytext=(6, 7), textcoords="offset points", va="center",
                color=text_colour(look.colour), fontweight="bold", fontsize=9.5, annotation_clip=False,
            )  # fmt: skip
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(FixedLocator(runs))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xticks(runs, [str(n) for n in runs])
        axes.set_ylim(0, 0.52)
        axes.set_xlim(runs[0] * 0.9, runs[-1] * 4)
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.grid(axis="y")
        axes.set_xlabel("simulated runs of each system")
        axes.set_ylabel("wrong choices")
        return settled(figure)


def wrong_choice_title(found: Misleading) -> str:
    """The finding."""
    one = found.rows[0]
    return (
        f"After {counted(one.replications, 'run')} of each, {one.independent.share:.1%} of choices are wrong; "
        f"{one.paired.share:.1%} where both meet the same requests"
    )
