"""Who wins, on made-up runs with known differences."""

from dataclasses import replace

import numpy as np
import pytest

from changeflow.measure.estimates.replications import jackknife_ratio, t_interval
from changeflow.measure.records import Estimate, RunMeasures
from changeflow.study.estimates.evaluate import paired_differences
from changeflow.study.estimates.ranking import Out, Ranking, rank
from changeflow.study.estimates.results import ScenarioResult
from changeflow.study.scenarios.verdict import judge
from tests.unit.small import DESK, model_of

COST = "total_cost_with_undone"
COMMON = 300 * np.sin(np.arange(20.0))  # what all scenarios of a run share, far larger than the differences
WOBBLE = np.tile([1.0, -1.0], 10)  # mean 0, so that means are what they are said to be


def scenario(
    name: str, mean: float, spread: float = 0.1, *, growing: bool = False, measure: str = COST
) -> ScenarioResult:
    """20 runs around a mean; `spread` is what its runs differ from the common noise, the smallest difference 5 %."""
    model = model_of(DESK + f'[comparison]\nprimary = "{measure}"\n')
    values = mean + COMMON - COMMON.mean() + spread * WOBBLE * (1 if name < "m" else -1)
    nothing = np.empty(0)
    ratios = {measure: (0.0, 0.0)}
    runs = tuple(RunMeasures({measure: value}, ratios, {}, nothing, nothing, nothing) for value in values)
    found, half_width = t_interval(values)
    estimates = {measure: Estimate(found, half_width, 0.95, "EUR", 20)}
    return ScenarioResult(name, model, runs, estimates, (), not growing)


def verdict_of(*scenarios: ScenarioResult, baseline: str | None = None):  # type: ignore[no-untyped-def]
    return judge({one.name: one for one in scenarios}, baseline or scenarios[0].name)


def test_a_clear_lead_wins() -> None:
    """1000 against 1100, 5 % of the baseline's mean is 50; pairing removes the common noise."""
    found = verdict_of(scenario("a", 1100), scenario("b", 1000))
    assert (found.kind, found.winner, found.second) == ("wins", "b", "a")
    assert found.lead.mean == pytest.approx(100)
    assert found.lead.half_width < 1
    assert found.matters == pytest.approx(55)


def test_a_sure_difference_that_does_not_matter_is_the_same() -> None:
    found = verdict_of(scenario("a", 1000), scenario("b", 1010))
    assert (found.kind, found.winner, found.leader) == ("same", None, "a")


def test_a_lead_that_the_runs_cannot_tell_is_too_close() -> None:
    found = verdict_of(scenario("a", 1000, 200), scenario("z", 1060, 200))
    assert (found.kind, found.winner, found.leader, found.second) == ("too_close", None, "a", "z")


def test_a_lead_around_what_matters_is_too_close() -> None:
    """50 on average with an interval of about 2 around it: it may matter or not."""
    found = verdict_of(scenario("a", 1000, 2), scenario("z", 1050, 2))
    assert found.kind == "too_close"
    assert found.lead.mean == pytest.approx(50)


def test_a_winner_must_beat_everyone() -> None:
    found = verdict_of(scenario("a", 1000), scenario("b", 1300), scenario("c", 1010))
    assert (found.kind, found.winner, found.second) == ("same", None, "c")
    found = verdict_of(scenario("a", 1000, 300), scenario("b", 2300), scenario("z", 1060, 300))
    assert found.kind == "too_close"
    assert verdict_of(scenario("a", 1000), scenario("b", 1300), scenario("c", 1200)).winner == "a"


def test_the_same_is_said_of_the_one_that_is_meant() -> None:
    """z is 10 behind and sure; y is 5 behind, give or take a lot: with y it is too close to call."""
    found = verdict_of(scenario("a", 1000), scenario("y", 1005, 300), scenario("b", 1010))
    assert found.second == "y"
    assert found.kind == "too_close" or found.second == "b"


def test_a_growing_backlog_never_wins_however_cheap() -> None:
    found = verdict_of(scenario("a", 100, growing=True), scenario("b", 1000), scenario("c", 1200))
    assert (found.kind, found.winner, found.second, found.growing) == ("wins", "b", "c", ("a",))


