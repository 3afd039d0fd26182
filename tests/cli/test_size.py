"""`changeflow size`: what it prints, writes, refuses and exits with."""

from __future__ import annotations

import csv
import html
import json
import math
import re
from pathlib import Path

import pytest

from .program import TINY, Done, changeflow, refused

DESK = """\
title = "A desk"
horizon_days = 20
replications = 10

[demand]
kind = "poisson"
rate_per_hour = 2

[stations.desk]
servers = 3
service_hours = { law = "exponential", mean = 1 }

[targets]
started_within = { hours = 0.5, share = 0.9 }
"""
QUICKLY = ("--workers", "1", "--progress", "none", "--no-charts", "--engine", "compiled")
LONG = ("--replications", "16", "--horizon-days", "300")
TARGET = "80 % closed within 5 days and backlog not growing"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two models."""
    folder = tmp_path_factory.mktemp("size")
    (folder / "desk.toml").write_text(DESK, encoding="utf-8")
    (folder / "tiny.toml").write_text(TINY, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def tiny(place: Path) -> Done:
    """House and vendor, as text."""
    words = ("size", "tiny.toml", "--target", TARGET, "--quick", *LONG, "--out", "tiny")
    return changeflow(*words, *QUICKLY, folder=place)


@pytest.fixture(scope="module")
def machine(place: Path) -> Done:
    """The same as JSON."""
    words = ("size", "tiny.toml", "--target", TARGET, "--quick", *LONG, "--out", "json", "--json")
    return changeflow(*words, *QUICKLY, folder=place)


def test_the_text_has_eighty_columns_and_its_parts_in_order(tiny: Done) -> None:
    assert tiny.code == 0, tiny.err
    assert max(map(len, tiny.lines)) <= 80
    labels = [line.split()[0] for line in tiny.lines if line[:1].isupper() and line.split()[0].isupper()]
    assert labels == ["ANSWER", "ANSWER", "STAIRS", "PROMISE", "LIMITS", "FILES", "NEXT"]
    assert "QUICK" in tiny.lines[0]


def test_today_is_the_first_line_and_the_vendor_alone_the_last(tiny: Done, machine: Done) -> None:
    scenarios = list(machine.json["scenarios"])
    assert scenarios[0] == "today"
    assert scenarios[-1] == "vendor"
    assert tiny.lines[3].startswith("today ")
    rows = [line for line in tiny.lines[3:] if line[:1].strip()]
    assert rows[: len(scenarios)][-1].startswith("vendor alone")


def test_json_is_one_object_with_the_answer_in_people_hours_and_full_time(machine: Done) -> None:
    found = machine.json
    assert (found["schema_version"], found["command"], found["seed"], found["quick"]) == (1, "size", 1, True)
    answer = found["answer"]
    assert answer["verdict"] == "found"
    assert {"sentence", "guarantee", "changes", "stations", "hours_per_week", "full_time", "bill_per_week"} <= set(
        answer
    )
    hours = sum(one["people"] * one["hours_per_week"] for one in answer["stations"].values())
    assert answer["hours_per_week"] == pytest.approx(hours)
    assert answer["full_time"] == pytest.approx(hours / 40)
    for name, scenario in found["scenarios"].items():
        assert scenario["replications"] == 16
        share = scenario["measures"]["within_target_share"]
        assert found["size"]["service"][name][0]["found"] == pytest.approx(share["mean"])
    assert math.isclose(found["size"]["tolerance"], 0.01)


def test_the_answer_was_verified_and_every_cheaper_one_was_not_met(machine: Done) -> None:
    size = machine.json["size"]
    states = [one["state"] for one in size["verified"]["candidates"]]
    chosen = next(one for one in size["verified"]["candidates"] if one["state"] == "met")
    assert chosen["changes"] == machine.json["answer"]["changes"]
    assert "met" not in states[: states.index("met")]
    for target in chosen["targets"]:
        sign = 1 if target["target"] == "share" else -1
        assert sign * (target["found"] - target["wanted"]) >= target["half_width"]


def test_the_stairs_rise(machine: Done) -> None:
    steps = machine.json["size"]["staircase"]
    bills = [step["bill_per_week"] for step in steps]
    assert bills == sorted(bills)
    assert len(steps) >= 2


def test_text_and_json_give_the_same_answer(tiny: Done, machine: Done) -> None:
    assert machine.json["answer"]["sentence"] in " ".join(tiny.out.split())


def test_the_folder_stands_on_its_own(tiny: Done, place: Path) -> None:
    folder = place / "tiny"
    names = {path.name for path in folder.iterdir()}
    assert names == {"manifest.json", "runs.csv", "summary.csv", "summary.md", "staircase.csv", "report.html"}
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["command"] == "size"
    with (folder / "staircase.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["target"] for row in rows} == {"share", "growth"}
    assert tiny.code == 0


def test_every_cost_of_the_page_and_the_summary_has_its_interval(tiny: Done, place: Path) -> None:
    page = html.unescape((place / "tiny" / "report.html").read_text(encoding="utf-8"))
    costs = re.findall(r'data-label="cost with undone work">([^<]*)</td>', page)
    assert len(costs) >= 2
    assert all(re.fullmatch(r"EUR [0-9,]+±[0-9,]+", cost) for cost in costs), costs
    assert "+-" in (place / "tiny" / "summary.md").read_text(encoding="utf-8").split("Promise")[0].split("EUR", 1)[1]
    assert tiny.code == 0


def test_the_page_says_the_headline_first_and_the_rest_beside_it(tiny: Done, machine: Done, place: Path) -> None:
    page = html.unescape((place / "tiny" / "report.html").read_text(encoding="utf-8")).replace("±", "+-")
    (headline,) = re.findall(r'class="answer">(.*?)</p>', page)
    sentence = machine.json["answer"]["sentence"]
    assert sentence.startswith(headline + " ")
    assert sentence.removeprefix(headline + " ") in page
    assert "Today" not in headline
    assert tiny.code == 0


def test_the_same_command_gives_the_same_numbers_on_any_number_of_cores(machine: Done, place: Path) -> None:
    words = ("size", "tiny.toml", "--target", TARGET, "--quick", *LONG, "--out", "two", "--json")
    again = changeflow(*words, "--workers", "2", *QUICKLY[2:], folder=place).json
    once = machine.json
    for found in (again, once):
        del found["seconds"], found["folder"]
    assert again == once


def test_the_staircase_is_drawn(place: Path) -> None:
    words = ("size", "desk.toml", "--quick", "--replications", "4", "--out", "drawn", "--workers", "1")
    assert changeflow(*words, "--engine", "compiled", "--progress", "none", folder=place).code == 0
    assert {path.name for path in (place / "drawn" / "charts").iterdir()} == {"staircase.svg", "staircase.png"}
    assert "<svg" in (place / "drawn" / "report.html").read_text(encoding="utf-8")


def test_progress_as_json_ends_with_all_runs(place: Path) -> None:
    words = ("size", "desk.toml", "--quick", "--replications", "4", "--out", "told", "--json", "--progress", "json")
    done = changeflow(*words, "--engine", "compiled", "--no-charts", "--workers", "1", folder=place)
    steps = [json.loads(line) for line in done.err.splitlines() if line.startswith("{")]
    assert steps[-1]["done"] == steps[-1]["total"] > 0
    assert [step["done"] for step in steps] == sorted(step["done"] for step in steps)


def test_what_nothing_reaches_exits_with_3_and_says_how_far_it_is(place: Path) -> None:
    words = ("size", "desk.toml", "--target", "95 % closed within 1 hour", "--out", "far", *QUICKLY)
    done = changeflow(*words, folder=place)
    assert done.code == 3
    text = " ".join(done.out.split())
    assert "Nothing that was tried meets the target (closed: 95% within 1 hour)." in text
    assert "points short of 95%" in text  # 63 % of the work takes an hour at most
    assert "nothing that was tried reaches the target" in done.err


def test_a_range_is_kept(place: Path) -> None:
    words = ("size", "desk.toml", "--range", "stations.desk.servers=6..7", "--out", "range", "--json", *QUICKLY)
    found = changeflow(*words, folder=place).json
    assert found["answer"]["changes"] == {"stations.desk.servers": 6.0}
    assert found["size"]["verified"]["staffings"] == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("size", "tiny.toml"), "tiny.toml: expected a target"),
        (("size", "desk.toml", "--target", "soon"), "--target: expected words such as '90 % closed within"),
        (("size", "desk.toml", "--target", "90 % closed within 5 weeks"), "found '90 % closed within 5 weeks'"),
        (("size", "desk.toml", "--tolerance", "0.7"), "--tolerance: expected a share from 0 to below 0.5"),
        (("size", "desk.toml", "--tolerance", "nan"), "--tolerance: expected a share"),
        (("size", "desk.toml", "--range", "servers"), "--range servers: expected PATH=LOW..HIGH"),
        (("size", "desk.toml", "--range", "stations.desk.server=1..4"), "did you mean 'stations.desk.servers'?"),
        (("size", "desk.toml", "--range", "stations.desk.servers=4..1"), "found 4..1"),
        (("size", "desk.toml", "--replications", "1"), "replications: expected at least 2"),
        (("size", "nowhere.toml"), "nowhere.toml: expected a model file"),
    ],
)
def test_wrong_input_is_refused_in_words(words: tuple[str, ...], says: str, tmp_path: Path) -> None:
    (tmp_path / "desk.toml").write_text(DESK, encoding="utf-8")
    (tmp_path / "tiny.toml").write_text(TINY, encoding="utf-8")
    refused(*words, "--progress", "none", folder=tmp_path, says=(says,))
