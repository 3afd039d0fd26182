"""People who learn by doing, forget, take courses, leave and are replaced; who may change what."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from changeflow.engine.shared import turnover
from tests.stories.story import measured, play, story, told, visits

EVERY_20_HOURS = """
[demand.sources.again]
kind = "renewal"
interarrival_hours = 20
category = "r0"
"""
HALVES = "learning = { rate = 0.5, start = 0.25, trained = 0.5 }\n"
"""Skill is s0 (1 + n): 0.25, 0.5, 0.75, 1 of somebody untrained."""


def test_each_pass_in_a_category_makes_the_next_one_faster(tmp_path: Path, engine: str) -> None:
    """
    Anna, untrained, does r0's category at 0, 20, 40, 60 and 80: 3 hours at skill 0.25, 0.5, 0.75, 1, and never more
    than 1. Request 4 (at 70) is of category r1, where she is a beginner: 1 / 0.25 = 4 hours.
    """
    system = EVERY_20_HOURS + "[stations.desk]\n" + HALVES + "staff.anna = { trained = false }"
    trace = play(tmp_path, engine, "at work\n0 3\n70 1", system, days=4)
    rows = """
        request started finished work_hours
        0       0       12       12
        1       20      26       6
        2       40      44       4
        3       60      63       3
        4       70      74       4
        5       80      83       3
        """
    assert visits(trace, rows) == told(rows)


def test_everybody_has_experience_of_their_own(tmp_path: Path, engine: str) -> None:
    """
    At 20 Anna, untrained, is busy with 8 / 0.25 = 32 hours of request 0: Ben, trained, takes request 1 at skill 0.5.
    At 40 Anna has one pass, 0.5, and is done at 56; at 60 she has two, 0.75: 10 2/3 hours, not done at the end, at 66.
    """
    system = EVERY_20_HOURS + "[stations.desk]\n" + HALVES + "staff.anna = { trained = false }\nstaff.ben = {}"
    trace = play(tmp_path, engine, "at work\n0 8", system, days=2.75)
    rows = """
        request server started finished work_hours
        0       0      0       32       32
        1       1      20      36       16
        2       0      40      56       16
        3       0      60      -        10.666666666666666
        """
    assert visits(trace, rows) == told(rows)


def test_experience_from_before_counts(tmp_path: Path, engine: str) -> None:
    """Two passes before the run in r0's category, none in r1's: skill 0.75 and 0.25."""
    staff = "staff.anna = { trained = false, experience = { r0 = 2, default = 0 } }"
    trace = play(tmp_path, engine, "at work\n0 3\n10 1", "[stations.desk]\n" + HALVES + staff)
    rows = "request started finished work_hours\n0 0 4 4\n1 10 14 4"
    assert visits(trace, rows) == told(rows)


def test_what_is_not_practised_fades(tmp_path: Path, engine: str) -> None:
    """
    Half a day of forgetting: 8 hours after the pass that ended at 12 there is exp(-8/12) of it left, at 20; a second
    pass adds one to what is left when it ends.
    """
    learning = HALVES.replace(" }", ", forgetting_days = 0.5 }")
    system = EVERY_20_HOURS + "[stations.desk]\n" + learning + "staff.anna = { trained = false }"
    trace = play(tmp_path, engine, "at work\n0 3", system, days=2.5)
    first, second, third = trace.visits[:3]
    assert first["work_hours"] == 12
    assert second["work_hours"] == pytest.approx(3 / (0.25 * (1 + math.exp(-8 / 12))), rel=1e-12)
    passes = math.exp(-(second["finished"] - 12) / 12) + 1
    left = passes * math.exp(-(40 - second["finished"]) / 12)
    assert third["work_hours"] == pytest.approx(3 / (0.25 * (1 + left)), rel=1e-12)


def test_interrupted_work_goes_on_from_what_the_pace_has_left(tmp_path: Path, engine: str) -> None:
    """
    Skill 0.5 throughout. r0 (4 hours of work, 8 of Anna's) is interrupted at 2 by r1, with 3 of 4 left: 6 hours more.
    """
    system = """
        [stations.desk]
        discipline = "priority"
        preemptive = true
        learning = { rate = 1.0, start = 0.5, trained = 0.5 }
        staff.anna = {}
        """
    trace = play(tmp_path, engine, "at work priority\n0 4 5\n2 1 0", system)
    rows = """
        request visit started finished work_hours outcome
        0       0     0       2        2          interrupted
        0       1     4       10       6          delivered
        1       0     2       4        2          delivered
        """
    assert visits(trace, rows) == told(rows)


COURSE = """
[stations.desk]
{}
learning = {{ rate = 1.0, start = 0.5, trained = 1.0 }}
staff.anna = {{ trained = false, training = {{ day = 1, hours = {} }} }}
"""


def test_a_course_takes_hours_and_gives_skill(tmp_path: Path, engine: str) -> None:
    """
    r0, begun at 20 with skill 0.5, is back in the queue at 24 with 2 of 4 hours left. After the course, 24 to 29, Anna
    has full skill: 2 hours.
    """
    trace = play(tmp_path, engine, "at work\n20 4", COURSE.format("", 5))
    rows = """
        request visit started finished work_hours outcome
        0       0     20      24       4          interrupted
        0       1     29      31       2          delivered
        """
    assert visits(trace, rows) == told(rows)


@pytest.mark.parametrize("shift_end", ["pause", "hand_back"])
def test_a_course_is_held_in_the_hours_of_the_calendar(tmp_path: Path, engine: str, shift_end: str) -> None:
    """8 hours on Tuesday, 9 to 17: r0 waits for Wednesday, and r1, of Monday, was done at half the skill."""
    office = '[calendars.office]\nhours = ["09:00-17:00"]\n'
    keys = f'calendar = "office"\nshift_end = "{shift_end}"'
    trace = play(tmp_path, engine, "at work\nTue10:00 2\nMon09:00 1", office + COURSE.format(keys, 8))
    rows = """
        request started  finished work_hours
        0       Mon09:00 Mon11:00 2
        1       Wed09:00 Wed11:00 2
        """
    assert visits(trace, rows) == told(rows)


LEAVES = """
[stations.desk]
staff_drop = "{drop}"
learning = {{ rate = 0.5, start = 0.25, trained = 0.5 }}
[stations.desk.staff.anna]
trained = true
attrition = {{ tenure_days = {tenure}, replacement_days = {replacement}, newcomer = "{newcomer}" }}
"""


@pytest.fixture
def even_luck(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody stays for ln 2 times the mean."""
    monkeypatch.setattr(turnover, "uniform_pair", lambda *_: (0.5, 0.5))


def _leaves(drop: str, newcomer: str = "untrained") -> str:
    """Anna leaves at 24, her successor begins at 36, leaves at 60, and so on."""
    return LEAVES.format(drop=drop, newcomer=newcomer, tenure=1 / math.log(2), replacement=0.5 / math.log(2))


@pytest.mark.usefixtures("even_luck")
@pytest.mark.parametrize(("newcomer", "skill"), [("untrained", 0.25), ("trained", 0.5)])
def test_a_successor_begins_without_experience(tmp_path: Path, engine: str, newcomer: str, skill: float) -> None:
    """
    Anna (skill 0.5) does request 0 at 0 in 6 hours and, with one pass, request 1 at 20 in 3. Request 2, at 40, meets
    her successor of hour 36, who knows nothing of that.
    """
    trace = play(tmp_path, engine, "at work\n0 3", EVERY_20_HOURS + _leaves("hand_back", newcomer), days=2)
    assert trace.visits["work_hours"].tolist() == [6, 3, 3 / skill]


@pytest.mark.usefixtures("even_luck")
def test_work_waits_for_the_successor(tmp_path: Path, engine: str) -> None:
    """
    r0, begun at 20 with skill 0.5, is handed back at 24 with 4 of 6 hours left; the successor begins at 36 with 0.25.
    """
    trace = play(tmp_path, engine, "at work\n20 6", _leaves("hand_back"))
    first, second = trace.visits[:2]
    assert [first["finished"], second["started"]] == pytest.approx([24, 36], rel=1e-12)
    assert second["work_hours"] == pytest.approx(16, rel=1e-12)


@pytest.mark.usefixtures("even_luck")
def test_who_finishes_after_leaving_takes_the_experience_along(tmp_path: Path, engine: str) -> None:
    """
    Anna leaves at 24 and finishes request 0, 11 / 0.5 = 22 hours from 20 on, at 42, when her successor is there since
    36; request 1 waits for that. At skill 0.25 its 11 hours take 44: the pass that Anna finished was hers.
    """
    again = EVERY_20_HOURS.replace("20\n", "25\n")
    trace = play(tmp_path, engine, "at work\n20 11", again + _leaves("finish"), days=3)
    assert trace.visits["started"].tolist()[:2] == [20, 42]
    assert trace.visits["work_hours"].tolist()[:2] == [22, 44]


@pytest.mark.usefixtures("even_luck")
def test_hours_while_nobody_holds_the_job_are_not_open(tmp_path: Path, engine: str) -> None:
    """In 48 hours the job is held for 36, worked are 22: Anna 20 to 24 on request 0, her successor 36 to 48."""
    model = story(tmp_path, "at work\n20 11", _leaves("hand_back"), days=2)
    trace = play(tmp_path, engine, "at work\n20 11", _leaves("hand_back"), days=2)
    values = measured(model, trace)
    assert values["utilisation.desk"] == pytest.approx((4 + 12) / 36)
    assert values["departures"] == 1


AUTHORITY = """
[stations.desk.staff.anna]
authority = 0.5
[stations.desk.staff.ben]
speed = 2.0
"""


def test_a_hard_request_waits_for_the_person_with_the_authority(tmp_path: Path, engine: str) -> None:
    """
    Anna (server 0) may change difficulties up to 0.5, Ben (server 1) all. r1 waits for Ben until 2 though Anna is
    free; r2, easy, passes it by; 0.5 itself is hers.
    """
    trace = play(tmp_path, engine, "at work difficulty\n0 4 0.8\n1 4 0.6\n1.5 1 0.5\n3 1 0.9", AUTHORITY)
    rows = """
        request server started finished
        0       1      0       2
        1       1      2       4
        2       0      1.5     2.5
        3       1      4       4.5
        """
    assert visits(trace, rows) == told(rows)


@pytest.mark.parametrize("limit", ["staff.anna = { authority = 0.5 }", "access = 0.5\nstaff.anna = {}"])
def test_a_rule_that_looks_sends_elsewhere_what_nobody_may_change(tmp_path: Path, engine: str, limit: str) -> None:
    """Difficulty 0.6 goes to the vendor, because of nobody's authority, or of tools that can be used by half."""
    system = f"""
        [stations.desk]
        {limit}
        [stations.vendor]
        kind = "vendor"
        [routing]
        entry = {{ rule = "open_first", prefer = ["desk", "vendor"] }}
        """
    trace = play(tmp_path, engine, "at work difficulty\n0 1 0.4\n2 1 0.6", system)
    rows = "request station started\n0 desk 0\n1 vendor 2"
    assert visits(trace, rows) == told(rows)


def test_the_bus_factor_counts_people(tmp_path: Path, engine: str) -> None:
    """Anna does request 0 (32 hours) and 2, Ben 1: of r0's three passes she holds half, alone."""
    system = EVERY_20_HOURS + "[stations.desk]\n" + HALVES + "staff.anna = { trained = false }\nstaff.ben = {}"
    trace = play(tmp_path, engine, "at work\n0 8", system, days=2.5)
    values = measured(story(tmp_path, "at work\n0 8", system, days=2.5), trace)
    assert values["bus_factor"] == 1
