"""The README says what is true: its commands, its example, its lists."""

from __future__ import annotations

import contextlib
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import changeflow as cf
from changeflow.model.file.shipped import shipped_models
from changeflow.model.reading import build_model

from .program import ROOT, changeflow

README = (ROOT / "README.md").read_text(encoding="utf-8")


def marked(name: str) -> str:
    """The command in the block under a marker."""
    found = re.search(rf"^<!-- {name} -->\n```\n(.+?)\n```$", README, re.MULTILINE | re.DOTALL)
    assert found, name
    return found[1]


def test_the_marked_commands_are_one_line_each() -> None:
    for name, last in (
        ("main-job", "changeflow compare models/partly_open.toml --who vendor,power_users,both"),
        ("tests", "python -m pytest"),
    ):
        command = marked(name)
        assert "\n" not in command
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install -q ")
        assert command.endswith(last)


def test_the_main_job_names_a_model_that_is_there(tmp_path: Path) -> None:
    model = re.search(r"models/(\w+)\.toml", marked("main-job"))
    assert model
    assert changeflow("check", f"models/{model[1]}.toml", folder=ROOT).code == 0
    assert changeflow("check", f"models/{model[1]}.toml", folder=tmp_path).code == 0


def test_the_main_job_prints_what_the_readme_shows(tmp_path: Path) -> None:
    shown = next(
        block for block in re.findall(r"^```\n(.+?)^```$", README, re.MULTILINE | re.DOTALL) if block.startswith("Who")
    )
    words = marked("main-job").split("changeflow ", 1)[1].replace("models/partly_open.toml", "partly_open").split()
    done = changeflow(*words, "--no-charts", "--progress", "none", "--engine", "compiled", folder=tmp_path)
    without = shown.replace("charts/  ", "")  # drawing them here would only take time
    assert re.sub(r"\d+ s,", "", done.out) == re.sub(r"\d+ s,", "", without)


def python_blocks() -> list[str]:
    """The examples in Python, with few replications."""
    blocks = re.findall(r"^```python\n(.+?)^```$", README, re.MULTILINE | re.DOTALL)
    changed = [re.subn(r"replications=\d+", "replications=3", block) for block in blocks]
    assert [count for _, count in changed] == [1] * len(blocks)
    return [code for code, _ in changed]


def test_the_example_in_python_runs(tmp_path: Path) -> None:
    first, _ = python_blocks()
    with contextlib.chdir(tmp_path), contextlib.redirect_stdout(None):
        exec(compile(first, "README.md", "exec"), {})
    assert (tmp_path / "out" / "report.html").is_file()
    assert (tmp_path / "out" / "manifest.json").is_file()


def test_the_rule_of_ones_own_runs_and_is_followed(capsys: pytest.CaptureFixture[str]) -> None:
    _, own = python_blocks()
    names: dict[str, Any] = {}
    exec(compile(own, "README.md", "exec"), names)
    assert capsys.readouterr().out.strip() in {"wins", "same", "too_close"}
    model = names["model"].with_rules(names["quick_help"])
    trace = cf.simulate(model, seed=1, replication=0, decisions=True)
    assert set(trace.decisions["station"][trace.decisions["chosen"]].tolist()) == {0, 1}


TABLE = re.findall(
    r"^\| ([^|`]+) \| (.*`.*) \|$", README.split("## How to write a model")[1].split("\n## ")[0], re.MULTILINE
)
RARE = re.findall(r"^\* (`.+)$", README.split("## How to write a model")[1].split("\n## ")[0], re.MULTILINE)
SYSTEM = """
title = "what the README shows"
horizon_days = 400
organisation.users = 100
TOP
costs.unmet_need_per_request = 100
[categories.data]
share = 0.5
PRIORITY
DUE
[categories.report]
share = 0.5
[demand.sources.ours]
kind = "poisson"
rate_per_week = 3
SOURCE
[calendars.office]
hours = ["09:00-17:00"]
[stations.power_users]
service_hours = 1
calendar = "office"
STATION
[stations.vendor]
kind = "vendor"
service_hours = 1
price_per_hour = 100
[stations.tester]
service_hours = 1
[routing]
entry = ROUTE
NEXT
"""


