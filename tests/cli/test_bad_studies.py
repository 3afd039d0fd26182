"""Wrong studies, one by one: exit 2, one clear message, nothing written."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from .program import changeflow, refused
from .study_files import QUIET, write_study

SECOND = "values = [3, 4]"
DESIGN = "[comparison]"


def design(text: str) -> tuple[str, str]:
    return DESIGN, f"[design]\n{text}\n\n{DESIGN}"


def end(text: str) -> tuple[str, str]:
    """Something behind everything else."""
    return 'primary = "sojourn_time_hours"', f'primary = "sojourn_time_hours"\n\n{text}'


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("stations.house.servers", "stations.huose.servers"), ("study.toml:7", "huose", "did you mean 'house'")),
        (("stations.house.servers", "stations.house.serverz"), ("study.toml:7", "serverz", "did you mean 'servers'")),
        (("values = [1, 2]", "values = [1, -2]"), ("study.toml:6: point 3", "stations.house.servers", "found -2")),
        ((SECOND, 'values = [3, "four"]'), ("study.toml:10: point 2", "demand.rate_per_day", "found 'four'")),
        ((SECOND, "values = []"), ("study.toml:12", "at least 1 entries")),
        ((SECOND, "values = [3, 3]"), ("study.toml:12", "each value once", "found 3")),
        ((SECOND, "low = 3"), ("study.toml:10", "both low and high")),
        ((SECOND, "low = 4\nhigh = 3"), ("low below high",)),
        ((SECOND, "prior = true"), ("study.toml:12", "one range of numbers", "or low and high")),
        ((SECOND, f"{SECOND}\nprior = true"), ("one of values, low and high, prior",)),
        ((SECOND, "valeus = [3, 4]"), ("study.toml:12", "a known key", "did you mean 'values'")),
        (("demand.rate_per_day", "stations.house.servers"), ("study.toml:11", "a path that stands once")),
        (design('kind = "sobol"\npoints = 0'), ("study.toml:16", "at least 1", "found 0")),
        (design('kind = "sobol"\npoints = 12'), ("a power of two", "found 12")),
        (design('kind = "grid"\npoints = 4'), ("no 'points' in a design of kind grid",)),
        (design('kind = "latin_hypercube"'), ("points, the number of points",)),
        (design('kind = "sobel"\npoints = 4'), ("study.toml:15", "did you mean 'sobol'")),
        (design('kind = "fractional"\ngenerators = ["B=AX"]'), ("design.generators", "found 'B=AX'")),
        (("replications = 4", "replications = 1"), ("study.toml:4", "at least 2", "found 1")),
        (("replications = 4", "replications = 99999"), ("at most 200,000 runs", "found 799,992", "--force")),
        (("tiny.toml", "tinny.toml"), ("study.toml:2", "a model file", "tinny.toml")),
        (('"both"]', '"boht"]'), ("study.toml:3", "a route", "did you mean 'both'")),
        (("replications = 4", 'baseline = "vendro"'), ("study.toml:4", "a scenario", "did you mean 'vendor'")),
        (("replications = 4", 'target = "soon"'), ("study.toml:4", "words such as")),
        (("replications = 4", 'qeustion = "?"'), ("study.toml:4", "a known key", "did you mean 'question'")),
        (('primary = "sojourn_time_hours"', 'primary = "sojurn_time_hours"'), ("a measure", "did you mean 'sojourn")),
        (
            end('[[expect]]\nmeasure = "total_csot"\nbelow = 3'),
            ("study.toml:18", "a measure", "did you mean 'total_cost'"),
        ),
        (end('[[expect]]\nmeasure = "utilisation.huose"\nbelow = 3'), ("expect 1", "did you mean 'utilisation.house'")),
        (end('[[expect]]\nmeasure = "total_cost"\nbelow = 3\nabove = 2'), ("one of below and above",)),
        (end('[[expect]]\nmeasure = "total_cost"\nscenario = "btoh"\nbelow = 3'), ("did you mean 'both'",)),
        (end('[[expect]]\nmeasure = "total_cost"\nbelow = 3\nat = { x = 1 }'), ("the path of a factor",)),
        (end("[[expect"), ("expected TOML",)),
        (
            end('[[expect]]\nmeasure = "total_cost"\nbelow = 3\nat = { "demand.rate_per_day" = 99 }'),
            ("study.toml:20", "values of a point of this design", "99", "demand.rate_per_day: 3, 4"),
        ),
        (
            end('[[expect]]\nmeasure = "total_cost"\nbelow = 3\nat = { "stations.house.servers" = true }'),
            ("study.toml:20", "values of a point of this design", "stations.house.servers: 1, 2"),
        ),
    ],
)
def test_wrong_studies(change: tuple[str, str], says: tuple[str, ...], folder: Path) -> None:
    write_study(folder, change)
    refused("study", "study.toml", *QUIET, folder=folder, says=says, faults=None)


def test_no_study_there(folder: Path) -> None:
    refused("study", "none.toml", folder=folder, says=("none.toml", "a study file"))
    refused("study", "hours_and_fits", folder=folder, says=("did you mean 'hours_and_fit'",))
    refused("study", ".", folder=folder, says=("a readable study file",))


def test_several_faults_are_told_together(folder: Path) -> None:
    write_study(folder, ('"both"]', '"boht"]'), end('[[expect]]\nmeasure = "total_csot"\nbelow = 3'))
    refused("study", "study.toml", folder=folder, says=("boht", "total_csot"), faults=2)


def test_faults_of_words_and_of_what_the_models_know_are_told_together(folder: Path) -> None:
    change = ("replications = 4", 'replications = 4\nbaseline = "vendr"')
    write_study(
        folder, change, ("house.servers", "huose.servers"), end('[[expect]]\nmeasure = "total_csot"\nbelow = 3')
    )
    refused("study", "study.toml", folder=folder, says=("vendr", "huose", "total_csot"), faults=3)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--time-limit", "soon"), ("--time-limit", "found 'soon'")),
        (("--workers", "0"), ("--workers", "at least 1")),
        (("--replications", "1"), ("--replications", "at least 2")),
        (("--out", "tiny.toml"), ("--out tiny.toml", "a folder, found a file")),
        (("--out", "."), ("files that are not ours",)),
        (("--out", "/proc/study"), ("/proc", "a folder that can be written")),
        (("--engine", "fast"), ("--engine fast",)),
    ],
)
def test_wrong_options(words: tuple[str, ...], says: tuple[str, ...], folder: Path) -> None:
    write_study(folder)
    refused("study", "study.toml", *QUIET, *words, folder=folder, says=says)


def test_a_folder_of_another_study_is_left_alone(folder: Path) -> None:
    write_study(folder, name="other")
    assert changeflow("study", "other.toml", *QUIET, "--out", "mine", folder=folder).code == 0
    write_study(folder)
    words = ("study", "study.toml", *QUIET, "--out", "mine")
    refused(*words, folder=folder, says=("the study 'other'", "--force"))
    assert changeflow(*words, "--force", folder=folder).code == 0
    assert json.loads((folder / "mine" / "manifest.json").read_text())["study"] == "study"


@pytest.mark.parametrize("harm", [lambda file: file.unlink(), lambda file: os.truncate(file, 100)])
def test_runs_whose_manifest_is_lost_are_not_called_strange_files(harm: Callable[[Path], None], folder: Path) -> None:
    write_study(folder)
    words = ("study", "study.toml", *QUIET, "--out", "mine")
    assert changeflow(*words, folder=folder).code == 0
    harm(folder / "mine" / "manifest.json")
    refused(*words, folder=folder, says=("manifest.json", "study.sqlite", "put back a copy"))


def test_results_of_another_command_are_left_alone(folder: Path) -> None:
    words = ("--replications", "3", "--workers", "1", "--no-charts", "--out", "mine")
    assert changeflow("run", "tiny.toml", *words, folder=folder).code == 0
    write_study(folder)
    refused("study", "study.toml", *QUIET, "--out", "mine", folder=folder, says=("results of another command",))


def test_a_newer_program_is_believed(folder: Path) -> None:
    write_study(folder)
    assert changeflow("study", "study.toml", *QUIET, "--out", "mine", folder=folder).code == 0
    manifest = folder / "mine" / "manifest.json"
    text = manifest.read_text()
    manifest.write_text(text.replace('"version": "', '"version": "9', 1))
    refused("study", "study.toml", *QUIET, "--out", "mine", folder=folder, says=("or older", "found 9"))
    manifest.write_text(text)
    with sqlite3.connect(folder / "mine" / "study.sqlite") as sql:
        sql.execute("PRAGMA user_version = 99")
    sql.close()
    done = changeflow("study", "study.toml", *QUIET, "--out", "mine", folder=folder)
    assert done.code == 2
    assert "a newer changeflow" in done.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--workers", "2", "--dask", "tcp://here"), ("either --workers or --dask",)),
        (("--seed", "-1"), ("--seed", "found -1")),
        (("--replications", "1", "--quick"), ("--replications", "found 1")),
    ],
    ids=["two crews", "seed", "replications"],
)
def test_options_that_make_no_sense(words: tuple[str, ...], says: tuple[str, ...], folder: Path) -> None:
    write_study(folder)
    refused("study", "study.toml", *words, folder=folder, says=says)


def test_a_large_study_resumes_without_force(folder: Path) -> None:
    """What was accepted once needs no --force again."""
    write_study(folder, ("replications = 4", "replications = 30000"))
    words = ("study", "study.toml", *QUIET, "--time-limit", "0.2s")
    refused(*words, folder=folder, says=("--force",))
    assert changeflow(*words, "--force", folder=folder).code == 5
    assert changeflow(*words, folder=folder).code == 5
