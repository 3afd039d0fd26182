"""Wrong input about people: each refused with its reason, its line and its path; other routes refuse and count."""

from __future__ import annotations

from pathlib import Path

import pytest

from changeflow.errors import ModelError
from changeflow.model.reading import read_model, vary, with_sets
from changeflow.study.scenarios.routes import along_route
from tests.unit.small import faults_of

MODEL = """\
title = "people"
horizon_days = 100
[categories.data]
share = 0.5
work_hours = 2
difficulty = 0.5
[categories.process]
share = 0.5
work_hours = 3
difficulty = { law = "uniform", low = 0.2, high = 0.8 }
[demand]
kind = "poisson"
rate_per_day = 1
[stations.team]
stage = "change"
learning = { rate = 0.85, start = 0.4, trained = 0.7 }
staff.anna = { authority = { data = 0.6, default = 0.9 }, experience = { data = 3, default = 0 } }
staff.ben = { training = { day = 3, hours = 8 }, attrition = { tenure_days = 600, replacement_days = 40 } }
[stations.vendor]
kind = "vendor"
stage = "change"
servers = 2
[routing]
entry = { rule = "open_first", prefer = ["team", "vendor"] }
"""
LEARNS = "named people, each a group of staff with servers = 1"
CURVE = "learning = { rate = 0.9, start = 0.5, trained = 0.5 }"
FAULTS = [
    ("staff.ben = { training", "staff.ben = { servers = 2 }\nstaff.eva = { training", 16, "stations.team.learning",
     LEARNS, "'staff.ben: servers = 2'"),
    ("servers = 2", "servers = 2\nlearning = { rate = 0.9, start = 0.5, trained = 0.5 }", 23,
     "stations.vendor.learning", LEARNS, "'servers = 2'"),
    ("servers = 2", f"{CURVE}\nstaff.x = {{ head_count = {{ days = [0], servers = [1] }} }}", 22,
     "stations.vendor.learning", LEARNS, "head_count"),
    ("trained = 0.7", "trained = 0.3", 16, "stations.team.learning", "trained at least as high as start", ""),
    ("rate = 0.85", "rate = 1.85", 16, "stations.team.learning.rate", "at most 1", ""),
    ("rate = 0.85, ", "", 16, "stations.team.learning.rate", "the key is missing", ""),
    ("start = 0.4", "strt = 0.4", 16, "stations.team.learning.strt", "a known key", ""),
    ("learning = {", "# learning = {", 17, "stations.team.staff.anna.experience", "learning at this station", ""),
    ("learning = {", "# learning = {", 18, "stations.team.staff.ben.training", "learning at this station", ""),
    ("{ training", "{ servers = 2, training", 18, "stations.team.staff.ben", "one person", ""),
    ("tenure_days = 600", "tenure_days = 0", 18, "stations.team.staff.ben.attrition.tenure_days", "above 0", ""),
    ("{ data = 0.6", "{ dat = 0.6", 17, "stations.team.staff.anna.authority.dat", "a category", ""),
    ("{ data = 0.6", "{ data = 1.6", 17, "stations.team.staff.anna.authority.data", "at most 1", ""),
    ("{ data = 3", "{ dta = 3", 17, "stations.team.staff.anna.experience.dta", "a category", ""),
]  # fmt: skip


@pytest.mark.parametrize(("written", "instead", "line", "path", "expected", "found"), FAULTS)
def test_each_is_refused_in_words(
    tmp_path: Path, written: str, instead: str, line: int, path: str, expected: str, found: str
) -> None:
    assert written in MODEL
    faults = faults_of(tmp_path, MODEL.replace(written, instead, 1))
    mine = [fault for fault in faults if fault.path == path]
    assert mine, [str(fault) for fault in faults]
    assert mine[0].place == f"model.toml:{line}"
    assert expected in mine[0].expected
    assert found.strip("'") in str(mine[0].found)


LIMITED = MODEL.replace("staff.ben = {", "staff.ben = { authority = 0.4,")


def test_a_fixed_route_needs_authority_over_everything_that_comes(tmp_path: Path) -> None:
    """Anna's 0.6 is enough for data (0.5), nobody's for processes up to 0.8 once hers is 0.7."""
    fixed = LIMITED.replace('{ rule = "open_first", prefer = ["team", "vendor"] }', '"team"')
    (tmp_path / "right.toml").write_text(fixed, encoding="utf-8")
    read_model(tmp_path / "right.toml")
    (fault,) = faults_of(tmp_path, fixed.replace("default = 0.9", "default = 0.7"))
    assert fault.path == "routing.entry"
    assert "authority over every request of category 'process'" in fault.expected
    assert "17%" in fault.expected  # (0.8 - 0.7) / 0.6


