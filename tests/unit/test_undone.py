"""What is said of requests that end undone, of people in the event log, and that every measure has words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from changeflow.engine.simulate import simulate
from changeflow.measure.records import Estimate
from changeflow.measure.units import MEASURES
from changeflow.present.trace.lines import event_lines
from changeflow.present.trace.names import people_of
from changeflow.present.trace.tables import trace_tables
from changeflow.present.words.plain import PLAIN
from changeflow.present.words.undone import aside, not_done, undone_sentences
from changeflow.study.estimates.results import ScenarioResult
from tests.unit.small import DESK, model_of

from .test_findings import results_of
from .test_verdict import scenario


def with_shares(**means: float) -> ScenarioResult:
    one = scenario("vendor", 1000)
    found = {name: Estimate(mean, 0.01, 0.95, "share", 20) for name, mean in means.items()}
    return replace(one, estimates={**one.estimates, **found})


def test_every_measure_has_words() -> None:
    assert not [name for name in MEASURES if name not in PLAIN]


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ({}, []),
        ({"refused_share": 0.004, "withdrawn_share": 0.001}, []),
        ({"refused_share": 0.25}, ["Not done: 25% refusedNAME."]),
        ({"withdrawn_share": 0.11, "reneged_share": 0.11}, ["Not done: 11% withdrawn (too long a wait)NAME."]),
        (
            {"refused_share": 0.2, "withdrawn_share": 0.1, "balked_share": 0.07, "reneged_share": 0.03},
            ["Not done: 20% refused, 10% withdrawn (too many there 7%, too long a wait 3%)NAME."],
        ),
        ({"unasked_requests": 12}, ["Never asked in a run, as much is open: 12.00 requestsNAME."]),
    ],
)
def test_the_answer_names_what_is_not_done_and_why(shares: dict[str, float], said: list[str]) -> None:
    one, other = with_shares(**shares), scenario("both", 1000)
    assert list(undone_sentences(results_of(one))) == [text.replace("NAME", "") for text in said]
    assert list(undone_sentences(results_of(one, other))) == [
        text.replace("NAME", " with vendor only") for text in said
    ]


def test_all_configurations_stand_in_one_sentence() -> None:
    one = with_shares(refused_share=0.2)
    other = replace(with_shares(withdrawn_share=0.1), name="both")
    said = ["Not done: 20% refused with vendor only; 10% withdrawn with both (vendor overflow)."]
    assert list(undone_sentences(results_of(one, other))) == said


def test_not_done_is_refused_and_withdrawn() -> None:
    result = with_shares(refused_share=0.2, withdrawn_share=0.1)
    assert not_done(result) == pytest.approx(0.3)
    assert aside(result) == "20% refused, 10% withdrawn"
    assert aside(with_shares(refused_share=0.2)) == "20% refused"


PEOPLE = DESK.replace("servers = 2", "staff.anna = {}\nstaff.trainees = { servers = 2, speed = 0.5 }")


def test_people_are_named_in_tables_and_events() -> None:
    model = model_of(PEOPLE)
    assert people_of(model, "desk") == ["anna", "trainees 1", "trainees 2"]
    trace = simulate(model, seed=1, replication=0, engine="process")
    visits = trace_tables(trace, model)["visits"]
    names = dict(zip(visits["server"], visits["person"], strict=True))
    assert {key: names[key] for key in ("0", "1")} == {"0": "anna", "1": "trainees 1"}
    assert any(line.endswith("is started at desk by anna") for line in event_lines(trace, model))


def test_servers_without_a_name_keep_their_number() -> None:
    model = model_of(DESK)
    trace = simulate(model, seed=1, replication=0, engine="process")
    assert set(trace_tables(trace, model)["visits"]["person"]) == {""}
    assert any(line.endswith("is started at desk by server 0") for line in event_lines(trace, model))


def test_events_say_why_a_request_leaves_and_what_stands_before_the_queue() -> None:
    keys = "service_hours = 30\nintake_delay_hours = 1\njoin_probability = [1.0, 0.4]\npatience_hours = 20"
    model = model_of(DESK.replace("service_hours = 1", keys).replace("servers = 2", "servers = 1"))
    trace = simulate(model, seed=1, replication=0, engine="process")
    lines = list(event_lines(trace, model))
    outcomes = {"(too many there)", "(out of patience)", "(delivered)"}
    assert {line[line.index("(") :] for line in lines if "leaves desk" in line} == outcomes
    sent = [line for line in lines if line.endswith("is sent to desk, not in its queue yet")]
    assert len(sent) == np.sum(trace.visits["entered"] < trace.end)
    withdrawn = [line for line in lines if line.endswith("withdrawn")]
    assert len(withdrawn) == np.sum(trace.requests["outcome"] == 3)
