"""The README says what is true: its commands, its example, its lists."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import pytest

from changeflow.model.shipped import shipped_models

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
    assert re.sub(r"\d+ s,", "", done.out) == re.sub(r"\d+ s,", "", shown)


def test_the_example_in_python_runs(tmp_path: Path) -> None:
    blocks = re.findall(r"^```python\n(.+?)^```$", README, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1
    code, changed = re.subn(r"replications=\d+", "replications=3", blocks[0])
    assert changed == 1
    with contextlib.chdir(tmp_path), contextlib.redirect_stdout(None):
        exec(compile(code, "README.md", "exec"), {})
    assert (tmp_path / "out" / "report.html").is_file()
    assert (tmp_path / "out" / "manifest.json").is_file()


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
