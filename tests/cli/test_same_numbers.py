"""The same command gives the same bytes, however it is spread; more runs add rows and change none."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from loky import get_reusable_executor

from .program import ROUTES, changeflow, process

COMPARE = ("compare", "tiny.toml", *ROUTES, "--no-charts", "--progress", "none")


def runs_of(*words: str, folder: Path, place: str) -> bytes:
    """runs.csv of a comparison of the tiny model."""
    one = () if "--workers" in words else ("--workers", "1")
    many = () if "--replications" in words else ("--replications", "4")
    done = changeflow(*COMPARE, *words, *one, *many, "--out", place, folder=folder)
    assert done.code == 0, done.err
    return (folder / place / "runs.csv").read_bytes()


def by_key(text: bytes) -> dict[tuple[str, str, str], str]:
    rows = csv.DictReader(text.decode().splitlines())
    return {(row["scenario"], row["replication"], row["measure"]): row["value"] for row in rows}


def test_a_command_repeated_gives_the_same_bytes(folder: Path) -> None:
    assert runs_of(folder=folder, place="one") == runs_of(folder=folder, place="two")
    for name in ("summary.csv", "summary.md"):
        assert (folder / "one" / name).read_bytes() == (folder / "two" / name).read_bytes()


def test_charts_are_the_same_bytes(folder: Path) -> None:
    words = ("run", "tiny.toml", "--replications", "3", "--workers", "1")
    for place in ("one", "two"):
        assert changeflow(*words, "--out", place, folder=folder).code == 0
    for chart in (folder / "one" / "charts").iterdir():
        assert chart.read_bytes() == (folder / "two" / "charts" / chart.name).read_bytes(), chart.name


def test_another_process_gives_the_same_bytes(folder: Path) -> None:
    here = runs_of(folder=folder, place="here")
    words = (*COMPARE, "--replications", "4", "--workers", "1", "--out", "there")
    assert process(*words, folder=folder, PYTHONHASHSEED="77").code == 0
    assert (folder / "there" / "runs.csv").read_bytes() == here


@pytest.mark.parametrize("engine", ["process", "compiled"])
def test_two_workers_give_the_same_bytes_as_one(engine: str, folder: Path) -> None:
    words = ("--replications", "12", "--engine", engine)
    one = runs_of(*words, folder=folder, place="one")
    try:
        two = runs_of(*words, "--workers", "2", folder=folder, place="two")
    finally:
        get_reusable_executor().shutdown(wait=True)
    assert one == two


def test_more_replications_keep_the_first_rows(folder: Path) -> None:
    four, six = (
        by_key(runs_of(folder=folder, place="4")),
        by_key(runs_of("--replications", "6", folder=folder, place="6")),
    )
    assert len(six) == len(four) / 4 * 6
    assert {key: six[key] for key in four} == four


def test_every_configuration_gets_the_same_requests(folder: Path) -> None:
    rows = by_key(runs_of(folder=folder, place="one"))
    for run in "0123":
        assert len({rows[name, run, "arrived_requests"] for name in ("vendor", "power_users", "both")}) == 1


def test_a_route_alone_gives_the_numbers_it_gives_among_others(folder: Path) -> None:
    among = by_key(runs_of(folder=folder, place="three"))
    words = ("compare", "tiny.toml", "--who", "both", "--replications", "4", "--workers", "1", "--no-charts")
    assert changeflow(*words, "--out", "alone", folder=folder).code == 0
    alone = by_key((folder / "alone" / "runs.csv").read_bytes())
    assert {key: value for key, value in among.items() if key[0] == "both"} == alone


def test_seed_zero_is_a_seed(folder: Path) -> None:
    zero, one = (runs_of("--seed", seed, folder=folder, place=seed) for seed in "01")
    assert zero != one
    assert one == runs_of(folder=folder, place="default")


def test_an_option_with_a_name_changes_that_scenario_only(folder: Path) -> None:
    plain = by_key(runs_of(folder=folder, place="plain"))
    changed = by_key(runs_of("--set", "both:stations.house.servers=2", folder=folder, place="changed"))
    assert plain.keys() == changed.keys()
    assert {key[0] for key in plain if plain[key] != changed[key]} == {"both"}


def test_an_option_without_a_name_changes_every_scenario(folder: Path) -> None:
    plain = by_key(runs_of(folder=folder, place="plain"))
    changed = by_key(runs_of("--set", "demand.rate_per_day=5", folder=folder, place="changed"))
    assert {key[0] for key in plain if plain[key] != changed[key]} == {"vendor", "power_users", "both"}


def test_an_option_is_the_same_as_the_file_edited(folder: Path) -> None:
    text = (folder / "tiny.toml").read_text()
    given = runs_of("--set", "stations.house.openness=0.4", "--horizon-days", "20", folder=folder, place="given")
    (folder / "tiny.toml").write_text(text.replace("0.7", "0.4").replace("horizon_days = 30", "horizon_days = 20"))
    assert runs_of(folder=folder, place="edited") == given


def test_every_engine_gives_the_same_bytes(folder: Path) -> None:
    found = {runs_of("--engine", engine, folder=folder, place=engine) for engine in ("process", "compiled", "auto")}
    assert len(found) == 1
    for engine in ("process", "compiled"):
        assert json.loads((folder / engine / "manifest.json").read_text())["engine"] == engine
