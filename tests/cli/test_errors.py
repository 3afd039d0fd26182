"""Errors with a cause from the command line: wrong input is refused whole, right input is told and measured."""

from __future__ import annotations

import csv
from pathlib import Path

from .program import QUICKLY, ROUTES, TINY, changeflow, refused

ERRORS = """
[stations.house.errors]
slip = 0.2
[stations.firm.errors]
links = 2
slip = 0.1
[errors]
per_link = 0.1
repairs_go = "entry"
[errors.kinds.slip]
caught_at_acceptance = 0.5
discovery_days = 2
[system]
flexibility = 0.5
"""


def test_all_faults_come_together_and_nothing_is_written(tmp_path: Path) -> None:
    text = ERRORS.replace("per_link = 0.1", "per_lnk = 0.1").replace("slip = 0.2", "slip = 2")
    text = (
        text.replace("flexibility = 0.5", "flexibility = 0") + "[stations.firm.acceptance]\nrework_probability = 0.1\n"
    )
    (tmp_path / "model.toml").write_text(TINY + text, encoding="utf-8")
    refused(
        "run", "model.toml", *QUICKLY, folder=tmp_path,
        says=(
            "model.toml:", "stations.house.errors.slip", "did you mean 'per_link'?", "system.flexibility",
            "either errors or acceptance.rework_probability",
        ),
        faults=4,
    )  # fmt: skip


def test_errors_are_told_measured_and_logged(tmp_path: Path) -> None:
    (tmp_path / "model.toml").write_text(TINY + ERRORS, encoding="utf-8")
    said = " ".join(changeflow("check", "model.toml", folder=tmp_path).out.split())
    assert "house: 20 of 100 first deliveries are wrong (20 slip); no hand-over of meaning" in said
    assert "firm: 27 of 100 first deliveries are wrong (9.5 misunderstanding, 9.5 omission, 8.1 slip)" in said
    done = changeflow("compare", "model.toml", *ROUTES, *QUICKLY, "--json", "--out", "out", folder=tmp_path)
    assert done.code == 0, done.err
    for name, station, share in (("power_users", "house", 0.2), ("vendor", "firm", 0.271)):
        measures = done.json["scenarios"][name]["measures"]
        found = measures[f"error_share.{station}"]
        assert abs(found["mean"] - share) < max(3 * found["half_width"], 0.05)
        assert measures["defects_per_delivery"]["mean"] > 0.02
        assert measures["error_share"]["unit"] == "share"
    assert "share of deliveries that are wrong" in (tmp_path / "out" / "summary.md").read_text(encoding="utf-8")
    assert changeflow("trace", "model.toml", "--out", "log", folder=tmp_path).code == 0
    with (tmp_path / "log" / "requests.csv").open(newline="", encoding="utf-8") as file:
        defects = [row for row in csv.DictReader(file) if row["cause"] == "defect"]
    assert defects
    assert all(int(row["parent"]) < int(row["request"]) for row in defects)
    with (tmp_path / "log" / "visits.csv").open(newline="", encoding="utf-8") as file:
        assert {row["error"] for row in csv.DictReader(file)} >= {"", "slip"}
