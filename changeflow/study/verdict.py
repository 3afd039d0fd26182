"""Who wins: the declared primary measure, joint intervals, the smallest difference that matters."""

from __future__ import annotations

from changeflow.measure.estimates import joint_level
from changeflow.measure.records import Difference
from changeflow.measure.units import MEASURES, base_name
from changeflow.study.evaluate import paired_difference
from changeflow.study.results import ScenarioResult, Verdict


def judge(scenarios: dict[str, ScenarioResult], baseline: str) -> Verdict:
    """Compare the leader with each other scenario whose backlog settles; no cost winner has a growing one."""
    first = scenarios[baseline]
    comparison = first.model.comparison
    measure = comparison.primary
    growing = tuple(name for name, result in scenarios.items() if result.growing)
    settled = {name: result for name, result in scenarios.items() if measure in result.estimates and not result.growing}
    matters = comparison.smallest_difference * abs(first.estimates[measure].mean) if measure in first.estimates else 0.0
    if len(scenarios) == 1:
        return Verdict("single", None, baseline, None, None, matters, growing)
    if not settled:
        return Verdict("all_grow", None, None, None, None, matters, growing)
    sign = -1.0 if MEASURES[base_name(measure)].more_is_better else 1.0
    ranked = sorted(settled, key=lambda name: sign * settled[name].estimates[measure].mean)
    leader, others = ranked[0], ranked[1:]
    if not others:
        return Verdict("wins", leader, leader, None, None, matters, growing)
    # The leader is chosen by its mean, so the intervals hold for every pair that could have been looked at.
    pairs = len(ranked) * (len(ranked) - 1) // 2
    level = joint_level(comparison.level, pairs)
    leads = [_lead(settled[name], settled[leader], measure, level, sign) for name in others]
    lead = leads[0]
    if all(_low(one) > matters for one in leads):
        return Verdict("wins", leader, leader, ranked[1], lead, matters, growing)
    kind = "same" if _high(lead) < matters and _low(lead) > -matters else "too_close"
    return Verdict(kind, None, leader, ranked[1], lead, matters, growing)


def _lead(other: ScenarioResult, leader: ScenarioResult, measure: str, level: float, sign: float) -> Difference:
    return (
        paired_difference(other, leader, measure, level)
        if sign > 0
        else paired_difference(leader, other, measure, level)
    )


def _low(difference: Difference) -> float:
    return difference.mean - difference.half_width


def _high(difference: Difference) -> float:
    return difference.mean + difference.half_width
