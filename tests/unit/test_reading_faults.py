"""Bad model files: one clear message for each fault, with line, path, expectation, finding and nearest name."""

import tomllib
from pathlib import Path

import pytest

from changeflow.errors import ModelError
from changeflow.model.reading import find_model, read_model
from tests.unit.small import DESK, faults_of

MODEL = """\
title = "two people and a vendor"
horizon_days = 100
warm_up_days = 10

[categories.data]
share = 0.6
work_hours = 2
[categories.report]
share = 0.4
work_hours = { law = "exponential", mean = 3 }

[demand.sources.steady]
kind = "poisson"
rate_per_day = 3

[calendars.office]
days = ["mon", "tue"]
hours = ["09:00-17:00"]

[stations.inside]
servers = 2
calendar = "office"
openness = { data = 0.5, report = 1.0 }

[stations.vendor]
kind = "vendor"
servers = 1

[stations.vendor.acceptance]
rework_probability = 0.2

[routing]
entry = { rule = "open_first", prefer = ["inside", "vendor"], overflow_beyond = 3 }
next.inside = { vendor = 0.1, done = 0.9 }
"""

# what is written instead of what; then the line, the path, and parts of expectation, finding and hint
FAULTS = [
    # unknown keys, at every depth
    ("horizon_days", "horizon_day", 2, "horizon_day", "a known key", "'horizon_day'", "'horizon_days'"),
    ("servers = 2", "servrs = 2", 21, "stations.inside.servrs", "a known key", "'servrs'", "'servers'"),
    ("mean = 3", "meen = 3", 10, "categories.report.work_hours.meen", "a known key", "'meen'", "'mean'"),
    ("mean = 3", "meen = 3", 10, "categories.report.work_hours.mean", "a value (the key is missing)", "", ""),
    ("rework_probability", "rework_chance", 30, "stations.vendor.acceptance.rework_chance", "a known key", "", ""),
    ("overflow_beyond", "overflow_beyon", 33, "routing.entry.overflow_beyon", "known key", "", "'overflow_beyond'"),
    ("rate_per_day", "rate_per_dy", 14, "demand.sources.steady.rate_per_dy", "known key", "", "'rate_per_day'"),
    # negative, zero, of a wrong type
    ("servers = 2", "servers = 0", 21, "stations.inside.servers", "a whole number of at least 1", "0", ""),
    ("servers = 2", "servers = -2", 21, "stations.inside.servers", "a whole number of at least 1", "-2", ""),
    ("servers = 2", "servers = 2.5", 21, "stations.inside.servers", "a whole number", "2.5", ""),
    ("servers = 2", "servers = true", 21, "stations.inside.servers", "a whole number", "true", ""),
    ("servers = 2", 'servers = "2"', 21, "stations.inside.servers", "a whole number", "'2'", ""),
    ("rate_per_day = 3", "rate_per_day = 0", 14, "demand.sources.steady.rate_per_day", "above 0", "0", ""),
    ("rate_per_day = 3", "rate_per_day = -3", 14, "demand.sources.steady.rate_per_day", "above 0", "-3", ""),
    ("rate_per_day = 3", "rate_per_day = nan", 14, "demand.sources.steady.rate_per_day", "a finite number", "", ""),
    ("rate_per_day = 3", "", 12, "demand.sources.steady", "exactly one of rate_per_hour", "", ""),
    ("mean = 3", "mean = 0", 10, "categories.report.work_hours.mean", "above 0", "0", ""),
    ("= 0.2", "= 1.2", 30, "stations.vendor.acceptance.rework_probability", "at most 1", "1.2", ""),
    ("= 0.2", "= 1.0", 30, "stations.vendor.acceptance.rework_probability", "max_attempts", "1.0", ""),
    ("horizon_days = 100", "horizon_days = 0", 2, "horizon_days", "above 0", "0", ""),
    ('title = "two people and a vendor"', "title = 3", 1, "title", "a text in quotes", "3", ""),
    # shares
    ("share = 0.6", "share = 0.5", 5, "categories", "shares that sum to 1 (they sum to 0.9)", "", ""),
    ("done = 0.9", "done = 0.8", 34, "routing.next.inside", "sum to 1 (they sum to 0.9; name 'done'", "", ""),
    # names that are not there
    ('prefer = ["inside"', 'prefer = ["insid"', 33, "routing.entry", "a station of this model", "'insid'", "'inside'"),
    ("{ vendor = 0.1", "{ vendr = 0.1", 34, "routing.next.inside", "a station of this model", "'vendr'", "'vendor'"),
    ("next.inside", "next.insider", 34, "routing.next.insider", "a station of this model", "'insider'", "'inside'"),
    ('calendar = "office"', 'calendar = "offce"', 22, "stations.inside.calendar", "a calendar", "'offce'", "'office'"),
    ("{ data = 0.5", "{ dta = 0.5", 23, "stations.inside.openness.dta", "a category", "'dta'", "'data'"),
    ("{ data = 0.5, ", "{ ", 23, "stations.inside.openness", "an entry for data, or 'default'", "", ""),
    ('kind = "vendor"', 'kind = "vender"', 26, "stations.vendor.kind", "'in_house' or", "'vender'", "'vendor'"),
    ('kind = "poisson"', 'kind = "poison"', 13, "demand.sources.steady.kind", "one of", "'poison'", "'poisson'"),
    ('law = "exponential"', 'law = "expo"', 10, "categories.report.work_hours.law", "one of determ", "'expo'", ""),
    ('rule = "open_first"', 'rule = "open_frst"', 33, "routing.entry.rule", "one of to", "'open_frst'", "'open_first'"),
    ('days = ["mon"', 'days = ["monday"', 16, "calendars.office", "days among mon", "", ""),
    # time
    ("warm_up_days = 10", "warm_up_days = 100", 3, "warm_up_days", "shorter than the horizon (100 days)", "100", ""),
    ("warm_up_days = 10", "warm_up_days = 91", None, "follow_up_days", "together shorter than the horizon", "", ""),
    ('"09:00-17:00"', '"17:00-09:00"', 18, "calendars.office.hours.0", "the end after the start", "", ""),
    ('"09:00-17:00"', '"9-17"', 18, "calendars.office.hours.0", "hours as 'HH:MM-HH:MM'", "", ""),
    ('"09:00-17:00"', '"09:00-12:00", "11:00-17:00"', 16, "calendars.office", "without overlap", "", ""),
    # batches are of arrival processes, not of misfits that are found one by one
    (
        'kind = "poisson"\nrate_per_day = 3',
        'kind = "go_live"\nmisfits_per_100_users = 9\nfit = 0.5\ntime_days = 9\nbatch = 2',
        17, "demand.sources.steady.batch", "a known key", "batch", "known: background, category, entry, fit",
    ),
    # loops
    ("{ vendor = 0.1, done = 0.9 }", '"inside"', 34, "routing.next.inside", "a way that ends in done", "loop", ""),
    # a table where there is none, nothing where there must be something
    ("[routing]", "[organisation]\nusers = {}\n[routing]", 33, "organisation.users", "a whole number", "{}", ""),
    ('title = "two people and a vendor"\n', "", None, "title", "a value (the key is missing)", "", ""),
    ("work_hours = 2\n", "", 19, "stations.inside", "service_hours, or work_hours for data", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "line", "path", "expected", "found", "hint"), FAULTS, ids=[f"{f[1]} at {f[3]}" for f in FAULTS]
)
def test_a_fault_is_told_with_its_place(
    tmp_path: Path, old: str, new: str, line: int | None, path: str, expected: str, found: str, hint: str
) -> None:
    assert old in MODEL
    faults = {fault.path: fault for fault in faults_of(tmp_path, MODEL.replace(old, new, 1))}
    assert path in faults
    fault = faults[path]
    assert fault.place == ("model.toml" if line is None else f"model.toml:{line}")
    assert expected in fault.expected
    assert found in fault.found
    assert hint in fault.hint


