"""Runs that a results folder holds, and the models that made them: what `verify` compares new runs with."""

from __future__ import annotations

import csv
import json
import math
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from changeflow.errors import ChangeflowError, InputError
from changeflow.model.reading import remade
from changeflow.model.schema import Model
from changeflow.study.crews.facts import facts_of
from changeflow.study.crews.manner import Manner
from changeflow.study.experiment.layout import plan_remade
from changeflow.study.experiment.plan import StudyPlan
from changeflow.study.store.folder import manifest_in
from changeflow.study.store.key import cell_key
from changeflow.study.store.packing import SUM_BYTES, Packed, is_whole
from changeflow.study.store.runs import FILE, LOOKED_AT

COMMANDS = ("run", "compare", "study")
Numbers = dict[str, float]
"""Measure -> number; the parts of ratios and the shares of lower bounds under names of their own."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A results folder: its manifest, its cells, and what it holds of each."""

    manifest: dict[str, Any]
    cells: tuple[tuple[int, str], ...]
    """Point and scenario; a run or comparison has one point."""
    model: Callable[[int, str], Model]
    key: Callable[[int, str], str]
    """Of a cell's runs, by the program that made them as far as that is known."""
    replications: Callable[[int, str], tuple[int, ...]]
    """The replications of a cell that are there."""
    numbers: Callable[[int, str, int], Numbers]
    """What is there of a run."""
    runs: int
    """All that the folder keeps."""
    has_parts: bool
    """Are parts of ratios and shares of lower bounds among the numbers?"""
    strangers: tuple[str, ...]
    """Models that this program reads differently from the one that made the results."""

    seed_of: Callable[[int, str], int]
    """Of a cell's runs."""
    manner: Manner
    """How they were made."""


def recorded(folder: str) -> Recorded:
    """What a folder of run, compare or study holds; raises InputError for any other folder."""
    path = Path(folder)
    manifest = manifest_in(path)
    if manifest.get("command") not in COMMANDS:
        found = f"one of {manifest['command']}" if manifest else "none"
        raise InputError(f"{folder}: expected a results folder of {', '.join(COMMANDS)}, found {found}")
    try:
        return _study(path, manifest) if manifest["command"] == "study" else _comparison(path, manifest)
    except KeyError as error:
        raise InputError(
            f"{folder}: expected a manifest with {error}, found none; results of changeflow "
            f"{manifest.get('version')} cannot be made again by themselves: repeat its command and use diff"
        ) from None


def numbers_of(run: Packed, *, parts: bool) -> Numbers:
    """The measures of a run by name, with the parts of ratios and the shares of lower bounds if wanted."""
    import numpy as np  # noqa: PLC0415  a folder that is none needs no arrays

    values, ratios, bounds = json.loads(run.names)
    names = [*values, *(f"{name} ({part})" for name in ratios for part in ("numerator", "denominator"))]
    names += [f"{name} (share that is a lower bound)" for name in bounds]
    numbers = dict(zip(names, np.frombuffer(run.numbers[:-SUM_BYTES], "<f8").tolist(), strict=True))
    return numbers if parts else {name: numbers[name] for name in values}


def _models(kept: Mapping[str, Mapping[str, Any]], places: Mapping[str, str]) -> tuple[dict[str, Model], list[str]]:
    """The models of a manifest by name, and those that have become others."""
    models, strangers = {}, []
    for name, one in kept.items():
        try:
            models[name] = remade(one["tables"], places[name])
        except ChangeflowError as error:
            raise InputError(
                f"{name}: expected a model that can be made again, found one that cannot: {error}"
            ) from None
        if models[name].digest() != one["digest"]:
            strangers.append(name)
    return models, strangers


