"""Why a delivery is wrong, who notices, and what comes back; chances of 0 and 1 fix the luck."""

from pathlib import Path

import pytest

from tests.stories.story import play, requests, told, visits

SURE_SLIP = """
[stations.desk.errors]
slip = 1.0

[stations.desk.acceptance]
max_attempts = 2

[errors.repair]
review = 0.25
acceptance = 0.5
production = 1.5
built_on = 2.5
built_on_after_days = 1.0
"""


def test_an_error_that_the_review_finds_is_repaired_before_anybody_sees_it(tmp_path: Path, engine: str) -> None:
    """Work 8, wrong at 8, found at once although the release is at 24: a quarter of the work, 8 to 10; then the
    second attempt is the last permitted, taken as it is, and released at 24."""
    review = "[errors.kinds.slip]\ncaught_at_review = 1.0\n[stations.desk.release]\nevery_days = 1\n"
    trace = play(tmp_path, engine, "at work\n0 8", SURE_SLIP + review)
    rows = """
        visit attempt started finished work_hours outcome error
        0     1       0       8        8          rework  slip
        1     2       8       10       2          rework  slip
        """
    assert visits(trace, rows) == told(rows)
    assert requests(trace, "closed outcome\n") == [(10.0, "done")]


def test_an_error_that_the_acceptance_finds_comes_back_after_the_verdict(tmp_path: Path, engine: str) -> None:
    """Work 8 to 8, verdict three hours later, half the work at half flexibility: 8 hours, 11 to 19, verdict at 22."""
    late = "[errors.kinds.slip]\ncaught_at_acceptance = 1.0\n[system]\nflexibility = 0.5\n"
    system = SURE_SLIP.replace("max_attempts = 2", "max_attempts = 2\ndelay_hours = 3")
    trace = play(tmp_path, engine, "at work\n0 8", system + late)
    rows = """
        visit entered started finished work_hours
        0     0       0       8        8
        1     11      11      19       8
        """
    assert visits(trace, rows) == told(rows)
    assert requests(trace, "closed\n") == [(22.0,)]


ESCAPES = """
[errors.kinds.slip]
caught_at_acceptance = 0.0
"""


def test_an_escaped_defect_comes_back_as_a_request_where_it_was_made(tmp_path: Path, engine: str) -> None:
    """
    r0 (work 2) is at its desk, where every delivery has a slip that nobody notices before use; it is found at that
    very instant, so it comes as request 1 at 2, after nobody, with 1.5 times the work. Its repair at the other desk,
    where nobody slips, is right: repairs go to the entry here, which from day 0.05 (1.2 hours) on is that other desk.
    """
    system = """
[stations.wrong.errors]
slip = 1.0
[stations.right.errors]
slip = 0.0
[routing]
entry = { rule = "until_day", day = 0.05, first = "wrong", then = "right" }
[errors]
repairs_go = "entry"
[errors.repair]
production = 1.5
"""
    with pytest.raises(Exception, match="fewer than 1 expected defect"):
        play(tmp_path, engine, "at work\n0 2", system + ESCAPES)
    trace = play(tmp_path, engine, "at work\n0 2", system.replace("slip = 1.0", "slip = 0.999999") + ESCAPES)
    rows = """
        request station started finished work_hours outcome   error
        0       wrong   0       2        2          delivered slip
        1       right   2       5        3          delivered -
        """
    assert visits(trace, rows) == told(rows)
    rows = "number arrived closed parent cause\n0 0 2 -1 root\n1 2 5 0 defect"
    assert requests(trace, rows) == told(rows)


def test_what_others_have_built_on_takes_longer(tmp_path: Path, engine: str) -> None:
    """Discovery takes a month on average and others have built on it after an hour: 2.5 times the work; after a year
    it would be 1.5 times. The same luck finds it at the same time."""
    system = SURE_SLIP.replace("slip = 1.0", "slip = 0.999999").replace("max_attempts = 2", "")
    late = ESCAPES + "discovery_days = 1.0\n"
    soon = play(tmp_path, engine, "at work\n0 2", system.replace("= 1.0\n", "= 1e-9\n") + late, days=30)
    never = play(tmp_path, engine, "at work\n0 2", system.replace("days = 1.0", "days = 400.0") + late, days=30)
    assert soon.requests["arrived"][1] == never.requests["arrived"][1] > 2
    assert soon.visits["work_hours"][1] == 5.0
    assert never.visits["work_hours"][1] == 3.0


