"""How a study's numbers of runs came about, where a look at the runs chose them, in words."""

from __future__ import annotations

from changeflow.study.outcome.results import StudyResults


def runs_sentence(results: StudyResults) -> str:
    """'25 to 90 of each, added until ...: intervals hold a little less often than 95%.'; '' for numbers given before.

    How much less, in cases with a known truth: tests/theory/coverage.py.
    """
    study, level = results.plan.study, results.plan.comparison.level
    counts = sorted(cell.columns.count for cell in results.cells)
    if not counts:
        return ""
    each = f"{counts[0]:,} of each" if counts[0] == counts[-1] else f"{counts[0]:,} to {counts[-1]:,} of each"
    if study.precision is not None:
        return (
            f"{each}, added until the intervals were narrow enough and stayed so: chosen by looking, they hold a "
            f"little less often than {level:.0%}."
        )
    if study.selection is not None and not study.selection.of_a_size:
        return (
            f"{each}, as many as the procedure asked for: chosen by looking, the interval of a mean alone holds a "
            f"little less often than {level:.0%}."
        )
    return ""