def test_the_model_without_faults_is_read(tmp_path: Path) -> None:
    """Or the table above would prove nothing."""
    (tmp_path / "model.toml").write_text(MODEL, encoding="utf-8")
    model = read_model(tmp_path / "model.toml")
    assert list(model.stations) == ["inside", "vendor"]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """Of the file's form, of single values, and between parts; each once."""
    text = (
        MODEL.replace("horizon_days", "horizon_dayz")
        .replace("servers = 1", "servers = 0")
        .replace("rate_per_day = 3", "rate_per_day = -3")
        .replace('calendar = "office"', 'calendar = "offce"')
        .replace("{ vendor = 0.1", "{ vendr = 0.1")
        .replace("share = 0.6", "share = 0.5")
    )
    faults = faults_of(tmp_path, text)
    assert sorted(fault.path for fault in faults) == sorted(
        {
            "horizon_dayz", "stations.vendor.servers", "demand.sources.steady.rate_per_day", "stations.inside.calendar",
            "routing.next.inside", "categories",
        }
    )  # fmt: skip


def test_two_faults_of_one_station_are_told_at_once(tmp_path: Path) -> None:
    text = MODEL.replace("servers = 2", "servers = 0").replace('calendar = "office"', 'calendar = "offce"')
    paths = {fault.path for fault in faults_of(tmp_path, text)}
    assert paths == {"stations.inside.servers", "stations.inside.calendar"}