def _comparison(folder: Path, manifest: dict[str, Any]) -> Recorded:
    places = {name: one["file"] for name, one in manifest["models"].items()}
    models, strangers = _models(manifest["models"], places)
    table: dict[str, dict[int, Numbers]] = {name: {} for name in models}
    try:
        with (folder / "runs.csv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                value = float(row["value"]) if row["value"] else math.nan
                table[row["scenario"]].setdefault(int(row["replication"]), {})[row["measure"]] = value
    except (OSError, ValueError, TypeError, LookupError) as error:
        raise InputError(f"{folder}/runs.csv: expected the runs of {', '.join(models)}, found none ({error})") from None
    return Recorded(
        manifest,
        tuple((0, name) for name in models),
        lambda _, scenario: models[scenario],
        lambda _, scenario: cell_key(models[scenario], int(manifest["seed"])),
        lambda _, scenario: tuple(sorted(table[scenario])),
        lambda _, scenario, replication: table[scenario][replication],
        sum(map(len, table.values())),
        False,
        tuple(strangers),
        lambda *_: int(manifest["seed"]),
        Manner(),
    )


def _study(folder: Path, manifest: dict[str, Any]) -> Recorded:
    models, strangers = _models(manifest["models"], {name: name for name in manifest["models"]})
    plan = plan_remade(manifest["study"], manifest["file"], [models[name] for name in manifest["models"]])
    rows, keys = _reader(folder / FILE), dict[tuple[int, str], str]()
    for (note,) in rows("SELECT value FROM notes WHERE name = ?", LOOKED_AT):
        plan = plan.with_points([tuple(setting) for setting in json.loads(note)])

    def key(point: int, scenario: str) -> str:
        if (point, scenario) not in keys:
            model = plan.model(point, scenario)
            keys[point, scenario] = cell_key(
                model, plan.seed_of(point, scenario), plan.manner.content, manifest["program_digest"]
            )
        return keys[point, scenario]

    def replications(point: int, scenario: str) -> tuple[int, ...]:
        query = "SELECT replication FROM runs JOIN cells ON cell = cells.id WHERE key = ? AND replication < ?"
        return tuple(row[0] for row in rows(query, key(point, scenario), plan.replications))

    def numbers(point: int, scenario: str, replication: int) -> Numbers:
        query = (
            "SELECT names, numbers FROM runs JOIN cells ON cell = cells.id JOIN layouts ON layout = layouts.id "
            "WHERE key = ? AND replication = ?"
        )
        run = next((Packed(*row) for row in rows(query, key(point, scenario), replication)), None)
        if run is None or not is_whole(run.numbers):
            raise InputError(f"{folder / FILE}: expected whole runs, found one whose bytes have changed")
        return numbers_of(run, parts=True)

    ((there,),) = rows("SELECT count(*) FROM runs")
    cells = [cell for cell in plan.cells if plan.study.selection is None or _raced(plan, cell, replications)]
    return Recorded(
        manifest, tuple(cells), plan.model, key, replications, numbers, there, True, tuple(strangers),
        plan.seed_of, plan.manner,
    )  # fmt: skip


def _raced(plan: StudyPlan, cell: tuple[int, str], replications: Callable[[int, str], tuple[int, ...]]) -> bool:
    """A selection makes no runs of a system whose work exceeds its hours."""
    return bool(replications(*cell)) or not facts_of(plan.model(*cell), plan.manner).overloaded


def _reader(file: Path) -> Callable[..., list[tuple[Any, ...]]]:
    """Asks a store that nobody writes, query and values -> rows; it may lie in an archive."""
    if not file.is_file():
        raise InputError(f"{file}: expected a store of runs, found none")
    if any(file.with_name(file.name + ending).exists() for ending in ("-wal", "-journal")):
        raise InputError(f"{file}: expected a study that was ended in order, found one that runs or was killed")

    def damaged(how: object) -> InputError:
        return InputError(f"{file}: expected a whole store of runs, found a damaged one ({how})")

    def rows(query: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            return sql.execute(query, values).fetchall()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise damaged(error) from None

    sql = sqlite3.connect(f"file:{quote(str(file.absolute()))}?mode=ro&immutable=1", uri=True)
    ((found,),) = rows("PRAGMA quick_check(1)")
    if found != "ok":
        raise damaged(found)
    return rows
