"""changeflow study: what it makes, what it makes again, what it goes on with."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from changeflow.study.store import key as study_key

from .program import changeflow, contents
from .study_files import QUIET, records, rows, tables, write_study

POINTS, SCENARIOS = 4, 2


def test_it_makes_every_run_once_and_then_nothing(folder: Path) -> None:
    write_study(folder)
    done = changeflow("study", "study.toml", *QUIET, folder=folder)
    assert done.code == 0, done.err
    assert "ANSWER" in done.out
    mine = folder / "results" / "study"
    assert len(rows(mine)) == POINTS * SCENARIOS * 4
    assert json.loads((mine / "manifest.json").read_text())["complete"] is True
    before = {file: file.stat().st_mtime_ns for file in mine.glob("*.csv")}
    again = changeflow("study", "study.toml", *QUIET, folder=folder)
    assert again.out == done.out
    assert {file: file.stat().st_mtime_ns for file in mine.glob("*.csv")} == before


def test_its_numbers_are_those_of_compare(folder: Path) -> None:
    write_study(folder)
    changeflow("study", "study.toml", *QUIET, folder=folder)
    words = ("--who", "vendor,both", "--set", "stations.house.servers=2", "--set", "demand.rate_per_day=3")
    changeflow(
        "compare", "tiny.toml", *words, "--replications", "4", "--quick", *QUIET, "--out", "other", folder=folder
    )
    mine = {
        (row["scenario"].removeprefix("3/"), row["replication"], row["measure"]): row["value"]
        for row in records(folder / "results" / "study" / "runs.csv")
        if row["scenario"].startswith("3/")
    }
    other = {
        (row["scenario"], row["replication"], row["measure"]): row["value"]
        for row in records(folder / "other" / "runs.csv")
    }
    assert len(mine) > 50
    assert mine.items() <= other.items()


def test_it_says_it_anew_when_the_program_has_other_words(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is kept beside the runs: it must be of this very program."""
    write_study(folder)
    first = changeflow("study", "study.toml", *QUIET, folder=folder).out
    monkeypatch.setattr("changeflow.present.studies.text.study_text", lambda *_: "in other words")
    assert changeflow("study", "study.toml", *QUIET, folder=folder).out == first  # these sources are the same
    monkeypatch.setattr("changeflow.study.store.key.words_digest", lambda: "of other sources")
    assert changeflow("study", "study.toml", *QUIET, folder=folder).out == "in other words\n"


def test_digests_are_of_the_sources_that_decide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(study_key, "_PACKAGE", tmp_path)
    numbers, words = tmp_path / "engine" / "compiled" / "kernel.py", tmp_path / "present" / "words.py"
    found = []
    for one, other in (("1", "1"), ("2", "1"), ("2", "2")):
        for file, text in ((numbers, one), (words, other)):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        found.append((study_key.program_digest.__wrapped__(), study_key.words_digest.__wrapped__()))
    assert found[0][0] != found[1][0] == found[2][0]
    assert found[0][1] == found[1][1] != found[2][1]


@pytest.mark.parametrize(
    "change",
    [
        ("replications = 4", "replications = 6"),
        ("values = [1, 2]", "values = [1, 2, 3]"),
        ('who = ["vendor", "both"]', 'who = ["vendor", "power_users", "both"]'),
    ],
    ids=["replications", "level", "scenario"],
)
def test_more_of_the_same_keeps_what_is_there(change: tuple[str, str], folder: Path) -> None:
    write_study(folder)
    changeflow("study", "study.toml", *QUIET, folder=folder)
    before = rows(folder / "results" / "study")
    write_study(folder, change)
    assert changeflow("study", "study.toml", *QUIET, folder=folder).code == 0
    after = rows(folder / "results" / "study")
    assert before.items() < after.items()
    assert changeflow("study", "study.toml", *QUIET, "--out", "fresh", folder=folder).code == 0
    assert tables(folder / "fresh") == tables(folder / "results" / "study")
    assert rows(folder / "fresh") == after


def test_twice_as_many_sobol_points_keep_the_first(folder: Path) -> None:
    ranges = [("values = [1, 2]", "low = 1\nhigh = 3"), ("values = [3, 4]", "low = 2.0\nhigh = 4.0")]
    design = ("[comparison]", '[design]\nkind = "sobol"\npoints = 4\n\n[comparison]')
    write_study(folder, *ranges, design)
    changeflow("study", "study.toml", *QUIET, folder=folder)
    before = rows(folder / "results" / "study")
    write_study(folder, *ranges, (design[0], design[1].replace("points = 4", "points = 8")))
    assert changeflow("study", "study.toml", *QUIET, folder=folder).code == 0
    after = rows(folder / "results" / "study")
    assert before.items() < after.items()
    assert len(after) == 2 * len(before)


