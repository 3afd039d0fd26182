"""Adoption in model files and in words: refused without parameters, named the softest part, both fates apart."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from changeflow.measure.estimates.student import t_quantile
from changeflow.measure.records import Estimate
from changeflow.model.file.priors import read_priors
from changeflow.model.load.overload import overloads
from changeflow.model.reading import read_model
from changeflow.model.requests.adoption import PARAMETERS
from changeflow.present.comparison.adoption_frames import fate_frames, survival_frame, survival_rows
from changeflow.present.comparison.results_folder import write_report
from changeflow.present.comparison.summary import markdown
from changeflow.present.words.adoption import (
    SOFTEST,
    adoption_sentences,
    adoption_story,
    fate_in_words,
    fate_title,
    survival_title,
)
from changeflow.present.words.sentences import answer_sentence
from changeflow.study.estimates.fates import ALIVE, GONE, fates_apart
from changeflow.study.estimates.results import Results, ScenarioResult
from changeflow.study.scenarios.compare import run
from changeflow.study.scenarios.plan import Plan
from tests.unit.small import DESK, faults_of, model_of

WITH_SET = DESK.replace("horizon_days", 'priors = "field"\nhorizon_days')


@pytest.fixture(scope="module")
def results() -> Results:
    model = read_model("adoption", ["horizon_days=700"])
    return run(Plan.of({"one": model}, replications=30, engine="compiled"))


def test_it_is_off_unless_a_file_says_otherwise() -> None:
    model = model_of(WITH_SET)
    assert not model.adoption.is_on
    assert not [path for path in model.assumptions if path.startswith("adoption.")]


@pytest.mark.parametrize("mode", ["passive", "coupled"])
def test_switched_on_without_parameters_it_is_refused(mode: str, tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, f'{DESK}[adoption]\nmode = "{mode}"\n')
    assert (fault.place, fault.path) == ("model.toml:10", "adoption.mode")
    assert fault.expected == "its parameters with adoption switched on, here or from a prior set (priors = ...)"


def test_the_parameters_that_are_missing_are_named(tmp_path: Path) -> None:
    given = "\n".join(
        f"{name} = {leaf['value']}" for name, leaf in read_priors("field")["adoption"].items() if name != "lag_days"
    )
    (fault,) = faults_of(tmp_path, f'{DESK}[adoption]\nmode = "passive"\n{given}\n')
    assert fault.expected.startswith("lag_days with adoption switched on")
    assert model_of(f'{DESK}[adoption]\nmode = "passive"\nlag_days = 5\n{given}\n').adoption.is_on


def test_a_misspelt_key_and_a_share_above_one_are_told_together(tmp_path: Path) -> None:
    text = f'{WITH_SET}[adoption]\nmode = "coupled"\nlag_dais = 3\nabandoned_below_share = 1.5\n'
    told = {fault.path: (fault.expected, fault.hint) for fault in faults_of(tmp_path, text)}
    assert told["adoption.lag_dais"] == ("a known key", "did you mean 'lag_days'?")
    assert told["adoption.abandoned_below_share"][0] == "a number of at most 1"


@pytest.mark.parametrize("name", ["article", "field"])
def test_a_prior_set_has_every_parameter(name: str) -> None:
    assert set(read_priors(name)["adoption"]) == set(PARAMETERS)


@pytest.mark.parametrize("name", ["article", "field"])
@pytest.mark.parametrize("end", ["low", "high"])
def test_every_end_of_its_ranges_makes_a_valid_model(name: str, end: str) -> None:
    model = read_model("adoption", priors=name)
    for path, note in model.assumptions.items():
        if path.startswith("adoption."):
            assert model.with_({path: getattr(note, end)}).adoption.is_on


def test_coupled_users_may_all_leave_so_that_no_overload_is_claimed() -> None:
    text = WITH_SET.replace("rate_per_day = 3", "rate_per_day = 300")
    begin, end = 0.0, 240.0
    assert overloads(model_of(text), begin, end)
    assert not overloads(model_of(text + '[adoption]\nmode = "coupled"\n'), begin, end)
    assert overloads(model_of(text + '[adoption]\nmode = "passive"\n'), begin, end)


def test_every_sentence_of_the_story_says_that_it_is_the_softest_part() -> None:
    said = list(adoption_story(read_model("adoption")))
    assert len(said) == 3
    assert all(sentence.startswith(SOFTEST) for sentence in said)
    assert not list(adoption_story(read_model("partly_open")))


def test_the_answer_shows_both_fates_and_never_only_a_mean(results: Results) -> None:
    (said,) = adoption_sentences(results)
    assert said.startswith(SOFTEST)
    assert " then, " in said
    assert " else" in said
    assert said in answer_sentence(results)
    page = markdown(results)
    assert "cost with undone work, runs given up (softest part)" in page
    assert "cost with undone work, runs not given up (softest part)" in page
    gone = results.scenarios["one"].estimates["abandoned"].mean
    assert survival_title(results).startswith(f"Softest part: {1 - gone:.0%} (")  # its interval follows
    assert "Softest part" in fate_title(results)


def test_the_fates_cost_differs_only_where_the_runs_can_tell(results: Results) -> None:
    """Groups of five: 900 and 600, a standard deviation of d sqrt(5) / 2 each; d sqrt(1/2) is the standard error."""

    def apart(name: str, arm: float) -> ScenarioResult:
        (one,) = results.scenarios.values()
        made = []
        for place, made_run in enumerate(one.runs[:10]):
            value = (900.0 if place < 5 else 600.0) + arm * np.sqrt(5) / 2 * (place % 5 - 2) / np.sqrt(2.5)
            fate, other = (GONE, ALIVE) if place < 5 else (ALIVE, GONE)
            made.append(replace(made_run, values={**made_run.values, fate: value, other: math.nan}))
        known = Estimate(0.0, 0.0, 0.95, "EUR", 10)
        return replace(one, name=name, runs=tuple(made), estimates={**one.estimates, GONE: known, ALIVE: known})

    def title(*scenarios: ScenarioResult) -> str:
        return fate_title(replace(results, scenarios={one.name: one for one in scenarios}))

    assert title(apart("one", 100.0)) == "Softest part: a system given up costs EUR 300 ± 200 more than one in use"
    found = fates_apart(replace(results, scenarios={"one": apart("one", 100.0)}))
    assert found is not None
    assert found.half_width == pytest.approx(t_quantile(0.95, 8) * 100 / math.sqrt(2))
    assert title(apart("one", 300.0)).endswith("these runs cannot tell")
    assert title(*(apart(name, 170.0) for name in "ab")).endswith("these runs cannot tell")  # two could be said
    assert "EUR 300" in title(apart("a", 170.0))


def test_the_cost_of_a_single_run_has_no_digits_that_only_an_interval_could_carry(results: Results) -> None:
    (one,) = results.scenarios.values()
    lonely = Estimate(1_328_403.0, math.inf, 0.95, "EUR", 1)
    said = fate_in_words(replace(one, estimates={**one.estimates, "cost_if_abandoned": lonely}))
    assert "EUR 1,300,000 (a single run) then, " in said


def test_the_curve_falls_within_its_band_from_all_to_those_in_use(results: Results) -> None:
    rows = list(survival_rows(results))
    shares = [row[2] for row in rows]
    assert shares[0] == 1.0
    assert shares == sorted(shares, reverse=True)  # type: ignore[type-var]
    assert shares[-1] == pytest.approx(1.0 - results.scenarios["one"].estimates["abandoned"].mean)
    assert all(low <= share <= high for _, _, share, low, high, _ in rows)  # type: ignore[operator]
    frame = survival_frame(results)
    assert frame["days"].is_monotonic_increasing
    runs, summary = fate_frames(results)
    assert len(runs) == 30
    assert summary["share"].sum() == pytest.approx(1.0)
    assert set(summary["fate"]) == {"survived", "abandoned"}


def test_the_folder_has_the_curve_as_a_table_and_two_charts_more(results: Results, tmp_path: Path) -> None:
    folder = write_report(results, tmp_path / "out")
    assert (folder / "survival.csv").read_text().startswith("scenario,days,share,low,high,level\none,0.0,1.0,")
    assert {"survival.svg", "fates.svg"} <= {file.name for file in (folder / "charts").iterdir()}
    assert "Softest part" in (folder / "report.html").read_text()
