"""The nightly pattern: the same folder night after night, whatever becomes of model, study and program."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from .program import ROOT, TINY
from .study_files import rows, write_study

NIGHTLY = ROOT / "experiments" / "nightly"


def night(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(NIGHTLY / "night.sh"), "study.toml", "nightly", "--no-charts", "--workers", "1", *words],
        cwd=folder, env=os.environ | {"CHANGEFLOW": f"{sys.executable} -m changeflow"}, capture_output=True, text=True,
        check=False, timeout=120,
    )  # fmt: skip


@pytest.mark.slow
def test_four_nights(folder: Path) -> None:
    write_study(folder, ("values = [3, 4]", "values = [3]"))
    first = night(folder)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "16 of 16 made again, 16 the same" in first.stdout
    before = rows(folder / "nightly")
    second = night(folder)
    assert second.returncode == 0, second.stdout + second.stderr
    assert "No drift:" in second.stdout
    assert rows(folder / "nightly") == before
    (folder / "tiny.toml").write_text(TINY.replace("mean = 4 }", "mean = 5 }"), encoding="utf-8")
    third = night(folder)
    assert third.returncode == 4, third.stdout + third.stderr
    assert "numbers differ" in third.stdout
    assert before.items() < rows(folder / "nightly").items()
    assert len(rows(folder / "nightly")) == 2 * len(before)
    (folder / "tiny.toml").write_text(TINY, encoding="utf-8")  # back to the old model: its runs are still there
    assert night(folder, "--time-limit", "0.01s").returncode == 4
    assert len(rows(folder / "nightly")) == 2 * len(before)


def test_the_workflow_calls_what_is_there() -> None:
    text = (NIGHTLY / "workflow.yml").read_text(encoding="utf-8")
    called = re.search(r"run: bash (\S+) (\S+) (\S+) (.+)", text)
    assert called
    assert (ROOT / called[1]).read_text(encoding="utf-8").startswith("#!/usr/bin/env bash")
    assert (ROOT / called[2]).is_file()
    assert called[4] == "--time-limit 60m"
