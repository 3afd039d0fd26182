"""The waterfall in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from changeflow.present.sections.section import Section, amount, number, signed
from changeflow.present.words.plain import plain, plus_minus
from changeflow.study.sensitivity.waterfall import Fall, Step

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEADER = ("part", "mean", "half_width", "least_in_any_order", "most_in_any_order", "level", "unit")


def waterfall_section(found: Fall) -> Section:
    """How large each cause's part of the difference is."""
    measure = plain(found.measure)
    begin, end = plain(found.begin_name), plain(found.end_name)
    largest = sorted(found.steps, key=lambda step: -abs(step.mean))
    parts = ", ".join(
        f"{step.name} {signed(step.mean, step.half_width)} +- {amount(step.half_width, step.half_width)}"
        for step in largest
    )
    change = plus_minus(found.difference, found.half_width)
    words = (
        f"From {begin} to {end} the {measure} changes by {change} {found.unit}: "
        f"{parts} (averaged over the orders; intervals hold together at {found.level:.0%})."
    )
    shown = [(f"part ({found.unit})", "mean", "+-", "in any order")]
    shown += [(f"begin: {begin}", *_total(found.begin, found.begin_half_width), "")]
    for s in found.steps:
        sizes = [amount(value, s.half_width) for value in (s.half_width, s.least, s.most)]
        shown.append((s.name, signed(s.mean, s.half_width), sizes[0], f"{sizes[1]} to {sizes[2]}"))
    shown += [(f"end: {end}", *_total(found.end, found.end_half_width), "")]
    rows = (
        (
            f"begin: {found.begin_name}",
            *map(number, (found.begin, found.begin_half_width)),
            "",
            "",
            found.level,
            found.unit,
        ),
        *(
            (s.name, *map(number, (s.mean, s.half_width, s.least, s.most)), found.level, found.unit)
            for s in found.steps
        ),
        (f"end: {found.end_name}", *map(number, (found.end, found.end_half_width)), "", "", found.level, found.unit),
    )
    facts = {
        "from": found.begin_name, "to": found.end_name, "measure": found.measure, "difference": found.difference,
        "difference_half_width": found.half_width,
    }  # fmt: skip
    title = f"From {begin} to {end}: {_largest(largest)}"
    return Section(words, HEADER, rows, tuple(shown), lambda: _draw(found, title), facts)


def _total(mean: float, half_width: float) -> tuple[str, str]:
    return amount(mean, half_width), amount(half_width, half_width)


def _largest(steps: Sequence[Step]) -> str:
    """Which part is the largest, with those whose interval reaches its own."""
    first, *others = steps
    least = abs(first.mean) - first.half_width
    if not least > 0:
        return "no part of the difference is sure"
    rivals = [one.name for one in others if abs(one.mean) + one.half_width >= least]
    if not rivals:
        return f"the largest part of the difference is {first.name}"
    return f"the largest parts of the difference are {', '.join([first.name, *rivals[:-1]])} and {rivals[-1]}"


def _draw(found: Fall, title: str) -> Figure:
    from changeflow.present.sections.charts.waterfall import waterfall_chart  # noqa: PLC0415  matplotlib is slow to import

    return waterfall_chart(found, title)
