"""What only the process engine knows, as the command line tells it: refused with --engine compiled, else said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .program import QUICKLY, ROUTES, TINY, changeflow, refused

HOUSE = "[stations.house]\nservers = 1\n"
ENTRY = '{ rule = "open_first", prefer = ["house", "firm"], overflow_beyond = 2 }'
BUDGET = '{ rule = "budget", per_month = 9000, prefer = "firm", otherwise = "house" }'
RARE = {
    "at_once": TINY.replace(HOUSE, f"{HOUSE}at_once = 2\n"),
    "call_off": TINY.replace(HOUSE, f"{HOUSE}call_off = {{ beyond = 3, servers = 1, lead_days = 2, for_days = 5 }}\n"),
    "budget": TINY.replace(ENTRY, BUDGET),
}
CUSTOM = TINY.replace(ENTRY, '{ rule = "custom", name = "mine" }')


@pytest.fixture(params=RARE)
def feature(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A feature whose model stands as rare.toml."""
    (tmp_path / "rare.toml").write_text(RARE[request.param])
    return str(request.param)


@pytest.mark.parametrize("words", [("run",), ("compare", *ROUTES), ("trace",)], ids=["run", "compare", "trace"])
def test_the_compiled_engine_is_refused_and_the_feature_named(
    feature: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    command, *rest = words
    says = ("--engine compiled: only the process engine knows", feature)
    refused(command, "rare.toml", *rest, "--engine", "compiled", folder=tmp_path, says=says)


def test_auto_takes_the_process_engine_and_says_why(feature: str, tmp_path: Path) -> None:
    done = changeflow("run", "rare.toml", *QUICKLY, "--out", "out", folder=tmp_path)
    files = " ".join(done.out.split("FILES")[1].split("NEXT")[0].split())
    assert "process, the only one for" in files
    assert feature in files
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["engine"] == "process"
    assert "process, the only one for" in (tmp_path / "out" / "report.html").read_text()
    assert changeflow("run", "rare.toml", *QUICKLY, "--json", folder=tmp_path).json["engine"] == "process"
    told = changeflow("check", "rare.toml", folder=tmp_path).out
    assert feature in told.split("ENGINE   what only the process engine knows")[1]


@pytest.mark.parametrize("words", [("run",), ("compare", *ROUTES), ("trace",)], ids=["run", "compare", "trace"])
def test_a_rule_without_its_function_is_refused_with_advice(words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(CUSTOM)
    says = ("routing rule mine: expected a function of this name", "in Python by model.with_rules")
    refused(words[0], "own.toml", *words[1:], folder=tmp_path, says=says)
    told = changeflow("check", "own.toml", folder=tmp_path)
    assert told.code == 0
    assert "rule mine needs its function: run this model from Python" in told.out


def test_models_without_such_a_feature_say_only_which_engine_ran(tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(TINY)
    done = changeflow("run", "tiny.toml", *QUICKLY, "--engine", "process", folder=tmp_path)
    assert done.out.split("FILES")[1].split("NEXT")[0].rstrip().endswith(", process)")
