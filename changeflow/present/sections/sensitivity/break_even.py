"""The break-even in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from changeflow.present.sections.section import Section, amount, number
from changeflow.present.words.paths import path_words
from changeflow.present.words.plain import capitalised, digits, plain
from changeflow.study.sensitivity.break_even import BreakEvenFound, Change

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEADER = ("value", "better", "lead", "half_width", "surely", "growing")


def break_even_section(found: BreakEvenFound, label: str) -> Section:
    """Where the winner changes, or that it does not."""
    looks = found.looks
    names = {1: found.between[0], -1: found.between[1]}
    shown: list[tuple[str, ...]] = [("value", "better", f"by ({found.unit})", "+-", "")]
    for one in looks:
        lead, arm = (amount(size, one.half_width) for size in (abs(one.lead), one.half_width))
        if one.settled_by_growth:
            lead, arm = "the other", "grows"
        remark = "both grow" if all(one.growing) else "" if one.sure else "cannot tell"
        shown.append((f"{one.value:.3g}", plain(names[one.ahead]), lead, arm, remark))
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
    return Section(words, HEADER, rows, tuple(shown), lambda: _draw(found, title, label), facts, f"value: {label}.")


def break_even_words(found: BreakEvenFound) -> str:
    """'Up to stations.x.slip = 0.31 power users are better, beyond it the vendor; ...'."""
    measure, low, high = plain(found.measure), found.looks[0].value, found.looks[-1].value
    where = f"{path_words(found.path)} from {low:.3g} to {high:.3g}"
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
    what = capitalised(path_words(found.path))
    if found.kind == "cannot_tell":
        return f"{what}: no winner in {plain(found.measure)} is sure"
    if found.kind == "never":
        throughout = "better throughout" if found.sure == len(found.looks) else "nowhere surely worse"
        return f"{what}: {plain(found.better or '')} {throughout}, no break-even"
    first = found.changes[0]
    more = f" (the first of {len(found.changes)} changes)" if len(found.changes) > 1 else ""
    after, before = plain(first.after), plain(first.before)
    if first.low is None and first.high is None:
        return f"{what}: about {first.value:.2g} {after} passes {before}, nowhere surely{more}"
    if first.low is None:
        return f"{what}: {after} is better from {first.high:.3g} on, below the runs cannot tell{more}"
    if first.high is None:
        return f"{what}: {before} is better up to {first.low:.3g}, beyond the runs cannot tell{more}"
    return (
        f"{what}: {before} is better up to {first.low:.3g}, {after} from {first.high:.3g} on{more}; between them the "
        f"runs cannot tell"
    )


def _change(one: Change, found: BreakEvenFound) -> str:
    ends = [f"{end:.3g}" if end is not None else None for end in (one.low, one.high)]
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
        f"At {path_words(found.path)} {_value(one)} the better {plain(found.measure)} goes from {plain(one.before)} "
        f"to {plain(one.after)}{why}; {band} (joint level {found.level:.0%})."
    )


def _value(one: Change) -> str:
    """The value with the digits that its band leaves."""
    if one.low is None or one.high is None:
        return f"{one.value:.2g}"
    return digits(one.value, (one.high - one.low) / 2)


def _draw(found: BreakEvenFound, title: str, label: str) -> Figure:
    from changeflow.present.sections.charts.break_even import break_even_chart  # noqa: PLC0415  matplotlib is slow to import

    return break_even_chart(found, title, label)
