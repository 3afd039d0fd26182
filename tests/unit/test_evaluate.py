"""From runs to estimates: which bounds are said, and when a backlog grows."""

import pytest

from changeflow.engine.tables.model import compile_tables
from changeflow.measure.trace.window import Window
from changeflow.study.estimates.results import ScenarioResult
from changeflow.study.scenarios.compare import run
from changeflow.study.scenarios.plan import Plan
from tests.unit.small import DESK, model_of

LONG = DESK.replace("horizon_days = 10", "horizon_days = 140").replace("servers = 2", "servers = 1")


def result_of(text: str, replications: int = 8) -> ScenarioResult:
    return run(Plan.of(model_of(text), replications=replications, seed=3)).scenarios["model"]


def test_an_overloaded_desk_grows_and_says_at_least() -> None:
    """3 a day of 10 hours for 24: 30 hours of work a day."""
    found = result_of(LONG.replace("service_hours = 1", "service_hours = 10"))
    assert found.growing
    assert found.estimates["backlog_growth_per_week"].low > 0
    assert found.estimates["sojourn_time_hours"].bound == "at_least"
    assert found.estimates["backlog_clear_days"].bound == "at_least"


def test_a_desk_with_room_settles_and_its_mean_is_identified() -> None:
    found = result_of(LONG)
    assert not found.growing
    assert found.estimates["sojourn_time_hours"].bound == ""


def test_a_backlog_that_a_burst_left_is_settling() -> None:
    """Grows for weeks, but in the last half of the run it falls."""
    burst = 'kind = "go_live"\nmisfits_per_100_users = 300\nfit = 0.0\ntime_days = 8'
    text = LONG.replace('kind = "poisson"\nrate_per_day = 3', burst).replace("service_hours = 1", "service_hours = 8")
    found = result_of(text)
    assert not found.growing
    assert found.estimates["backlog_growth_per_week"].high <= 0
    assert found.estimates["peak_backlog_requests"].mean > 50


def test_the_requests_of_others_do_not_hide_that_our_backlog_grows() -> None:
    """
    Ours are 3 a day of 10 hours, half a request a day more than is done, which is more than 2 % of 21 a week and
    less than 2 % of the 420 of others. They might lose patience, so that no load says it.
    """
    text = LONG.replace("service_hours = 1", "service_hours = 10\npatience_hours = 100000")
    others = '[demand.sources.others]\nkind = "poisson"\nrate_per_day = 60\nbackground = true\nentry = "aside"\n'
    text = text.replace("[demand]", f"{others}[demand.sources.ours]")
    text += '[stations.aside]\nservers = "infinite"\nservice_hours = 1\n[routing]\nentry = "desk"\n'
    found = result_of(text, 4)
    assert found.growing
    assert not any(load.overloaded for load in found.load)
    assert found.estimates["backlog_growth_per_week"].high < 0.02 * 420


def test_those_who_never_ask_do_not_hide_that_the_backlog_grows() -> None:
    """60 a day would ask, but only a twentieth of them when something is open: 3 a day again."""
    less = "rate_per_day = 60\nasks_less = { beyond = [1], share = [0.05] }"
    text = LONG.replace("service_hours = 1", "service_hours = 10\npatience_hours = 100000")
    found = result_of(text.replace("rate_per_day = 3", less))
    assert found.growing
    assert not any(load.overloaded for load in found.load)
    assert found.estimates["backlog_growth_per_week"].high < 0.02 * 420


def test_a_vendor_behind_an_overloaded_desk_is_not_overloaded_itself() -> None:
    text = LONG.replace("service_hours = 1", "service_hours = 10") + '[stations.vendor]\nkind = "vendor"\n'
    text += 'service_hours = 1\nservers = 3\n[routing]\nentry = "desk"\nnext.desk = "vendor"\n'
    loads = {load.station: load.overloaded for load in result_of(text, 2).load}
    assert loads == {"desk": True, "vendor": False}


@pytest.mark.parametrize("level", [0.9, 0.99])
def test_intervals_have_the_level_of_the_comparison(level: float) -> None:
    found = result_of(f"{LONG}[comparison]\nlevel = {level}\n")
    assert {estimate.level for estimate in found.estimates.values()} == {level}


def test_the_window_counts_from_the_start_of_the_run() -> None:
    """Start after 2 weeks, warm-up 5 days, horizon 140, follow-up 14 (a tenth)."""
    text = LONG.replace("horizon_days", "weeks_since_go_live = 2\nwarm_up_days = 5\nhorizon_days")
    window = Window.of(compile_tables(model_of(text)))
    assert (window.start, window.begin) == (336, 336 + 120)
    assert (window.cohort_end, window.end) == (336 + 126 * 24, 336 + 140 * 24)


def test_the_follow_up_is_a_tenth_and_at_most_ninety_days() -> None:
    assert model_of(DESK).follow_up == 1
    assert model_of(DESK.replace("horizon_days = 10", "horizon_days = 2000")).follow_up == 90
    assert model_of(DESK.replace("horizon_days = 10", "horizon_days = 2000\nfollow_up_days = 3")).follow_up == 3
