"""Bulky tables as Parquet: the same numbers as the CSV, only when asked for."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from unittest.mock import patch

import pandas as pd

from .program import changeflow, refused
from .study_files import QUIET, write_study


def assert_same(old: Path, new: Path) -> None:
    """A CSV table and a Parquet one, value by value; Python reads back the very bits that were written."""
    with old.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    table = pd.read_parquet(new)
    assert list(table) == header
    assert len(table) == len(rows) > 0
    for place, name in enumerate(header):
        for text, value in zip((row[place] for row in rows), table[name].tolist(), strict=True):
            if isinstance(value, float):
                assert float(text) == value if text else math.isnan(value), name
            else:
                assert text == ("" if value is None else str(value)), name


def test_the_runs_of_a_study(folder: Path) -> None:
    write_study(folder)
    assert changeflow("study", "study.toml", *QUIET, "--out", "csv", folder=folder).code == 0
    done = changeflow("study", "study.toml", *QUIET, "--parquet", "--out", "parquet", folder=folder)
    assert done.code == 0, done.err
    assert not (folder / "parquet" / "runs.csv").exists()
    assert_same(folder / "csv" / "runs.csv", folder / "parquet" / "runs.parquet")
    assert "No drift" in changeflow("diff", "csv", "parquet", folder=folder).out
    assert changeflow("study", "study.toml", *QUIET, "--out", "parquet", folder=folder).code == 0
    assert not (folder / "parquet" / "runs.parquet").exists()  # of two tables one would be old
    assert (folder / "parquet" / "runs.csv").read_bytes() == (folder / "csv" / "runs.csv").read_bytes()


def test_an_event_log(folder: Path) -> None:
    for option, out in (((), "csv"), (("--parquet",), "parquet")):
        assert changeflow("trace", "tiny.toml", "--out", out, *option, folder=folder).code == 0
    for name in ("requests", "visits", "decisions", "ledger"):
        assert_same(folder / "csv" / f"{name}.csv", folder / "parquet" / f"{name}.parquet")


def test_without_the_extra_nothing_runs(folder: Path) -> None:
    write_study(folder)
    with patch("changeflow.present.studies.parquet.find_spec", return_value=None):
        refused("study", "study.toml", "--parquet", folder=folder, says=("--parquet", "changeflow[parquet]"))
        refused("trace", "tiny.toml", "--parquet", "--out", "x", folder=folder, says=("changeflow[parquet]",))
