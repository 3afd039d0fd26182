"""Users' mood week by week, and what happens to requests when a system is given up and begun again."""

import math
from pathlib import Path

import numpy as np
import pytest

from changeflow.engine.chance import draws
from changeflow.engine.simulate import simulate
from changeflow.engine.trace import Trace
from tests.stories.story import measured, play, requests, story, told, visits

MOOD = {
    "mode": '"coupled"', "needs_per_100_users": 10, "unmet_weight": 0.0, "backlog_weight": 0.0,
    "backlog_per_user": 0.01,
    "defect_weight": 0.0, "overdue_weight": 0.0, "overdue_after_days": 3, "lag_days": 7,
    "enforcement_per_discomfort": 0.5, "most_enforcement": 0.1, "enforcement_hours_per_user_month": 4,
    "enforcement_price_per_hour": 60, "active_share_at_start": 1.0, "tolerance": 0.2, "hazard_per_day": 0.0,
    "hazard_steepness": 1.0, "return_per_day": 0.0, "completeness_loss": 0.5, "abandoned_below_share": 0.5,
    "abandoned_after_days": 10, "review_every_weeks": 2, "review_intercept": -900.0, "review_per_lost_share": 0.0,
    "review_per_resistance": 0.0, "write_off_days": 1000, "restart_probability": 0.0, "restart_delay_days": 7,
    "restart_project_share": 0.8, "restart_quality_gain": 0.2, "restart_fit_gain": 0.1,
}  # fmt: skip
"""Users who bear everything, and a review that never stops anything."""
STOPPED = {"review_intercept": 900.0}
"""Reviews that stop the system at the first occasion, after two weeks."""
AGAIN = STOPPED | {"restart_probability": 1.0}


def mood(**changes: object) -> str:
    """The section of a story's system."""
    return "\n[adoption]\n" + "\n".join(f"{name} = {value}" for name, value in (MOOD | changes).items()) + "\n"


def weeks(trace: Trace, *names: str) -> list[tuple[float, ...]]:
    return [tuple(row[name].item() for name in names) for row in trace.adoption]


def test_a_week_is_read_after_its_completions_and_before_its_arrivals(tmp_path: Path, engine: str) -> None:
    """
    r0 works from 0 to 168, so it is no longer open when the first week ends, and r1, which comes at that instant, not
    yet. At 336 r1 is open alone, a whole backlog (0.01 a user x 100), and 7 days old: overdue. It ends at 368.
    """
    system = "[stations.desk]" + mood(backlog_weight=0.25, overdue_weight=0.5)
    trace = play(tmp_path, engine, "at work\n0 168\n168 200", system, days=28)
    assert weeks(trace, "time", "discomfort") == [(168, 0.0), (336, 0.75), (504, 0.0)]


def test_refused_and_withdrawn_requests_are_unmet_needs(tmp_path: Path, engine: str) -> None:
    """Ten needs at go-live; after three refusals in week one 3 of 13 are unmet, after a fourth in week two 4 of 14."""
    system = '[stations.desk]\n[routing]\nentry = "refused"' + mood(unmet_weight=0.9)
    trace = play(tmp_path, engine, "at work\n0 1\n1 1\n2 1\n200 1", system, days=21)
    expected = [(3 / 13, 0.9 * 3 / 13), (4 / 14, 0.9 * 4 / 14)]
    assert weeks(trace, "compromise", "discomfort") == [pytest.approx(row, rel=1e-12) for row in expected]


def test_resistance_lags_behind_and_users_leave_and_come_back(tmp_path: Path, engine: str) -> None:
    """
    One request is open from 0 to 200: discomfort 1 in week one, 0 in weeks two and three. Enforcement is 0.1, then 0.
    Resistance goes 1 - exp(-d / 7) on day d of the first week, then falls by exp(-1 / 7) a day. Users leave from the
    day on which it passes 0.1 + 0.2, at 0.05 (exp(R - 0.3) - 1) a day; they come back at 0.02 a day below 0.2.
    """
    system = "[stations.desk]" + mood(backlog_weight=1.0, hazard_per_day=0.05, return_per_day=0.02)
    trace = play(tmp_path, engine, "at work\n0 200", system, days=28)
    resistance, active, expected = 0.0, 1.0, []
    for day in range(1, 22):
        discomfort, enforcement = (1.0, 0.1) if day <= 7 else (0.0, 0.0)
        resistance = discomfort + (resistance - discomfort) * math.exp(-1 / 7)
        if resistance < 0.2:
            active = 1 - (1 - active) * math.exp(-0.02) if resistance <= enforcement + 0.2 else active
        else:
            active *= math.exp(-0.05 * (math.exp(max(0.0, resistance - enforcement - 0.2)) - 1))
        if day % 7 == 0:
            expected.append((resistance, enforcement, active, active * (1 - 0.5 * resistance)))
    found = weeks(trace, "resistance", "enforcement", "active_share", "completeness")
    assert found == [pytest.approx(row, rel=1e-12) for row in expected]
    assert expected[0][0] == pytest.approx(1 - math.exp(-1))
    assert found[1][2] < found[0][2] < 1.0
    assert found[2][2] > found[1][2]


