"""Options, commands and folders that are wrong: refused before anything runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .program import QUICKLY, changeflow, contents, refused

RUN = ("run", "tiny.toml")
WRONG: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "one replication": ((*RUN, "--replications", "1"), ("replications", "at least 2", "found 1")),
    "no replication": ((*RUN, "--replications", "0"), ("at least 2", "found 0")),
    "fewer than no replications": ((*RUN, "--replications", "-5"), ("at least 2", "found -5")),
    "replications in words": ((*RUN, "--replications", "few"), ("--replications", "'few'")),
    "one replication of a comparison": (("compare", "tiny.toml", "--replications", "1"), ("at least 2", "found 1")),
    "an engine that is not there": ((*RUN, "--engine", "warp"), ("--engine warp", "process")),
    "no workers": ((*RUN, "--workers", "0"), ("--workers", "at least 1", "found 0")),
    "fewer than no workers": ((*RUN, "--workers", "-1"), ("--workers", "at least 1")),
    "a seed in words": ((*RUN, "--seed", "luck"), ("--seed", "'luck'")),
    "a horizon shorter than the warm-up": (
        (*RUN, "--horizon-days", "10", "--warm-up-days", "20"), ("--warm-up-days 20: ", "shorter than the")),
    "a negative horizon": ((*RUN, "--horizon-days", "-10"), ("--horizon-days -10: horizon_days", "above 0")),
    "a horizon without end": ((*RUN, "--horizon-days", "inf"), ("horizon_days", "finite")),
    "progress of another kind": ((*RUN, "--progress", "loud"), ("--progress", "'loud'")),
    "a target that is not understood": ((*RUN, "--target", "be quick"), ("--target", "90 % closed", "'be quick'")),
    "a target above 100 %": ((*RUN, "--target", "120% closed within 1 day"), ("--target", "120% closed")),
    "an empty target": ((*RUN, "--target", ""), ("--target",)),
    "a cluster and cores": ((*RUN, "--workers", "2", "--dask", "tcp://here"), ("either --workers or --dask",)),
    "an option of a later step: --time-limit": ((*RUN, "--time-limit", "20m"), ("No such option", "--time-limit")),
    "an unknown option": ((*RUN, "--replication", "4"), ("No such option", "--replication")),
    "a command of a later step: fit": (("fit", "tiny.toml"), ("no command 'fit'",)),
    "a misspelt command": (("comapre", "tiny.toml"), ("no command 'comapre'", "did you mean 'compare'?")),
    "no model to run": (("run",), ("Missing argument", "MODEL")),
    "no model to compare": (("compare",), ("Missing argument", "MODEL")),
    "two models to run": ((*RUN, "tiny.toml"), ("tiny.toml",)),
    "a route for which there is no vendor": (("compare", "mmc", "--who", "vendor"), ("--who vendor", "vendor", "none")),
    "both where there is no vendor": (("compare", "mmc", "--who", "both"), ("--who both", "vendor station", "none")),
    "a route for which there are no power users": (
        ("compare", "boxed", "--who", "power_users"), ("--who power_users", "in-house", "none")),
    "a route among several models that one lacks": (
        ("compare", "tiny.toml", "boxed", "--who", "vendor"), ("boxed", "--who vendor")),
    "an unknown route": (("compare", "tiny.toml", "--who", "vendors"), ("--who", "power_users", "'vendors'")),
    "no route": (("compare", "tiny.toml", "--who", ""), ("--who", "found nothing")),
    "a lone comma for a route": (("compare", "tiny.toml", "--who", ","), ("--who", "found nothing")),
    "a route twice": (("compare", "tiny.toml", "--who", "both,both"), ("--who", "once")),
    "an unknown baseline": (
        ("compare", "tiny.toml", "--who", "vendor,both", "--baseline", "power_users"),
        ("--baseline", "vendor, both", "'power_users'")),
    "a route of a trace that is not there": (("trace", "tiny.toml", "--who", "all"), ("--who", "'all'")),
    "two routes of a trace": (("trace", "tiny.toml", "--who", "vendor,both"), ("--who",)),
    "a replication before the first": (("trace", "tiny.toml", "--replication", "-1"), ("--replication", "-1")),
    "a new model where a file stands": (("new", "tiny"), ("tiny.toml", "found one", "--force")),
    "a new model from an unknown id": (("new", "mine", "--from", "partly"), ("'partly'", "did you mean 'partly_open'")),
    "a new model in a folder that is not there": (("new", "nowhere/mine"), ("existing folder", "nowhere")),
    "no name for a new model": (("new",), ("Missing argument", "NAME")),
    "a diff of one folder": (("diff", "one"), ("Missing argument", "NEW")),
    "a diff of a folder that is none": (("diff", "nowhere", "nowhere"), ("nowhere", "results folder", "found none")),
    "a diff of a folder without results": (("diff", ".", "."), ("results folder", "found none")),
}  # fmt: skip


@pytest.mark.parametrize("sentence", WRONG)
def test_wrong_is(sentence: str, folder: Path) -> None:
    words, says = WRONG[sentence]
    refused(*words, folder=folder, says=says)


def test_no_command_at_all_shows_the_help(folder: Path) -> None:
    done = changeflow(folder=folder)
    assert done.code == 2
    assert "Commands:" in done.out + done.err


@pytest.mark.parametrize("command", ["run", "compare", "trace"])
@pytest.mark.parametrize(
    ("place", "says"),
    [("/proc/x", "/proc"), ("/proc/x/deep", "/proc"), ("full", "found files"), ("note.txt", "found a file")],
    ids=["unwritable", "deep in unwritable", "not empty", "a file"],
)
def test_a_folder_that_cannot_be_written_is_refused_at_once(place: str, says: str, command: str, folder: Path) -> None:
    (folder / "full").mkdir()
    for note in ("note.txt", "full/note.txt"):
        (folder / note).write_text("mine")
    refused(command, "tiny.toml", "--out", place, folder=folder, says=("changeflow: ", place, says))


@pytest.mark.skipif(os.geteuid() == 0, reason="a folder cannot be made read-only to root, who may write anywhere")
def test_a_folder_without_the_right_to_write_is_refused(folder: Path) -> None:
    (folder / "locked").mkdir(mode=0o500)
    refused("run", "tiny.toml", *QUICKLY, "--out", "locked/out", folder=folder, says=("locked", "cannot"))


@pytest.mark.parametrize("command", ["run", "compare", "trace"])
def test_force_never_replaces_a_folder_of_somebody_else(command: str, folder: Path) -> None:
    (folder / "photos").mkdir()
    (folder / "photos" / "me.png").write_text("mine")
    says = ("photos", "--force replaces only a results folder of changeflow")
    refused(command, "tiny.toml", "--out", "photos", "--force", folder=folder, says=says)


def test_force_never_replaces_a_folder_with_a_manifest_of_somebody_else(folder: Path) -> None:
    (folder / "extension").mkdir()
    (folder / "extension" / "manifest.json").write_text('{"name": "my browser extension"}')
    (folder / "extension" / "code.js").write_text("years of work")
    refused("run", "tiny.toml", *QUICKLY, "--out", "extension", "--force", folder=folder, says=("extension", "--force"))


def test_old_results_stay_when_the_new_ones_cannot_take_their_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = (*RUN, *QUICKLY, "--out", "mine")
    assert changeflow(*words, folder=folder).code == 0
    before = contents(folder)
    rename = Path.rename

    def stopped(self: Path, target: Path) -> Path:
        if self.suffix == ".partial":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stopped)
    assert changeflow(*words, "--force", folder=folder).code == 130
    assert contents(folder) == before


def test_a_link_to_an_empty_folder_is_filled_or_refused(folder: Path) -> None:
    (folder / "empty").mkdir()
    (folder / "link").symlink_to("empty")
    done = changeflow(*RUN, *QUICKLY, "--out", "link", folder=folder)
    assert done.code in {0, 2}
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_a_new_model_needs_a_name(folder: Path) -> None:
    refused("new", "", folder=folder, says=("name",))


def test_a_new_model_in_an_unwritable_folder_is_wrong_input(folder: Path) -> None:
    refused("new", "/proc/mine", folder=folder, says=("/proc",))


@pytest.mark.parametrize("tolerance", ["-1", "nan"])
def test_a_tolerance_that_makes_no_sense_is_refused(tolerance: str, folder: Path) -> None:
    assert changeflow(*RUN, *QUICKLY, "--out", "one", folder=folder).code == 0
    refused("diff", "one", "one", "--tolerance", tolerance, folder=folder, says=("--tolerance",))


@pytest.mark.parametrize(
    "rows",
    ["", "no table", "a,b\n1,2\n", "tiny,0,total_cost,much\n", "\udcff\udcfe"],
    ids=["empty", "one word", "other columns", "no numbers", "no text"],
)
def test_a_diff_of_runs_that_are_no_table(rows: str, folder: Path) -> None:
    assert changeflow(*RUN, *QUICKLY, "--out", "one", folder=folder).code == 0
    head = "scenario,replication,measure,value\n" if rows.startswith("tiny") else ""
    (folder / "one" / "runs.csv").write_bytes((head + rows).encode(errors="surrogateescape"))
    refused("diff", "one", "one", folder=folder, says=("one/runs.csv", "scenario, replication, measure, value"))


def test_options_of_a_plan_are_checked_before_the_folder_is_made(folder: Path) -> None:
    before = contents(folder)
    for words in (("--replications", "1"), ("--workers", "0"), ("--engine", "warp"), ("--set", "x")):
        assert changeflow(*RUN, *words, "--out", "deep/er", folder=folder).code == 2
    assert contents(folder) == before


def test_a_diff_of_no_numbers_is_refused(folder: Path) -> None:
    assert changeflow(*RUN, *QUICKLY, "--out", "one", folder=folder).code == 0
    (folder / "one" / "runs.csv").write_text("scenario,replication,measure,value\n")
    refused("diff", "one", "one", folder=folder, says=("one/runs.csv", "at least one number"))
