"""The robust share of best in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from changeflow.present.sections.section import Section
from changeflow.present.words.plain import capitalised, counted, plain
from changeflow.study.sensitivity.robust import Robust

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEADER = (
    "scenario", "best_points", "best_share", "best_low", "best_high", "surely_best_points", "surely_best_share",
    "surely_best_low", "surely_best_high", "level",
)  # fmt: skip


def robust_section(found: Robust, measure: str, factors: int) -> Section:
    """Who is best in which share of the settings."""
    ordered = sorted(found.shares, key=lambda one: -one.share)
    first = ordered[0]
    others = ", ".join(
        f"{plain(one.scenario)} in {one.share:.0%} (surely {one.surely_share:.0%})" for one in ordered[1:]
    )
    words = (
        f"Over {found.points} settings of {counted(factors, 'assumption')}, "
        f"{plain(first.scenario)} is best in "
        f"{plain(measure)} in {first.share:.0%} ({first.low:.0%} to {first.high:.0%}), surely in "
        f"{first.surely_share:.0%}; {others}."
    )
    rest = {
        "too close to call": found.cannot_tell, "no difference that matters": found.same,
        "every backlog grows": found.all_grow, "nobody has a number": found.no_number,
    }  # fmt: skip
    said = [f"{name} in {count / found.points:.0%}" for name, count in rest.items() if count]
    if said:
        words += f" {'; '.join(said).capitalize()}."
    rows = tuple(
        (
            one.scenario, one.best, one.share, one.low, one.high, one.surely, one.surely_share, one.surely_low,
            one.surely_high, found.level,
        )
        for one in found.shares
    )  # fmt: skip
    shown = [("best in", "share", "interval", "surely", "interval")]
    shown += [
        (plain(o.scenario), f"{o.share:.0%}", f"{o.low:.0%} to {o.high:.0%}", f"{o.surely_share:.0%}",
         f"{o.surely_low:.0%} to {o.surely_high:.0%}")
        for o in ordered
    ]  # fmt: skip
    facts = {
        "points": found.points, "cannot_tell": found.cannot_tell, "no_difference": found.same,
        "all_grow": found.all_grow, "no_number": found.no_number,
    }  # fmt: skip
    title = (
        f"{capitalised(plain(first.scenario))}: best {plain(measure)} in {first.share:.0%} ({first.low:.0%} to "
        f"{first.high:.0%}) of settings, surely in {first.surely_share:.0%}"
    )
    return Section(words, HEADER, rows, tuple(shown), lambda: _draw(found, title), facts)


def _draw(found: Robust, title: str) -> Figure:
    from changeflow.present.sections.charts.robust import robust_chart  # noqa: PLC0415  matplotlib is slow to import

    return robust_chart(found, title)