def test_the_only_one_that_settles_wins() -> None:
    found = verdict_of(scenario("a", 100, growing=True), scenario("b", 1000))
    assert (found.kind, found.winner, found.second, found.lead) == ("wins", "b", None, None)


def test_nobody_wins_when_all_backlogs_grow() -> None:
    found = verdict_of(scenario("a", 100, growing=True), scenario("b", 1000, growing=True))
    assert (found.kind, found.winner, found.leader, found.growing) == ("all_grow", None, None, ("a", "b"))


def test_no_number_is_not_a_growing_backlog() -> None:
    """Nobody grows and nobody has the number; one grows; and who is left out, with the reason."""

    def nobody(_one: int, _other: int, _level: float) -> tuple[float, float]:
        raise AssertionError("nothing to compare")

    def found(*means: float | Out) -> Ranking:
        return rank(means, nobody, level=0.95, matters=0.0)

    assert found("no_number", "no_number").kind == "no_number"
    assert found("grows", "no_number").kind == "no_number"
    assert found("grows", "grows").kind == "all_grow"
    assert found("no_number", 3.0, "grows") == Ranking("wins", 1, out=((0, "no_number"), (2, "grows")))
    without = replace(scenario("a", 1.0), estimates={})
    verdict = verdict_of(without, replace(without, name="b"))
    assert (verdict.kind, verdict.growing) == ("no_number", ())


def test_one_scenario_is_no_contest() -> None:
    assert verdict_of(scenario("a", 100)).kind == "single"


def test_what_matters_is_a_share_of_the_baselines_mean() -> None:
    """A lead of 60 against 5 % of 1000 or of 2000."""
    three = (scenario("a", 1000), scenario("b", 1060), scenario("c", 2000))
    assert verdict_of(*three, baseline="a").kind == "wins"
    assert verdict_of(*three, baseline="c").kind == "same"


def test_more_may_be_better() -> None:
    """The largest throughput leads, and the lead is still counted as positive."""
    name = "throughput_per_week"
    found = verdict_of(scenario("a", 1000, measure=name), scenario("b", 1200, measure=name))
    assert (found.kind, found.winner, found.second) == ("wins", "b", "a")
    assert found.lead.mean == pytest.approx(200)


def test_more_comparisons_need_more_certainty() -> None:
    """The same two scenarios beside four hopeless ones: the joint interval of the lead is wider."""
    two = (scenario("a", 1000, 20), scenario("z", 1100, 20))
    alone = verdict_of(*two)
    crowd = verdict_of(*two, *(scenario(name, 5000) for name in "bcde"))
    assert crowd.lead.half_width > 1.3 * alone.lead.half_width


def test_differences_are_scenario_minus_baseline_with_joint_intervals() -> None:
    """Two others: the primary measure's intervals hold together at 95 %, so each is at 97.5 %."""
    base, *others = scenario("a", 1000, 20), scenario("b", 900, 20), scenario("z", 1200, 20)
    found = {one.scenario: one for one in paired_differences(base, others, 0.95, COST)}
    assert found["b"].mean == pytest.approx(-100)
    assert found["z"].mean == pytest.approx(200)
    assert found["z"].level == pytest.approx(0.975)
    gaps = np.array(
        [one.values[COST] - other.values[COST] for one, other in zip(others[1].runs, base.runs, strict=True)]
    )
    assert (found["z"].mean, found["z"].half_width) == pytest.approx(t_interval(gaps, 0.975))


def test_ratios_are_differenced_by_jackknife() -> None:
    """Shares 40 of 100 against 30 of 100 in every run: 0.1, exactly."""
    name = "within_target_share"
    sides = []
    for label, hits in (("a", 40.0), ("b", 30.0)):
        one = scenario(label, 0.0, measure=name)
        runs = tuple(
            RunMeasures({name: hits / 100}, {name: (hits, 100.0)}, {}, *(np.empty(0),) * 3) for _ in one.runs
        )  # fmt: skip
        mean, half_width = jackknife_ratio(np.full(20, hits), np.full(20, 100.0))
        estimates = {name: Estimate(mean, half_width, 0.95, "share", 20)}
        sides.append(ScenarioResult(label, one.model, runs, estimates, (), True))
    (found,) = paired_differences(sides[0], sides[1:], 0.95, name)
    assert found.mean == pytest.approx(-0.1)
    assert judge({one.name: one for one in sides}, "a").winner == "a"