def test_a_fault_reads_as_one_line(tmp_path: Path) -> None:
    fault = faults_of(tmp_path, MODEL.replace("servers = 2", "servrs = 2"))[0]
    wanted = "model.toml:21: stations.inside.servrs: expected a known key, found 'servrs' (did you mean 'servers'?)"
    assert str(fault) == wanted


def test_one_source_is_told_by_the_path_that_stands_in_the_file(tmp_path: Path) -> None:
    """[demand] is read as a source of a name of its own; the message says [demand]."""
    fault = faults_of(tmp_path, DESK.replace("rate_per_day = 3", "rate_per_day = -3"))[0]
    assert (fault.place, fault.path) == ("model.toml:5", "demand.rate_per_day")


# The whole file is no model.


def message(path: Path | str) -> str:
    with pytest.raises(ModelError) as caught:
        read_model(path)
    return str(caught.value)


def test_a_missing_file_is_told_with_the_nearest_shipped_name(tmp_path: Path) -> None:
    assert "expected a model file, found nothing" in message(tmp_path / "none.toml")
    assert "did you mean 'partly_open'?" in message("partly_opne")
    assert "found a folder" in message(tmp_path)


def test_a_syntax_error_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "broken.toml"
    file.write_text('title = "x"\n[stations\n', encoding="utf-8")
    assert "broken.toml: expected TOML" in message(file)
    assert "line 2" in message(file)


@pytest.mark.parametrize("content", [b'title = "caf\xe9"', bytes(range(256)), '"ä"'.encode("utf-16")])
def test_bytes_that_are_no_utf_8_are_told(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "bytes.toml"
    file.write_bytes(content)
    assert "expected a model file in UTF-8" in message(file)


def test_an_empty_file_says_what_a_model_needs(tmp_path: Path) -> None:
    paths = {fault.path for fault in faults_of(tmp_path, "")}
    assert {"title", "demand", "stations"} <= paths


def test_nothing_is_written_and_no_file_is_changed_by_a_fault(tmp_path: Path) -> None:
    faults_of(tmp_path, MODEL.replace("servers = 2", "servers = 0"))
    assert [file.name for file in tmp_path.iterdir()] == ["model.toml"]


def test_a_shipped_model_is_found_by_its_id_and_by_its_path_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_model("mmc") == find_model("models/mmc.toml")
    assert tomllib.loads(find_model("mmc").read_text(encoding="utf-8"))["title"]


# Values that read well and cannot be meant.


@pytest.mark.parametrize("users", [0, -5])
def test_there_must_be_users(tmp_path: Path, users: int) -> None:
    faults = faults_of(tmp_path, f"{DESK}[organisation]\nusers = {users}\n")
    assert faults[0].path == "organisation.users"


@pytest.mark.parametrize(
    "law", ["0", '{ law = "discrete", values = [0], shares = [1] }', '{ law = "empirical", values = [0, 0] }']
)
def test_interarrival_times_of_zero_are_a_rate_without_limit(tmp_path: Path, law: str) -> None:
    text = DESK.replace('kind = "poisson"\nrate_per_day = 3', f'kind = "renewal"\ninterarrival_hours = {law}')
    assert faults_of(tmp_path, text)[0].path.startswith("demand.interarrival_hours")


def test_a_misspelt_tool_is_told(tmp_path: Path) -> None:
    text = DESK.replace("horizon_days", 'priors = "field"\nhorizon_days').replace("servers = 2", 'tool = "opne"')
    faults = faults_of(tmp_path, text)
    assert faults[0].path == "stations.desk.tool"
    assert "'open'" in faults[0].hint


def test_a_law_without_its_name_is_told_as_such(tmp_path: Path) -> None:
    text = DESK.replace("service_hours = 1", "service_hours = { mean = 1 }")
    assert "law" in faults_of(tmp_path, text)[0].expected


def test_a_law_of_a_wrong_type_may_be_a_number(tmp_path: Path) -> None:
    text = DESK.replace("service_hours = 1", 'service_hours = "1"')
    assert "number" in faults_of(tmp_path, text)[0].expected
