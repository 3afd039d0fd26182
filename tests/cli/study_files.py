"""Study files small enough for a test, and what is in a study's folder."""

from __future__ import annotations

import csv
import sqlite3
from pathlib import Path

STUDY = """\
title = "Tiny study"
models = ["tiny.toml"]
who = ["vendor", "both"]
replications = 4

[[factors]]
path = "stations.house.servers"
values = [1, 2]

[[factors]]
path = "demand.rate_per_day"
values = [3, 4]

[comparison]
primary = "sojourn_time_hours"
"""
QUIET = ("--workers", "1", "--progress", "none", "--no-charts")


def write_study(folder: Path, *changes: tuple[str, str], name: str = "study") -> Path:
    """STUDY with parts replaced."""
    text = STUDY
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = folder / f"{name}.toml"
    file.write_text(text, encoding="utf-8")
    return file


def rows(folder: Path) -> dict[tuple[str, int], bytes]:
    """Every run that a study's folder keeps: (cell key, replication) -> numbers."""
    sql = sqlite3.connect(folder / "study.sqlite")
    try:
        found = sql.execute("SELECT key, replication, numbers FROM runs JOIN cells ON cell = cells.id").fetchall()
    finally:
        sql.close()
    assert len({row[:2] for row in found}) == len(found), "a run that is there twice"
    return {(key, replication): numbers for key, replication, numbers in found}


def tables(folder: Path) -> dict[str, bytes]:
    """The bytes of every table."""
    return {file.name: file.read_bytes() for file in sorted(folder.glob("*.csv"))}


def records(file: Path) -> list[dict[str, str]]:
    """The rows of a table."""
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
