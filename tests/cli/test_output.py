"""What a comparison prints and writes: within a screen, one JSON object, a folder that stands on its own."""

from __future__ import annotations

import csv
import json
import math
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from changeflow.study.estimates.results import Swing

from .conftest import Comparison
from .program import GROWING, QUICKLY, ROUTES, TINY, changeflow, contents, process

CORE = [
    "waiting_time_hours", "waiting_time_hours.p50", "waiting_time_hours.p90", "waiting_time_hours.p95",
    "sojourn_time_hours", "sojourn_time_hours.p50", "sojourn_time_hours.p90", "sojourn_time_hours.p95",
    "first_wait_hours", "backlog_requests", "peak_backlog_requests", "backlog_growth_per_week", "backlog_clear_days",
    "open_at_horizon_requests", "utilisation", "offered_load", "throughput_per_week", "rework_share",
    "attempts_per_request", "within_target_share", "cost_of_success", "cost_of_error", "cost_of_ownership_per_year",
    "completion_days", "rework_cost", "waiting_cost", "unmet_need_cost", "open_liability_cost", "total_cost",
    "total_cost_with_undone", "cost_per_closed_request", "refused_share", "withdrawn_share",
]  # fmt: skip
CHARTS = {"backlog", "components", "components_risk", "cost", "network", "spread", "time_to_done"}
NAMES = ["vendor", "power_users", "both"]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_text_fits_a_screen(partly_open: Comparison) -> None:
    assert partly_open.text.code == 0
    assert len(partly_open.text.lines) <= 20
    assert max(map(len, partly_open.text.lines)) <= 80


def test_the_text_says_answer_load_unsure_files_and_next_in_this_order(partly_open: Comparison) -> None:
    lines = partly_open.text.lines
    labels = [line.split()[0] for line in lines if re.match(r"[A-Z]{4,} ", line)]
    assert labels == ["ANSWER", "LOAD", "UNSURE", "FILES", "NEXT"]
    assert "results/001" in partly_open.text.out
    assert "4 runs of 3 years" in lines[0]
    names = [line[:25].strip() for line in lines[3:6]]
    assert names == ["vendor only", "power users only", "both (vendor overflow)"]


def test_nothing_is_said_on_stderr_without_a_terminal(partly_open: Comparison, folder: Path) -> None:
    assert partly_open.text.err == ""
    told = changeflow("run", "tiny.toml", "--replications", "2", "--workers", "1", "--no-charts", folder=folder).err
    assert all(line.startswith("changeflow: compiling") for line in told.splitlines())


def test_progress_as_json_lines_ends_with_all_runs(folder: Path) -> None:
    words = ("compare", "tiny.toml", "--who", "vendor,both", *QUICKLY, "--progress", "json", "--json")
    done = changeflow(*words, folder=folder)
    steps = [json.loads(line) for line in done.err.splitlines() if line.startswith("{")]
    assert steps[-1] == {"done": 8, "total": 8}
    assert [step["done"] for step in steps] == sorted(step["done"] for step in steps)
    assert done.json["command"] == "compare"


def test_json_is_one_object_with_the_agreed_keys(partly_open: Comparison) -> None:
    found = partly_open.machine.json
    assert found["schema_version"] == 1
    assert found["command"] == "compare"
    assert (found["seed"], found["engine"], found["currency"]) == (1, found["engine"], "EUR")
    assert found["engine"] in {"process", "compiled"}
    assert list(found["scenarios"]) == NAMES
    for scenario in found["scenarios"].values():
        assert scenario["replications"] == 4
        assert scenario["kind"] == "terminating"
    assert found["answer"]["sentence"].endswith(".")
    assert found["baseline"] == "vendor"


@pytest.mark.parametrize("measure", CORE)
def test_json_holds_every_core_measure(measure: str, partly_open: Comparison) -> None:
    for scenario in partly_open.machine.json["scenarios"].values():
        one = scenario["measures"][measure]
        assert {"mean", "half_width", "level", "unit"} <= set(one)
        assert math.isfinite(one["mean"])
        assert one["half_width"] >= 0
        assert one["level"] == 0.95
        assert one["unit"]


