"""What only the process engine knows: shared time, engineers called off, a monthly budget, a researcher's own rule."""

from collections.abc import Mapping
from pathlib import Path

import pytest

import changeflow as cf
from changeflow.engine.simulate import choose_engine, simulate
from changeflow.errors import PlanError, RunError
from changeflow.model.requests.routing_rule import RequestSight, StationSight
from tests.engines import by_request
from tests.stories.story import decisions, measured, play, story, told, visits

SHARED = "[stations.desk]\nat_once = 2\nswitching_loss = 0.2"


def test_a_server_shares_its_time_and_loses_some_by_switching(tmp_path: Path) -> None:
    """
    Two at once, a loss of 0.2, so each of two goes at (1 - 0.2) / 2 = 0.4. r0 (4 hours) is alone until 1, has 3 left
    and needs 7.5 hours more: 8.5. r1 (4 hours, from 1) has done 3 by then. r2 (1 hour) waits from 2 to 8.5, since two
    are in hand; then both have 1 hour left at 0.4: 11. The server gave r0 1 + 7.5 / 2 = 4.75 hours, r1
    7.5 / 2 + 2.5 / 2 = 5, r2 1.25: eleven hours in all.
    """
    table = """
        request server joined started finished work_hours
        0       0      0      0       8.5      4.75
        1       0      1      1       11       5
        2       0      2      8.5     11       1.25
    """
    requests = "at work\n0 4\n1 4\n2 1"
    assert visits(play(tmp_path, "process", requests, SHARED), table) == told(table)
    model = story(tmp_path, requests, SHARED)
    trace = simulate(model, seed=1, replication=0, engine="process")
    assert measured(model, trace)["utilisation.desk"] == pytest.approx(11 / (14 * 24))


def test_an_engineer_is_called_off_when_too_many_wait_and_leaves_again(tmp_path: Path) -> None:
    """
    Three requests of 30 hours at 0 and one at 1, one server. Two wait at 0, more than one: one more is called off,
    there from 24 to 48. It takes r1 at 24 and hands it back at 48 with 6 hours left, before r3, which came later.
    r1 and r3 wait: another call, from 72 to 96. The first server: r0 to 30, r2 to 60, r1 to 66, r3 to 96. The one
    that comes at 72 finds nobody.
    """
    system = "[stations.desk]\ncall_off = { beyond = 1, servers = 1, lead_days = 1, for_days = 1 }"
    trace = play(tmp_path, "process", "at work\n0 30\n0 30\n0 30\n1 30", system)
    table = """
        request visit server started finished work_hours outcome
        0       0     0      0       30       30         delivered
        1       0     1      24      48       24         interrupted
        1       1     0      60      66       6          delivered
        2       0     0      30      60       30         delivered
        3       0     0      66      96       30         delivered
    """
    assert visits(trace, table) == told(table)
    assert trace.called_off == ((0, 24.0, 48.0, 1), (0, 72.0, 96.0, 1))


BUDGET = """
[stations.inside]
[stations.vendor]
kind = "vendor"
price_per_hour = 100
[routing.entry]
rule = "budget"
per_month = 250
prefer = "vendor"
"""
ASKED = "at work\n0 1\n1 1\n2 1\n735 1\n736 9"


def test_a_budget_lasts_for_two_requests_a_month(tmp_path: Path) -> None:
    """
    A request costs 100, a month (730.5 hours) has 250: r0 and r1, not r2. In the second month 100 are spent when r4
    (900) comes: inside. The record shows what was spent before.
    """
    trace = play(tmp_path, "process", ASKED, f'{BUDGET}otherwise = "inside"', days=60, decisions=True)
    assert [trace.stations[place] for place in trace.visits["station"]] == [
        "vendor", "vendor", "inside", "vendor", "inside",
    ]  # fmt: skip
    table = """
        request time station seen value chosen
        0       0    vendor  0    250   yes
        1       1    vendor  100  250   yes
        2       2    vendor  200  250   no
        3       735  vendor  0    250   yes
        4       736  vendor  100  250   no
    """
    assert decisions(trace, table) == told(table)


def test_what_waits_for_money_asks_again_at_the_start_of_the_month(tmp_path: Path) -> None:
    """r2 waits for the second month; r3 comes when its 100 are spent; r4 is larger than a month: first in the third."""
    trace = play(tmp_path, "process", ASKED, f'{BUDGET}otherwise = "wait"', days=90)
    table = """
        request joined
        0       0
        1       1
        2       730.5
        3       735
        4       1461
    """
    assert visits(trace, table) == told(table)


OWN = """
[stations.first]
[stations.second]
[routing.entry]
rule = "custom"
name = "short_line"
"""


@cf.routing_rule
def short_line(request: RequestSight, stations: Mapping[str, StationSight], now_hours: float) -> str:
    """The first station while nobody would wait there; what is hard goes nowhere."""
    if request.difficulty > 0.9:
        return "refused"
    busy = stations["first"].waiting + (stations["first"].idle_servers == 0)
    return "second" if busy else "first"


def test_a_rule_of_ones_own_sees_the_state_at_its_instant(tmp_path: Path) -> None:
    """r0 finds the first free; r1 at 1 finds it busy; r2 is too hard; r3 at 5 finds the first free again (from 4)."""
    model = story(tmp_path, "at work difficulty\n0 4 0.1\n1 9 0.1\n2 1 0.95\n5 1 0.1", OWN).with_rules(short_line)
    trace = by_request(simulate(model, seed=1, replication=0, decisions=True))
    table = """
        request station started
        0       first   0
        1       second  1
        3       first   5
    """
    assert visits(trace, table) == told(table)
    assert list(trace.decisions["chosen"]) == [True, False, False, True, False, False, True, False]


def test_a_rule_of_ones_own_is_asked_for_and_must_name_a_place(tmp_path: Path) -> None:
    model = story(tmp_path, "at work\n0 4\n1 4", OWN)
    with pytest.raises(PlanError, match="expected a function of this name"):
        choose_engine("auto", models=[model])
    wrong = cf.routing_rule(lambda request, stations, now_hours: "thrid")
    named = type(wrong)("short_line", wrong.function)
    with pytest.raises(RunError, match=r"routing rule short_line: expected .*first, second, found 'thrid'"):
        simulate(model.with_rules(named), seed=1, replication=0)


@pytest.mark.parametrize(
    ("system", "feature"),
    [(SHARED, "at_once"), (f'{BUDGET}otherwise = "inside"', "budget"), (OWN, "custom")],
    ids=["at_once", "budget", "custom"],
)
def test_the_compiled_engine_refuses_what_it_does_not_know(tmp_path: Path, system: str, feature: str) -> None:
    model = story(tmp_path, "at work\n0 4\n1 4", system).with_rules(short_line)
    with pytest.raises(PlanError, match=feature):
        choose_engine("compiled", models=[model])
    assert choose_engine("auto", models=[model], visits=1e9) == "process"
