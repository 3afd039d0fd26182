"""[selection] in a study: who is chosen, on which chance, what is promised; stopped and resumed; wrong input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from changeflow.present.drawing.palette import QUIET as GREY
from changeflow.study.experiment.layout import plan_of

from .program import changeflow
from .study_files import QUIET, records, rows, tables, write_study

COUNT = "replications = 4\n"
END = 'primary = "sojourn_time_hours"\n'
KN = '[selection]\nprocedure = "kim_nelson"\nzone = 2.0\nfirst = 5\nmost = 60\n'


def selection(folder: Path, text: str, *changes: tuple[str, str], count: str = "", name: str = "study") -> Path:
    return write_study(folder, (COUNT, count), (END, END + text), *changes, name=name)


def answer(folder: Path, *words: str) -> dict:
    done = changeflow("study", "study.toml", *QUIET, "--json", *words, folder=folder)
    assert done.code == 0, done.err
    return json.loads(done.out)["analyses"]["selection"]


def test_the_selected_is_among_the_best_and_stragglers_cost_few_runs(folder: Path) -> None:
    selection(folder, KN)
    found = answer(folder)
    assert found["paired"]
    assert found["guarantee"] == "correct"
    systems = found["rows"]
    best = min(one["mean"] for one in systems)
    chosen = next(one for one in systems if one["became"] == "selected")
    assert (chosen["point"], chosen["scenario"]) == tuple(found["selected"].values())
    assert chosen["mean"] <= best + 2.0
    assert min(one["runs"] for one in systems) < chosen["runs"]
    table = records(folder / "results" / "study" / "selection.csv")
    assert [row["became"] for row in table] == [one["became"] for one in systems]
    kept = rows(folder / "results" / "study")
    assert len(kept) >= sum(one["runs"] for one in systems)


def test_the_chart_greys_who_is_out_and_its_labels_stand_apart(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: dict[str, Figure] = {}
    monkeypatch.setattr(
        "changeflow.present.drawing.figures.save", lambda figure, _, name: drawn.setdefault(name, figure)
    )
    selection(folder, KN)
    done = changeflow("study", "study.toml", "--workers", "1", "--json", folder=folder)
    assert done.code == 0, done.err
    became = [one["became"] for one in done.json["analyses"]["selection"]["rows"]]
    means, spent = drawn["selection"].axes
    colours = [to_hex(one[0].get_color()) for one in means.containers]
    assert sum(colour == GREY.lower() for colour in colours) == sum(word.startswith("out") for word in became) > 0
    assert all(one.has_xerr for one in means.containers)
    left, right = (axes.xaxis.label.get_window_extent() for axes in (means, spent))
    assert left.x1 < right.x0
    title = " ".join(drawn["selection"].get_suptitle().split())
    assert "with house servers" in title
    assert "is selected" in title


def test_intervals_only_where_no_look_at_them_chose_the_number_of_runs(folder: Path) -> None:
    """Kim and Nelson's stops two systems together, as soon as they are apart; the others' numbers are set before."""
    two = ("values = [1, 2]", "values = [1]"), ("values = [3, 4]", "values = [3]")
    for text, there in ((KN, False), (KN.replace("kim_nelson", "nelson_matejcik").replace("2.0", "20.0"), True)):
        selection(folder, text, *two)
        systems = answer(folder)["rows"]
        assert len({one["observations"] for one in systems}) == 1
        assert [one["against_best_low"] is not None for one in systems] == [there] * 2
        if there:  # a system surely behind or ahead has a side at 0; the other is the zone from the difference
            apart = abs(systems[0]["mean"] - systems[1]["mean"])
            ends = [one[f"against_best_{side}"] for one in systems for side in ("low", "high")]
            assert max(ends) - apart == pytest.approx(20.0)
            assert min(ends) + apart == pytest.approx(-20.0)


def test_a_stopped_race_goes_on_to_the_same_bytes(folder: Path) -> None:
    selection(folder, KN)
    assert changeflow("study", "study.toml", *QUIET, "--out", "whole", folder=folder).code == 0
    stops = 0
    while True:
        done = changeflow("study", "study.toml", *QUIET, "--out", "parts", "--time-limit", "0.05s", folder=folder)
        if done.code == 0:
            break
        assert done.code == 5, done.err
        stops += 1
        assert stops < 60
    assert stops > 0
    assert tables(folder / "parts") == tables(folder / "whole")
    assert rows(folder / "parts").items() <= rows(folder / "whole").items()


def test_independent_systems_have_chance_of_their_own_and_keys_that_say_so(folder: Path) -> None:
    one_model = ("values = [1, 2]", "values = [2]"), ("values = [3, 4]", "values = [3]")
    for procedure, name in (("screen", "paired"), ("gupta", "apart")):
        selection(folder, f'[selection]\nprocedure = "{procedure}"\n', *one_model, count=COUNT, name=name)
        assert changeflow("study", f"{name}.toml", *QUIET, folder=folder).code == 0
    paired, apart = (rows(folder / "results" / name) for name in ("paired", "apart"))
    assert not {key for key, _ in paired} & {key for key, _ in apart}
    arrivals = {
        name: {
            (row["scenario"], row["replication"]): row["value"]
            for row in records(folder / "results" / name / "runs.csv")
            if row["measure"] == "arrived_requests"
        }
        for name in ("paired", "apart")
    }
    both = [
        [found["1/vendor", str(run)] == found["1/both", str(run)] for run in range(4)] for found in arrivals.values()
    ]
    assert all(both[0])
    assert not all(both[1])


def test_an_independent_seed_hangs_on_the_system_not_on_its_place(folder: Path) -> None:
    """Added levels leave the others' runs as they are."""
    gupta = '[selection]\nprocedure = "gupta"\n'
    few = plan_of(selection(folder, gupta, count=COUNT))
    many = plan_of(selection(folder, gupta, ("values = [1, 2]", "values = [3, 1, 2]"), count=COUNT, name="more"))
    seeds = {few.points[point]: few.seed_of(point, "both") for point in range(len(few.points))}
    assert len(set(seeds.values())) == len(seeds)
    others = {many.points[point]: many.seed_of(point, "both") for point in range(len(many.points))}
    assert seeds.items() < others.items()