STOP = "at work specification_quality\n0 400 0.5\n1 1 0.5\n335 1 0.5\n336 1 0.5\n400 1 0.5\n504 1 0.5\n700 1 0.5"


def test_a_system_given_up_loses_what_waits_and_nobody_asks_any_more(tmp_path: Path, engine: str) -> None:
    """
    The review at 336 stops it. r0 is in hand and is finished at 400; r1 and r2 wait and are withdrawn; those at 336,
    400, 504 and 700 are never asked, the first because the week ends before the arrivals of that instant.
    """
    trace = play(tmp_path, engine, STOP, "[stations.desk]" + mood(**STOPPED), days=35)
    rows = """
        request joined started finished outcome
        0       0      0       400      delivered
        1       1      -       336      given_up
        2       335    -       336      given_up
        """
    assert visits(trace, rows) == told(rows)
    rows = "number arrived closed outcome\n0 0 400 done\n1 1 336 withdrawn\n2 335 336 withdrawn"
    assert requests(trace, rows) == told(rows)
    assert trace.unasked == trace.unserved == 4
    assert weeks(trace, "unserved") == [(0,), (0,), (2,), (3,)]
    assert weeks(trace, "time", "in_use") == [(168, True), (336, False), (504, False), (672, False)]


def test_a_second_attempt_asks_again_and_better(tmp_path: Path, engine: str) -> None:
    """
    Seven days after the end, at 504, it begins again, before the request of that instant, whose specification is 0.2
    better. Its own review, at 672, stops it for good.
    """
    trace = play(tmp_path, engine, STOP, "[stations.desk]" + mood(**AGAIN), days=35)
    rows = "number arrived outcome quality\n0 0 done 0.5\n1 1 withdrawn 0.5\n2 335 withdrawn 0.5\n3 504 done 0.7"
    assert requests(trace, rows) == told(rows)
    assert trace.unasked == trace.unserved == 3
    found = weeks(trace, "time", "attempt", "in_use", "active_share")
    assert found == [(168, 1, True, 1.0), (336, 1, False, 0.0), (504, 2, True, 1.0), (672, 2, False, 0.0)]


def test_passive_adoption_is_computed_and_changes_nothing(tmp_path: Path, engine: str) -> None:
    trace = play(tmp_path, engine, STOP, "[stations.desk]" + mood(**AGAIN | {"mode": '"passive"'}), days=35)
    without = play(tmp_path, engine, STOP, "[stations.desk]", days=35)
    assert trace.requests.tobytes() == without.requests.tobytes()
    assert trace.visits.tobytes() == without.visits.tobytes()
    assert weeks(trace, "attempt", "in_use") == [(1, True), (1, False), (2, True), (2, False)]
    assert len(without.adoption) == 0


def test_too_few_users_for_some_days_end_it(tmp_path: Path, engine: str) -> None:
    """
    Discomfort 1 from the start and users who leave at once: below half from day 1 on. Ten days in a row are over at
    the end of week two, not of week one.
    """
    changes = {"backlog_weight": 1.0, "lag_days": 0.001, "hazard_per_day": 100.0}
    trace = play(tmp_path, engine, "at work\n0 900\n340 1", "[stations.desk]" + mood(**changes), days=28)
    assert weeks(trace, "time", "in_use") == [(168, True), (336, False), (504, False)]
    assert len(trace.requests) == 1


