"""How organisations differ: what is refused, what is said of it, what is shown."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from changeflow.model.reading import read_model
from changeflow.present.comparison.frames import spread_frames, time_to_done_frame
from changeflow.present.comparison.machine import as_json
from changeflow.present.comparison.summary import markdown
from changeflow.present.comparison.terminal import comparison_text
from changeflow.present.story.checking import check
from changeflow.study.estimates.results import Results
from changeflow.study.scenarios.compare import run
from changeflow.study.scenarios.plan import Plan
from tests.unit.small import DESK, faults_of, model_of

RATE = 'request_rate = { law = "lognormal", mean = 1, scv = 0.5 }\n'
PAID = DESK.replace("servers = 2", "servers = 2\nprice_per_hour = 50")
FIVE = f"{PAID}[organisation.variation]\nreplications_per_organisation = 5\n{RATE}"


def told(folder: Path, lines: str) -> list[str]:
    """Faults of a variation with these lines, without their place."""
    return [str(fault).partition(": ")[2] for fault in faults_of(folder, f"{DESK}[organisation.variation]\n{lines}")]


def test_a_variation_without_anything_drawn_is_refused(tmp_path: Path) -> None:
    found = "organisation.variation: expected at least one of specification_quality, readiness, request_rate, "
    assert told(tmp_path, "replications_per_organisation = 5\n") == [found + "or a prior set that has them"]


@pytest.mark.parametrize(
    "law", ["1.5", '{ law = "exponential", mean = 0.5 }', '{ law = "uniform", low = 0.0, high = 1.1 }']
)
def test_a_readiness_beyond_one_is_refused(tmp_path: Path, law: str) -> None:
    found = told(tmp_path, f"readiness = {law}\n")
    assert len(found) == 1
    assert found[0].startswith("organisation.variation.readiness: expected a law between 0 and 1")
    cut = f'{DESK}[organisation.variation]\nreadiness = {{ law = "exponential", mean = 0.5, at_most = 1 }}\n'
    assert model_of(cut).organisation.variation is not None


def test_misspelled_names_are_told_with_the_nearest(tmp_path: Path) -> None:
    path = "organisation.variation."
    assert told(tmp_path, 'specification_quality = { law = "nromal", sd = 0.1 }\n') == [
        path + "specification_quality.law: expected one of deterministic, normal, uniform, found 'nromal' "
        "(did you mean 'normal'?)"
    ]
    assert told(tmp_path, 'specification_quality = { law = "normal", dev = 0.1 }\n')[0].startswith(
        path + "specification_quality.sd: expected a value"
    )
    assert path + "redyness: expected a known key, found 'redyness' (did you mean 'readiness'?)" in told(
        tmp_path, f"redyness = 0.4\n{RATE}"
    )
    assert told(tmp_path, f"replications_per_organisation = 0\n{RATE}") == [
        path + "replications_per_organisation: expected a whole number of at least 1, found 0"
    ]


def test_a_prior_set_gives_the_laws_only_where_the_table_stands() -> None:
    assert read_model("partly_open").organisation.variation is None
    model = read_model("partly_open", ["organisation.variation.request_rate=2"])
    variation = model.organisation.variation
    assert variation is not None
    assert variation.readiness is not None
    assert "organisation.variation.readiness" in model.assumptions
    assert "organisation.variation.request_rate" not in model.assumptions


def test_check_says_what_is_drawn() -> None:
    lines = 'readiness = 0.25\nspecification_quality = { law = "uniform", low = -0.2, high = 0.1 }\n'
    said = " ".join(check(model_of(FIVE + lines)).split())
    assert (
        "Every 5 runs are of another organisation; drawn for each: a factor on its rates (1, standard deviation 0.71), "
        "a shift of the quality of its specifications (-0.2 to +0.1), its readiness r (mean 0.25; the misfits of "
        "go-live count 2 (1 - r) times)."
    ) in said
    assert "organisation" not in " ".join(check(model_of(DESK)).split()).replace("organisation.", "")


def test_check_says_where_difficulty_goes_with_size() -> None:
    text = f"{DESK}[categories.a]\nshare = 1.0\ndifficulty_size_correlation = -0.5\n"
    assert "Difficulty correlates with the size of the work at stage desk: a -0.5." in check(model_of(text))


@pytest.fixture(scope="module")
def results() -> Results:
    return run(Plan.of(model_of(FIVE), replications=30, engine="compiled"))


def test_the_split_is_shown_in_terminal_summary_and_json(results: Results) -> None:
    split = results.scenarios["model"].splits["total_cost_with_undone"]
    text = " ".join(comparison_text(results, None).split())
    share = f"{split.share:.0%} ({split.low:.0%} to {split.high:.0%})"
    said = "6 organisations of 5 runs; of the variance of total cost with undone work lies between organisations: "
    assert f"SPREAD {said}{share}" in text
    assert f"Spread: {said}{share}." in markdown(results)
    found = json.loads(json.dumps(as_json(results, None)))["scenarios"]["model"]["between_organisations"]
    assert found["total_cost_with_undone"]["share_between"] == split.share
    assert found["total_cost"]["organisations"] == 6


def test_nothing_is_shown_where_organisations_are_alike() -> None:
    results = run(Plan.of(model_of(DESK), replications=3, engine="compiled"))
    assert "SPREAD" not in comparison_text(results, None)
    assert "between_organisations" not in as_json(results, None)["scenarios"]["model"]


def test_charts_have_wider_intervals_than_independent_runs_would(results: Results) -> None:
    """The band of the time to done and the interval of the mean, against the same runs taken for independent."""
    one = results.scenarios["model"]
    alike = run(Plan.of(model_of(DESK), replications=30, engine="compiled")).scenarios["model"]
    free = spread_frames(replace(results, scenarios={"model": alike}), "backlog_requests")
    bound = spread_frames(results, "backlog_requests")
    widths = [float((frame["high"] - frame["low"]).iloc[0]) for _, frame in (bound, free)]
    assert widths[0] > 2 * widths[1]
    band = time_to_done_frame(results)
    assert (band["high"] - band["low"]).max() > 0
    assert len(one.runs) == 30
