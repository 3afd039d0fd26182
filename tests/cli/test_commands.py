"""Every command does what its line in the README says."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

import changeflow as cf
from changeflow.model.file.shipped import shipped_models

from .conftest import Comparison
from .json_schema import complaints
from .program import QUICKLY, REPLAYED, ROOT, TINY, changeflow, contents, process

SHIPPED = [
    "acceptance", "adoption", "boxed", "careers", "closed_turnkey", "components", "contracts", "delivery_errors",
    "demand_patterns", "leaving", "mmc", "open_in_name", "open_platform", "partly_open", "people", "plugin_platform",
    "queueing_disciplines", "replay", "replay_jira", "routing_rules", "script_platform", "second_attempt",
    "vendor_terms",
]  # fmt: skip
WITHOUT_LOG = [name for name in SHIPPED if not name.startswith("replay")]


def test_python_m_tells_the_version() -> None:
    done = process("--version", folder=ROOT)
    assert done.code == 0
    assert cf.__version__ in done.out


def test_models_lists_every_shipped_model(tmp_path: Path) -> None:
    done = changeflow("models", folder=tmp_path)
    assert done.code == 0
    assert max(map(len, done.lines)) <= 80
    assert [line.split()[0] for line in done.lines[: len(SHIPPED)]] == SHIPPED
    found = changeflow("models", "--json", folder=tmp_path).json
    assert list(found["models"]) == SHIPPED
    assert all(found["models"].values())
    assert not contents(tmp_path)


@pytest.mark.parametrize("name", SHIPPED)
def test_new_writes_the_very_text_with_comments_added_and_the_schema(name: str, tmp_path: Path) -> None:
    done = changeflow("new", "mine", "--from", name, folder=tmp_path)
    assert done.code == 0
    written, shipped = ((file.read_text().splitlines()) for file in (tmp_path / "mine.toml", shipped_models()[name]))
    assert tomllib.loads("\n".join(written)) == tomllib.loads("\n".join(shipped))
    rest = iter(written)
    assert all(line in rest for line in shipped)  # every line, in the same order
    matrix = {"components_dsm.csv"} if name == "components" else set()
    assert set(contents(tmp_path)) == {"mine.toml", "model.schema.json"} | matrix
    assert "changeflow check mine.toml" in done.out


@pytest.mark.parametrize("name", ["boxed", "mmc"])
def test_a_copy_checks_and_runs_in_another_folder(name: str, tmp_path: Path) -> None:
    changeflow("new", "mine.toml", "--from", name, folder=tmp_path)
    assert changeflow("check", "mine.toml", folder=tmp_path).code == 0
    done = changeflow("run", "mine.toml", *QUICKLY, "--horizon-days", "8", "--warm-up-days", "1", folder=tmp_path)
    assert done.code == 0
    assert (tmp_path / "results" / "001" / "runs.csv").is_file()


def test_new_replaces_a_file_when_forced(folder: Path) -> None:
    assert changeflow("new", "tiny", "--from", "mmc", "--force", folder=folder).code == 0
    assert tomllib.loads((folder / "tiny.toml").read_text()) == tomllib.loads(shipped_models()["mmc"].read_text())


@pytest.mark.parametrize("name", WITHOUT_LOG)
def test_check_passes_every_shipped_model(name: str, tmp_path: Path) -> None:
    done = changeflow("check", name, folder=tmp_path)
    assert (done.code, done.err) == (0, "")
    for heading in ("LOAD", "WHAT THE MODEL WILL DO", "NUMBERS"):
        assert any(line.startswith(heading) for line in done.lines)
    assert not contents(tmp_path)


@pytest.mark.parametrize("name", ["tiny.toml", "mmc", "partly_open", "plugin_platform"])
def test_check_keeps_to_eighty_columns(name: str, folder: Path) -> None:
    long = [line for line in changeflow("check", name, folder=folder).lines if len(line) > 80]
    assert not long


def test_a_long_title_ends_at_a_word(tmp_path: Path) -> None:
    lines = changeflow("models", folder=tmp_path).lines[: len(SHIPPED)]
    assert all(len(line) <= 80 for line in lines)
    titles = changeflow("models", "--json", folder=tmp_path).json["models"]
    for line in lines:
        name, shown = line.split(maxsplit=1)
        kept = shown.removesuffix("...")
        assert titles[name].startswith(kept)
        assert kept == titles[name] or titles[name][len(kept)] == " "


def test_a_model_without_assumptions_says_so(tmp_path: Path) -> None:
    assert "names no prior set" in changeflow("check", "mmc", folder=tmp_path).out
    done = changeflow("run", "mmc", *QUICKLY, "--horizon-days", "8", "--warm-up-days", "1", folder=tmp_path)
    unsure = next(line for line in done.lines if line.startswith("UNSURE"))
    assert "no input is noted as an assumption" in unsure
    assert "names no prior set" not in changeflow("check", "partly_open", folder=tmp_path).out


def test_check_as_json_tells_load_story_and_assumptions(folder: Path) -> None:
    found = changeflow("check", "mmc", "tiny.toml", "partly_open", "--json", folder=folder).json
    assert (found["schema_version"], found["command"]) == (1, "check")
    assert list(found["models"]) == ["mmc", "tiny.toml", "partly_open"]
    assert found["models"]["mmc"]["load"]["desk"]["high"] == pytest.approx(0.8)
    assert found["models"]["tiny.toml"]["load"]["firm"]["high"] == pytest.approx(4 * 4 / 24)
    assert not found["models"]["tiny.toml"]["assumptions"]
    noted = {one["path"]: one for one in found["models"]["partly_open"]["assumptions"]}
    assert noted["stations.vendor.servers"]["value"] == "1"
    assert all(one["source"] for one in noted.values())


def test_check_warns_of_overload_and_strict_fails(folder: Path) -> None:
    words = ("check", "tiny.toml", "--set", "demand.rate_per_day=20")
    done = changeflow(*words, folder=folder)
    assert done.code == 0
    assert "OVERLOAD" in done.out
    assert changeflow(*words, "--strict", folder=folder).code == 1
    assert changeflow("check", "tiny.toml", "--strict", folder=folder).code == 0


def test_check_counts_the_rows_of_a_log(tmp_path: Path) -> None:
    (tmp_path / "model.toml").write_text(REPLAYED)
    rows = [f"{number},2026-01-{1 + number:02d} 09:00" for number in range(24)]
    (tmp_path / "log.csv").write_text("\n".join(["ticket,opened", *rows, "5,2026-02-01 10:00", "99,?"]) + "\n")
    done = changeflow("check", "model.toml", folder=tmp_path)
    text = " ".join(done.out.split())
    assert done.code == 0
    assert "26 rows: 24 used (one per request), 1 later rows of the same requests, 1 refused (1 missing date)" in text


def test_run_names_its_one_scenario_by_the_file(folder: Path) -> None:
    done = changeflow("run", "tiny.toml", *QUICKLY, "--json", folder=folder)
    assert done.code == 0
    assert list(done.json["scenarios"]) == ["tiny"]
    assert (done.json["differences"], done.json["baseline"]) == ([], None)


@pytest.mark.parametrize(
    ("words", "names", "baseline"),
    [
        (("tiny.toml", "--who", "both"), ["both"], None),
        (("tiny.toml", "--who", "vendor,power_users,both"), ["vendor", "power_users", "both"], "vendor"),
        (("tiny.toml", "--who", "both, vendor"), ["both", "vendor"], "both"),
        (("tiny.toml", "--who", "vendor,both", "--baseline", "both"), ["vendor", "both"], "both"),
        (("tiny.toml", "other.toml"), ["tiny", "other"], "tiny"),
        (("tiny.toml", "tiny.toml", "below/tiny.toml"), ["tiny", "tiny-2", "tiny-3"], "tiny"),
        (("tiny.toml", "tiny.toml", "--baseline", "tiny-2"), ["tiny", "tiny-2"], "tiny-2"),
        (
            ("tiny.toml", "other.toml", "--who", "vendor,both"),
            ["tiny/vendor", "tiny/both", "other/vendor", "other/both"],
            "tiny/vendor",
        ),
        (("tiny.toml", "tiny.toml", "--who", "both"), ["tiny/both", "tiny-2/both"], "tiny/both"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_compare_names_its_scenarios(
    words: tuple[str, ...], names: list[str], baseline: str | None, folder: Path
) -> None:
    (folder / "other.toml").write_text(TINY.replace("servers = 1", "servers = 2"))
    (folder / "below").mkdir()
    (folder / "below" / "tiny.toml").write_text(TINY)
    done = changeflow("compare", *words, *QUICKLY, "--json", folder=folder)
    assert done.code == 0, done.err
    assert list(done.json["scenarios"]) == names
    assert done.json["baseline"] == baseline
    assert {one["baseline"] for one in done.json["differences"]} == ({baseline} if baseline else set())
    assert {one["scenario"] for one in done.json["differences"]} == set(names) - {baseline or names[0]}


def test_schema_prints_the_schema_of_models(tmp_path: Path) -> None:
    done = changeflow("schema", folder=tmp_path)
    schema = json.loads(done.out)
    assert (done.code, done.err) == (0, "")
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert {"Station", "Category", "Routing", "Poisson", "GoLive", "Replay"} <= set(schema["$defs"])


@pytest.mark.parametrize("name", SHIPPED)
def test_an_editor_finds_no_fault_in_a_shipped_model(name: str, tmp_path: Path) -> None:
    schema = json.loads(changeflow("schema", folder=tmp_path).out)
    assert not list(complaints(tomllib.loads(shipped_models()[name].read_text()), schema, schema))


def test_an_editor_finds_a_misspelt_key(tmp_path: Path) -> None:
    schema = json.loads(changeflow("schema", folder=tmp_path).out)
    wrong = tomllib.loads(TINY.replace("openness", "opennes"))
    assert list(complaints(wrong, schema, schema)) == [".stations.house.opennes is not known"]


def test_an_editor_finds_a_misspelt_key_of_a_study(tmp_path: Path) -> None:
    schema = json.loads(changeflow("schema", "study", folder=tmp_path).out)
    shipped = (ROOT / "experiments" / "hours_and_fit.toml").read_text(encoding="utf-8")
    assert not list(complaints(tomllib.loads(shipped), schema, schema))
    wrong = tomllib.loads(shipped.replace("values = [1, 2, 3]", "valeus = [1, 2, 3]"))
    assert list(complaints(wrong, schema, schema)) == [".factors[0].valeus is not known"]


def test_diff_finds_no_drift_between_equal_runs(partly_open: Comparison) -> None:
    done = changeflow("diff", "results/001", "results/002", folder=partly_open.folder)
    assert done.code == 0
    assert "No drift" in done.out


def test_diff_finds_drift_and_tolerates_as_much_as_told(folder: Path) -> None:
    for seed, place in (("1", "one"), ("2", "two")):
        assert changeflow("run", "tiny.toml", *QUICKLY, "--seed", seed, "--out", place, folder=folder).code == 0
    drift = changeflow("diff", "one", "two", folder=folder)
    assert drift.code == 4
    assert "Drift" in drift.out
    assert "tiny, run 0" in drift.out
    assert max(map(len, drift.lines)) <= 100
    slight = _scaled(folder / "one", folder / "three", 1 + 1e-6)
    assert changeflow("diff", "one", slight, folder=folder).code == 4
    assert changeflow("diff", "one", slight, "--tolerance", "1e-5", folder=folder).code == 0
    assert changeflow("diff", "one", slight, "--tolerance", "1e-7", folder=folder).code == 4


def test_diff_tells_drift_as_json(folder: Path) -> None:
    for seed, place in (("1", "one"), ("2", "two")):
        assert changeflow("run", "tiny.toml", *QUICKLY, "--seed", seed, "--out", place, folder=folder).code == 0
    found = changeflow("diff", "one", "two", "--json", folder=folder)
    assert found.code == 4
    assert found.json["drift"] is True
    assert 0 < found.json["changed"] <= found.json["compared"]
    assert set(found.json["worst"][0]) == {"scenario", "replication", "measure", "old", "new"}


def _scaled(old: Path, new: Path, factor: float) -> Path:
    """A copy of a results folder whose totals of cost are a little off."""
    new.mkdir()
    (new / "manifest.json").write_bytes((old / "manifest.json").read_bytes())
    lines = (old / "runs.csv").read_text().splitlines()
    for number, line in enumerate(lines):
        cells = line.split(",")
        if cells[2] == "total_cost":
            lines[number] = ",".join([*cells[:3], repr(float(cells[3]) * factor), *cells[4:]])
    (new / "runs.csv").write_text("\n".join(lines) + "\n")
    return new


def test_diff_names_what_only_one_folder_has(folder: Path) -> None:
    for words, place in ((("run", "tiny.toml"), "one"), (("compare", "tiny.toml", "--who", "vendor"), "two")):
        changeflow(*words, *QUICKLY, "--out", place, folder=folder)
    done = changeflow("diff", "one", "two", folder=folder)
    assert done.code == 4
    assert "only in the old folder: tiny: " in done.out
    assert "only in the new folder: vendor: " in done.out


def test_help_names_an_example_for_every_command_that_takes_a_model(tmp_path: Path) -> None:
    for name in ("new", "check", "run", "compare", "trace", "diff"):
        done = changeflow(name, "--help", folder=tmp_path)
        assert done.code == 0
        assert f"Example: changeflow {name} " in done.out
        assert max(map(len, done.lines)) <= 80
