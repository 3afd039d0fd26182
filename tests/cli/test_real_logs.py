"""Real logs, kept beside the project: every row is used or counted, and a run of it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from .program import ROOT, changeflow, refused

DATA = ROOT.parent / "shared" / "data"
SERVICENOW = DATA / "servicenow_uci" / "incident_event_log.csv.gz"
ORIGINAL = DATA / "servicenow_uci" / "original_format_first_5998_rows.csv.gz"
JIRA = DATA / "jira_duraspace" / "issues.csv"
SHORT = ("--replications", "2", "--workers", "1", "--no-charts", "--progress", "none")


def log(path: Path) -> tuple[str, str]:
    """The option that names a log, or a skipped test."""
    if not path.is_file():
        pytest.skip(f"{path.name} is not beside the project (../shared/data)")
    return "--set", f"demand.file={path}"


def test_every_row_of_the_servicenow_log_is_accounted_for(tmp_path: Path) -> None:
    done = changeflow("check", "replay", *log(SERVICENOW), "--json", folder=tmp_path)
    assert done.code == 0, done.err
    data = " ".join(done.json["models"]["replay"]["data"])
    assert "141712 rows: 24918 used (one per request), 116794 later rows of the same requests, 0 refused" in data
    assert 24918 + 116794 == 141712


def test_every_row_of_the_jira_log_is_used(tmp_path: Path) -> None:
    done = changeflow("check", "replay_jira", *log(JIRA), folder=tmp_path)
    assert done.code == 0, done.err
    assert "1739 rows: 1739 used" in " ".join(done.out.split())
    assert max(map(len, done.lines)) <= 80


def test_two_weeks_of_the_servicenow_log_are_replayed(tmp_path: Path) -> None:
    done = changeflow("run", "replay", *log(SERVICENOW), *SHORT, "--horizon-days", "14", folder=tmp_path)
    assert done.code == 0, done.err
    text = " ".join(done.out.split())
    assert "DATA" in text
    assert "141712 rows: 24918 used" in text
    assert "outside the 14 days of the run" in text
    assert "2 runs of 14 days" in text or "..." in done.lines[0]


def test_three_routes_of_the_servicenow_log_fit_a_screen(tmp_path: Path) -> None:
    words = ("compare", "replay", *log(SERVICENOW), *SHORT, "--who", "vendor,power_users,both", "--engine", "compiled")
    done = changeflow(*words, folder=tmp_path)
    assert done.code == 0, done.err
    assert len(done.lines) <= 20
    assert max(map(len, done.lines)) <= 80


def test_every_run_replays_the_same_requests(tmp_path: Path) -> None:
    words = ("compare", "replay_jira", *log(JIRA), *SHORT, "--who", "vendor,both", "--horizon-days", "700")
    done = changeflow(*words, "--json", folder=tmp_path)
    assert done.code == 0, done.err
    arrived = [one["measures"]["arrived_requests"] for one in done.json["scenarios"].values()]
    assert all(one == arrived[0] for one in arrived)
    assert (arrived[0]["mean"] > 50, arrived[0]["half_width"]) == (True, 0)


def test_the_original_format_is_read_with_its_own_date_format(tmp_path: Path) -> None:
    option = log(ORIGINAL)
    refused("check", "replay", *option, folder=tmp_path, says=("found 5998 of 5998", "unparsable date", "date_format"))
    words = ("run", "replay", *option, "--set", "demand.date_format=%d-%m-%Y %H:%M")
    done = changeflow(*words, *SHORT, "--horizon-days", "3", "--warm-up-days", "0", folder=tmp_path)
    assert done.code == 0, done.err
    assert "5998 rows: 890 used" in " ".join(done.out.split())


def test_a_log_of_another_kind_is_refused_by_its_columns(tmp_path: Path) -> None:
    says = ("expected a column 'number'", "expected a column 'opened_at'", "key demand.arrived")
    refused("check", "replay", *log(JIRA), folder=tmp_path, says=says, faults=3)