def test_a_delivery_that_waits_for_its_test_is_withdrawn_and_others_customers_wait_on(
    tmp_path: Path, engine: str
) -> None:
    """The desk delivers r0 at 1 and r1 at 2. The test of r0 takes 400 hours, so that of r1 waits at 336."""
    system = """
        [stations.desk]
        acceptance = { rework_probability = 0.0, by = "check" }
        [stations.check]
        service_hours = 400
        [routing]
        entry = "desk"
        [demand.sources.others]
        kind = "piecewise"
        edges_days = [0, 1]
        rates_per_day = [4]
        background = true
        entry = "check"
        """
    trace = play(tmp_path, engine, "at work\n0 1\n0.5 1", system + mood(**STOPPED), days=28)
    mine = trace.requests["source"] == 0
    assert [trace.requests["outcome"][mine].tolist(), trace.requests["closed"][mine][-1]] == [[1, 3], 336.0]
    tests = trace.visits[(trace.visits["station"] == 1) & np.isin(trace.visits["request"], np.flatnonzero(~mine))]
    assert len(tests)
    assert not (tests["finished"] == 336.0).any()


@pytest.mark.parametrize("readiness", [None, 0.7])
def test_the_second_system_lacks_the_misfits_below_its_better_fit(
    tmp_path: Path, engine: str, readiness: float | None
) -> None:
    """A misfit's threshold is its own luck; after 504 only those above 0.5 + 0.1 are found, before all above 0.5. An
    organisation of readiness 0.7 finds those above 1 - 0.5 x 2 x 0.3 = 0.7, then those above 0.8."""
    system = """
        [stations.desk]
        servers = "infinite"
        [demand.sources.burst]
        kind = "go_live"
        misfits_per_100_users = 400
        fit = 0.5
        time_days = 20
        """
    fit = 0.5 if readiness is None else 0.7
    if readiness is not None:
        system += f"[organisation.variation]\nreadiness = {readiness}\n"
    model = story(tmp_path, "at work\n0 1", system + mood(**AGAIN | {"review_every_weeks": 2}), days=27)
    found = simulate(model, seed=4, replication=0, engine=engine)
    burst = found.requests[found.requests["source"] == 1]
    key = draws.run_key(4, 0)
    thresholds = np.array([draws.uniform_pair(key, one, draws.NO_STAGE, draws.MISFIT, 0)[1] for one in burst["key"]])
    late = burst["arrived"] >= 504
    assert fit < thresholds[~late].min() < fit + 0.05
    assert late.sum() > 5
    assert fit + 0.1 < thresholds[late].min() < fit + 0.2
    assert not ((burst["arrived"] >= 336) & ~late).any()


def test_the_money_of_a_system_given_up_and_begun_again(tmp_path: Path, engine: str) -> None:
    """
    Ten hours of project at 100, work at 10 an hour. Given up on day 14 and 28 of 1000 over which money is written
    off. Lost: 1000 x 0.986 and r0's hour (ended on day 1/24) at day 14; 800 x 0.993 (7 days old) at day 28. In the
    first two weeks one request is always open: enforcement 0.1, so 0.1 x 4 hours x 100 users a month of 730.5 hours
    at 60, for 336 hours; and for the one week of the second attempt, since r1 is still in hand.
    """
    system = (
        "[stations.desk]\nprice_per_hour = 10\n[adaptation]\nwork_hours = 10\nprice_per_hour = 100\n"
        + mood(**AGAIN, backlog_weight=1.0)
    )  # fmt: skip
    table = "at work\n0 1\n1 999"
    values = measured(story(tmp_path, table, system, days=35), play(tmp_path, engine, table, system, days=35))
    lost = 1000 * 0.986 + 10 * (1 - (14 - 1 / 24) / 1000) + 800 * 0.993
    assert values["write_off_cost"] == pytest.approx(lost)
    assert values["second_project_cost"] == pytest.approx(800)
    assert values["abandoned"] == 1.0
    assert values["days_in_use"] == 14.0
    assert values["cost_if_abandoned"] == values["total_cost_with_undone"]
    assert math.isnan(values["cost_if_survived"])
    first_weeks = 0.1 * 4 * 100 / 730.5 * 336 * 60
    assert values["enforcement_cost"] == pytest.approx(first_weeks * 1.5)  # r1 is in hand in the week before day 28


@pytest.mark.parametrize(("days", "hours"), [(14, 336), (16, 384), (21, 504)])
def test_enforcement_goes_on_in_the_part_of_a_week_that_ends_a_run(
    days: int, hours: int, tmp_path: Path, engine: str
) -> None:
    """One request is open from 0 on: enforcement 0.1 x 4 hours x 100 users a month of 730.5 hours at 60, to the end."""
    system, table = "[stations.desk]\n" + mood(backlog_weight=1.0), "at work\n0 9999"
    values = measured(story(tmp_path, table, system, days=days), play(tmp_path, engine, table, system, days=days))
    assert values["enforcement_cost"] == pytest.approx(0.1 * 4 * 100 / 730.5 * hours * 60)
