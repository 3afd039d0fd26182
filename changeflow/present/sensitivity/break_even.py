"""The break-even in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from changeflow.present.sensitivity.section import Section, amount, number, tail
from changeflow.present.words import plain
from changeflow.study.sensitivity.break_even import BreakEvenFound, Change

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEADER = ("value", "better", "lead", "half_width", "surely", "growing")


def break_even_section(found: BreakEvenFound) -> Section:
    """Where the winner changes, or that it does not."""
    looks = found.looks
    names = {1: found.between[0], -1: found.between[1]}
    shown: list[tuple[str, ...]] = [(found.path, "better", "by", "+-", "")]
    for one in looks:
        lead, arm = (amount(size, one.half_width) for size in (abs(one.lead), one.half_width))
        if one.settled_by_growth:
            lead, arm = "the other", "grows"
        remark = "both grow" if all(one.growing) else "" if one.sure else "cannot tell"
        shown.append((f"{one.value:.5g}", plain(names[one.ahead]), lead, arm, remark))
    rows = tuple(
        (
            one.value,
            names[one.ahead],
            number(one.lead * one.ahead),
            number(one.half_width),
            one.sure != 0,
            " ".join(name for name, grows in zip(found.between, one.growing) if grows),
        )
        for one in looks
    )
    changes = [
        {
            "value": one.value,
            "low": one.low,
            "high": one.high,
            "before": one.before,
            "after": one.after,
            "grows": one.grows,
        }
        for one in found.changes
    ]
    facts = {
        "factor": found.path, "between": list(found.between), "kind": found.kind, "changes": changes,
        "better": found.better, "measure": found.measure, "unit": found.unit, "level": found.level,
    }  # fmt: skip
    words = break_even_words(found)
    title = _title(found)
    return Section("break_even", words, HEADER, rows, tuple(shown), lambda: _draw(found, title), facts)


def break_even_words(found: BreakEvenFound) -> str:
    """'Up to stations.x.slip = 0.31 power users are better, beyond it the vendor; ...'."""
    measure, low, high = plain(found.measure), found.looks[0].value, found.looks[-1].value
    where = f"{found.path} from {low:.5g} to {high:.5g}"
    if found.kind == "cannot_tell":
        count = len(found.looks)
        return f"No break-even to be told of in {where}: at none of {count} values is a winner in {measure} sure."
    if found.kind == "never":
        sure = "all" if found.sure == len(found.looks) else f"{found.sure} of"
        return (
            f"No break-even in {where}: {plain(found.better or '')} has the better {measure} throughout, "
            f"surely at {sure} {len(found.looks)} values looked at."
        )
    return " ".join(_change(one, found) for one in found.changes)


def _title(found: BreakEvenFound) -> str:
    if found.kind == "cannot_tell":
        return f"{tail(found.path)}: no winner in {plain(found.measure)} is sure"
    if found.kind == "never":
        return f"{tail(found.path)}: {plain(found.better or '')} better throughout, no break-even"
    first = found.changes[0]
    more = f" (the first of {len(found.changes)} changes)" if len(found.changes) > 1 else ""
    after, before = plain(first.after), plain(first.before)
    return f"{tail(found.path)}: from {first.value:.3g} on {after} is better, below it {before}{more}"


def _change(one: Change, found: BreakEvenFound) -> str:
    ends = [f"{end:.5g}" if end is not None else None for end in (one.low, one.high)]
    if ends == [None, None]:
        band = "no value of the range has a sure winner"
    elif ends[0] is None:
        band = f"up to {ends[1]} the runs cannot tell"
    elif ends[1] is None:
        band = f"from {ends[0]} on the runs cannot tell"
    else:
        band = f"between {ends[0]} and {ends[1]} the runs cannot tell"
    why = ""
    if one.grows is not None:
        why = f", because the backlog of {plain(one.grows)} grows"
    return (
        f"At {found.path} = {one.value:.4g} the better {plain(found.measure)} goes from {plain(one.before)} to "
        f"{plain(one.after)}{why}; {band} (joint level {found.level:.0%})."
    )


def _draw(found: BreakEvenFound, title: str) -> Figure:
    from changeflow.present.sensitivity.chart_break_even import break_even_chart  # noqa: PLC0415  matplotlib is slow to import

    return break_even_chart(found, title)