def test_json_gives_measures_by_station_and_category(partly_open: Comparison) -> None:
    measures = partly_open.machine.json["scenarios"]["both"]["measures"]
    assert {"utilisation.vendor", "utilisation.power_users", "visit_wait_hours.vendor"} <= set(measures)
    assert {"sojourn_time_hours@data", "sojourn_time_hours@analytics"} <= set(measures)


def test_json_differences_are_against_the_baseline(partly_open: Comparison) -> None:
    found = partly_open.machine.json
    primary = [one for one in found["differences"] if one["measure"] == "total_cost_with_undone"]
    assert [(one["scenario"], one["baseline"]) for one in primary] == [("power_users", "vendor"), ("both", "vendor")]
    for one in primary:
        assert {"scenario", "baseline", "measure", "mean", "half_width", "level", "unit"} == set(one)
        mean = {name: found["scenarios"][name]["measures"]["total_cost_with_undone"]["mean"] for name in NAMES}
        assert one["mean"] == pytest.approx(mean[one["scenario"]] - mean["vendor"])
        assert one["level"] == pytest.approx(1 - 0.05 / 2)


def test_json_repeats_the_verdict_under_the_other_prior_set(partly_open: Comparison) -> None:
    check = partly_open.machine.json["prior_check"]
    assert check["set"] == "article"
    assert {"winner", "agrees", "differences"} <= set(check)
    assert "article" in partly_open.machine.json["answer"]["sentence"]
    assert "article" in partly_open.text.out


def test_text_and_json_give_the_same_answer(partly_open: Comparison) -> None:
    text = " ".join(partly_open.text.out.split())
    assert partly_open.machine.json["answer"]["sentence"] in text


def test_the_folder_holds_what_the_readme_says(partly_open: Comparison) -> None:
    names = {path.name for path in partly_open.results.iterdir()}
    assert {"manifest.json", "runs.csv", "summary.csv", "summary.md", "charts", "report.html"} <= names
    charts = {path.name for path in (partly_open.results / "charts").iterdir()}
    assert charts == {f"{name}.{kind}" for name in CHARTS for kind in ("svg", "png")}
    assert not [name for name in contents(partly_open.folder) if "partial" in name]


def test_no_charts_writes_tables_and_report_only(partly_open: Comparison) -> None:
    second = partly_open.folder / "results" / "002"
    assert not (second / "charts").exists()
    assert "<svg" not in (second / "report.html").read_text(encoding="utf-8")
    for name in ("runs.csv", "summary.csv"):
        assert (second / name).read_bytes() == (partly_open.results / name).read_bytes()


def test_runs_csv_is_tidy_and_free_of_clock_times(partly_open: Comparison) -> None:
    rows = rows_of(partly_open.results / "runs.csv")
    assert list(rows[0])[:4] == ["scenario", "replication", "measure", "value"]
    keys = [(row["scenario"], row["replication"], row["measure"]) for row in rows]
    assert len(set(keys)) == len(keys)
    assert {key[0] for key in keys} == set(NAMES)
    assert {key[1] for key in keys} == set("0123")
    assert not any(re.search("seconds|wall|clock|date", key[2]) for key in keys)


def test_runs_csv_averages_to_the_json(partly_open: Comparison) -> None:
    rows = rows_of(partly_open.results / "runs.csv")
    for name in NAMES:
        values = [float(r["value"]) for r in rows if (r["scenario"], r["measure"]) == (name, "total_cost")]
        mean = partly_open.machine.json["scenarios"][name]["measures"]["total_cost"]["mean"]
        assert sum(values) / 4 == pytest.approx(mean)


