"""What moves the primary measure of a study most, and how surely, in words."""

from __future__ import annotations

from changeflow.present.words import digits, plain
from changeflow.study.study import StudyResults


def moving_sentence(results: StudyResults) -> str:
    """'Most moved by X: on average 10 to 30 over its values, a gap of 20 +- 2.'; '' without factors."""
    if not results.gaps:
        return ""
    without = _without(results)
    if results.moving is None:
        return f"No factor surely moves it{without}."
    gap, rivals = results.moving.gap, results.moving.rivals
    whose = f" ({plain(gap.low.scenario)})" if len(results.plan.scenarios) > 1 else ""
    wide = f"a gap of {digits(gap.mean, gap.half_width)} +- {digits(gap.half_width, gap.half_width)}"
    said = f"Most moved by {gap.low.path}{whose}: on average {_amount(gap.low.mean)} to {_amount(gap.high.mean)}"
    as_much = f"; {' and '.join(rivals)} may move it as much" if rivals else ""
    return f"{said} over its values, {wide}{without}{as_much}."


def moving_title(results: StudyResults) -> str:
    """The finding as the title of a chart."""
    measure = plain(results.plan.comparison.primary)
    if results.moving is None:
        return f"No factor surely moves the {measure}"
    gap, rivals = results.moving.gap, results.moving.rivals
    whose = f" ({plain(gap.low.scenario)})" if len(results.plan.scenarios) > 1 else ""
    as_much = f", {' and '.join(rivals)} perhaps as much" if rivals else ""
    return f"{gap.low.path} moves the {measure} most{whose}{as_much}"


def _without(results: StudyResults) -> str:
    """Points that have no such number are in no mean."""
    measure = results.plan.comparison.primary
    count = len({cell.point for cell in results.cells if measure not in cell.estimates})
    return f" ({count} point{'s' * (count > 1)} without this number left out)" if count else ""


def _amount(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
