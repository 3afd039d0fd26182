"""Steady-state studies against exact queues: M/M/1 and M/M/c, cut by MSER, by batch means on whole weeks."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from changeflow.errors import RunError
from changeflow.measure.trace.weekly import week_name
from changeflow.model.load.steady import unsteady
from changeflow.study.experiment.steady import settled
from changeflow.study.file.steady import Steady
from changeflow.study.store.packing import Columns
from tests.cli.program import changeflow
from tests.unit.small import model_of

from .test_sizing import delayed

MODEL = """\
title = "M/M/c"
horizon_days = 1100
follow_up_days = 7
[demand]
kind = "poisson"
rate_per_hour = 1.5
[stations.desk]
servers = 2
service_hours = { law = "exponential", mean = 1 }
"""
STUDY = """\
kind = "steady"
models = ["queue.toml"]
seed = 2
replications = 4
measures = ["all"]
[[factors]]
path = "stations.desk.servers"
values = [2, 3]
[[factors]]
path = "stations.desk.service_hours.mean"
values = [0.6, 1.0]
[comparison]
primary = "waiting_time_hours"
"""
NAMES = ("waiting_time_hours", "backlog_requests")
RATE = 1.5
RATES = 'kind = "poisson"\nrate_per_hour = 1.5'


def mean_wait(servers: int, mean: float) -> float:
    """Erlang: C(c, a) / (c mu - lambda)."""
    return delayed(RATE * mean, servers) / (servers / mean - RATE)


def study(folder: Path, *words: str, change: tuple[str, str] = ("", "")) -> dict:
    (folder / "queue.toml").write_text(MODEL, encoding="utf-8")
    (folder / "long.toml").write_text(STUDY.replace(*change), encoding="utf-8")
    done = changeflow(
        "study", "long.toml", "--json", "--engine", "compiled", "--progress", "none", *words, folder=folder
    )
    assert done.code == 0, done.err
    return json.loads(done.out)


def test_intervals_hold_the_exact_means_and_are_narrow(tmp_path: Path) -> None:
    """Waiting, open requests (Little), throughput and busy share of four queues, at 99.9 % each: 20 numbers."""
    level = ("[comparison]\n", "[comparison]\nlevel = 0.999\n")
    found = study(tmp_path, change=level)
    assert found["kind"] == "steady"
    assert found["analyses"]["warm_up"]["weeks_left_out"] < found["analyses"]["warm_up"]["weeks"] / 2
    assert not found["analyses"]["warm_up"]["too_correlated"]
    assert len(found["cells"]) == 4
    for cell in found["cells"]:
        setting = found["points"][cell["point"] - 1]
        servers, mean = setting["stations.desk.servers"], setting["stations.desk.service_hours.mean"]
        wait = mean_wait(servers, mean)
        exact = {
            "waiting_time_hours": (wait, 0.12), "backlog_requests": (RATE * (wait + mean), 0.05),
            "throughput_per_week": (RATE * 168, 0.02), "sojourn_time_hours": (wait + mean, 0.05),
            "utilisation": (RATE * mean / servers, 0.02), "utilisation.desk": (RATE * mean / servers, 0.02),
        }  # fmt: skip
        for name, (value, narrow) in exact.items():
            one = cell["measures"][name]
            assert abs(one["mean"] - value) <= one["half_width"], (setting, name)
            assert 0 < one["half_width"] < narrow * value, (setting, name)
    assert (tmp_path / "results" / "long" / "charts" / "warm_up.svg").exists()


def columns(series: np.ndarray) -> Columns:
    """Runs x weeks as a store gives them, with ten requests a week."""
    runs, weeks = series.shape
    ratios = {
        week_name(name, week): np.stack([10 * series[:, week], np.full(runs, 10.0)], axis=1)
        for name in NAMES
        for week in range(weeks)
    }
    return Columns(runs, dict.fromkeys(NAMES, series.mean(axis=1)), ratios, {})


def test_a_slow_start_is_cut_off_for_all_systems_alike() -> None:
    rng = np.random.default_rng(5)
    flat = 10 + rng.normal(size=(3, 200))
    slow = flat - 10 * np.exp(-np.arange(200) / 8)
    how, batches = settled({(0, "a"): columns(flat), (1, "a"): columns(slow)}, "waiting_time_hours", Steady(batches=4))
    assert 15 <= how.cut <= 80
    assert how.batch_weeks == (200 - how.cut) // 4
    for system, series in (((0, "a"), flat), ((1, "a"), slow)):
        exact = series[:, how.cut :].reshape(3, 4, -1).mean(axis=2).ravel()
        assert batches[system].values["waiting_time_hours"] == pytest.approx(exact)
    assert not how.suspicious


def test_runs_that_have_not_settled_are_refused() -> None:
    rising = np.arange(150.0)[None, :] + np.random.default_rng(1).normal(size=(2, 150))
    with pytest.raises(RunError, match="point 1, a: expected waiting_time_hours to settle"):
        settled({(0, "a"): columns(rising)}, "waiting_time_hours", Steady())


def test_batches_that_hang_together_are_said_to() -> None:
    rng = np.random.default_rng(2)
    walk = np.zeros((8, 400))
    for week in range(1, 400):
        walk[:, week] = 0.95 * walk[:, week - 1] + rng.normal(size=8)
    how, _ = settled({(0, "a"): columns(walk + 1000)}, "waiting_time_hours", Steady(batches=20))
    assert how.suspicious


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ((RATES, 'kind = "go_live"\nmisfits_per_100_users = 9\nfit = 0.5\ntime_days = 9'), "burst"),
        ((RATES, 'kind = "piecewise"\nedges_days = [0, 9, 99]\nrates_per_day = [1, 2]'), "trend"),
        (("servers = 2", "servers = 1"), "more work than hours"),
        (
            ("servers = 2", "staff = { ann = {}, bob = {} }\nlearning = { start = 0.5, trained = 1.0, rate = 0.8 }"),
            "become faster",
        ),
        ((RATES, RATES + "\nseason = { months = [1,1,1,1,1,1,1,1,1,1,1,2] }"), "over the year"),
        (
            ("[demand]", 'organisation.variation.request_rate = { law = "uniform", low = 0.8, high = 1.2 }\n[demand]'),
            "organisations that differ",
        ),
    ],
    ids=["burst", "trend", "overload", "learning", "season", "organisations"],
)
def test_what_changes_in_time_is_named(change: tuple[str, str], reason: str) -> None:
    assert not unsteady(model_of(MODEL))
    found = unsteady(model_of(MODEL.replace(*change)))
    assert len(found) == 1
    assert reason in found[0]


@pytest.mark.parametrize(
    ("people", "days", "said"),
    [
        ("[1, 3]", "1100", ("point 2", "more work than hours")),
        ("[2, 3]", "700", ("point 1", "99 weeks", "100 or more")),
    ],
    ids=["overload", "too short"],
)
def test_it_is_refused_before_anything_is_written(
    people: str, days: str, said: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "queue.toml").write_text(MODEL.replace("1100", days), encoding="utf-8")
    (tmp_path / "long.toml").write_text(STUDY.replace("[2, 3]", people), encoding="utf-8")
    done = changeflow("study", "long.toml", folder=tmp_path)
    assert done.code == 2
    assert all(words in done.err for words in said)
    assert not (tmp_path / "results").exists()
