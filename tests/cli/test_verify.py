"""changeflow verify: the runs of a folder made again."""

from __future__ import annotations

import json
import random
import sqlite3
import zlib
from pathlib import Path

import pytest

from changeflow.errors import InputError, PlanError
from changeflow.model.reading import read_model, remade
from changeflow.study.recorded import recorded
from changeflow.study.scenarios.routes import along_route
from changeflow.study.store.runs import PAGE_BYTES

from .conftest import Comparison
from .program import QUICKLY, REPLAYED, changeflow, contents, refused
from .study_files import QUIET, rows, write_study
from .test_commands import SHIPPED
from .twins import HOUSE, factor, write_twins

SAID = ("--progress", "none")


@pytest.mark.parametrize("name", [name for name in SHIPPED if not name.startswith("replay")])  # they lack a log
def test_a_model_is_made_again_from_what_a_manifest_keeps(name: str) -> None:
    model = read_model(name)
    assert remade(json.loads(json.dumps(model.tables)), model.place).digest() == model.digest()
    for route in ("vendor", "power_users"):
        try:
            varied = along_route(model, route)
        except PlanError:
            continue
        assert remade(json.loads(json.dumps(varied.tables)), model.place).digest() == varied.digest()


def test_a_comparison_comes_out_the_same(partly_open: Comparison) -> None:
    before = contents(partly_open.folder)
    done = changeflow("verify", "results/001", *SAID, folder=partly_open.folder)
    assert done.code == 0, done.out + done.err
    assert "12 of 12 made again, 12 the same to the last bit." in done.out
    assert all(len(line) <= 80 for line in done.lines)
    assert contents(partly_open.folder) == before


def test_a_number_that_was_another_is_named(folder: Path) -> None:
    assert changeflow("run", "tiny.toml", *QUICKLY, "--out", "mine", folder=folder).code == 0
    lines = (folder / "mine" / "runs.csv").read_text().splitlines()
    place = next(i for i, line in enumerate(lines) if ",2,total_cost," in line)
    lines[place] = ",".join([*lines[place].split(",")[:3], "17.5", "False"])
    (folder / "mine" / "runs.csv").write_text("\n".join(lines) + "\n")
    done = changeflow("verify", "mine", *SAID, "--json", folder=folder)
    assert done.code == 4
    assert (done.json["drift"], done.json["changed"], done.json["again"]) == (True, 1, 4)
    assert [done.json["worst"][0][key] for key in ("cell", "replication", "measure", "old")] == [
        "tiny", 2, "total_cost", 17.5,
    ]  # fmt: skip
    assert "tiny, run 2, total_cost: 17.5 -> " in changeflow("verify", "mine", *SAID, folder=folder).out


def test_a_study_by_sample_and_in_whole_and_by_the_other_engine(folder: Path) -> None:
    write_study(folder)
    assert changeflow("study", "study.toml", *QUIET, "--engine", "process", "--out", "mine", folder=folder).code == 0
    done = changeflow("verify", "mine", *SAID, "--sample", "5", "--engine", "process", folder=folder)
    assert (done.code, "5 of 32 made again, 5 the same" in done.out) == (0, True), done.out
    whole = [
        changeflow("verify", "mine", *SAID, "--all", "--engine", engine, "--json", folder=folder).json
        for engine in ("process", "compiled")
    ]
    assert [(one["again"], one["drift"]) for one in whole] == [(32, False)] * 2
    assert whole[0]["digest"] == whole[1]["digest"]


def test_a_sample_of_a_study_that_was_stopped_is_of_the_runs_that_are_there(folder: Path) -> None:
    write_study(folder)
    assert changeflow("study", "study.toml", *QUIET, "--out", "mine", folder=folder).code == 0
    write_study(folder, ("values = [1, 2]", "values = [1, 2, 3, 4, 5, 6]"))
    assert changeflow("study", "study.toml", *QUIET, "--time-limit", "0.001s", "--out", "mine", folder=folder).code == 5
    done = changeflow("verify", "mine", *SAID, "--sample", "3", folder=folder)
    assert (done.code, "3 of " in done.out) == (0, True), done.out


