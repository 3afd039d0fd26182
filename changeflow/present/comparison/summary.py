"""summary.md: the answer and the main measures as a table for a wiki or a mail."""

from __future__ import annotations

from collections.abc import Sequence

from changeflow.measure.records import Estimate
from changeflow.present.words.plain import DUST, digits, plain, time_unit
from changeflow.present.words.sentences import answer_sentence, load_sentence, unsure_sentence
from changeflow.present.words.spread import spread_sentence
from changeflow.study.estimates.results import Results

SHOWN = (
    "sojourn_time_hours", "sojourn_time_hours.p90", "waiting_time_hours", "delay_time_hours", "laid_down_time_hours",
    "backlog_requests", "peak_backlog_requests", "open_at_horizon_requests", "refused_share", "withdrawn_share",
    "balked_share", "reneged_share", "turned_away_share", "given_up_share", "unasked_requests", "within_target_share",
    "overtime_hours",
    "rework_share", "error_share", "misunderstanding_share", "omission_share", "promise_share", "slip_share",
    "deviation_share", "defects_per_delivery", "defect_request_share", "propagated_request_share",
    "cost_of_success", "cost_of_error", "cost_of_ownership_per_year", "waiting_cost",
    "unmet_need_cost", "open_liability_cost", "total_cost", "total_cost_with_undone",
    "abandoned", "days_in_use", "active_share", "data_completeness", "resistance", "enforcement_cost",
    "second_project_cost", "write_off_cost", "cost_if_survived", "cost_if_abandoned",
)  # fmt: skip
RARE = {
    "withdrawn_share", "balked_share", "reneged_share", "turned_away_share", "given_up_share", "unasked_requests",
    "overtime_hours",
    "delay_time_hours", "laid_down_time_hours",
    "misunderstanding_share", "omission_share", "promise_share", "slip_share", "deviation_share",
    "enforcement_cost", "second_project_cost", "write_off_cost",
}  # fmt: skip
"""Shown only where a configuration has any."""
CLOCK_TIMES = ("sojourn_time_hours", "waiting_time_hours", "delay_time_hours", "laid_down_time_hours")


def table(results: Results) -> tuple[list[str], list[list[str]]]:
    """Headers and rows: one row a measure, one column a scenario, every number with its half-width."""
    headers = ["measure", *(plain(name) for name in results.scenarios), "unit"]
    rows = []
    for measure in SHOWN:
        found = [result.estimates.get(measure) for result in results.scenarios.values()]
        known = next((one for one in found if one is not None), None)
        if known is None or (measure in RARE and not any(one is not None and one.mean > DUST for one in found)):
            continue
        scale, unit = _for_people(measure, known.unit, [one.mean for one in found if one is not None])
        rows.append([plain(measure), *(_cell(one, scale) for one in found), unit])
    return headers, rows


def _for_people(measure: str, unit: str, means: Sequence[float]) -> tuple[float, str]:
    """What a number is multiplied by, and the unit then: shares in %, long times on the clock in days."""
    if unit == "share":
        return 100.0, "%"
    if measure.startswith(CLOCK_TIMES):
        scale, word = time_unit(max(map(abs, means)))
        return 1 / scale, f"{word}s"
    return 1.0, unit


def _cell(one: Estimate | None, scale: float) -> str:
    if one is None:
        return "-"
    mean, half = scale * one.mean, scale * one.half_width
    arms = f" +- {digits(half, half)}" if half > DUST else ""
    return ("at least " if one.bound else "") + digits(mean, half) + arms


def markdown(results: Results) -> str:
    """The whole page."""
    headers, rows = table(results)
    model = results.first.model
    lines = [f"# {model.title}", "", answer_sentence(results), ""]
    lines += markdown_table(headers, rows)
    lines += ["", f"Load: {load_sentence(results)}.", "", f"Unsure: {unsure_sentence(results)}.", ""]
    if spread := spread_sentence(results):
        lines += [f"Spread: {spread}.", ""]
    lines.append(f"{results.replications} runs, seed {results.seed}, intervals at {model.comparison.level:.0%}.")
    return "\n".join(lines) + "\n"


def markdown_table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Its lines."""
    return [
        "| " + " | ".join(headers) + " |",
        "|" + " --- |" * len(headers),
        *("| " + " | ".join(row) + " |" for row in rows),
    ]