def test_summary_csv_holds_estimates_and_differences(partly_open: Comparison) -> None:
    rows = {(row["scenario"], row["measure"]): row for row in rows_of(partly_open.results / "summary.csv")}
    both = rows["both", "total_cost"]
    json_ = partly_open.machine.json["scenarios"]["both"]["measures"]["total_cost"]
    assert (float(both["mean"]), float(both["half_width"])) == (json_["mean"], json_["half_width"])
    assert (both["unit"], both["replications"]) == ("EUR", "4")
    assert float(both["difference"]) == pytest.approx(json_["mean"] - float(rows["vendor", "total_cost"]["mean"]))


def test_summary_md_gives_the_answer_and_a_table(partly_open: Comparison) -> None:
    text = (partly_open.results / "summary.md").read_text(encoding="utf-8")
    assert partly_open.machine.json["answer"]["sentence"] in text
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert len(table) > 10
    assert len({line.count("|") for line in table}) == 1


def test_the_manifest_says_how_to_do_it_again(partly_open: Comparison) -> None:
    found = json.loads((partly_open.results / "manifest.json").read_text())
    assert found["command_line"][:3] == ["changeflow", "compare", "partly_open"]
    assert (found["seed"], found["replications"], found["baseline"]) == (1, 4, "vendor")
    assert set(found["models"]) == set(NAMES)
    assert len({model["digest"] for model in found["models"].values()}) == 3
    assert "numpy" in found["libraries"]