def test_another_model_is_said_and_what_was_there_stays(folder: Path) -> None:
    write_study(folder)
    changeflow("study", "study.toml", *QUIET, folder=folder)
    before = rows(folder / "results" / "study")
    text = (folder / "tiny.toml").read_text()
    (folder / "tiny.toml").write_text(text.replace("overflow_beyond = 2", "overflow_beyond = 3"))
    done = changeflow("study", "study.toml", "--workers", "1", "--no-charts", folder=folder)
    assert done.code == 0
    # along the route `vendor` nothing overflows, so those runs are the same
    assert "changed: model tiny.toml; now study" in done.err
    assert f"{POINTS * 4} of {len(before)} runs kept count for it, the others stay" in done.err
    assert before.items() < rows(folder / "results" / "study").items()


def test_more_precision_makes_more_runs_and_an_interruption_changes_none(folder: Path) -> None:
    """Stopped after every quarter of a second, and not stopped: the same tables, byte for byte."""
    rule = '[precision]\nfirst = 5\nmost = 400\nmeasures = [{ measure = "sojourn_time_hours", relative = 0.1 }]'
    write_study(folder, ("replications = 4\n", ""), ("[comparison]", f"{rule}\n\n[comparison]"))
    assert changeflow("study", "study.toml", *QUIET, "--out", "whole", folder=folder).code == 0
    counts = {row["replications"] for row in records(folder / "whole" / "summary.csv")}
    assert len(counts) > 1
    assert all(5 < int(count) <= 400 for count in counts)
    codes = []
    while not codes or (codes[-1] == 5 and len(codes) < 200):
        words = ("--time-limit", "0.3s", "--out", "parts", "--engine", "process")
        codes.append(changeflow("study", "study.toml", *QUIET, *words, folder=folder).code)
    assert codes[-1] == 0
    assert codes.count(5) > 0
    assert tables(folder / "parts") == tables(folder / "whole")


@pytest.mark.parametrize(("most", "relative", "short"), [(13, 0.9, False), (13, 0.001, True)])
def test_it_says_how_many_runs_were_added_and_where_they_were_too_few(
    most: int, relative: float, short: bool, folder: Path
) -> None:
    """Precise after the first 8, and the 5 of the look-ahead are all that may be: enough, though the most."""
    rule = f"[precision]\nfirst = 8\nmost = {most}\n"
    rule += f'measures = [{{ measure = "sojourn_time_hours", relative = {relative} }}]'
    write_study(folder, ("replications = 4\n", ""), ("[comparison]", f"{rule}\n\n[comparison]"))
    done = changeflow("study", "study.toml", *QUIET, folder=folder)
    said = " ".join(done.out.split())
    assert "RUNS 13 of each, added until" in said
    assert "a little less often than 95%" in said
    assert ("reached the most" in said) == short


def test_progress_ends_with_all_runs_however_quick_they_were(folder: Path) -> None:
    write_study(folder)
    done = changeflow("study", "study.toml", "--workers", "1", "--progress", "json", "--no-charts", folder=folder)
    last = json.loads([line for line in done.err.splitlines() if line.startswith("{")][-1])
    assert (last["done"], last["total"]) == (32, 32)


def test_numbers_of_runs_given_before_need_no_word(folder: Path) -> None:
    write_study(folder)
    assert "RUNS" not in changeflow("study", "study.toml", *QUIET, folder=folder).out


@pytest.mark.parametrize(
    ("side", "code", "verdict"),
    [("below = 1e6", 0, "PASS"), ("above = 1e6", 3, "FAIL"), ("above = 20.0", 3, "FAIL"), ("below = 0.001", 3, "FAIL")],
)
def test_gates_pass_and_fail(side: str, code: int, verdict: str, folder: Path) -> None:
    file = write_study(folder)
    gate = f'\n[[expect]]\nmeasure = "sojourn_time_hours"\nscenario = "both"\n{side}\n'
    file.write_text(file.read_text() + gate)
    done = changeflow("study", "study.toml", *QUIET, folder=folder)
    assert done.code == code
    assert verdict in done.out
    assert code == 0 or " hours" in done.out[done.out.index("EXPECT") :]


def test_a_gate_shows_the_interval_that_judged_it(folder: Path) -> None:
    """Over four points the intervals hold together, so each is wider than that of the table."""
    file = write_study(folder)
    file.write_text(
        file.read_text() + '\n[[expect]]\nmeasure = "sojourn_time_hours"\nscenario = "both"\nbelow = 0.001\n'
    )
    said = " ".join(changeflow("study", "study.toml", *QUIET, folder=folder).out.split())
    (shown,) = re.findall(r"first at point 1 both: \S+?\s?\+-\s?(\S+) hours", said)
    own = next(
        float(row["half_width"])
        for row in _summary(folder)
        if (row["point"], row["scenario"], row["measure"]) == ("1", "both", "sojourn_time_hours")
    )
    assert float(shown) > 1.3 * own  # 98.75 % and 95 % with 3 degrees of freedom: 5.4 and 3.2


