"""The table and the few lines under it, for a terminal of 80 columns."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from itertools import chain

from changeflow.measure.records import Estimate
from changeflow.model.process_only import process_only
from changeflow.present.words.logs import log_lines
from changeflow.present.words.margins import WIDTH, labelled
from changeflow.present.words.plain import NOT_AVAILABLE, digits, plain, time_unit, years_in_words
from changeflow.present.words.sentences import (
    answer_sentence,
    load_sentence,
    next_command,
    unsure_sentence,
)
from changeflow.present.words.spread import spread_sentence
from changeflow.present.words.undone import not_done
from changeflow.study.estimates.results import Results, ScenarioResult

_FINEST = 0.003  # a half-width below this share of its mean is shown as this share
_COLUMNS = (10, 10, 9, 8, 4, 9)


def comparison_text(results: Results, folder: str | None, sets: Sequence[str] = (), *, charts: bool = True) -> str:
    """At most 20 lines for up to three scenarios."""
    lines = [_headline(results), *table_lines(results)]
    lines += labelled("ANSWER", answer_sentence(results))
    first = results.first.model
    for text in log_lines(first):
        lines += labelled("DATA", text)
    lines += labelled("LOAD", load_sentence(results))
    lines += labelled("UNSURE", unsure_sentence(results))
    if spread := spread_sentence(results):
        lines += labelled("SPREAD", spread)
    what = "none written" if folder is None else f"{folder}/  report.html  {'charts/  ' if charts else ''}runs.csv "
    made = f"seed {results.seed}, {results.seconds:.0f} s, {engine_in_words(results)}"
    lines += labelled("FILES", f"{what} ({made})")
    lines += labelled("NEXT", next_command(results, folder, sets))
    return "\n".join(lines)


def engine_in_words(results: Results) -> str:
    """The engine that ran; where only one knows a feature of the models, what that is."""
    rare = dict.fromkeys(chain.from_iterable(process_only(result.model) for result in results.scenarios.values()))
    return f"{results.engine}, the only one for {', '.join(rare)}" if rare else results.engine


def _headline(results: Results) -> str:
    model = results.first.model
    span = years_in_words(model.horizon_days)
    quick = " QUICK" if results.quick else ""
    if len(results.scenarios) == 1:
        runs = f"  {results.replications} runs of {span}.{quick}"
        return textwrap.shorten(f"{model.title}.", WIDTH - len(runs), placeholder="...") + runs
    return f"Who should make the changes?  Same requests, {results.replications} runs of {span}.{quick}"


def table_lines(results: Results) -> list[str]:
    """Scenario, mean and 9-in-10 time to done, peak, clearing, refused, cost with undone work."""
    model = results.first.model
    scale, unit = _time_unit(results)
    head = [
        ["", "average", "9 in 10", "most open", "backlog", "not", "cost of"],
        ["", "done in", "done in", "at once", "clear", "done", years_in_words(model.horizon_days)],
    ]
    rows = []
    for name, result in results.scenarios.items():
        get = result.estimates.get
        rows.append(
            [
                plain(name),
                _time(get("sojourn_time_hours"), scale),
                _time(get("sojourn_time_hours.p90"), scale),
                _plain_number(get("peak_backlog_requests")),
                clears(result),
                f"{not_done(result):.0%}",
                _cost(get("total_cost_with_undone")),
            ]
        )
    lines = [_row(cells) for cells in (*head, *rows)]
    return [*lines, _legend(results, unit, model.currency)]


def _row(cells: list[str]) -> str:
    """Cells in columns, a blank between them; a long name gives way, never a number."""
    numbers = "".join(f" {cell:>{width}}" for cell, width in zip(cells[1:], _COLUMNS, strict=True))
    room = WIDTH - len(numbers)
    return f"{cells[0][:room]:<{room}}{numbers}"


def _legend(results: Results, unit: str, currency: str) -> str:
    level = results.first.model.comparison.level
    bound = any(
        estimate.bound
        for result in results.scenarios.values()
        for name, estimate in result.estimates.items()
        if name in {"sojourn_time_hours", "sojourn_time_hours.p90"}
    )
    at_least = "; >= still open" if bound else ""
    return f"({unit}; {currency} k with undone work; +- at {level:.0%}{at_least})".rjust(WIDTH)


def _time_unit(results: Results) -> tuple[float, str]:
    means = [
        result.estimates["sojourn_time_hours"].mean
        for result in results.scenarios.values()
        if "sojourn_time_hours" in result.estimates
    ]
    scale, unit = time_unit(max(means, default=math.inf))
    return scale, "hours" if unit == "hour" else "calendar days"


def _time(estimate: Estimate | None, scale: float) -> str:
    if estimate is None:
        return "-"
    mean, half = estimate.mean / scale, estimate.half_width / scale
    return (">=" if estimate.bound else "") + _pair(mean, half)


def _pair(mean: float, half: float) -> str:
    half = max(half, abs(mean) * _FINEST) if half > 0 else half
    text = digits(mean, half)
    return text if text == NOT_AVAILABLE or half <= 0 else f"{text}+-{digits(half, half)}"


def _plain_number(estimate: Estimate | None) -> str:
    return "-" if estimate is None else _pair(estimate.mean, estimate.half_width)


def clears(result: ScenarioResult) -> str:
    """The week in which the backlog is back to normal, or that it is not."""
    if result.growing:
        return "grows"
    estimate = result.estimates.get("backlog_clear_days")
    if estimate is None or "sojourn_time_hours" not in result.estimates:
        return "-"
    return (">" if estimate.bound else "") + f"week {max(round(estimate.mean / 7), 1)}"


def _cost(estimate: Estimate | None) -> str:
    if estimate is None:
        return "-"
    return _pair(estimate.mean / 1000, estimate.half_width / 1000)
