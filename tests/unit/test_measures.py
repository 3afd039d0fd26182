"""Measures of one small run by hand: cohort, open members, waits, loads, shares."""

import numpy as np
import pytest

from changeflow.engine import trace as t
from changeflow.engine.simulate import simulate
from changeflow.engine.tables.model import compile_tables
from changeflow.measure.records import RunMeasures
from changeflow.measure.run import measure_run
from changeflow.measure.trace.times import Cohort, time_measures
from changeflow.measure.trace.window import Window
from tests.unit.small import model_of, trace_of

# One arrives every 24 hours, at 24, 48, ..., 216; one server takes 36 hours for each. Request k (from 1) comes at
# 24 k, starts at 24 + 36 (k - 1), ends at 24 + 36 k if that is before 240: k = 1 to 5. The sixth is in service
# from 204 on, 7 to 9 wait. The cohort came before 192: k = 1 to 7.
OVERLOADED = """
title = "one a day, a day and a half each"
go_live = 2026-01-05
horizon_days = 10
follow_up_days = 2
[demand]
kind = "renewal"
interarrival_hours = 24
[stations.desk]
service_hours = 36
[targets]
closed_within = { hours = 60, share = 0.9 }
"""


def measured(text: str = OVERLOADED) -> RunMeasures:
    tables = compile_tables(model_of(text))
    return measure_run(Window.of(tables), simulate(tables, seed=1, replication=0))


def test_times_to_done_count_open_members_as_censored() -> None:
    """
    Closed after 24 + 12 k: 36, 48, 60, 72, 84; the sixth is 96 old, the seventh 72. Kaplan-Meier falls to 6/7,
    5/7, 4/7, 3/7 at the first four; at 84 two are at risk: 3/14. Restricted to 96 the mean is
    36 + 12 (6 + 5 + 4 + 3) / 7 + 12 x 3/14; 3/14 take longer. Half are done by 72; 9 in 10 is not reached.
    """
    found = measured()
    assert found.values["sojourn_time_hours"] == pytest.approx(36 + 12 * 18 / 7 + 12 * 3 / 14)
    assert found.at_least["sojourn_time_hours"] == pytest.approx(3 / 14)
    assert found.values["sojourn_time_hours.p50"] == 72
    assert "sojourn_time_hours.p50" not in found.at_least
    assert found.values["sojourn_time_hours.p90"] == 96
    assert "sojourn_time_hours.p90" in found.at_least
    assert found.sojourn_days.tolist() == [1.5, 2.0, 2.5, 3.0, 3.5]
    assert found.open_days.tolist() == [4.0, 3.0]


def test_waits_by_hand() -> None:
    """
    Request k waits 12 (k - 1). First waits are known up to the sixth (60); the seventh has waited 72 so far:
    restricted mean (0 + 12 + 24 + 36 + 48 + 60 + 72) / 7 = 36. The same at the one station.
    """
    found = measured()
    assert found.values["first_wait_hours"] == pytest.approx(36)
    assert found.at_least["first_wait_hours"] == pytest.approx(1 / 7)
    assert found.values["visit_wait_hours.desk"] == pytest.approx(36)
    assert found.values["delay_time_hours"] == 0


def test_flows_and_loads_by_hand() -> None:
    """
    Busy from 24 to the end: 216 of 240. Nine arrive with 36 hours each: 324 / 240. Five done in 240 / 168 weeks.
    Open request hours: 36 + 48 + 60 + 72 + 84 of the done, 96 + 72 + 48 + 24 of the open: 540 / 240. Most at
    once: 4, e.g. the fifth to the eighth at 192.
    """
    values = measured().values
    assert values["utilisation.desk"] == values["utilisation"] == pytest.approx(0.9)
    assert values["offered_load.desk"] == pytest.approx(1.35)
    assert values["offered_erlangs.desk"] == pytest.approx(1.35)
    assert values["throughput_per_week"] == pytest.approx(5 / (240 / 168))
    assert values["backlog_requests"] == pytest.approx(2.25)
    assert values["peak_backlog_requests"] == 4
    assert values["open_at_horizon_requests"] == 4
    assert values["arrived_requests"] == 9


def test_the_target_is_missed_by_open_members_too() -> None:
    """Within 60 hours: k = 1, 2, 3 of the seven members."""
    assert measured().ratios["within_target_share"] == (3.0, 7.0)


def test_a_target_in_working_days_is_counted_on_the_calendar() -> None:
    """
    Arrivals at midnight of every day; desk 9 to 17 on weekdays, 8 hours each, one server. Monday 2026-01-05 is
    day 0, so they come on Tuesday (24) to Friday (96), Saturday, Sunday, Monday (168), ... Each weekday one is
    done: Tuesday's at 17:00 within one working day. Saturday's, Sunday's and Monday's are done on Monday,
    Tuesday, Wednesday of week 2, within 1, 2 and 3 working days; those of Tuesday 7 and Wednesday likewise 3.
    """
    text = OVERLOADED.replace("service_hours = 36", 'service_hours = 8\ncalendar = "office"')
    text = text.replace("{ hours = 60, share = 0.9 }", "{ working_days = 1, share = 0.9 }")
    text += '[calendars.office]\nhours = ["09:00-17:00"]\n'
    text = text.replace("horizon_days = 10", "horizon_days = 20")
    found = measured(text)
    # Of the cohort (24 to 408): four of the first week, and Saturday's, which is done on Monday.
    assert found.ratios["within_target_share"] == (5.0, 17.0)
    assert found.values["sojourn_time_working_hours.p50"] >= 24


