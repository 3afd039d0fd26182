"""Wrong input about errors: each refused with its reason, its line and the nearest valid name; all faults together."""

from __future__ import annotations

from pathlib import Path

import pytest

from changeflow.model.reading import read_model
from tests.unit.small import faults_of

MODEL = """\
title = "errors"
horizon_days = 100
[categories.data]
share = 1
work_hours = 2
specification_quality = 0.4
[demand]
kind = "poisson"
rate_per_day = 1
[stations.desk]
acceptance = { delay_hours = 2 }
errors = { links = 2, promise = 0.02, slip = 0.1, slip_unskilled = 0.3 }
[stations.tested]
stage = "change"
acceptance = { rework_probability = 0.2, by = "tester" }
[stations.tester]
service_hours = 1
[routing]
entry = { desk = 0.5, tested = 0.5 }
[errors]
per_link = 0.15
quality_effect = 0.6
repairs_go = "entry"
[errors.repair]
production = 1.5
[errors.kinds.slip]
caught_at_acceptance = 0.5
discovery_days = 20
[system]
flexibility = { data = 0.6 }
"""
GRAPH = """\
[components]
names = ["fields", "flow"]
impact = 0.5
unlimited = true
edges = [
    { from = "fields", to = "flow", likelihood = 0.9 }, { from = "flow", to = "fields", likelihood = 0.9 },
]
"""
DESK, TABLE = "stations.desk", MODEL[MODEL.index("[errors]") : MODEL.index("[system]")]
FAULTS = [
    # what belongs together
    (TABLE, "", 12, f"{DESK}.errors", "a table [errors] in the model", ""),
    ("errors = { links = 2, promise = 0.02, slip = 0.1, slip_unskilled = 0.3 }\n", "", 19, "errors",
     "a station with a table errors", ""),
    ("specification_quality = 0.4\n", "", 3, "categories.data", "specification_quality (stations.desk", ""),
    # two ways to say it
    ("{ delay_hours", "{ rework_probability = 0.2, delay_hours", 11, f"{DESK}.acceptance.rework_probability",
     "either errors or acceptance.rework_probability", ""),
    ("{ delay_hours", "{ rework_work = 0.5, delay_hours", 11, f"{DESK}.acceptance.rework_work", "either errors or", ""),
    ("{ delay_hours", "{ rework_hours = 1, delay_hours", 11, f"{DESK}.acceptance.rework_hours", "either errors or", ""),
    ("rework_probability = 0.2, by", "by", 15, "stations.tested.acceptance",
     "rework_probability, or a table errors of the station", ""),
    ("service_hours = 1", "service_hours = 1\nerrors = { slip = 0.1 }", 18, "stations.tester.errors",
     "a tester without errors", ""),
    # without an end
    ("slip = 0.1,", "slip = 1.0,", 12, f"{DESK}.errors", "a slip that is not sure, or acceptance.max_attempts", ""),
    ("slip = 0.1,", "slip = 1.0,", 12, f"{DESK}.errors", "each slip escapes, its repair has one again", ""),
    ("promise = 0.02", "promise = 1", 12, f"{DESK}.errors", "a promise that is not sure", ""),
    # ranges and names
    ("per_link = 0.15", "per_link = 1.5", 21, "errors.per_link", "at most 1", ""),
    ("quality_effect = 0.6", "quality_effect = -1", 22, "errors.quality_effect", "at least 0", ""),
    ("slip = 0.1,", "slip = -0.1,", 12, f"{DESK}.errors.slip", "at least 0", ""),
    ("links = 2", "links = 11", 12, f"{DESK}.errors.links", "at most 10", ""),
    ("links = 2", "links = 1.5", 12, f"{DESK}.errors.links", "whole number", ""),
    ("caught_at_acceptance = 0.5", "caught_at_acceptance = 2", 27, "errors.kinds.slip.caught_at_acceptance",
     "at most 1", ""),
    ("discovery_days = 20", "discovery_days = -20", 28, "errors.kinds.slip.discovery_days", "at least 0", ""),
    ("production = 1.5", "production = 0", 25, "errors.repair.production", "above 0", ""),
    ("0.6 }", "0 }", 30, "system.flexibility.data", "above 0", ""),
    ("{ data = 0.6 }", "1.2", 30, "system.flexibility", "at most 1", ""),
    ("{ data = 0.6 }", "{ data = 1.2 }", 30, "system.flexibility.data", "at most 1", ""),
    ("per_link", "per_lnk", 21, "errors.per_lnk", "a known key", "'per_link'"),
    ("[errors.kinds.slip]", "[errors.kinds.slop]", 26, "errors.kinds.slop", "a known key", "'slip'"),
    ("promise = 0.02", "promises = 0.02", 12, f"{DESK}.errors.promises", "a known key", "'promise'"),
    ('"entry"', '"entrance"', 23, "errors.repairs_go", "'same_station' or 'entry'", "'entry'"),
    ("{ data = 0.6", "{ date = 0.6", 30, "system.flexibility.date", "a category", "'data'"),
    ("flexibility =", "flexibilty =", 30, "system.flexibilty", "a known key", "'flexibility'"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "line", "path", "expected", "hint"), FAULTS, ids=[f"{f[4][:30]} at {f[3]}" for f in FAULTS]
)
def test_a_fault_is_told_with_its_place_and_its_reason(
    tmp_path: Path, old: str, new: str, line: int, path: str, expected: str, hint: str
) -> None:
    assert old in MODEL
    text = MODEL.replace(old, new, 1)
    if "sure" in expected or "escapes" in expected:  # who notices decides which way it does not end
        notices = 1 if "sure" in expected else 0
        text = text.replace("caught_at_acceptance = 0.5", f"caught_at_acceptance = {notices}")
    faults = [fault for fault in faults_of(tmp_path, text) if fault.path == path]
    assert faults
    assert any(expected in fault.expected and hint in fault.hint for fault in faults), [str(one) for one in faults]
    told = int(faults[0].place.removeprefix("model.toml:"))
    assert told == line, text.splitlines()[told - 1]


