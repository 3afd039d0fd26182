"""The event log: columns, order, and floats that come back with the same bits."""

from __future__ import annotations

import csv
import json
import struct
from pathlib import Path

import pytest

import changeflow as cf

from .program import changeflow

COLUMNS = {
    "requests": {
        "request", "key", "parent", "cause", "source", "category", "component", "arrived", "closed", "outcome",
    },
    "visits": {
        "request", "visit", "stage", "pass", "station", "server", "person", "joined", "started", "finished",
        "work_hours", "outcome",
    },
    "ledger": {
        "time", "date", "request", "period", "station", "account", "cause", "is_repair", "phase", "amount",
    },
    "decisions": {"request", "time", "rule", "station", "seen", "seen_is", "compared", "compared_is", "chosen"},
}  # fmt: skip


CAREERS = """
title = "a job that people hold one after another"
horizon_days = 200
[demand]
kind = "poisson"
rate_per_day = 1
[stations.desk]
service_hours = 2
learning = { rate = 0.85, start = 0.4, trained = 0.7 }
[stations.desk.staff.anna]
trained = false
training = { day = 1, hours = 8 }
attrition = { tenure_days = 30, replacement_days = 5 }
"""


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def bits(value: float) -> bytes:
    return struct.pack(">d", value)


@pytest.fixture
def written(folder: Path) -> Path:
    done = changeflow("trace", "tiny.toml", "--seed", "5", "--replication", "2", "--out", "log", folder=folder)
    assert (done.code, done.err) == (0, "")
    return folder / "log"


def test_the_tables_have_the_agreed_columns(written: Path) -> None:
    for name, columns in COLUMNS.items():
        assert columns <= set(read(written / f"{name}.csv")[0])
    about = json.loads((written / "manifest.json").read_text())
    assert (about["command"], about["seed"], about["replication"]) == ("trace", 5, 2)
    assert about["engine"] in {"process", "compiled"}


def test_rows_are_sorted_and_numbered(written: Path) -> None:
    requests = [int(row["request"]) for row in read(written / "requests.csv")]
    assert requests == list(range(len(requests)))
    rows = read(written / "visits.csv")
    visits = [(int(row["request"]), int(row["visit"])) for row in rows]
    assert len(set(visits)) == len(visits)
    assert {number for number, _ in visits} <= set(requests)
    ends = [float(row["finished"] or "inf") for row in rows]
    assert ends == sorted(ends)
    decisions = [(int(row["request"]), float(row["time"])) for row in read(written / "decisions.csv")]
    assert decisions == sorted(decisions)


def test_floats_come_back_to_the_bit(written: Path) -> None:
    model = cf.read_model(written.parent / "tiny.toml")
    trace = cf.simulate(model, seed=5, replication=2, decisions=True)
    for rows, name, fields in (
        (trace.requests, "requests", ("arrived", "closed", "difficulty")),
        (trace.visits, "visits", ("entered", "joined", "started", "finished", "work_hours")),
        (trace.decisions, "decisions", ("time",)),
    ):
        table = read(written / f"{name}.csv")
        there = sorted(tuple(map(bits, row)) for row in zip(*(rows[field].tolist() for field in fields)))
        assert sorted(tuple(bits(float(row[field] or "nan")) for field in fields) for row in table) == there


def test_a_decision_names_the_chosen_station_and_what_it_saw(written: Path) -> None:
    """Every request is decided once; a station is passed over when two would still wait there."""
    rows = read(written / "decisions.csv")
    chosen = [row for row in rows if row["chosen"] == "True"]
    passed = [row for row in rows if row["chosen"] == "False"]
    assert len(chosen) == len(read(written / "requests.csv"))
    assert passed
    for row in passed:
        assert row["station"] == "house"
        assert float(row["seen"]) >= 2
    first = {row["request"]: row["station"] for row in read(written / "visits.csv") if row["visit"] == "0"}
    assert {row["request"]: row["station"] for row in chosen} == first