def test_a_gate_within_the_interval_cannot_be_told(folder: Path) -> None:
    write_study(folder)
    mean = next(
        float(row["mean"])
        for row in _summary(folder)
        if (row["point"], row["scenario"], row["measure"]) == ("1", "both", "sojourn_time_hours")
    )
    file = write_study(folder)
    at = '{ "stations.house.servers" = 1, "demand.rate_per_day" = 3 }'
    gate = f'\n[[expect]]\nmeasure = "sojourn_time_hours"\nscenario = "both"\nbelow = {mean}\nat = {at}\n'
    file.write_text(file.read_text() + gate)
    done = changeflow("study", "study.toml", *QUIET, folder=folder)
    assert done.code == 0
    assert "CANNOT TELL" in done.out
    assert changeflow("study", "study.toml", *QUIET, "--strict", folder=folder).code == 1


def _summary(folder: Path) -> list[dict[str, str]]:
    changeflow("study", "study.toml", *QUIET, folder=folder)
    return records(folder / "results" / "study" / "summary.csv")


def test_a_dry_run_says_what_there_would_be_and_writes_nothing(folder: Path) -> None:
    write_study(folder)
    before = contents(folder)
    done = changeflow("study", "study.toml", "--dry-run", folder=folder)
    assert done.code == 0
    for part in ("4 points (grid) x 2 scenarios x 4 replications", "RUNS     32", "TIME", "MEMORY", "stations.house"):
        assert part in done.out
    assert all(len(line) <= 80 for line in done.out.splitlines())
    assert contents(folder) == before


def test_where_nothing_is_varied_it_answers_as_a_comparison(folder: Path) -> None:
    """Not "best of 1 point at 1": who wins, by how much, how surely."""
    file = write_study(folder)
    text = file.read_text()
    file.write_text(text[: text.index("[[factors]]")] + text[text.index("[comparison]") :])
    said = " ".join(changeflow("study", "study.toml", *QUIET, folder=folder).out.split())
    words = ("--who", "vendor,both", "--replications", "4", "--quick", "--progress", "none", "--no-charts", "--json")
    compared = changeflow(
        "compare", "tiny.toml", *words, "--set", "comparison.primary=sojourn_time_hours", folder=folder
    )
    sentence = compared.json["answer"]["sentence"].split(". ")[0]
    assert re.search(r"wins|too close|the same", sentence, re.IGNORECASE)
    assert f"ANSWER {sentence}" in said


def test_a_dry_run_of_a_fraction_tells_who_is_mixed_up_with_whom(folder: Path) -> None:
    more = '[[factors]]\npath = "stations.firm.servers"\nvalues = [1, 2]\n\n'
    more += '[design]\nkind = "fractional"\ngenerators = ["C=AB"]\n\n[comparison]'
    write_study(folder, ("[comparison]", more))
    done = changeflow("study", "study.toml", "--dry-run", folder=folder)
    assert done.code == 0, done.err
    for part in ("resolution 3", "A = BC", "B = AC", "C = stations.firm.servers"):
        assert part in done.out


def test_json_and_chart(folder: Path) -> None:
    write_study(folder)
    done = changeflow("study", "study.toml", "--workers", "1", "--json", folder=folder)
    assert done.code == 0
    assert len(done.json["cells"]) == POINTS * SCENARIOS
    assert done.json["answer"]["sentence"]
    assert (folder / "results" / "study" / "charts" / "main_effects.svg").is_file()


def test_a_seed_of_the_command_line_is_another_study(folder: Path) -> None:
    write_study(folder)
    for seed in ("1", "0"):
        assert changeflow("study", "study.toml", *QUIET, "--seed", seed, "--out", seed, folder=folder).code == 0
    assert changeflow("study", "study.toml", *QUIET, "--out", "own", folder=folder).code == 0
    assert rows(folder / "own") == rows(folder / "1")
    assert not rows(folder / "0").items() & rows(folder / "1").items()
    assert json.loads((folder / "0" / "manifest.json").read_text())["seed"] == 0


def test_a_quick_look_says_so_everywhere_and_its_runs_count(folder: Path) -> None:
    write_study(folder, ("replications = 4", "replications = 22"))
    done = changeflow("study", "study.toml", *QUIET, "--quick", folder=folder)
    assert done.code == 0, done.err
    assert " ".join(done.out.split()).count("Quick run: few replications") == 1
    mine = folder / "results" / "study"
    assert json.loads((mine / "manifest.json").read_text())["quick"] is True
    assert changeflow("study", "study.toml", *QUIET, "--quick", "--json", folder=folder).json["quick"] is True
    before = rows(mine)
    assert len(before) == POINTS * SCENARIOS * 20
    done = changeflow("study", "study.toml", *QUIET, folder=folder)
    assert "uick" not in done.out
    assert len(rows(mine)) == POINTS * SCENARIOS * 22
    assert before.items() < rows(mine).items()


@pytest.mark.parametrize("words", ["hours_and_fit", "experiments/hours_and_fit.toml"])
def test_experiments_that_come_along_run_from_anywhere(words: str, folder: Path) -> None:
    """As the README writes it, and by name, where the program is installed and there is no checkout."""
    done = changeflow("study", words, "--dry-run", folder=folder)
    assert done.code == 0, done.err
    assert "9 points (grid) x 3 scenarios x 30 replications" in done.out
    assert "hours_and_fit, digest" in done.out