def test_the_model_without_faults_is_read(tmp_path: Path) -> None:
    """Or the table above would prove nothing; a sure error that is always noticed ends with the last attempt."""
    (tmp_path / "model.toml").write_text(MODEL, encoding="utf-8")
    assert read_model(tmp_path / "model.toml").errors is not None
    sure = MODEL.replace("promise = 0.02", "promise = 1").replace("delay_hours", "max_attempts = 3, delay_hours")
    (tmp_path / "model.toml").write_text(sure, encoding="utf-8")
    assert read_model(tmp_path / "model.toml").stations["desk"].errors is not None


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = MODEL.replace("per_link = 0.15", "per_link = 1.5").replace("links = 2", "links = 11")
    text = text.replace("{ data = 0.6", "{ date = 0.6").replace("rework_probability = 0.2, by", "by")
    paths = {fault.path for fault in faults_of(tmp_path, text)}
    assert paths >= {"errors.per_link", f"{DESK}.errors.links", "system.flexibility.date", "stations.tested.acceptance"}


def test_follow_ups_without_end_are_refused_with_their_sum(tmp_path: Path) -> None:
    """At flexibility 0.05 a change draws 0.9 x 0.95 = 0.855 others; with 0.19 defects escaping of each delivery it is
    more than one. Without the defects it ends."""
    text = MODEL.replace("{ data = 0.6 }", "0.05") + GRAPH
    only_desk = text.replace("entry = { desk = 0.5, tested = 0.5 }", 'entry = "desk"').replace(
        '[stations.tested]\nstage = "change"\nacceptance = { rework_probability = 0.2, by = "tester" }\n'
        "[stations.tester]\nservice_hours = 1\n", "",
    )  # fmt: skip
    many = only_desk.replace("slip = 0.1,", "slip = 0.4,").replace(
        "caught_at_acceptance = 0.5", "caught_at_acceptance = 0"
    )
    (fault,) = faults_of(tmp_path, many)
    assert fault.path == "components.unlimited"
    assert "a spectral radius below 1" in fault.expected
    assert "each change draws 1." in fault.hint
    (tmp_path / "model.toml").write_text(only_desk, encoding="utf-8")
    assert read_model(tmp_path / "model.toml").component_graph is not None


def test_errors_that_could_not_be_read_are_not_missed(tmp_path: Path) -> None:
    """The desk says what it adds to errors, if with a wrong word: nobody asks for a rework probability instead."""
    text = MODEL.replace("links = 2", "linkz = 2")
    assert [(fault.path, fault.hint) for fault in faults_of(tmp_path, text)] == [
        (f"{DESK}.errors.linkz", "did you mean 'links'?")
    ]
