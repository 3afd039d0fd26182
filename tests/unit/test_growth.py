"""Does the backlog settle: surely, surely not, cannot tell; the same for compare, study and size."""

from __future__ import annotations

import math

import pytest

from changeflow.measure.records import Estimate
from changeflow.model.targets import targets_from_words
from changeflow.study.estimates.growth import FOR_GROWTH, Growth, growth_of
from changeflow.study.estimates.met import targets_met
from changeflow.study.sizing.targets import Slack

NOT_GROWING = targets_from_words("backlog not growing")


def slope(mean: float, half_width: float) -> dict[str, Estimate]:
    return {FOR_GROWTH[0]: Estimate(mean, half_width, 0.95, "requests per week", 10)}


CASES = [
    (0.01, 0.005, True), (0.01, 0.02, None), (0.03, 0.005, False), (0.03, 0.02, None), (-0.5, 0.6, None),
    (0.01, math.inf, None),
]  # fmt: skip


@pytest.mark.parametrize(("share", "half_width", "settles"), CASES)
def test_an_interval_that_goes_both_ways_does_not_tell(share: float, half_width: float, settles: bool | None) -> None:
    """Two percent of 100 requests a week."""
    found = growth_of(slope(100 * share, 100 * half_width), 100.0, overloaded=False).settles()
    assert found is settles
    assert targets_met(NOT_GROWING, {}, settles=found) is settles
    states = {True: "met", False: "missed", None: "close"}
    assert Slack("growth", 0.02, share, half_width).state(0.0) == states[settles]


def test_sizing_calls_close_what_is_nearer_than_its_tolerance() -> None:
    assert Growth(0.03, 0.005).settles() is False
    assert Growth(0.03, 0.005).settles(0.01) is None
    assert Growth(0.03, 0.005).settles(0.001) is False


def test_overload_grows_whatever_the_runs_say_and_without_a_slope_the_load_tells() -> None:
    assert growth_of(slope(-50, 1), 100.0, overloaded=True).settles() is False
    assert growth_of({}, 100.0, overloaded=True).settles() is False
    assert growth_of({}, 100.0, overloaded=False).settles() is True


def test_where_nothing_arrives_any_sure_growth_is_too_much() -> None:
    assert growth_of(slope(0.001, 0.0), 0.0, overloaded=False).settles() is False
    assert growth_of(slope(0.0, 0.0), 0.0, overloaded=False).settles() is True
    assert growth_of(slope(0.001, 0.002), 0.0, overloaded=False).settles() is None


def test_a_slope_that_is_not_known_does_not_tell() -> None:
    assert growth_of(slope(math.nan, math.nan), 100.0, overloaded=False).settles() is None


def test_a_timed_target_without_its_share_is_not_met_by_a_backlog_that_settles() -> None:
    both = targets_from_words("80 % closed within 1 h and backlog not growing")
    assert targets_met(both, {}, settles=True) is None
    assert targets_met(both, {}, settles=False) is False
