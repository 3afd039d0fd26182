"""A study looks at each number of runs of a point once; TOML's own words for values."""

from __future__ import annotations

import tomllib
from datetime import date, time
from pathlib import Path

import numpy as np
import pytest

from changeflow.present.studies.plan import plan_lines
from changeflow.study.experiment.cells import Cells
from changeflow.study.experiment.layout import plan_of
from changeflow.study.experiment.plan import StudyPlan
from changeflow.study.file.toml_value import toml
from changeflow.study.outcome.stages import sizes
from changeflow.study.store.packing import Columns
from tests.cli.program import TINY
from tests.cli.study_files import STUDY

RULE = '[precision]\nfirst = 5\nmost = 100\nmeasures = [{ measure = "sojourn_time_hours", relative = 0.05 }]\n'


class Kept:
    """A store with some runs, which counts how often its columns are read."""

    def __init__(self, runs: int) -> None:
        self.runs, self.read = runs, 0
        self.values = np.random.default_rng(1).normal(100.0, 15.0, 200)

    def has(self, key: str, count: int) -> bool:
        return count <= self.runs

    def columns(self, key: str, count: int, wanted: object = None) -> Columns:
        self.read += 1
        return Columns(count, {"sojourn_time_hours": self.values[:count]}, {}, {})


@pytest.fixture
def cells(tmp_path: Path) -> Cells:
    (tmp_path / "tiny.toml").write_text(TINY, encoding="utf-8")
    text = STUDY.replace("replications = 4\n", "").replace("[comparison]", f"{RULE}\n[comparison]")
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    plan = plan_of(tmp_path / "study.toml")
    return cells_in(plan)


def cells_in(plan: StudyPlan) -> Cells:
    keys, alone = dict.fromkeys(plan.cells, "key"), dict.fromkeys(plan.cells, 1)
    return Cells(plan, keys, orders={}, facts={}, new=set(), runs_together=alone)


def test_what_was_looked_at_is_not_looked_at_again(cells: Cells) -> None:
    """Stage by stage, as the runs come; and in one go, as when the same study is resumed with all its runs there."""
    store, looks = Kept(0), []
    while True:
        wanted, done = sizes(cells.plan, cells, 0, store)  # type: ignore[arg-type]
        if done:
            break
        looks.append(wanted)
        store.runs = wanted
    assert looks[0] == 5
    assert len(looks) > 2
    assert store.read == len(looks) * len(cells.plan.scenarios)
    before = store.read
    assert sizes(cells.plan, cells, 0, store) == (wanted, True)  # type: ignore[arg-type]
    assert store.read == before
    anew = cells_in(cells.plan)
    assert sizes(cells.plan, anew, 0, store) == (wanted, True)  # type: ignore[arg-type]


def test_the_models_of_the_first_point_are_made_once(cells: Cells) -> None:
    assert cells.plan.model(0, "both") is cells.plan.model(0, "both")
    assert cells.plan.model(1, "both") is not cells.plan.model(1, "both")


@pytest.mark.parametrize("value", [1, 2.5, True, "a", float("inf"), -float("inf"), date(2026, 3, 1), time(9, 30)])
def test_values_are_written_as_toml_reads_them(value: object) -> None:
    assert tomllib.loads(f"x = {toml([value])}") == {"x": [value]}


def test_the_ends_of_many_values_are_numbers_not_words(tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(TINY, encoding="utf-8")
    values = ", ".join(map(str, range(2, 11)))
    (tmp_path / "study.toml").write_text(STUDY.replace("[1, 2]", f"[{values}]"), encoding="utf-8")
    assert "  stations.house.servers: 9 values from 2 to 10" in plan_lines(plan_of(tmp_path / "study.toml"))
