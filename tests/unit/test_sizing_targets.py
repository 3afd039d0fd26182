"""Met, missed or too close to call."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from changeflow.errors import PlanError
from changeflow.measure.records import RunMeasures
from changeflow.model.schema import Model
from changeflow.model.targets import targets_from_words
from changeflow.study.sizing.targets import Service, Slack, check_targets, service_of, wanted_share

from .small import model_of


def aimed(words: str) -> Model:
    return model_of().model_copy(update={"targets": targets_from_words(words)})


def run(hits: float = 0.0, of: float = 0.0, slope: float = math.nan) -> RunMeasures:
    empty = np.zeros(0)
    share = hits / of if of else math.nan
    values = {"within_target_share": share, "backlog_growth_per_week": slope}
    return RunMeasures(values, {"within_target_share": (hits, of)}, {}, empty, empty, empty)


@pytest.mark.parametrize(
    ("found", "half_width", "state"),
    [
        (0.80, 0.00, "met"), (0.81, 0.01, "met"), (0.81, 0.02, "close"), (0.796, 0.002, "close"),
        (0.7901, 0.00, "close"), (0.789, 0.0005, "missed"), (0.75, 0.05, "close"), (0.75, 0.03, "missed"),
        (0.90, math.inf, "close"),
    ],
)  # fmt: skip
def test_nearer_than_the_tolerance_is_too_close_to_call(found: float, half_width: float, state: str) -> None:
    assert Slack("share", 0.8, found, half_width).state(0.01) == state


def test_growth_must_stay_below_what_is_allowed() -> None:
    assert Slack("growth", 0.02, 0.01, 0.005).state(0.01) == "met"
    assert Slack("growth", 0.02, 0.04, 0.005).state(0.01) == "missed"
    assert Slack("growth", 0.02, 0.025, 0.01).state(0.01) == "close"


def test_all_targets_must_be_met_and_one_missed_is_enough() -> None:
    met, close, missed = (Slack("share", 0.8, found, 0.01) for found in (0.9, 0.8, 0.5))
    assert Service((met, met)).state() == "met"
    assert Service((met, close)).state() == "close"
    assert Service((close, missed)).state() == "missed"
    assert Service((met, missed, close)).worst is missed


def test_the_share_is_a_ratio_over_the_runs_and_its_interval_is_over_runs() -> None:
    service = service_of(aimed("80 % closed within 1 h"), (run(90, 100), run(50, 100), run(0, 100)), 0.95)
    (slack,) = service.slacks
    assert slack.found == pytest.approx(140 / 300)
    assert slack.mean == pytest.approx(140 / 300 - 0.8)
    assert slack.half_width > 0.5


def test_the_slope_counts_by_the_requests_that_arrive() -> None:
    model = aimed("backlog not growing")
    service = service_of(model, tuple(run(slope=slope) for slope in (2.0, 2.2)), 0.95)
    assert service.slacks[0].found == pytest.approx(2.1 / 21)  # three requests a day
    assert service.share is None


def test_overload_is_a_growing_backlog_whatever_the_runs_say() -> None:
    over = model_of(
        'title = "x"\nhorizon_days = 90\n[demand]\nkind = "poisson"\nrate_per_day = 50\n[stations.desk]\nservers = 2\n'
        "service_hours = 1\n[targets]\nbacklog_not_growing = true\n"
    )
    assert service_of(over, (run(slope=0.0), run(slope=0.0)), 0.95).state() == "missed"


def test_runs_too_short_for_a_slope_are_judged_by_their_load() -> None:
    over = model_of(
        'title = "x"\nhorizon_days = 10\n[demand]\nkind = "poisson"\nrate_per_day = 50\n[stations.desk]\nservers = 2\n'
        "service_hours = 1\n[targets]\nbacklog_not_growing = true\n"
    )
    enough = over.with_({"stations.desk.servers": 3})
    assert service_of(over, (run(), run()), 0.95).state() == "missed"
    assert service_of(enough, (run(), run()), 0.95).state() == "met"


def test_runs_without_a_request_to_judge_tell_nothing() -> None:
    service = service_of(aimed("80 % closed within 1 h"), (run(), run()), 0.95)
    assert service.state() == "close"


def test_a_model_without_targets_is_refused() -> None:
    with pytest.raises(PlanError, match="expected a target"):
        check_targets(model_of())
    check_targets(aimed("backlog not growing"))
    assert wanted_share(aimed("80 % started within 1 h and 90 % closed within 2 days")) == 0.9
    assert replace(Slack("share", 0.8, 0.9, 0.0), found=0.7).mean == pytest.approx(-0.1)
