"""What a system costs that is given up, against one in use to the end: other runs, so nothing is paired."""

from __future__ import annotations

from changeflow.measure.estimates.clusters import groups_apart
from changeflow.measure.estimates.replications import joint_level
from changeflow.measure.records import Difference
from changeflow.study.estimates.evaluate import column
from changeflow.study.estimates.results import Results, ScenarioResult

GONE, ALIVE = "cost_if_abandoned", "cost_if_survived"


def fates_apart(results: Results) -> Difference | None:
    """Given up minus in use, in the configuration where that is most; None where none has runs of both fates.

    It is chosen by the numbers, so its interval holds jointly for all configurations that could have been (Bonferroni).
    """
    both = [result for result in results.scenarios.values() if {GONE, ALIVE} <= set(result.estimates)]
    found = [_apart(one, joint_level(one.model.comparison.level, len(both))) for one in both]
    return max(found, key=lambda one: abs(one.mean), default=None)


def _apart(result: ScenarioResult, level: float) -> Difference:
    gone, alive = column(result.runs, GONE), column(result.runs, ALIVE)
    mean, half_width = groups_apart(gone, alive, result.model.organisation.runs_together, level)
    return Difference(result.name, result.name, GONE, mean, half_width, level, result.model.currency)
