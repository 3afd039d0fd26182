"""What moves the primary measure of a study most, and how surely, in words."""

from __future__ import annotations

from changeflow.measure.units import unit_of
from changeflow.present.sections.sensitivity.most import leading_title
from changeflow.present.words.paths import path_words, some_paths
from changeflow.present.words.plain import counted, digits, plain
from changeflow.study.outcome.answer import Level
from changeflow.study.outcome.results import StudyResults


def moving_sentence(results: StudyResults) -> str:
    """'Most moved by X: on average 10 to 30 over its values, a gap of 20 +- 2.'; with rivals 'Surely'; '' without."""
    if not results.gaps:
        return ""
    without = _without(results)
    if results.moving is None:
        return f"No factor surely moves it{without}."
    gap, rivals = results.moving.gap, results.moving.rivals
    whose = f" ({plain(gap.low.scenario)})" if len(results.plan.scenarios) > 1 else ""
    wide = f"a gap of {digits(gap.mean, gap.half_width)} +- {digits(gap.half_width, gap.half_width)}"
    comparison, currency = results.plan.comparison, results.plan.bases[0].currency
    between = f"{_mean(gap.low)} to {_mean(gap.high)} {unit_of(comparison.primary, currency)}"
    said = f"{'Surely' if rivals else 'Most'} moved by {path_words(gap.low.path)}{whose}: on average {between}"
    as_much = f"; {some_paths(rivals)} may move it as much" if rivals else ""
    return f"{said} over its values, {wide}{without}{as_much}."


def moving_title(results: StudyResults) -> str:
    """The finding as the title of a chart."""
    measure = plain(results.plan.comparison.primary)
    if results.moving is None:
        return f"No factor surely moves the {measure}"
    gap, rivals = results.moving.gap, results.moving.rivals
    whose = f" ({plain(gap.low.scenario)})" if len(results.plan.scenarios) > 1 else ""
    return leading_title(gap.low.path, rivals, "moves", f"{measure}{whose}")


def _without(results: StudyResults) -> str:
    """Points that have no such number are in no mean."""
    measure = results.plan.comparison.primary
    count = len({cell.point for cell in results.cells if measure not in cell.estimates})
    return f" ({counted(count, 'point')} without this number left out)" if count else ""


def _mean(one: Level) -> str:
    return digits(one.mean, one.half_width)
