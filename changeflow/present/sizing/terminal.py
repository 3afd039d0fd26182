"""How many people, for a terminal of 80 columns: today first, the answer, its neighbours, the vendor, the staircase."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Sequence

from changeflow.present.sizing.words import (
    LABELS,
    answer_of,
    guarantee_of,
    limits_of,
    overflow_of,
    staff_in_words,
)  # fmt: skip
from changeflow.present.words.margins import WIDTH, labelled
from changeflow.present.words.plain import digits, years_in_words
from changeflow.study.sizing.answer import ANSWER, Sizing
from changeflow.study.sizing.targets import Service, wanted_share

_NAME, _STAFF, _COLUMNS = 13, 24, (7, 10, 15, 11)
_BAR, _MOST_STEPS = 30, 9


def staircase_text(sizing: Sizing, folder: str | None, sets: Sequence[str] = ()) -> str:
    """Table, answer, staircase, promise, limits, files."""
    results, model = sizing.results, sizing.family.space.model
    lines = [_headline(sizing), *table_lines(sizing), *labelled("ANSWER", answer_of(sizing))]
    price = f"{model.currency:>7}" if any(step.staff.bill_per_week for step in sizing.steps) else ""
    columns = f"hours{price}  {found_in_words(sizing):<11}"
    bars = "what more buys" + ("; |: target" if wanted_share(model) is not None else "")
    lines += [f"STAIRS   {columns}  {bars} (search, {sizing.search_runs} runs)"]
    lines += step_lines(sizing)
    lines += labelled("PROMISE", guarantee_of(sizing))
    lines += labelled("LIMITS", limits_of(sizing))
    made = f"seed {results.seed}, {results.seconds:.0f} s, {results.engine}"
    lines += labelled("FILES", f"{folder}/  report.html  staircase.csv  runs.csv  ({made})")
    options = "".join(f" --set {shlex.quote(one)}" for one in (*sets, *_changes(sizing)))
    lines += labelled("NEXT", f"changeflow run {model.place}{options}")
    return "\n".join(lines)


def _changes(sizing: Sizing) -> list[str]:
    """The answer as options of other commands."""
    changes = sizing.family.space.changes(sizing.family.chosen.point)
    return [f"{path}={value:g}" for path, value in changes.items()]


def _headline(sizing: Sizing) -> str:
    model, quick = sizing.family.space.model, " QUICK" if sizing.results.quick else ""
    span = years_in_words(model.horizon_days)
    return f"How many people, how many hours?  Same requests, {sizing.runs} runs of {span}.{quick}"


def table_lines(sizing: Sizing) -> list[str]:
    """One row a staffing; a long staff goes on below."""
    model = sizing.family.space.model
    first, second = ("in time", "") if wanted_share(model) is not None else ("backlog", "grows")
    head = [
        _row("", "people x hours a week", ["hours", "full-time", first, "cost of"]),
        _row("", "", ["a week", "people", second, years_in_words(model.horizon_days)]),
    ]
    lines = []
    for name, result in sizing.results.scenarios.items():
        staff, cost = sizing.staffs[name], result.estimates["total_cost_with_undone"]
        cells = [
            f"{staff.hours_per_week:,.0f}",
            f"{staff.full_time:,.1f}",
            in_time(sizing.services[name]),
            _thousands(cost.mean, cost.half_width),
        ]
        first, *rest = textwrap.wrap(staff_in_words(staff, overflow_of(result.model)), _STAFF) or [""]
        lines += [_row(LABELS[name] if name != ANSWER else _answer_label(sizing), first, cells)]
        lines += [_row("", more, []) for more in rest]
    legend = f"({model.currency} k with undone work; +- at {sizing.level:.0%})".rjust(WIDTH)
    return [*head, *lines, legend]


def _answer_label(sizing: Sizing) -> str:
    return LABELS[ANSWER] if sizing.family.kind == "found" else "nearest"


def found_in_words(sizing: Sizing) -> str:
    """What the table gives of a staffing: requests in time, or how much of what arrives stays in the backlog."""
    return "in time" if wanted_share(sizing.family.space.model) is not None else "backlog grows"


def in_time(service: Service) -> str:
    """'90.1+-0.2%', or the growth of the backlog where there is no other target."""
    slack = service.share or service.slacks[0]
    mean, half = 100 * slack.found, 100 * slack.half_width
    return f"{digits(mean, half)}+-{digits(half, half)}%" if half > 0 else f"{digits(mean)}%"


def step_lines(sizing: Sizing) -> list[str]:
    """The staircase around the answer, a bar for each step, the target marked."""
    chosen = sizing.family.chosen.staff
    steps = list(sizing.steps)
    here = next((number for number, step in enumerate(steps) if step.staff.price >= chosen.price), len(steps) - 1)
    first = max(0, min(here - 2 * _MOST_STEPS // 3, len(steps) - _MOST_STEPS))
    lines = []
    for step in steps[first : first + _MOST_STEPS]:
        mark = " <- answer" if step.staff == chosen and sizing.family.kind == "found" else ""
        bill = f"{step.staff.bill_per_week:>7,.0f}" if step.staff.bill_per_week else ""
        bar = f"{in_time(step.service):<12} {_bar(step.service)}{mark}"
        lines.append(f"{step.staff.hours_per_week:>14,.0f}{bill}  {bar}")
    return lines


def _bar(service: Service) -> str:
    """Share of requests in time from 0 to 100 %, with '|' at the target; nothing without such a target."""
    slack = service.share
    if slack is None:
        return "grows" if service.worst.mean < 0 else "settles"
    filled, target = round(_BAR * slack.found), round(_BAR * slack.wanted)
    bar = "#" * filled + "." * (_BAR - filled)
    return bar[:target] + "|" + bar[target:]


def _row(name: str, staff: str, cells: list[str]) -> str:
    numbers = "".join(f" {cell:>{width - 1}}" for cell, width in zip(cells, _COLUMNS, strict=False))
    return f"{name:<{_NAME}}{staff:<{_STAFF}}{numbers}".rstrip()


def _thousands(mean: float, half: float) -> str:
    mean, half = mean / 1000, half / 1000
    return f"{digits(mean, half)}+-{digits(half, half)}" if half > 0 else digits(mean)