def test_the_ledger_sums_to_the_accounts_of_the_run(written: Path) -> None:
    """Read back from the file, with names in place of codes."""
    model = cf.read_model(written.parent / "tiny.toml")
    run = cf.run(cf.Plan.of({"tiny": model}, replications=3, seed=5)).scenarios["tiny"].runs[2].values
    rows = read(written / "ledger.csv")
    assert [float(row["time"]) for row in rows] == sorted(float(row["time"]) for row in rows)
    for account in ("adaptation", "vendor", "in_house", "waiting", "licence", "unmet_need", "open_liability"):
        total = sum(float(row["amount"]) for row in rows if row["account"] == account)
        assert total == pytest.approx(run[f"{account}_cost"], abs=1e-6), account
    assert {row["account"] for row in rows} >= {"vendor", "in_house"}
    assert {row["cause"] for row in rows if row["request"]} == {"root"}


def test_a_trace_along_a_route_stays_on_it(folder: Path) -> None:
    done = changeflow("trace", "tiny.toml", "--who", "power_users", "--out", "log", "--json", folder=folder)
    assert done.json["rows"]["requests"] == len(read(folder / "log" / "requests.csv"))
    assert {row["station"] for row in read(folder / "log" / "visits.csv")} == {"house"}
    assert {row["outcome"] for row in read(folder / "log" / "requests.csv")} >= {"done", "refused"}


def test_json_names_the_engine_that_ran(folder: Path) -> None:
    done = changeflow("trace", "tiny.toml", "--engine", "compiled", "--json", folder=folder)
    assert done.json["engine"] == "compiled"


def test_another_seed_or_replication_is_another_trace(folder: Path) -> None:
    texts = set()
    for seed, replication in (("0", "0"), ("1", "0"), ("1", "1")):
        words = ("--seed", seed, "--replication", replication, "--out", f"{seed}{replication}")
        assert changeflow("trace", "tiny.toml", *words, folder=folder).code == 0
        texts.add((folder / f"{seed}{replication}" / "requests.csv").read_text())
    assert len(texts) == 3


def test_courses_and_departures_are_written_where_there_are_any(folder: Path) -> None:
    (folder / "careers.toml").write_text(CAREERS, encoding="utf-8")
    for name, words in (("careers.toml", {"left", "joined, untrained", "course begins"}), ("tiny.toml", None)):
        assert changeflow("trace", name, "--out", f"of-{name}", folder=folder).code == 0
        file = folder / f"of-{name}" / "staff.csv"
        assert file.exists() == (words is not None)
        if words:
            rows = read(file)
            assert {row["event"] for row in rows} >= words
            assert {(row["station"], row["person"]) for row in rows} == {("desk", "anna")}
            assert [float(row["time"]) for row in rows] == sorted(float(row["time"]) for row in rows)
            assert rows[0]["date"] == "2026-01-06T00:00:00"


def test_without_a_folder_events_are_printed_in_order_of_time(folder: Path) -> None:
    done = changeflow("trace", "tiny.toml", "--horizon-days", "5", folder=folder)
    assert done.code == 0
    assert [line[:16] for line in done.lines] == sorted(line[:16] for line in done.lines)
    assert all(word in done.out for word in ("arrives", "queues at house", "is started at", "leaves", "done"))
    assert not (folder / "results").exists()


def test_printed_events_free_a_server_before_they_take_it(folder: Path) -> None:
    busy: dict[str, str] = {}
    words = ("trace", "tiny.toml", "--horizon-days", "20", "--set", "demand.rate_per_day=6")
    for line in changeflow(*words, folder=folder).lines:
        who, what = line[18:].split("  ")[0], line.split("  ")[-1]
        for station in ("house", "firm"):
            if what.startswith(f"is started at {station}"):
                assert station not in busy, line
                busy[station] = who
            elif what.startswith(f"leaves {station}"):
                assert busy.pop(station) == who


def test_printed_requests_arrive_before_they_are_refused(tmp_path: Path) -> None:
    seen: set[str] = set()
    for line in changeflow("trace", "boxed", "--horizon-days", "60", folder=tmp_path).lines:
        request = line[18:31]
        if "arrives" in line:
            seen.add(request)
        assert request in seen, line
    assert len(seen) > 3