def lines_of(cell: str) -> list[str]:
    """The lines of TOML in a cell."""
    return [line for line in re.findall(r"`([^`]+)`", cell) if " = " in line and not line.startswith("entry")]


def is_read(lines: list[str], told: str) -> None:
    """Put the lines where they belong, and read the model."""
    route, text = '{ rule = "open_first", prefer = ["power_users", "vendor"] }', SYSTEM
    rules = [line for line in lines if line.startswith("{ rule") and "ageing" not in line]
    if rules:
        route = rules[0].replace("ROUTE", '"vendor"')
        lines = []
    place = "STATION"
    if "under a source" in told:
        place = "SOURCE"
    elif "under `[routing]`" in told:
        place = "NEXT"
    elif "at the top" in told:
        place = "TOP"
    elif "under a category" in told:
        place = "DUE"
    lines = [line for line in lines if not line.startswith("{")]
    if any(line.startswith("acceptance") for line in lines):
        lines = [*lines, "acceptance.rework_probability = 0.2"]
    if any(line.startswith(("preemptive", "priority")) for line in lines) and place == "STATION":
        lines = ['discipline = "priority"', *lines]
    elif place == "DUE":
        text = text.replace("PRIORITY", "")
    text = text.replace("PRIORITY", "priority = 1").replace(place, "\n".join(lines), 1)
    for empty in ("TOP", "DUE", "SOURCE", "STATION", "NEXT"):
        text = text.replace(empty, "", 1)
    build_model(tomllib.loads(text.replace("ROUTE", route)), file=Path("readme.toml"), shown="readme.toml", text=text)


@pytest.mark.parametrize(("what", "cell"), TABLE, ids=[what for what, _ in TABLE])
def test_every_line_of_the_table_of_features_is_read(what: str, cell: str) -> None:
    if "a source with" in cell:  # told in words
        return
    is_read(lines_of(cell), cell)
    for rule in [line for line in lines_of(cell) if line.startswith("{ rule") and "ageing" not in line][1:]:
        is_read([rule], cell)


@pytest.mark.parametrize("bullet", RARE)
def test_every_process_only_feature_is_one_that_check_names(bullet: str) -> None:
    is_read(lines_of(bullet), bullet)


def test_all_process_only_features_are_listed() -> None:
    assert len(RARE) == 4
    assert all(any(name in bullet for bullet in RARE) for name in ("at_once", "call_off", "budget", "custom"))


def test_the_table_of_commands_is_the_help(tmp_path: Path) -> None:
    cells = re.findall(r"^\| (`.+?) \| .+ \|$", README, re.MULTILINE)
    told = {re.match(r"\w+", part)[0] for cell in cells for part in re.findall(r"`([^`]+)`", cell)}  # type: ignore[index]
    text = changeflow("--help", folder=tmp_path).out.split("Commands:\n")[1]
    offered = set(re.findall(r"^  (\w+)  ", text, re.MULTILINE))
    assert told == offered


@pytest.mark.parametrize("command", ["run", "compare"])
def test_every_shared_option_of_the_readme_is_offered(command: str, tmp_path: Path) -> None:
    shared = README[README.index("Shared options:") : README.index("Exit codes:")]
    options = set(re.findall(r"`(--[a-z-]+)", shared))
    assert len(options) >= 14
    text = changeflow(command, "--help", folder=tmp_path).out
    offered = set(re.findall(r"^  (?:-\w, )?(--[a-z-]+)", text, re.MULTILINE))
    assert options <= offered
    assert offered - options <= {"--help", "--who", "--baseline"}


def test_every_exit_code_is_told() -> None:
    told = README[README.index("Exit codes:") :].split("\n\n")[0]
    assert set(re.findall(r"\b(\d{1,3}) ", told)) >= {"0", "1", "2", "3", "4", "130", "143"}


def test_the_catalogue_lists_every_model() -> None:
    catalogue = (ROOT / "models" / "README.md").read_text(encoding="utf-8")
    assert not [name for name in shipped_models() if name not in catalogue]


def test_every_linked_file_is_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert not [link for link in links if not (ROOT / link).exists()]