def test_the_answer_is_given_again_without_a_table_written(folder: Path) -> None:
    selection(folder, KN)
    first = changeflow("study", "study.toml", *QUIET, folder=folder)
    place = folder / "results" / "study" / "selection.csv"
    written, stamp = place.read_bytes(), place.stat().st_mtime_ns
    assert changeflow("study", "study.toml", *QUIET, folder=folder).out == first.out
    assert place.stat().st_mtime_ns == stamp
    place.unlink()
    assert changeflow("study", "study.toml", *QUIET, folder=folder).out == first.out
    assert place.read_bytes() == written


def test_a_selection_that_is_asked_for_no_more_takes_its_table_away(folder: Path) -> None:
    screen = '[selection]\nprocedure = "screen"\n'
    selection(folder, screen, count=COUNT)
    assert changeflow("study", "study.toml", *QUIET, folder=folder).code == 0
    assert (folder / "results" / "study" / "selection.csv").is_file()
    selection(folder, "", count=COUNT)
    done = changeflow("study", "study.toml", *QUIET, folder=folder)
    assert "Best in" in done.out
    assert not (folder / "results" / "study" / "selection.csv").exists()


@pytest.mark.parametrize("change", [("", ""), ("values = [3, 4]", "values = [3, 400]")])
def test_runs_on_chance_of_their_own_are_made_again_to_the_bit(change: tuple[str, str], folder: Path) -> None:
    """Systems with more work than hours have no runs, and nobody misses them."""
    changes = (change,) if change[0] else ()
    selection(folder, KN.replace("kim_nelson", "rinott").replace("2.0", "20.0"), *changes)
    assert changeflow("study", "study.toml", *QUIET, folder=folder).code == 0
    found = changeflow("verify", "results/study", "--progress", "none", "--all", "--json", folder=folder)
    assert found.code == 0, found.out + found.err
    assert (found.json["again"], found.json["drift"]) == (len(rows(folder / "results" / "study")), False)


