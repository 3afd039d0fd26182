"""What a path of a model file is called, and in which unit it counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from changeflow.model.reading import read_model
from changeflow.present.story.assumptions import assumption_rows
from changeflow.present.words.paths import path_label, path_unit, path_words, setting_word, some_paths
from tests.unit.test_findings import results_of
from tests.unit.test_verdict import scenario

MODEL = read_model("partly_open")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("stations.vendor.speed", "vendor speed"),
        ("stations.vendor.openness.data", "vendor openness data"),
        ("demand.sources.go_live.fit", "go live fit"),
        ("demand.rate_per_day", "rate per day"),
        ("errors.per_link", "errors per link"),
        ("horizon_days", "horizon days"),
        ("stations.desk", "desk"),
    ],
)
def test_a_path_in_words_says_whose_and_what(path: str, words: str) -> None:
    assert path_words(path) == words


def test_the_unit_is_that_of_the_models_own_note_else_of_its_prior_set() -> None:
    assert "stations.vendor.speed" in MODEL.assumptions
    assert path_label("stations.vendor.servers", MODEL) == "vendor servers (engineers)"
    assert path_label("stations.vendor.speed", MODEL) == "vendor speed (reference hours per hour)"


def test_a_number_that_the_file_gives_itself_has_the_unit_of_the_set() -> None:
    own = read_model("partly_open", priors="field").with_({"stations.vendor.share_for_us": 0.7})
    assert path_unit("stations.vendor.share_for_us", own) == "share of an engineer's time"
    assert own.tables == own.with_({}).tables  # asking writes nothing into the model


def test_where_nobody_knows_the_unit_there_is_none() -> None:
    assert path_label("stations.desk.servers", read_model("mmc")) == "desk servers"
    assert path_unit("stations.vendor.no_such_key", MODEL) == ""


def test_many_paths_are_counted() -> None:
    assert some_paths(["a.b", "horizon_days"]) == "a b and horizon days"
    assert some_paths(["a", "b", "c"]) == "3 others"


def test_a_report_says_what_is_assumed_in_words() -> None:
    """Of every command that writes one: compare and size alike."""
    results = results_of(replace(scenario("a", 1000), model=MODEL), replace(scenario("b", 1100), model=MODEL))
    rows = assumption_rows(results)
    assert "vendor speed" in [what for what, *_ in rows]
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (None, "as it is"),
        (0.123456, "0.1235"),
        ({"law": "lognormal", "mean": 4, "scv": 1.0}, "lognormal(4, 1)"),
        (
            {"servers": 1, "service_hours": {"law": "exponential", "mean": 0.9}},
            "servers 1, service hours exponential(0.9)",
        ),
    ],
)
def test_a_setting_is_said_in_words_not_in_toml(value: object, word: str) -> None:
    assert setting_word(value) == word
