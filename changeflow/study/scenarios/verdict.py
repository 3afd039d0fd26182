"""Who wins: the declared primary measure, joint intervals, the smallest difference that matters."""

from __future__ import annotations

from changeflow.measure.records import Difference
from changeflow.measure.units import MEASURES, base_name, unit_of
from changeflow.study.estimates.evaluate import paired_difference
from changeflow.study.estimates.ranking import Ranking, rank, standing
from changeflow.study.estimates.results import ScenarioResult, Verdict


def judge(scenarios: dict[str, ScenarioResult], baseline: str) -> Verdict:
    """Compare the leader with each other scenario whose backlog settles; no cost winner has a growing one."""
    first, names = scenarios[baseline], list(scenarios)
    comparison, measure = first.model.comparison, first.model.comparison.primary
    growing = tuple(name for name, result in scenarios.items() if result.growing)
    matters = comparison.smallest_difference * abs(first.estimates[measure].mean) if measure in first.estimates else 0.0

    def lead(one: int, other: int, level: float) -> tuple[float, float]:
        found = paired_difference(scenarios[names[one]], scenarios[names[other]], measure, level)
        return found.mean, found.half_width

    means = [standing(one.estimates.get(measure), growing=one.growing) for one in scenarios.values()]
    better = MEASURES[base_name(measure)].more_is_better
    found = rank(means, lead, level=comparison.level, matters=matters, more_is_better=better)
    if found.kind == "single":
        return Verdict("single", None, baseline, None, None, matters, growing)
    leader, second = (None if place is None else names[place] for place in (found.leader, found.second))
    winner = leader if found.kind == "wins" else None
    ahead = _lead(found, leader, second, first, more_is_better=better)
    return Verdict(found.kind, winner, leader, second if ahead else None, ahead, matters, growing)


def _lead(
    found: Ranking, leader: str | None, second: str | None, first: ScenarioResult, *, more_is_better: bool
) -> Difference | None:
    """Second minus leader; where more is better leader minus second."""
    if leader is None or second is None:
        return None
    one, other = (leader, second) if more_is_better else (second, leader)
    measure = first.model.comparison.primary
    unit = unit_of(measure, first.model.currency)
    return Difference(one, other, measure, found.lead, found.half_width, found.level, unit)