class Links(HTMLParser):
    """Tags, and every place that a page points at."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.targets += [
            value or "" for name, value in attrs if name in {"src", "href", "xlink:href", "srcset", "action"}
        ]


def test_the_report_stands_on_its_own(partly_open: Comparison) -> None:
    text = (partly_open.results / "report.html").read_text(encoding="utf-8")
    links = Links()
    links.feed(text)
    assert not links.tags & {"script", "iframe", "object", "embed", "img"}
    assert all(target.startswith(("#", "data:")) for target in links.targets)
    assert not re.search(r"url\(\s*['\"]?(?!#|data:)", text)
    assert "@import" not in text
    assert text.count("<svg") == len(CHARTS)


def test_the_report_gives_the_answer_before_the_numbers(partly_open: Comparison) -> None:
    text = (partly_open.results / "report.html").read_text(encoding="utf-8")
    sentence = partly_open.machine.json["answer"]["sentence"].replace("+-", "±")
    assert 0 < text.index(sentence) < text.index("<table") < text.index("<svg") < text.index("costs unmet need")


def test_fresh_folders_are_numbered_and_force_replaces_one(folder: Path) -> None:
    words = ("run", "tiny.toml", *QUICKLY)
    for _ in range(2):
        assert changeflow(*words, folder=folder).code == 0
    (folder / "results" / "099").mkdir()
    assert "results/100" in changeflow(*words, folder=folder).out
    assert changeflow(*words, "--out", "results/001", folder=folder).code == 2
    forced = changeflow(*words, "--seed", "8", "--out", "results/001", "--force", folder=folder)
    assert forced.code == 0
    assert json.loads((folder / "results" / "001" / "manifest.json").read_text())["seed"] == 8
    assert not [name for name in contents(folder) if Path(name).name.startswith(".")]


@pytest.mark.parametrize("place", ["new", "deep/er/still", "empty", "new/"])
def test_out_may_be_new_or_empty(place: str, folder: Path) -> None:
    (folder / "empty").mkdir()
    assert changeflow("run", "tiny.toml", *QUICKLY, "--out", place, folder=folder).code == 0
    assert (folder / place / "manifest.json").is_file()
    assert (folder / place).stat().st_mode & 0o777 == 0o755


def test_a_quick_run_is_marked_as_such_everywhere(folder: Path) -> None:
    words = ("run", "tiny.toml", "--quick", "--workers", "1", "--no-charts")
    done = changeflow(*words, folder=folder)
    assert "QUICK" in done.lines[0]
    assert "Quick run: few replications" in " ".join(done.out.split())
    written = folder / "results" / "001"
    for name in ("summary.md", "report.html"):
        assert "Quick run" in (written / name).read_text(encoding="utf-8")
    assert json.loads((written / "manifest.json").read_text())["quick"] is True
    assert changeflow(*words, "--json", folder=folder).json["quick"] is True
    assert "Quick" not in changeflow("run", "tiny.toml", *QUICKLY, folder=folder).out


def test_a_long_title_gives_way_to_the_number_of_runs(tmp_path: Path) -> None:
    words = ("run", "mmc", "--quick", *QUICKLY, "--horizon-days", "6", "--warm-up-days", "1")
    first = changeflow(*words, folder=tmp_path).lines[0]
    assert len(first) <= 80
    assert "4 runs of 6 days" in first
    assert "QUICK" in first


def test_json_gives_bounds_for_a_growing_backlog(folder: Path) -> None:
    words = ("compare", "tiny.toml", "--who", "vendor,both", *GROWING, *QUICKLY, "--json")
    found = changeflow(*words, folder=folder).json
    vendor = found["scenarios"]["vendor"]
    mean = vendor["measures"]["sojourn_time_hours"]
    assert mean["bound"] == "at_least"
    assert mean["mean"] > 0
    assert mean["half_width"] > 0
    assert vendor["growing"] is True
    assert vendor["load"]["firm"]["overloaded"] is True
    assert vendor["measures"]["offered_load.firm"]["mean"] > 1
    assert vendor["measures"]["open_liability_cost"]["mean"] > 0
    assert "bound" not in found["scenarios"]["both"]["measures"]["sojourn_time_hours.p50"]
    assert (found["answer"]["winner"], found["answer"]["growing"]) == ("both", ["vendor"])


def test_a_growing_backlog_does_not_clear(folder: Path) -> None:
    words = ("run", "tiny.toml", "--set", "demand.rate_per_day=20", "--set", "horizon_days=60", *QUICKLY, "--json")
    clear = changeflow(*words, folder=folder).json["scenarios"]["tiny"]["measures"].get("backlog_clear_days")
    assert clear is None or clear.get("bound") == "at_least"


def test_nobody_wins_when_every_backlog_grows(folder: Path) -> None:
    words = ("compare", "tiny.toml", *ROUTES, "--set", "demand.rate_per_day=30", *QUICKLY)
    found = changeflow(*words, "--json", folder=folder).json
    assert found["answer"]["winner"] is None
    assert found["answer"]["sentence"].startswith("No winner")


def test_a_box_refuses_everything_and_that_costs(tmp_path: Path) -> None:
    words = ("run", "boxed", "--replications", "3", "--workers", "1")
    done = changeflow(*words, folder=tmp_path)
    assert done.code == 0, done.err
    assert "100%" in done.lines[3]
    found = changeflow(*words, "--json", "--no-charts", folder=tmp_path).json["scenarios"]["boxed"]["measures"]
    assert found["unmet_need_cost"]["mean"] > 0
    assert found["refused_share"]["mean"] == 1
    assert found["total_cost_with_undone"]["mean"] == pytest.approx(
        found["total_cost"]["mean"] + found["unmet_need_cost"]["mean"]
    )


def test_an_empty_run_is_told_not_crashed(folder: Path) -> None:
    """A log whose one request comes after the cohort, or no arrivals at all: no numbers, no traceback."""
    words = ("run", "tiny.toml", "--set", "demand.rate_per_day=0.0001", "--replications", "3", "--workers", "1")
    done = changeflow(*words, folder=folder)
    assert done.code == 0, done.err
    assert "No request" in done.out


@pytest.mark.parametrize(
    ("target", "code", "words"),
    [
        ("99% closed within 1 hour", 3, "missed"),
        ("50 % closed within 10 days", 0, "met"),
        ("50% started within 5 working days and backlog not growing", 0, "met"),
        ("backlog not growing", 0, "met"),
    ],
)
def test_a_target_decides_the_exit_code(target: str, code: int, words: str, folder: Path) -> None:
    done = changeflow("run", "tiny.toml", *QUICKLY, "--target", target, folder=folder)
    assert done.code == code
    assert re.search(rf"Target \(.*\): {words}", " ".join(done.out.split()))
    assert ("surely missed" in done.err) == (code == 3)


def test_a_target_that_one_configuration_meets_is_not_missed(folder: Path) -> None:
    words = ("compare", "tiny.toml", "--who", "vendor,both", *GROWING, *QUICKLY)
    done = changeflow(*words, "--target", "70% closed within 1 day", folder=folder)
    assert done.code == 0
    assert "met by: both (vendor overflow)" in " ".join(done.out.split())
    all_miss = changeflow(*words, "--target", "99% closed within 1 hour", folder=folder)
    assert all_miss.code == 3
    assert "met by: none" in " ".join(all_miss.out.split())
    all_meet = changeflow(*words, "--target", "1% closed within 20 days", folder=folder)
    assert "met by: all." in " ".join(all_meet.out.split())


def test_a_request_still_young_has_not_missed_a_target(folder: Path) -> None:
    """Work takes two days and the target is five; the run ends before anybody could miss it."""
    slow = ("--set", "stations.house.servers='infinite'", "--set", "stations.house.service_hours=48")
    every = ("--set", "stations.house.openness=1.0", "--set", "horizon_days=4", "--set", "follow_up_days=0")
    done = changeflow(
        "run", "tiny.toml", *slow, *every, *QUICKLY, "--target", "90% closed within 5 days", folder=folder
    )
    assert done.code == 0


def test_strict_fails_when_a_backlog_grows(folder: Path) -> None:
    growing = ("run", "tiny.toml", "--set", "demand.rate_per_day=20", *QUICKLY)
    assert changeflow(*growing, folder=folder).code == 0
    strict = changeflow(*growing, "--strict", folder=folder)
    assert strict.code == 1
    assert "the backlog grows: tiny" in strict.err
    assert (folder / "results" / "002" / "manifest.json").is_file()
    assert changeflow("run", "tiny.toml", *QUICKLY, "--strict", folder=folder).code == 0


def test_the_c_locale_prints_and_writes_what_it_must(folder: Path) -> None:
    text = TINY.replace("Tiny", "Büro").replace('"firm"', '"büro"').replace(".firm]", '."büro"]')
    (folder / "tiny.toml").write_text(text, encoding="utf-8")
    words = ("run", "tiny.toml", "--replications", "2", "--workers", "1", "--progress", "none")
    done = process(*words, folder=folder, LC_ALL="C", PYTHONUTF8="0")
    assert done.code == 0, done.err
    assert "Traceback" not in done.err
    for name in ("report.html", "summary.md"):
        assert "Büro" in (folder / "results" / "001" / name).read_text(encoding="utf-8")


def test_the_next_command_can_be_run_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("number,opened_at,category\n1,29/02/2016 01:16,42\n2,03/03/2016 01:16,42\n")
    words = ("run", "replay", "--set", "demand.file=log.csv", "--horizon-days", "20", "--warm-up-days", "0")
    done = changeflow(*words, *QUICKLY, folder=tmp_path)
    assert done.code == 0, done.err
    assert "--set demand.file=log.csv" in " ".join(done.out.split("NEXT")[1].split())


def test_the_next_command_after_an_assumption_that_flips_can_be_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flip = Swing("stations.firm.servers", "1", "3", 100.0, "vendor")
    monkeypatch.setattr("changeflow.study.scenarios.compare.screen", lambda *_, **__: (flip,))
    done = changeflow("compare", "tiny.toml", "--who", "vendor,both", *QUICKLY, folder=folder)
    assert "can flip the winner, by 6 runs at each end: firm servers (1 to 3) -> vendor only" in " ".join(
        done.out.split()
    )
    following = " ".join(done.out.split("NEXT")[1].split()).removeprefix("changeflow ")
    again = changeflow(*following.split(), *QUICKLY, folder=folder)
    assert again.code == 0, again.err