@pytest.mark.parametrize("option", [("--quick",), ("--replications", "5")])
def test_a_procedure_that_asks_for_its_runs_takes_no_number(option: tuple[str, ...], folder: Path) -> None:
    selection(folder, KN)
    done = changeflow("study", "study.toml", *QUIET, *option, folder=folder)
    assert done.code == 2
    assert f"{option[0]}: expected none with selection by kim_nelson" in done.err


@pytest.mark.parametrize("procedure", ["nelson_matejcik", "rinott"])
def test_a_procedure_that_may_not_go_on_promises_nothing(procedure: str, folder: Path) -> None:
    selection(folder, KN.replace("kim_nelson", procedure).replace("2.0", "0.001"))
    done = changeflow("study", "study.toml", *QUIET, folder=folder)
    assert done.code == 0, done.err
    said = " ".join(done.out.split())
    assert "No guarantee: the procedure asked for" in said
    assert "the file allows 60" in said


@pytest.mark.parametrize("procedure", ["screen", "mcb", "gupta", "ocba"])
def test_the_other_procedures_answer(procedure: str, folder: Path) -> None:
    count = "" if procedure == "ocba" else "replications = 10\n"
    selection(folder, f'[selection]\nprocedure = "{procedure}"\n' + "budget = 170\n" * (not count), count=count)
    found = answer(folder)
    assert found["paired"] is (procedure in {"screen", "mcb"})
    assert sum(one["observations"] for one in found["rows"]) == (80 if count else 170)
    assert found["expected_loss"] >= 0


def test_a_system_with_more_work_than_hours_is_left_out(folder: Path) -> None:
    selection(folder, KN, ("values = [3, 4]", "values = [3, 400]"))
    found = answer(folder)
    assert {one["point"] for one in found["left_out"]} == {2, 4}
    assert {one["point"] for one in found["rows"]} == {1, 3}


@pytest.mark.parametrize(
    ("text", "count", "words"),
    [
        ('[selection]\nprocedure = "kn"\n', "", ("selection.procedure", "'kn'")),
        ('[selection]\nprocedure = "kim_nelson"\nzones = 1.0\n', "", ("selection.zones", "zone")),
        ('[selection]\nprocedure = "ocba"\n', "", ("budget",)),
        ('[selection]\nprocedure = "ocba"\nbudget = 20\n', "", ("budget of at least 160",)),
        ('[selection]\nprocedure = "screen"\nfirst = 5\n', COUNT, ("no 'first'",)),
        (KN, COUNT, ("no replications with kim_nelson",)),
        (KN.replace("2.0", "0.0"), "", ("selection.zone",)),
        (KN.replace("first = 5", "first = 2"), "", ("selection.first", "at least 3")),
        (KN + '[pareto]\nmeasures = ["total_cost", "waiting_time_hours"]\n', "", ("no [pareto] beside [selection]",)),
        (
            KN + '[design]\nkind = "one_at_a_time"\n',
            "",
            ("design.kind", "no design of kind one_at_a_time beside [selection]"),
        ),
    ],
)
def test_wrong_input_is_one_message(text: str, count: str, words: tuple[str, ...], folder: Path) -> None:
    selection(folder, text, count=count)
    done = changeflow("study", "study.toml", *QUIET, folder=folder)
    assert done.code == 2, done.out
    assert all(word in done.err for word in words), done.err
    assert "Traceback" not in done.err
    assert not (folder / "results").exists()