LINKED = """
[stations.desk.errors]
links = 2
[stations.desk.acceptance]
max_attempts = 3
[errors]
per_link = 1.0
quality_effect = 1.0
quality_gain = 0.5
omission_share = 1.0
"""


def test_each_failure_explains_something(tmp_path: Path, engine: str) -> None:
    """
    r0 is specified perfectly, so nothing is lost between the links; of r1 nothing is known: something is left out for
    sure, and again half as likely on each link at the second attempt; by the third the specification is perfect.
    """
    asked = "at work specification_quality\n0 1 1\n10 1 0"
    trace = play(tmp_path, engine, asked, LINKED)
    first = trace.visits[trace.visits["request"] == 0]
    second = trace.visits[trace.visits["request"] == 1]
    assert first["error"].tolist() == [0]
    assert second["error"].tolist()[0] == 2
    assert second["error"].tolist()[-1] == 0
    assert len(second) <= 3


GRAPH = """
[components]
names = ["fields", "flow", "views"]
edges = [
    { from = "fields", to = "flow", likelihood = 1.0, impact = 0.5 },
    { from = "flow", to = "views", likelihood = 1.0, impact = 0.5 },
    { from = "fields", to = "views", likelihood = 1.0, impact = 0.1 },
    { from = "views", to = "fields", likelihood = 1.0, impact = 1.0 },
]
weights = { fields = 1, default = 0 }
[stations.desk]
servers = 1
"""


def test_a_cascade_changes_each_component_once(tmp_path: Path, engine: str) -> None:
    """
    Every link is sure. r0 changes the fields, 0 to 8; then flow (half of it: 4 hours) and views (a tenth: 0.8) are
    asked for at 8, in the order of the links. Both have their change: neither flow to views nor views to fields
    draws another one.
    """
    trace = play(tmp_path, engine, "at work\n0 8", GRAPH)
    rows = """
        number parent cause       component arrived closed
        0      -1     root        0         0       8
        1      0      propagation 1         8       12
        2      0      propagation 2         8       12.8
        """
    assert requests(trace, rows) == told(rows)


def test_without_limit_changes_go_round(tmp_path: Path, engine: str) -> None:
    """
    A ring of two with a sure link of a quarter and one of no likelihood: r0 8 hours, the other component 2 hours
    after it, and no more; the engine refuses nothing here, as the radius is 0.
    """
    ring = """
[components]
names = ["a", "b"]
unlimited = true
edges = [
    { from = "a", to = "b", likelihood = 1.0, impact = 0.25 },
    { from = "b", to = "a", likelihood = 0.0, impact = 1.0 },
]
weights = { a = 1, default = 0 }
[stations.desk]
servers = 1
"""
    trace = play(tmp_path, engine, "at work\n0 8", ring)
    rows = "number parent component closed\n0 -1 0 8\n1 0 1 10"
    assert requests(trace, rows) == told(rows)


def test_flexibility_takes_likelihood_away(tmp_path: Path, engine: str) -> None:
    """At flexibility 1 nothing spreads."""
    trace = play(tmp_path, engine, "at work\n0 8", GRAPH + "[system]\nflexibility = 1.0\n")
    assert len(trace.requests) == 1


def test_more_work_instead_of_more_requests(tmp_path: Path, engine: str) -> None:
    """
    In mode clarkson r0 takes 1 + its combined risks times its work. Risk onto flow: its only way in is the sure link
    from the fields, 0.5. Onto views: 1 - (1 - 1 x 0.5)(1 - 1 x 0.1) = 0.55. So 8 x 2.05 = 16.4 hours.
    """
    trace = play(tmp_path, engine, "at work\n0 8", GRAPH.replace("[components]", '[components]\nmode = "clarkson"'))
    assert len(trace.requests) == 1
    assert trace.visits["work_hours"].tolist() == pytest.approx([16.4])