def test_a_category_left_to_nobody_is_refused_in_the_files_own_routing(tmp_path: Path) -> None:
    nobody = LIMITED.replace("data = 0.6", "data = 0.45").replace('["team", "vendor"]', '["team"]')
    (fault,) = faults_of(tmp_path, nobody)
    assert fault.path == "routing.entry"
    assert fault.expected == "a station where somebody has authority over requests of category 'data'"
    assert "team" in str(fault.found)


def test_on_the_route_inside_it_is_refused_and_counted(tmp_path: Path) -> None:
    """The file itself sends them on to the vendor; `--who power_users` has nobody for them, and says so in numbers."""
    (tmp_path / "model.toml").write_text(LIMITED.replace("data = 0.6", "data = 0.45"), encoding="utf-8")
    model = read_model(tmp_path / "model.toml")
    inside = along_route(model, "power_users")
    assert inside.routing.entry is not None
    assert inside.stations["team"].reach("data") == 0.45


def test_a_station_closed_to_everybody_is_no_matter_of_authority(tmp_path: Path) -> None:
    """Openness 0 refuses by design (a boxed product); that was never a fault."""
    closed = MODEL.replace('stage = "change"\nlearning', 'stage = "change"\nopenness = 0\nlearning').replace(
        '["team", "vendor"]', '["team"]'
    )
    (tmp_path / "model.toml").write_text(closed, encoding="utf-8")
    assert read_model(tmp_path / "model.toml").stations["team"].reach("data") == 0.0


def test_authority_is_asked_for_in_every_variation_of_the_files_own_routing(tmp_path: Path) -> None:
    """In the file, by an option, by `with_` and by options after reading; along another route it is counted."""
    text = MODEL.replace("staff.ben = {", "staff.ben = { authority = 0.4,").replace('["team", "vendor"]', '["team"]')
    (tmp_path / "model.toml").write_text(text, encoding="utf-8")
    model, option = read_model(tmp_path / "model.toml"), "stations.team.staff.anna.authority=0.45"
    expected = "authority over requests of category 'data'"
    assert expected in str(faults_of(tmp_path, text, [option])[0])
    (tmp_path / "model.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=expected):
        model.with_({"stations.team.staff.anna.authority": 0.45})
    with pytest.raises(ModelError, match=expected):
        with_sets(model, [option])
    inside = along_route(model, "power_users")
    assert with_sets(inside, [option]).stations["team"].reach("data") == 0.45
    assert vary(inside, {"stations.team.staff.anna.authority": 0.45}).stations["team"].reach("data") == 0.45


@pytest.mark.parametrize(
    ("written", "instead", "path"),
    [
        ("start = 0.4", "strt = 0.4", "stations.team.learning.strt"),
        ("rate = 0.85", "rate = 1.85", "stations.team.learning.rate"),
        ("authority = { data = 0.6", "authority = { data = 1.6", "stations.team.staff.anna.authority.data"),
    ],
)
def test_what_could_not_be_read_gives_no_faults_of_others(
    tmp_path: Path, written: str, instead: str, path: str
) -> None:
    """People by name and a learning curve are there, if with a wrong number: nobody asks for them."""
    paths = {fault.path for fault in faults_of(tmp_path, MODEL.replace(written, instead, 1))}
    assert paths <= {path, "stations.team.learning.start"}  # the name it stands for is missing
    assert path in paths


@pytest.mark.parametrize(
    ("written", "instead", "hint"),
    [
        ("hours = 8", "hour = 8", "hours"),
        ("tenure_days =", "tenure_day =", "tenure_days"),
        ("start =", "strt =", "start"),
    ],
)
def test_a_misspelled_key_of_people_has_its_nearest_name(tmp_path: Path, written: str, instead: str, hint: str) -> None:
    faults = faults_of(tmp_path, MODEL.replace(written, instead, 1))
    assert [fault.hint for fault in faults if fault.expected == "a known key"] == [f"did you mean '{hint}'?"]


@pytest.mark.parametrize("key", ["difficulty", "specification_quality"])
def test_what_chances_are_multiplied_with_is_at_most_one(tmp_path: Path, key: str) -> None:
    text = MODEL.replace("share = 0.5", f'share = 0.5\n{key} = {{ law = "exponential", mean = 0.3 }}', 1)
    text = text.replace("difficulty = 0.5\n", "", 1) if key == "difficulty" else text
    (fault,) = faults_of(tmp_path, text)
    assert (fault.path, fault.found) == (f"categories.data.{key}", "'up to inf'")
    assert fault.expected == "a law between 0 and 1 (or with at_most = 1)"
    (tmp_path / "model.toml").write_text(text.replace("mean = 0.3", "mean = 0.3, at_most = 1"), encoding="utf-8")
    assert read_model(tmp_path / "model.toml").categories["data"]