def test_a_study_that_has_drifted(folder: Path) -> None:
    """One number of one run, with a sum that fits it: only running it again tells."""
    write_study(folder)
    assert changeflow("study", "study.toml", *QUIET, "--out", "mine", folder=folder).code == 0
    sql = sqlite3.connect(folder / "mine" / "study.sqlite", isolation_level=None)
    cell, replication, numbers = sql.execute("SELECT cell, replication, numbers FROM runs").fetchone()
    body = numbers[:8] + bytes([numbers[8] ^ 1]) + numbers[9:-4]
    changed = body + zlib.crc32(body).to_bytes(4, "little")
    sql.execute("UPDATE runs SET numbers = ? WHERE cell = ? AND replication = ?", (changed, cell, replication))
    sql.close()
    done = changeflow("verify", "mine", *SAID, "--all", folder=folder)
    assert done.code == 4
    assert "32 of 32 made again, 31 the same" in done.out
    assert "Drift." in done.out


def test_what_a_search_looked_at_is_made_again_too(folder: Path) -> None:
    """The inside beats the outside below its price of 120; the search halves its way to there from five values."""
    search = '[break_even]\nbetween = ["vendor", "power_users"]\ntolerance = 0.1\n'
    write_twins(folder, search + factor(HOUSE, "low = 100\nhigh = 130.5"))
    assert changeflow("study", "study.toml", *QUIET, "--out", "mine", folder=folder).code == 0
    there = len(rows(folder / "mine"))
    assert there > 5 * 2 * 8
    found = changeflow("verify", "mine", *SAID, "--all", "--json", folder=folder).json
    assert (found["again"], found["runs"], found["drift"]) == (there, there, False)


def test_a_damaged_store_is_said_to_be_one(folder: Path) -> None:
    """Each page emptied, and bytes changed all over: what can still be read is read, the rest is one message."""
    write_study(folder, ("replications = 4", "replications = 30"))
    assert changeflow("study", "study.toml", *QUIET, "--out", "mine", folder=folder).code == 0
    file = folder / "mine" / "study.sqlite"
    whole, chance, found = file.read_bytes(), random.Random(1), []
    harms = [whole[:at] + bytes(PAGE_BYTES) + whole[at + PAGE_BYTES :] for at in range(0, len(whole), PAGE_BYTES)]
    for _ in range(20):
        changed = bytearray(whole)
        for place in chance.sample(range(len(whole)), 60):
            changed[place] = chance.randrange(256)
        harms.append(bytes(changed))
    for harm in harms:
        file.write_bytes(harm)
        try:
            kept = recorded(str(folder / "mine"))
            for cell in kept.cells:
                assert all(kept.numbers(*cell, run) for run in kept.replications(*cell))
        except InputError as error:
            found.append(str(error))
    assert len(found) > len(harms) / 2
    assert all("study.sqlite: expected" in error and "found" in error for error in found)


def test_another_program_is_named(folder: Path) -> None:
    """What made the results is another program: its runs are found by its digest, and compared."""
    assert changeflow("run", "tiny.toml", *QUICKLY, "--out", "mine", folder=folder).code == 0
    file = folder / "mine" / "manifest.json"
    manifest = json.loads(file.read_text())
    manifest["version"], manifest["models"]["tiny"]["digest"] = "0.0.9", "other"
    file.write_text(json.dumps(manifest))
    done = changeflow("verify", "mine", *SAID, folder=folder)
    assert done.code == 4
    assert "read differently now: tiny" in done.out
    assert "changeflow: 0.0.9 made them" in done.out


def test_a_replayed_log_is_found_again(folder: Path) -> None:
    (folder / "replayed.toml").write_text(REPLAYED, encoding="utf-8")
    opened = "".join(f"{i},2026-01-{1 + i // 4:02d}T09:{i % 4:02d}:00\n" for i in range(80))
    (folder / "log.csv").write_text("ticket,opened\n" + opened, encoding="utf-8")
    assert changeflow("run", "replayed.toml", *QUICKLY, "--out", "mine", folder=folder).code == 0
    assert changeflow("verify", "mine", *SAID, folder=folder).code == 0
    (folder / "log.csv").unlink()
    refused("verify", "mine", folder=folder, says=("replayed", "cannot", "log.csv"))


def test_what_cannot_be_verified(folder: Path) -> None:
    refused("verify", "nothing", folder=folder, says=("nothing: expected a results folder", "found none"))
    refused("verify", "nothing", "--sample", "0", folder=folder, says=("--sample", "found 0"))
    (folder / "old").mkdir()
    (folder / "old" / "manifest.json").write_text(
        '{"program": "changeflow", "version": "0.0.1", "command": "run", "seed": 1, "models": {"a": {"file": "a"}}}'
    )
    refused("verify", "old", folder=folder, says=("old:", "'tables'", "repeat its command and use diff"))
