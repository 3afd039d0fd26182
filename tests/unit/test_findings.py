"""What the titles of charts say, on made-up runs."""

from __future__ import annotations

import pytest

from changeflow.present.comparison.findings import cost_title, spread_title
from changeflow.present.comparison.frames import spread_frames
from changeflow.present.drawing.palette import names_in
from changeflow.study.estimates.results import Results, ScenarioResult
from changeflow.study.scenarios.verdict import judge

from .test_verdict import COST, scenario

SPACE = "\N{NO-BREAK SPACE}"


def results_of(*scenarios: ScenarioResult) -> Results:
    named = {one.name: one for one in scenarios}
    verdict = judge(named, scenarios[0].name)
    return Results("compare", 1, "process", 20, False, named, verdict, scenarios[0].name)


def test_the_winner_is_said_to_cost_least() -> None:
    title = cost_title(results_of(scenario("a", 1100), scenario("b", 1000)))
    assert title == f"B costs least in 10 days: EUR{SPACE}1,000{SPACE}±{SPACE}100"


def test_without_a_winner_nobody_costs_least() -> None:
    title = cost_title(results_of(scenario("a", 1000, 200), scenario("z", 1060, 200)))
    assert "least" not in title
    assert "A costs" in title
    assert ", z EUR" in title


def test_a_growing_backlog_that_is_cheaper_is_not_hidden() -> None:
    title = cost_title(results_of(scenario("a", 100, growing=True), scenario("b", 1000)))
    assert title.startswith(f"A costs EUR{SPACE}100")


@pytest.mark.parametrize(("spread", "ahead"), [(0.1, 20), (200, 10)])
def test_the_spread_counts_the_runs_in_which_the_leader_is_ahead(spread: float, ahead: int) -> None:
    """With 200 either way every second run is 400 the other way round, more than the lead of 60."""
    title = spread_title(results_of(scenario("a", 1000, spread), scenario("z", 1060, spread)), COST)
    assert title == f"A has the lower total cost with undone work in {ahead} of 20 runs"


def test_more_is_better_where_it_is() -> None:
    measure = "throughput_per_week"
    pair = (scenario("a", 1000, measure=measure), scenario("b", 1100, measure=measure))
    assert spread_title(results_of(*pair), measure) == "B has the higher requests closed per week in 20 of 20 runs"


def test_one_configuration_alone_shows_how_far_its_runs_lie_apart() -> None:
    """The common noise is 300 either way around 1000."""
    title = spread_title(results_of(scenario("a", 1000)), COST)
    assert title.startswith(f"Single runs lie between EUR{SPACE}700 and EUR{SPACE}1,300")


def test_a_configuration_without_the_measure_keeps_the_colours_of_the_others() -> None:
    found = results_of(scenario("a", 1000, measure="total_cost"), scenario("b", 1000))
    for frame in spread_frames(found, COST):
        assert list(frame["scenario"]) == ["b"] * len(frame)
        assert names_in(frame["scenario"]) == ["a", "b"]