def test_started_within_looks_at_the_first_visit() -> None:
    """Waits 0, 12, 24, ...: within 12 hours two members, k = 1 and 2."""
    text = OVERLOADED.replace("closed_within = { hours = 60", "started_within = { hours = 12")
    assert measured(text).ratios["within_target_share"] == (2.0, 7.0)


def test_rework_and_attempts_are_ratios_of_sums() -> None:
    """Every delivery fails and two attempts are permitted: two per request, half of the hours are rework."""
    text = OVERLOADED.replace("service_hours = 36", "service_hours = 2")
    text += "[stations.desk.acceptance]\nrework_probability = 1.0\nmax_attempts = 2\n"
    found = measured(text)
    assert found.ratios["rework_share"] == (pytest.approx(18.0), pytest.approx(36.0))
    assert found.ratios["attempts_per_request"] == (14.0, 7.0)
    assert found.values["waiting_time_hours"] == 0


MODEL = model_of(OVERLOADED)
WINDOW = Window.of(compile_tables(MODEL))


def test_the_cohort_are_root_requests_of_the_window() -> None:
    """Not those open at the start (source -1), not children, not from horizon - follow-up (192) on."""
    trace = trace_of(
        MODEL,
        [
            {"arrived": 0, "source": -1}, {"arrived": 0}, {"arrived": 50, "parent": 1},
            {"arrived": 191.9}, {"arrived": 192},
        ],
    )  # fmt: skip
    assert Cohort.of(WINDOW, trace).requests["number"].tolist() == [1, 3]


def test_refused_and_withdrawn_requests_have_no_time_to_done() -> None:
    """Closed after 10, refused at once, withdrawn after 5: the mean is 10, not (10 + 0 + 5) / 3."""
    trace = trace_of(
        MODEL,
        [
            {"arrived": 0, "closed": 10, "outcome": t.DONE},
            {"arrived": 1, "closed": 1, "outcome": t.REFUSED},
            {"arrived": 2, "closed": 7, "outcome": t.WITHDRAWN},
        ],
        [
            {"request": 0, "joined": 0, "started": 4, "finished": 10, "outcome": t.DELIVERED},
            {"request": 2, "entered": 2, "joined": 2, "started": 3, "finished": 7, "outcome": t.REWORK},
        ],
    )
    found = {name: value for name, value, _ in time_measures(WINDOW, trace, Cohort.of(WINDOW, trace))}
    assert found["sojourn_time_hours"] == 10
    # Waits are of whoever was served: 4 and 1.
    assert found["waiting_time_hours"] == 2.5


def test_waits_of_all_passes_are_summed_and_delays_kept_apart() -> None:
    """Delay 3, wait 2, work, wait 4: waiting 6, first wait 2, delay 3, and 3 a visit on average."""
    trace = trace_of(
        MODEL,
        [{"arrived": 0, "closed": 20, "outcome": t.DONE}],
        [
            {"request": 0, "entered": 0, "joined": 3, "started": 5, "finished": 8, "outcome": t.REWORK},
            {"request": 0, "visit": 1, "entered": 8, "joined": 8, "started": 12, "finished": 20, "attempt": 2,
             "outcome": t.DELIVERED},
        ],
    )  # fmt: skip
    found = {name: value for name, value, _ in time_measures(WINDOW, trace, Cohort.of(WINDOW, trace))}
    names = ("waiting_time_hours", "first_wait_hours", "delay_time_hours", "visit_wait_hours.desk")
    assert [found[name] for name in names] == [6, 2, 3, 3]


def test_a_run_without_members_has_no_times_but_is_no_error() -> None:
    found = measured(OVERLOADED.replace("interarrival_hours = 24", "interarrival_hours = 1000"))
    assert np.isnan(found.values["sojourn_time_hours"])
    assert found.values["backlog_requests"] == 0
    assert found.ratios["within_target_share"] == (0.0, 0.0)


def test_who_never_queued_did_not_wait_for_nothing() -> None:
    """
    Two stations. r0 balks at the first. r1 finds it full at 2 and waits at the second from 2 to 6: its first wait is
    that one. The mean wait is of r1 alone.
    """
    model = model_of(
        'title = "x"\nhorizon_days = 4\nfollow_up_days = 0\n[demand]\nkind = "poisson"\nrate_per_day = 1\n'
        '[stations.first]\nservice_hours = 1\n[stations.second]\nservice_hours = 1\n[routing]\nentry = "first"\n'
    )
    requests = [
        {"arrived": 1, "closed": 1, "outcome": t.WITHDRAWN},
        {"arrived": 2, "closed": 7, "outcome": t.DONE},
    ]
    visits = [
        {"request": 0, "entered": 1, "finished": 1, "outcome": t.BALKED},
        {"request": 1, "entered": 2, "finished": 2, "outcome": t.TURNED_AWAY},
        {"request": 1, "visit": 1, "station": 1, "entered": 2, "joined": 2, "started": 6, "finished": 7,
         "work_hours": 1, "outcome": t.DELIVERED},
    ]  # fmt: skip
    trace = trace_of(model, requests, visits)
    window = Window.of(compile_tables(model))
    found = {name: value for name, value, _ in time_measures(window, trace, Cohort.of(window, trace))}
    assert found["waiting_time_hours"] == 4.0
    assert found["first_wait_hours"] == 4.0
    assert found["visit_wait_hours.second"] == 4.0
